"""Draws of blocks: the public tables alone give the interval of any perimeter."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.blocks import guard_sums
from eitgeo.disclosure.draws import block_draws, with_means
from eitgeo.disclosure.guard import guard
from eitgeo.disclosure.published import publish_indicators
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.schema import validate
from tests.disclosure.files import significant
from tests.disclosure.toy import (
    GUARDED,
    ROW,
    A,
    B,
    C,
    make_amounts,
    make_borders,
    make_communes,
    make_exchanges,
    make_indicators,
    perimeter,
    three,
    validated,
)

N_DRAWS = 50
ALL, WEST, PART = (
    perimeter("tout", *ROW),
    perimeter("ouest", A, B, C),
    perimeter("a", A),
)


def drawn() -> pd.DataFrame:
    """Draw the tonnes of each commune."""
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        rng.lognormal(3, 1, (len(ROW), N_DRAWS)), index=pd.Index(ROW, name="code")
    )


def guarded() -> Any:
    """Guard three equal sites a commune, and what one declares in a."""
    told = make_amounts([(A, 21.25, "e", "declare")]).assign(site_id="e")
    rows = make_amounts(three(*ROW, each=100.0))
    tonnes = pd.concat([rows, told], ignore_index=True)
    _, ends = make_exchanges(donors={}, takers={})
    firms = tonnes.set_index("site_id")["firm_id"]
    return validated(
        guard(
            {"deposit_t": tonnes, "industry_jobs": rows},
            ends,
            communes=make_communes(),
            borders=make_borders(),
            firms=firms,
            draws={"deposit_t": drawn()},
        )
    )


def leaving(exact: float) -> float:
    """Round to two figures, short of a half that is not reached."""
    two = significant(exact, 2)
    if significant(two, 1) == significant(exact, 1):
        return two
    return significant(two - 0.1 * 10 ** math.floor(math.log10(two)), 2)


def test_levels_of_blocks_are_mean_and_percentiles_of_their_draws() -> None:
    found = guarded()
    blocks = found.blocks.set_index(["indicator_id", "kind", "block_id"]).sort_index()
    exact: Any = drawn().loc[A]
    rounded = [leaving(float(one)) for one in exact]
    low, high = np.percentile(rounded, [10, 90])
    mid = np.mean(rounded)
    told = blocks.loc[("deposit_t", "estime", A), ["low", "value", "high"]]
    assert told.tolist() == pytest.approx([low, mid, high])
    # Declarations and jobs are not drawn: sums, the first ones exact.
    assert blocks.loc[("deposit_t", "declare"), "value"].tolist() == [21.25]
    assert blocks.loc[("industry_jobs", "estime"), "value"].eq(300.0).all()
    assert set(found.draws["indicator_id"]) == {"deposit_t"}
    assert found.draws.groupby("block_id").size().eq(N_DRAWS).all()


def test_public_tables_alone_give_the_interval_of_a_perimeter() -> None:
    found = guarded()
    candidates = [ALL, WEST, PART]
    public = publish_indicators(
        make_indicators(candidates),
        found,
        candidates=candidates,
        catalogue=indicator_catalogue(),
        synthetic_pct=pd.Series(dict.fromkeys(GUARDED, 0.0)),
    )
    table = validate(public, table="indicators_public")
    rows = table.set_index(["indicator_id", "perimeter_id"]).loc["deposit_t"]
    wide = found.draws.pivot_table(index="block_id", columns="draw", values="value")
    for one in (ALL, WEST):
        drawn_t = wide.loc[sorted(one.codes)].sum()
        (low, high), mid = np.percentile(drawn_t, [10, 90]), drawn_t.mean()
        told = rows.loc[one.perimeter_id, ["low", "value", "high"]].tolist()
        # What is declared is sure: 21.25 t, as if 10.625 to 42.5.
        assert told == pytest.approx([low + 10.625, mid + 21.25, high + 42.5])
    alone = wide.loc[A].mean()
    assert rows.loc["a", "value"] == pytest.approx(alone + 21.25)


def test_a_block_adds_up_the_draws_of_its_communes() -> None:
    """Nothing is drawn in B; C, and what A declares, are of other blocks."""
    members = pd.DataFrame(
        [
            (A, "estime", "block", True),
            (B, "estime", "block", True),
            (C, "estime", "other", True),
            (A, "declare", "told", True),
        ],
        columns=["code_insee", "kind", "block_id", "released"],
    ).assign(indicator_id="deposit_t")
    draws = pd.DataFrame({0: [12.34, 5.0], 1: [23.45, 6.0]}, index=[A, C])
    every = block_draws(members, {"deposit_t": draws, "industry_jobs": draws.iloc[:0]})
    expected = pd.DataFrame(
        {
            "indicator_id": "deposit_t",
            "block_id": ["block", "block", "other", "other"],
            "draw": [0, 1, 0, 1],
            "value": [12.0, 23.0, 5.0, 6.0],
        }
    )
    pd.testing.assert_frame_equal(every, expected)


def test_draws_leave_with_two_figures() -> None:
    told = guarded().draws.set_index(["block_id", "draw"])["value"]
    exact = drawn()
    assert len(told) == exact.size
    for (block, draw), value in told.items():
        assert value == leaving(float(exact.loc[block, draw]))


def test_a_block_that_is_withheld_has_no_draw() -> None:
    two = make_amounts([(A, 10.0), (B, 10.0)])
    _, ends = make_exchanges(donors={}, takers={})
    found = guard(
        {"deposit_t": two, "industry_jobs": two},
        ends,
        communes=make_communes(),
        borders=make_borders(),
        firms=two.set_index("site_id")["firm_id"],
        draws={"deposit_t": drawn()},
    )
    assert found.draws.empty
    assert found.blocks.empty


def test_a_block_passes_on_the_mean_of_its_draws_too() -> None:
    """Sites that are drawn again cover in the shown draw whom they leave in others."""
    shown = make_amounts(
        [(A, 90.0), (A, 5.0, "d", "declare"), *three(B, C, each=100.0)]
    )
    mean = pd.Series({A: 970.0, B: 30.0, C: 300.0})
    draws = {"deposit_t": pd.DataFrame({0: mean * 0.5, 1: mean * 1.5})}

    def blocks(**more: Any) -> list[list[str]]:
        members, _ = guard_sums(
            {"deposit_t": shown}, make_communes(), borders=make_borders(), **more
        )
        mine = members[members["kind"].eq("estime") & members["released"]]
        mine = mine[mine["code_insee"].isin([A, B, C])]
        return mine.groupby("block_id")["code_insee"].agg(list).tolist()

    assert blocks() == [[A, B], [C]]
    assert blocks(draws=draws) == [[A, B, C]]


def test_the_mean_of_a_commune_is_parted_between_its_estimates() -> None:
    """80 t on average in a: 3 parts and 1 of 4; b is never drawn, c makes nothing."""
    rows = make_amounts(
        [(A, 0.3), (A, 0.1), (A, 5.0, "d", "declare"), (B, 2.0), (C, 0.0)]
    )
    draws = pd.DataFrame({0: [70.0, 5.0], 1: [90.0, 7.0]}, index=[A, C])
    found = with_means(rows, draws)["mean"].tolist()
    assert found == pytest.approx([60.0, 20.0, 0.0, 0.0, 0.0])
