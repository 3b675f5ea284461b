"""What is known, what is assumed, what is missing: by the class of each figure."""

import pandas as pd
import pytest

from eitgeo.disclosure.door.rules import release_derived
from eitgeo.maps.words.hypotheses import (
    ASSUMED,
    KNOWN,
    LACKING,
    PART_OF,
    PART_TITLES,
    by_part,
    gaps,
    weak_bases,
)
from eitgeo.reference.indicators import gap_rows, indicator_bases, indicator_catalogue
from eitgeo.reference.labels import epci_fact_labels
from eitgeo.study.roads import SURROGATE
from eitgeo.words import EVIDENCE_NAMES, MISSING


def row(name: str, evidence: str = "H", **more: float | str) -> dict[str, float | str]:
    """Return a row of ``indicators_public``."""
    made: dict[str, float | str] = {
        "indicator_id": name,
        "value": 1.0,
        "evidence": evidence,
        "synthetic_share_pct": 0.0,
        "source": "",
    }
    return made | more


def weak(*rows: dict[str, float | str]) -> frozenset[str]:
    """Return the weak bases of some rows."""
    return weak_bases(release_derived(pd.DataFrame(rows), sources=()))


def test_each_class_has_its_part_and_each_part_a_title() -> None:
    assert set(PART_OF) == set(EVIDENCE_NAMES)
    assert list(PART_TITLES) == [KNOWN, ASSUMED, LACKING]


def test_a_dash_is_missing_whatever_its_class_and_nothing_is_lost() -> None:
    items = [(text, one) for one in "OSH" for text in ("4", MISSING)]
    parts = by_part(items, told=lambda item: item)
    assert parts[KNOWN] == [("4", "O"), ("4", "S")]
    assert parts[ASSUMED] == [("4", "H")]
    assert parts[LACKING] == [(MISSING, one) for one in "OSH"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("target_sites", "O")], set()),
        ([row("target_sites", synthetic_share_pct=30.0)], {"sites"}),
        # Speeds are assumed on any roads.
        ([row("seat_median_min", synthetic_share_pct=30.0)], {"sites", "roads"}),
        ([row("seat_median_min", source=f"a ; {SURROGATE}")], {"roads"}),
        # Real tonnes, ratios of the package, minutes within the blocks.
        ([row("deposit_t")], {"ratios", "roads"}),
        # Neither drawn nor assumed: a list to confirm.
        ([row("body_fit_pct")], {"memberships"}),
        ([row("n_epci", "O", value=float("nan"))], {"memberships"}),
    ],
)
def test_what_is_weak_follows_the_figures_of_the_run(rows, expected) -> None:
    assert weak(*rows) == expected


def test_gaps_are_those_of_what_is_asked_and_weak_in_the_order_of_the_file() -> None:
    found = gaps(["tonnes;ratios;roads", "sites"], frozenset({"sites", "ratios"}))
    assert [one.basis for one in found] == ["sites", "ratios"]
    assert "SIRENE" in found[0].where
    assert found[0].how.startswith("eitgeo fetch")
    assert gaps(["sites"], frozenset()) == ()


def test_whatever_may_be_weak_says_where_it_is_to_be_found() -> None:
    asked = {
        basis
        for cell in (
            *indicator_catalogue()["rests_on"],
            *epci_fact_labels()["rests_on"],
        )
        for basis in cell.split(";")
    }
    bases = indicator_bases()
    made_here = set(bases.index[bases["made_here"].eq("oui")])
    assert asked <= set(bases.index)
    assert asked - set(gap_rows().index) == asked & made_here
    assert "" not in set(gap_rows().drop(columns="how").to_numpy().ravel())
