"""Declared bodies on a date, and the tables that hold perimeters."""

import datetime as dt

import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import (
    Candidate,
    body_perimeters,
    perimeter_tables,
    read_candidates,
)
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.tables.schema import validate
from tests.perimeters.toy import code_at, make_contiguity, make_grid

DAY = dt.date(2026, 1, 1)
WEST, EAST, SOUTH = code_at(0, 0), code_at(0, 1), code_at(1, 0)


def make_bodies() -> pd.DataFrame:
    """Return a published body, a doubtful one, and one without member."""
    return pd.DataFrame(
        {
            "body_id": ["petr", "syndicat", "vide"],
            "name": ["PETR de l'Amont", "Syndicat", "Vide"],
            "status": ["publie", "a_confirmer", "publie"],
        }
    )


def make_membership(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """Return members: body, commune, from, to, status."""
    names = ["body_id", "code_insee", "from_date", "to_date", "status"]
    return pd.DataFrame(rows, columns=names)


MEMBERS = make_membership(
    ("petr", WEST, "2020-01-01", "", "publie"),
    ("petr", EAST, "2020-01-01", "2026-01-01", "publie"),  # left that very day
    ("petr", SOUTH, "2026-01-01", "", "publie"),  # joined that very day
    ("syndicat", EAST, "", "", "publie"),
)


def bodies_of(*names: str, members=MEMBERS, day=DAY) -> list[Candidate]:
    """Make perimeters of bodies."""
    return body_perimeters(names, bodies=make_bodies(), membership=members, on_date=day)


def test_membership_is_read_on_the_date() -> None:
    (petr,) = bodies_of("petr")
    assert petr.codes == {WEST, SOUTH}
    assert petr.parameters == {"on_date": "2026-01-01"}
    (before,) = bodies_of("petr", day=dt.date(2025, 12, 31))
    assert before.codes == {WEST, EAST}


def test_a_body_need_not_hold_together() -> None:
    (petr,) = bodies_of("petr")
    assert petr.method == "structure"
    assert petr.compared
    assert not petr.must_hold_together


def test_a_doubt_on_the_body_or_on_a_member_is_a_doubt() -> None:
    assert [one.membership_status for one in bodies_of("petr", "syndicat")] == [
        "publie",
        "a_confirmer",
    ]
    doubtful = make_membership(
        ("petr", WEST, "", "", "publie"), ("petr", EAST, "", "", "a_confirmer")
    )
    (petr,) = bodies_of("petr", members=doubtful)
    assert petr.membership_status == "a_confirmer"


def test_the_order_of_the_study_is_kept() -> None:
    names = [one.perimeter_id for one in bodies_of("syndicat", "petr")]
    assert names == ["syndicat", "petr"]


def test_unknown_bodies_are_told_together_with_the_nearest() -> None:
    with pytest.raises(StudyError, match=r"perimeters : 2 anomalies") as told:
        bodies_of("petrr", "petr", "zzz")
    assert "« petrr » → vouliez-vous dire « petr » ?" in str(told.value)
    assert "« zzz » → valeurs admises : petr, syndicat, vide" in str(told.value)


def test_a_body_without_member_is_refused() -> None:
    with pytest.raises(StudyError, match="« vide » n'a aucune commune membre"):
        bodies_of("vide")


def candidates() -> list[Candidate]:
    """Return a body in two pieces and a computed perimeter with its root."""
    corner = frozenset({WEST, code_at(1, 1)})
    computed = Candidate(
        perimeter_id="route_45min",
        name="Contour « d'essai »",
        method="temps_de_route",
        codes=frozenset({WEST, EAST}),
        root=EAST,
        compared=False,
        parameters={"minutes": 45.0, "epci": ["2", "1"], "seat": EAST},
    )
    body = Candidate(
        "corner", "Coin", "structure", corner, membership_status="a_confirmer"
    )
    return [computed, body]


def test_candidates_read_back_are_the_same() -> None:
    grid = make_grid("12", "34")
    certificates = certify(candidates(), grid, contiguity=make_contiguity(grid))
    certified = zip(candidates(), certificates, strict=True)
    perimeters, communes = perimeter_tables(certified, seed=42)
    validate(perimeters, table="perimeters")
    validate(communes, table="perimeter_communes")
    assert read_candidates(perimeters, communes) == candidates()
    assert perimeters["seed"].tolist() == [42, 42]
    assert perimeters["status"].tolist() == [
        "certifie",
        "certifie_en_plusieurs_morceaux",
    ]
    assert perimeters["n_epci_whole"].tolist() == [2, 2]
    roles = communes.set_index(["perimeter_id", "code_insee"])["role"]
    assert roles["route_45min", EAST] == "racine"
    assert roles["route_45min", WEST] == "membre"


def test_tables_survive_the_canonical_form() -> None:
    """Sorted by key and written as text, they hold the same perimeters."""
    grid = make_grid("12", "34")
    certificates = certify(candidates(), grid, contiguity=make_contiguity(grid))
    tables = perimeter_tables(zip(candidates(), certificates, strict=True), seed=1)
    tidy = [
        validate(table, table=name)
        for table, name in zip(
            tables, ["perimeters", "perimeter_communes"], strict=True
        )
    ]
    by_id = {one.perimeter_id: one for one in read_candidates(tidy[0], tidy[1])}
    assert by_id == {one.perimeter_id: one for one in candidates()}


def test_parameters_are_written_in_one_way() -> None:
    grid = make_grid("12", "34")
    one, _ = candidates()
    (certificate,) = certify([one], grid, contiguity=make_contiguity(grid))
    perimeters, _ = perimeter_tables([(one, certificate)], seed=1)
    assert perimeters.loc[0, "parameters"] == (
        f'{{"epci": ["2", "1"], "minutes": 45.0, "seat": "{EAST}"}}'
    )
