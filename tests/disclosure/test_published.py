"""Published figures: sums of whole blocks, and words for the rest."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.published import WITHHELD_NOTE, publish_indicators
from eitgeo.errors import SchemaError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.measures.matter import lever_levels
from eitgeo.sources.activity.cells import NO_SITES
from eitgeo.tables.schema import validate
from tests.disclosure.test_exchanges import EVEN, OUT, TAKERS
from tests.disclosure.toy import (
    GUARDED,
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    make_amounts,
    make_exchanges,
    make_guarded,
    make_indicators,
    perimeter,
    three,
)

WEST, ALL = perimeter("ouest", A, B, C), perimeter("tout", *ROW)
FLOWS = [(A, B, 6.0), (A, E, 9.0), (D, D, 3.0), (F, OUT, 12.0)]


def published(*candidates: Candidate, **more: Any) -> Any:
    """Publish the guarded indicators of some perimeters."""
    tonnes = more.pop("tonnes", None)
    jobs = more.pop("jobs", None)
    shares = more.pop("synthetic_pct", dict.fromkeys(GUARDED, 0.0))
    levers = more.pop("levers", None)
    rows = make_amounts(three(*ROW, each=100.0)) if tonnes is None else tonnes
    _, ends = make_exchanges(*FLOWS, donors=EVEN, takers=TAKERS)
    guarded = make_guarded(
        {"deposit_t": rows, "industry_jobs": rows if jobs is None else jobs}, ends
    )
    public = publish_indicators(
        make_indicators(candidates, **more),
        guarded,
        candidates=candidates,
        catalogue=indicator_catalogue(),
        synthetic_pct=shares,
        levers=levers,
    )
    table = validate(public, table="indicators_public")
    return table.set_index(["perimeter_id", "indicator_id"])


def test_a_perimeter_of_whole_blocks_is_told_whole() -> None:
    table = published(WEST, ALL)
    row = table.loc["ouest", "deposit_t"]
    assert row[["low", "value", "high"]].tolist() == [450.0, 900.0, 1800.0]
    assert row[["note", "unallocated_pct"]].tolist() == ["", 0.0]
    assert table.loc[("tout", "deposit_t"), "value"] == 1800.0


def test_a_cut_block_is_left_out_and_told_in_sites_not_in_tonnes() -> None:
    tonnes = make_amounts([*three(A, B, D, E, F), (C, 7.0)])  # b and c are a block
    row = published(perimeter("p", A, C), tonnes=tonnes).loc["p", "deposit_t"]
    assert row["value"] == 3.0
    assert row["unallocated_pct"] == 25.0
    assert row["note"] == (
        "non ventilé : 1 commune, 25 % des établissements (secret statistique)"
    )


def test_a_commune_without_a_site_is_no_part_that_is_left_out() -> None:
    tonnes = make_amounts(three(A, B, D, E, F))  # b and c are a block
    row = published(perimeter("p", A, C), tonnes=tonnes).loc["p", "deposit_t"]
    assert row[["value", "unallocated_pct", "note"]].tolist() == [3.0, 0.0, ""]


def test_a_perimeter_without_a_whole_block_tells_nothing() -> None:
    tonnes = make_amounts([*three(A, B, D, E, F), (C, 7.0)])
    row = published(perimeter("p", C), tonnes=tonnes).loc["p", "deposit_t"]
    assert np.isnan(row[["low", "value", "high"]].astype(float)).all()
    assert row["note"] == WITHHELD_NOTE
    assert row["unallocated_pct"] == 100.0


def test_exchanges_kept_are_a_ratio_of_cells() -> None:
    table = published(WEST, ALL)
    # West gives 15, keeps 6; all give 30, keep 18; 12 go out.
    assert table.loc[("ouest", "captured_pct"), "value"] == pytest.approx(40.0)
    assert table.loc[("tout", "captured_pct"), "value"] == pytest.approx(60.0)
    assert np.isnan(table.loc[("tout", "captured_pct"), "low"])


def test_levers_go_by_the_published_tonnes_that_stay_inside() -> None:
    """West keeps 6 of the 30 t that cells tell, all keep 18; one is not told."""
    levers = lever_levels(
        pd.DataFrame(
            {
                "lever": ["landfill_t", "tco2e_avoided", "eur_firms"],
                "low": [5.0, np.nan, 1_000.0],
                "mid": [10.0, np.nan, 2_000.0],
                "high": [20.0, np.nan, 8_000.0],
            }
        )
    )
    table = published(WEST, ALL, levers=levers)
    told = table.loc[[("ouest", "landfill_t"), ("tout", "eur_net")]]
    assert told[["low", "value", "high"]].to_numpy().tolist() == [
        pytest.approx([1.0, 2.0, 4.0]),
        pytest.approx([0.6, 1.2, 4.8]),
    ]
    assert table.loc[("tout", "co2_avoided"), "note"] == WITHHELD_NOTE
    assert table.xs("tkm_avoided", level=1)["value"].isna().all()


def test_the_interval_of_a_lever_holds_that_of_the_share_kept() -> None:
    """West keeps 40 %, 13 to 52 once the reach of the study (−1.5, +0.5) is on it.

    The lever is half to twice its value: √(ln² 2 + ln² (40 ÷ 13)) down, so for up.
    """
    levers = lever_levels(
        pd.DataFrame(
            {
                "lever": ["landfill_t", "tkm_avoided"],
                "low": [5.0, -80.0],
                "mid": [10.0, -40.0],
                "high": [20.0, -20.0],
            }
        )
    )
    told = published(WEST, levers=levers, value=50.0, low=20.0, high=60.0)
    share = told.loc[("ouest", "captured_pct"), ["low", "value", "high"]]
    assert share.tolist() == pytest.approx([12.95, 40.0, 52.36], abs=0.01)
    low, value, high = told.loc[("ouest", "landfill_t"), ["low", "value", "high"]]
    assert value == pytest.approx(2.0)
    assert low == pytest.approx(
        2 / np.exp(np.hypot(np.log(2), np.log(40 / 12.95))), 0.001
    )
    assert high == pytest.approx(
        2 * np.exp(np.hypot(np.log(2), np.log(52.36 / 40))), 0.001
    )
    # The same of transport that grows, the other way round.
    longer = told.loc[("ouest", "tkm_avoided"), ["low", "value", "high"]]
    assert longer.tolist() == pytest.approx([-4 * high, -8.0, -4 * low])


def test_the_share_of_the_first_site_is_a_band_of_its_size_class() -> None:
    # 260 jobs of 500: class 200 to 499.
    sites = [*three(B, C, D, E, F, each=10.0), (A, 260.0), (A, 50.0), (A, 40.0)]
    row = published(ALL, jobs=make_amounts(sites)).loc["tout", "top_site_pct"]
    assert np.isnan(row["value"])
    assert np.isnan(row["percentile_same_size"])
    assert row[["low", "high"]].tolist() == pytest.approx([40.0, 99.8])
    assert row["note"].startswith("entre 40 et 100 %, d'après la tranche")


def test_two_sites_of_a_class_give_the_same_band() -> None:
    def band(jobs: float, rest: float) -> list[float]:
        sites = [*three(B, C, D, E, F, each=10.0), (A, jobs), (A, rest), (A, 40.0)]
        row = published(ALL, jobs=make_amounts(sites)).loc["tout", "top_site_pct"]
        return row[["low", "high"]].tolist()

    assert band(210.0, 150.0) == band(290.0, 70.0)


def test_a_share_of_exchanges_has_no_rank() -> None:
    unions = [
        perimeter("u1", A, B, C, method="union_epci", parameters={"epci": ["1"]}),
        perimeter("u2", D, E, F, method="union_epci", parameters={"epci": ["2"]}),
    ]
    table = published(*unions)
    # u1 keeps 6 of 15, u2 keeps 3 of 15: draws of who takes part move it more.
    shares = table.xs("captured_pct", level="indicator_id")
    assert shares["value"].to_dict() == {"u1": 40.0, "u2": 20.0}
    assert table["percentile_same_size"].isna().all()


def test_shares_and_class_are_those_of_the_whole_study() -> None:
    shares = dict.fromkeys(GUARDED, 30.0) | {"deposit_t": np.nan}
    indicators = {"hypothesis_share_pct": 12.0, "synthetic_share_pct": 12.0}
    table = published(WEST, ALL, synthetic_pct=shares, **indicators)
    jobs = table.xs("industry_jobs", level=1)
    assert jobs["synthetic_share_pct"].tolist() == [30.0, 30.0]
    assert set(jobs["hypothesis_share_pct"]) == {12.0}  # the same everywhere: stays
    tonnes = table.xs("deposit_t", level=1)
    assert tonnes["synthetic_share_pct"].isna().all()


@pytest.mark.parametrize(("pct", "evidence"), [(20.0, "S"), (20.1, "H")])
def test_a_figure_made_of_hypotheses_for_more_than_a_fifth_is_one(
    pct, evidence
) -> None:
    row = published(WEST, hypothesis_share_pct=pct).loc["ouest", "industry_jobs"]
    assert row["evidence"] == evidence


def test_what_is_not_told_of_counts_keeps_its_reason() -> None:
    told = {"value": np.nan, "low": np.nan, "high": np.nan, "note": NO_SITES}
    rows = published(WEST, ALL, **told)
    assert rows["note"].eq(NO_SITES).all()
    assert rows[["value", "low", "high"]].isna().all(axis=None)
    assert rows["unallocated_pct"].eq(0.0).all()


def test_an_indicator_without_a_rule_of_secrecy_is_refused() -> None:
    catalogue = indicator_catalogue().assign(secrecy="")
    rows = make_amounts(three(*ROW, each=100.0))
    _, ends = make_exchanges(*FLOWS, donors=EVEN, takers=TAKERS)
    guarded = make_guarded({"deposit_t": rows, "industry_jobs": rows}, ends)
    with pytest.raises(SchemaError, match="« deposit_t » : règle de secret «  »"):
        publish_indicators(
            make_indicators([ALL]),
            guarded,
            candidates=[ALL],
            catalogue=catalogue,
            synthetic_pct=pd.Series(dtype=float),
        )


def test_every_indicator_has_a_rule_and_counts_go_out_as_they_are() -> None:
    rules = indicator_catalogue()["secrecy"]
    assert set(rules) == {"register", "blocks", "pairs", "tranche"}
    assert set(rules.index[rules != "register"]) == set(GUARDED)
