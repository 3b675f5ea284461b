"""What the delivered study says of exchanges stays of the order of what was done."""

import pandas as pd
import pytest

from eitgeo.disclosure.door.passing import released
from eitgeo.flows.exchanges.realised import animation_of, lever_realised
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table

RETAIL, FARMS = "47", "01"


@pytest.mark.parametrize("name", ["indicators", "indicators_public"])
def test_a_middle_lies_between_its_bounds(delivered: Project, name: str) -> None:
    """All perimeters, all unions, all indicators: shares kept of five did not."""
    table = read_table(delivered.processed, name)
    assert table["perimeter_id"].nunique() > 390
    known = table.dropna(subset=["low", "value", "high"])
    slack = 1e-9 * known["value"].abs()
    outside = known["value"].lt(known["low"] - slack)
    outside |= known["value"].gt(known["high"] + slack)
    assert (
        known.loc[outside, ["perimeter_id", "indicator_id"]].to_numpy().tolist() == []
    )


def test_the_first_figure_is_of_the_order_of_documented_cases(
    delivered: Project,
) -> None:
    """0.2 to 0.8 kt where both ends take part; 10 to 20 kt if all donors did."""
    levers = read_table(delivered.processed, "lever_totals").set_index("lever")
    animation = animation_of(delivered.study.governance)
    done = lever_realised(animation, "t", float("inf"))
    first = levers.loc["t", "mid"]
    assert done.low < first < 3 * done.high
    tried = read_table(delivered.processed, "participation")
    asked = tried[tried["share"].between(0.02, 0.05) & tried["donor_share"].eq(1)]
    assert asked["t"].mean() > 10 * first


def _first(actors: pd.DataFrame, end: str) -> pd.Series:
    own = actors[actors["end"].eq(end)].sort_values("n_sites", kind="stable")
    return own.groupby("sheet_id")["division"].last()


def test_shops_give_no_solvents_and_farms_take_no_paper(delivered: Project) -> None:
    """Retail was the first giver of eight sheets of eight."""
    actors = released(delivered, "process_actors").table
    givers = _first(actors, "donor")
    assert set(givers.index[givers.eq(RETAIL)]) <= {"papier_carton"}
    takers = actors[actors["end"].eq("taker")].set_index("sheet_id")["division"]
    assert FARMS not in set(takers.loc["papier_carton"])
    given = actors[actors["end"].eq("donor")].set_index("sheet_id")["division"]
    assert RETAIL not in set(given.loc["chimie"])
