"""The only door out: what stays in, what is withheld, and what is said of it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure import (
    WITHHELD_NOTE,
    Released,
    release_indicators,
    release_register,
)
from eitgeo.errors import SchemaError

SOURCES = ("source : Licence Ouverte 2.0",)
FIGURES = ["value", "low", "high", "percentile_same_size"]


def make_sites() -> pd.DataFrame:
    """Return four sites, of which one only may be published."""
    return pd.DataFrame(
        {
            "site_id": ["libre", "secret", "personne", "les_deux"],
            "diffusible": [True, False, True, False],
            "natural_person": [False, False, True, True],
        },
        index=[7, 5, 3, 1],
    )


def test_natural_persons_and_non_diffusible_sites_stay_in() -> None:
    sites = make_sites()
    before = sites.copy()
    released = release_register(sites, sources=SOURCES)
    assert released.table["site_id"].tolist() == ["libre"]
    assert released.table.index.tolist() == [7]
    assert released.withheld == 3
    pd.testing.assert_frame_equal(sites, before)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
@pytest.mark.parametrize("column", ["diffusible", "natural_person"])
def test_what_is_not_known_to_be_free_stays_in(column: str, missing: Any) -> None:
    sites = make_sites().iloc[[0, 0]].astype({column: object})
    sites[column] = [sites[column].iloc[0], missing]
    released = release_register(sites, sources=SOURCES)
    assert (len(released.table), released.withheld) == (1, 1)


def test_a_register_without_these_columns_goes_out_whole() -> None:
    outlets = pd.DataFrame({"outlet_id": ["a", "b"]})
    released = release_register(
        outlets,
        sources=SOURCES,
        demonstration=("réseau de substitution",),
        to_confirm=("liste des membres",),
    )
    assert released.sources == SOURCES
    assert released.demonstration == ("réseau de substitution",)
    assert released.to_confirm == ("liste des membres",)
    assert released.withheld == 0
    pd.testing.assert_frame_equal(released.table, outlets)


def test_what_is_released_is_a_copy() -> None:
    outlets = pd.DataFrame({"outlet_id": ["a", "b"]})
    released = release_register(outlets, sources=SOURCES)
    released.table.loc[0, "outlet_id"] = "z"
    assert outlets.loc[0, "outlet_id"] == "a"


def make_indicator(name: str = "deposit_t", **changes: Any) -> dict[str, Any]:
    """Return an estimated sum of perimeter p."""
    usual = {
        "perimeter_id": "p",
        "indicator_id": name,
        "value": 120.0,
        "low": 60.0,
        "high": 240.0,
        "note": "une note",
        "kind": "additive",
        "evidence": "H",
        "percentile_same_size": 40.0,
    }
    return usual | changes


def released_of(
    row: dict[str, Any], *, n: float | None = 3, top_share_pct: float = 50.0
) -> Released:
    """Release one indicator that n sites make."""
    names = ["perimeter_id", "indicator_id", "n_contributors", "top_share_pct"]
    counted = [] if n is None else [("p", row["indicator_id"], n, top_share_pct)]
    return release_indicators(
        pd.DataFrame([row]),
        pd.DataFrame(counted, columns=names),
        sources=SOURCES,
    )


def is_withheld(released: Released) -> bool:
    """Say whether the one figure was held back; all of it or nothing."""
    (row,) = released.table.to_dict("records")
    missing = [np.isnan(row[name]) for name in FIGURES]
    assert len(set(missing)) == 1
    assert (row["note"] == WITHHELD_NOTE) == missing[0]
    assert released.withheld == int(missing[0])
    return bool(missing[0])


@pytest.mark.parametrize(
    ("n", "top_share_pct", "withheld"),
    [
        (3, 85.0, False),  # just the limits
        (3, 85.01, True),
        (2, 50.0, True),
        (1, 100.0, True),
        (0, 0.0, True),
        (400, 86.0, True),
        (400, 1.0, False),
    ],
)
def test_few_sites_or_a_dominant_one_are_withheld(n, top_share_pct, withheld) -> None:
    released = released_of(make_indicator(), n=n, top_share_pct=top_share_pct)
    assert is_withheld(released) == withheld


@pytest.mark.parametrize("evidence", ["H", "S"])
@pytest.mark.parametrize("kind", ["additive", "pairwise"])
def test_all_estimated_sums_are_judged(evidence: str, kind: str) -> None:
    row = make_indicator(evidence=evidence, kind=kind)
    assert is_withheld(released_of(row, n=2))
    with pytest.raises(SchemaError, match="sans nombre de contributeurs : deposit_t"):
        released_of(row, n=None)


def test_counts_of_public_registers_are_exempt() -> None:
    assert not is_withheld(released_of(make_indicator(evidence="O"), n=1))
    assert not is_withheld(released_of(make_indicator(evidence="O"), n=None))


def test_a_share_of_the_first_site_is_judged_where_it_is_counted() -> None:
    row = make_indicator("top_site_pct", kind="geometric", evidence="S", value=90.0)
    assert is_withheld(released_of(row, top_share_pct=90.0))
    assert not is_withheld(released_of(row, n=None))


def test_what_has_no_number_is_not_withheld() -> None:
    blank: Any = dict.fromkeys(FIGURES, np.nan)
    released = released_of(make_indicator(**blank, note="aucune ville"), n=None)
    assert released.withheld == 0
    assert released.table["note"].tolist() == ["aucune ville"]


def test_each_cell_is_judged_alone_and_the_others_stay() -> None:
    indicators = pd.DataFrame(
        [
            make_indicator("deposit_t"),
            make_indicator("industry_jobs", evidence="S"),
            make_indicator("n_epci", kind="geometric", evidence="O"),
            make_indicator("deposit_t", perimeter_id="q"),
        ]
    )
    counts = pd.DataFrame(
        [
            ("p", "industry_jobs", 9, 10.0),
            ("p", "deposit_t", 2, 60.0),
            ("q", "deposit_t", 8, 60.0),
            ("q", "industry_jobs", 1, 100.0),
        ],
        columns=["perimeter_id", "indicator_id", "n_contributors", "top_share_pct"],
    )
    before = indicators.copy(), counts.copy()
    released = release_indicators(
        indicators, counts, sources=SOURCES, to_confirm=("membres",)
    )
    assert released.withheld == 1
    assert released.to_confirm == ("membres",)
    assert released.table["value"].isna().tolist() == [True, False, False, False]
    assert released.table.columns.tolist() == indicators.columns.tolist()
    pd.testing.assert_frame_equal(released.table.iloc[1:], indicators.iloc[1:])
    pd.testing.assert_frame_equal(indicators, before[0])
    pd.testing.assert_frame_equal(counts, before[1])


def test_every_figure_without_contributors_is_named() -> None:
    indicators = pd.DataFrame(
        [make_indicator("b"), make_indicator("a"), make_indicator("c", evidence="O")]
    )
    names = ["perimeter_id", "indicator_id", "n_contributors", "top_share_pct"]
    with pytest.raises(SchemaError, match=r"contributeurs : a, b$"):
        release_indicators(indicators, pd.DataFrame(columns=names), sources=SOURCES)


def test_a_missing_column_of_contributions_is_named() -> None:
    counts = pd.DataFrame(columns=["perimeter_id", "indicator_id", "n_contributors"])
    with pytest.raises(SchemaError, match=r"contributions : .*\n.*« top_share_pct »"):
        release_indicators(pd.DataFrame([make_indicator()]), counts, sources=SOURCES)


@pytest.mark.parametrize(("reasons", "ranked"), [((), True), (("test",), False)])
def test_a_demonstration_ranks_no_working_assumption(reasons, ranked) -> None:
    catalogue = {"n_epci": "O", "seat_median_min": "H"}
    indicators = pd.DataFrame(
        {
            "perimeter_id": "p",
            "indicator_id": list(catalogue),
            "value": 1.0,
            "low": 1.0,
            "high": 1.0,
            "note": "",
            "evidence": list(catalogue.values()),
            "kind": "geometric",
            "percentile_same_size": 80.0,
        }
    )
    nobody = pd.DataFrame(
        columns=["perimeter_id", "indicator_id", "n_contributors", "top_share_pct"]
    )
    found = release_indicators(
        indicators, nobody, sources=(), demonstration=reasons
    ).table.set_index("indicator_id")["percentile_same_size"]
    assert found["n_epci"] == 80.0
    assert pd.notna(found["seat_median_min"]) == ranked
