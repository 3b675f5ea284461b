"""Rows that the door makes of communes, bodies, perimeters and zones."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from eitgeo.disclosure.door.passing import released
from eitgeo.study.governance import Neighbour
from eitgeo.study.project import Project
from eitgeo.words import NBSP
from tests.tables.conftest import frame_of, row_of


@pytest.fixture(scope="module")
def project(demonstration: Project) -> Project:
    """The delivered study."""
    return demonstration


def rows(table: str, **columns: Any) -> pd.DataFrame:
    """Return rows of a table that differ by some columns."""
    every = pd.DataFrame(columns).to_dict("records")
    return frame_of(
        table, *(row_of(table, **{str(k): v for k, v in one.items()}) for one in every)
    )


def communes(*codes: str, **columns: Any) -> Any:
    return rows("communes", code_insee=list(codes), **columns)


BODIES: dict[str, Any] = {
    "body_id": ["x", "y", "z", "systom_7_epci"],
    "kind": ["syndicat", "syndicat", "syndicat", "epci"],
    "waste_competence": [True, True, False, False],
    "name": ["Le X", "Y – liste du soir", "Z", "W – liste du matin"],
}
MEMBERS: dict[str, Any] = {
    "body_id": ["x", "x", "x", "y", "z", "systom_7_epci", "elsewhere"],
    "code_insee": ["31001", "31002", "31003", "31001", "31001", "31002", "31001"],
    "from_date": "2020-01-01",
    "to_date": ["", "", "2021-01-01", "", "", "", ""],
    "status": ["publie", "a_confirmer", *["publie"] * 5],
}


def bodies_and_members() -> dict[str, pd.DataFrame]:
    return {
        "bodies": rows("bodies", **BODIES),
        "membership": rows("membership", **MEMBERS),
    }


def test_members_are_those_of_the_date_and_a_doubt_is_told(project) -> None:
    found = released(project, "body_members", given=bodies_and_members())
    assert found.table[["body_id", "code_insee"]].to_numpy().tolist() == [
        ["systom_7_epci", "31002"],
        ["x", "31001"],
        ["x", "31002"],
        ["y", "31001"],
        ["z", "31001"],
    ]
    assert found.to_confirm == ("Le X : membres à confirmer par le maître d'ouvrage",)


def test_waste_is_treated_by_the_bodies_of_the_study_and_other_syndicates(
    project,
) -> None:
    """Lists bear what follows the dash of a name, or the name."""
    found = released(project, "waste_members", given=bodies_and_members())
    assert list(found.table) == ["code_insee", "status", "list"]
    assert found.table[["list", "code_insee"]].to_numpy().tolist() == [
        ["liste du matin", "31002"],
        ["Le X", "31001"],
        ["Le X", "31002"],
        ["liste du soir", "31001"],
    ]


def test_initiatives_near_by_are_placed_at_their_town_hall(project) -> None:
    """The second is in no commune of the table; the first is to be checked."""
    told = [
        Neighbour.model_validate(
            {"name": name, "commune": code, "source": "journal", "status": status}
        )
        for name, code, status in (
            ("Une", "31002", "a_verifier"),
            ("Ailleurs", "32001", "a_verifier"),
            ("Deux", "31001", "publie"),
        )
    ]
    study = project.study
    governance = study.governance.model_copy(update={"neighbours": tuple(told)})
    own = replace(project, study=study.model_copy(update={"governance": governance}))
    seats = communes("31001", "31002", seat_x=[1e5, 2e5], seat_y=[6e6, 7e6])
    found = released(own, "neighbours", given={"communes": seats})
    table: Any = found.table
    assert table["name"].tolist() == ["Une", "Deux"]
    assert table["status"].tolist() == ["a_verifier", "publie"]
    assert table.crs == seats.crs
    assert [(one.x, one.y) for one in table.geometry] == [(2e5, 7e6), (1e5, 6e6)]
    assert found.sources == ("Une : journal", "Deux : journal")
    assert found.to_confirm == ("Une",)


def test_perimeters_are_in_the_order_of_the_study(project) -> None:
    first, second = project.study.compared_ids[:2]
    ids = ["other", second, "last", first]
    table = rows("perimeters", perimeter_id=ids, method="declare", compared=False)
    shown = released(project, "perimeters", given={"perimeters": table}).table
    assert shown["perimeter_id"].tolist() == [first, second, "other", "last"]
    assert not shown["compared"].any()


def test_counts_of_registers_say_when_they_were_so(project) -> None:
    counted = {
        "code_insee": ["31001", "31001", "31002"],
        "sector": ["industry", "trade", "industry"],
        "measure": "employees",
        "value": [5.0, 7.0, 2.0],
        "vintage": "2024-12-31",
    }
    given = {
        "activity_urssaf": rows("activity_urssaf", **counted),
        "activity_insee": frame_of("activity_insee").iloc[:0],
        "activity_ape": frame_of("activity_ape").iloc[:0],
    }
    found = released(project, "activity_counts", given=given).table
    table = found.set_index(["fact", "code_insee"])["n"]
    assert table.to_dict() == {
        ("salaries", "31001"): 12.0,
        ("salaries", "31002"): 2.0,
        ("salaries_industrie", "31001"): 5.0,
        ("salaries_industrie", "31002"): 2.0,
    }
    assert set(found["when"]) == {f"fin{NBSP}2024"}
    none = {name: table.iloc[:0] for name, table in given.items()}
    assert released(project, "activity_counts", given=none).table.empty
    sectors = rows("counted_sectors", vintage=["2024-12-31", "2026-01-01"])
    told = released(project, "counted_sectors", given={"counted_sectors": sectors})
    assert told.table["when"].tolist() == [f"fin{NBSP}2024", "01/01/2026"]


def test_seats_are_sought_for_unions_of_whole_epci_alone(project) -> None:
    """Nobody is near: the union of a has its one EPCI, without a seat."""
    given = {
        "communes": communes("31001", "31002", epci_siren=["a", "b"], population=9),
        "od_matrix": rows("od_matrix", origin_id=[]),
        "road_checks": rows("road_checks", check=[]),
        "perimeters": rows(
            "perimeters",
            perimeter_id=["u", "d"],
            method=["union_epci", "declare"],
            parameters=['{"epci": ["a"]}', '{"epci": ["b"]}'],
        ),
    }
    found = released(project, "union_seats", given=given).table
    assert found[["union_id", "epci_siren", "seat"]].to_numpy().tolist() == [
        ["u", "a", ""]
    ]


def test_junctions_and_grounds_of_activity_are_those_of_the_territory(project) -> None:
    """Two communes of the area, of which one has an EPCI that a body tells."""
    places = communes(
        *("31001", "31002", "31003"),
        nom=["A", "B", "C"],
        in_area=[True, True, False],
        epci_siren=["200000001", "200000002", "200000001"],
    )
    codes = ["31001", "31002", "31003", "32001"]
    given = {
        "communes": places,
        "junctions": rows("junctions", code_insee=codes),
        "activity_areas": rows("activity_areas", code_insee=codes),
        "bodies": rows("bodies", body_id=["epci_200000001"], name=["Aval"]),
    }
    exits = released(project, "motorway_exits", given=given).table
    assert exits["code_insee"].tolist() == ["31001", "31002", "31003"]
    found = released(project, "activity_areas", given=given).table
    told = found[["code_insee", "nom", "epci"]].to_numpy().tolist()
    assert told == [["31001", "A", "Aval"], ["31002", "B", ""]]


def test_zones_are_told_with_their_outlet_and_the_class_of_their_waste(
    project,
) -> None:
    names = ["one", "two"]
    given = {
        "zone_profile": rows("zone_profile", zone_id=names, outlet_id=["o", "unknown"]),
        "outlets": rows("outlets", outlet_id=["o"], name=["Le tri"]),
        "zones_public": rows("zones_public", zone_id=names),
        "zone_potentials": rows(
            "zone_potentials", zone_id=["two"], potential_class=["100 à 300"]
        ),
    }
    profile = released(project, "zone_profile", given=given).table
    assert profile["outlet_name"].tolist() == ["Le tri", ""]
    classes = released(project, "zone_potentials", given=given).table
    told = classes.set_index("zone_id")["potential_class"].dropna()
    assert told.to_dict() == {"two": "100 à 300"}


def test_sites_that_hold_to_their_zone_are_placed_without_name_nor_jobs(
    project,
) -> None:
    names = ["open", "hidden", "person", "alone"]
    sites = rows(
        "sites",
        site_id=names,
        diffusible=[True, False, True, True],
        natural_person=[False, False, True, False],
    )
    stable = rows("site_stability", site_id=names[:3])
    found = released(
        project, "site_stability", given={"sites": sites, "site_stability": stable}
    )
    assert found.table["site_id"].tolist() == ["open"]
    assert found.withheld == 2
    assert found.table.columns.isin(["name", "siret", "headcount_mid"]).sum() == 0
