"""The territories that every run attacks are enough: each weaker rule shows in one."""

from typing import Any

import numpy as np
import pytest

from eitgeo.disclosure.blocks import _merged
from eitgeo.disclosure.exchanges import Ends, Rest, _units
from eitgeo.disclosure.rule import Part, passes
from tests.disclosure.territory import draw_territory
from tests.disclosure.test_attack import ATTACKED, BATCH, CI_BATCHES, found_in


def middle_level(part: Part) -> bool:
    """Judge the middle level alone."""
    middle = part.amounts.shape[1] // 2
    return passes(Part(part.firms, part.amounts[:, [middle]]))


def sites_for_firms(rows: Any, *arguments: Any) -> Any:
    """Count each site as a firm."""
    return _merged(rows.assign(firm=np.arange(len(rows))), *arguments)


def rest_told(*arguments: Any) -> Any:
    """Tell what failing EPCI hold, whether or not it passes together."""
    return _merged(*arguments)[0], set()


def failing_units_told(*arguments: Any) -> Any:
    """Let units give that fail as a whole."""
    return _units(*arguments)[0], set()


def givers_alone(cell: Ends, rest: Rest) -> bool:
    """Judge those who give, not those who take."""
    return passes(cell.donors) and rest.passes(cell.blocks)


def takers_alone(cell: Ends, rest: Rest) -> bool:
    """Judge those who take, not those who give."""
    return passes(cell.takers) and rest.passes(cell.blocks)


def ends_alone(cell: Ends, rest: Rest) -> bool:
    """Judge both ends of a cell, not what tonnage leaves of it."""
    del rest
    return passes(cell.donors) and passes(cell.takers)


WEAKER: dict[str, dict[str, Any]] = {
    "two firms": {"rule.MIN_CONTRIBUTORS": 2},
    "90 %": {"rule.MAX_TOP_SHARE_PCT": 90.0},
    "middle level": {"blocks.passes": middle_level},
    "sites for firms": {"blocks._merged": sites_for_firms},
    "rest told": {"blocks._merged": rest_told},
    "givers alone": {"exchanges.Ends.passes": givers_alone},
    "takers alone": {"exchanges.Ends.passes": takers_alone},
    "ends alone": {"exchanges.Ends.passes": ends_alone},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WEAKER)
def test_a_weaker_rule_shows_in_a_territory_of_every_run(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, weaker in WEAKER[name].items():
        monkeypatch.setattr(f"eitgeo.disclosure.{place}", weaker)
    seeds = range(BATCH * CI_BATCHES)
    assert any(found_in(draw_territory(seed, figures=ATTACKED)) for seed in seeds)
