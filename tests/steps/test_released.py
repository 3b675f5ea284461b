"""Views of released tables: perimeters by name, what changes between two of them."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from eitgeo.disclosure.door.ground import commune_minutes
from eitgeo.errors import UndeclaredError
from eitgeo.maps.words.cards import DifferenceTables
from eitgeo.steps.declared import STEPS
from eitgeo.steps.maps.released import (
    shown_perimeters,
    undrawn_perimeters,
)
from eitgeo.steps.maps.released_documents import perimeter_difference
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.public import PublicTables, Released, write_released
from eitgeo.tables.schema import empty_table
from tests.scenarios.toy import ROOT

PERIMETERS = pd.DataFrame(
    {
        "perimeter_id": ["x", "y", "z"],
        "name": ["X", "Y", "Z"],
        "method": ["optimum", "temps_de_route", "declare"],
        "membership_status": ["publie", "publie", "a_confirmer"],
        "compared": False,
    }
)
"""Drawn by exchanges, by roads, by a list to confirm."""


@pytest.fixture
def project(tmp_path):
    return open_project(ROOT / "study.yaml", out=tmp_path)


@pytest.fixture
def public(project) -> PublicTables:
    """Release three perimeters; X holds communes 1 and 2, Z communes 2 and 3."""
    communes = gpd.GeoDataFrame(
        {
            "code_insee": ["31001", "31002", "31003"],
            "nom": ["Amont", "Milieu", "Aval"],
            "epci_siren": ["a", "a", "b"],
            "epci_communes": [2, 2, 1],
            "population": [100, 200, 300],
            "area_km2": 1.0,
            "in_area": True,
        },
        geometry=[box(i, 0, i + 1, 1) for i in range(3)],
        crs=2154,
    )
    members = pd.DataFrame(
        {"perimeter_id": list("xxzz"), "code_insee": [f"3100{i}" for i in (1, 2, 2, 3)]}
    )
    tables = {
        "perimeters": Released(PERIMETERS, ("Banatic",), ("tirage",)),
        "communes": Released(communes, ("IGN",)),
        "perimeter_communes": Released(members, ("Banatic", "OSM")),
    }
    for name, released in tables.items():
        write_released(project.processed, name, released)
    return PublicTables(project.processed)


def test_perimeters_are_shown_by_name_with_what_they_alone_carry(
    project, public
) -> None:
    shown = shown_perimeters(project, public, ["z", "y"])
    assert shown.table["perimeter_id"].tolist() == ["z", "y"]
    assert shown.table["compared"].all()
    assert shown.sources == ("Banatic",)
    assert shown.demonstration == project.study.road_reasons
    assert [one.partition(" : ")[0] for one in shown.to_confirm] == ["Z"]
    by_exchanges = shown_perimeters(project, public, ["x"])
    assert by_exchanges.demonstration == project.study.demonstration_reasons != ()
    assert by_exchanges.to_confirm == ()


def test_contours_that_drawn_establishments_made_are_left_out(project) -> None:
    drawn = set(project.study.drawn_ids)
    assert drawn
    names = [*sorted(drawn)[:1], "y", "z"]
    table = PERIMETERS.assign(perimeter_id=names)
    write_released(project.processed, "perimeters", Released(table))
    shown = undrawn_perimeters(project, PublicTables(project.processed))
    assert shown.table["perimeter_id"].tolist() == ["y", "z"]
    assert not shown.table["compared"].any()


def test_what_changes_is_found_on_released_tables(public) -> None:
    figures = pd.DataFrame(
        {
            "perimeter_id": ["x", "z"],
            "indicator_id": "population",
            "value": [300.0, 500.0],
            "low": [300.0, 500.0],
            "high": [300.0, 500.0],
            "evidence": "O",
            "unit": "hab.",
            "hypothesis_share_pct": 0.0,
            "synthetic_share_pct": 0.0,
            "note": "",
        }
    )
    indicators = Released(figures, ("INSEE",), withheld=2)
    change: DifferenceTables = perimeter_difference(public, indicators, pair=("x", "z"))
    moved = change.communes.table.set_index("code_insee")["change"]
    assert set(moved.index) == {"31001", "31003"}
    assert moved.nunique() == 2
    assert change.communes.sources == change.epci.sources == ("IGN", "Banatic", "OSM")
    assert change.gaps.sources == ("INSEE",)
    assert change.gaps.table["gap"].tolist() == [200.0]


def test_minutes_of_a_map_are_those_of_the_shortest_way(project) -> None:
    """From the seat of the study; a pair beyond the limit is infinitely far."""
    seat = project.study.methods.reach.seat
    ways = pd.DataFrame(
        {
            "origin_id": [seat, seat, "31001", "31001"],
            "destination_id": ["31001", "31002", seat, "31002"],
            "profile": "car",
            "time_s": [600.0, float("nan"), 660.0, 60.0],
            "status": ["ok", "beyond_limit", "ok", "ok"],
        }
    )
    seats = pd.DataFrame(
        {
            "n_seats": project.study.roads.seats.shown,
            "seat_1": [seat, seat],
            "seat_2": "",
            "ties": False,
        }
    )
    table = commune_minutes(project, ways, seats)
    from_seat = table[table["map"] == seat].set_index("code_insee")["minutes"]
    assert from_seat.to_dict() == {"31001": 10.0, "31002": float("inf")}
    to_seats = table[table["map"] == "seats"].set_index("code_insee")["minutes"]
    assert to_seats.to_dict() == {"31001": 11.0}
    two = seats.assign(seat_1=[seat, "31001"])
    assert set(commune_minutes(project, ways, two)["map"]) == {seat}


def test_an_output_that_opens_another_folder_is_refused(project, monkeypatch) -> None:
    """A map that reads what firms arise, and not what was released of it, stops."""
    write_table(project.processed, empty_table("arisings"), table="arisings")
    step = next(one for one in STEPS if one.name == "body_map")

    def run(public: PublicTables, *, project) -> dict[str, object]:
        del public
        return {"lignes": len(read_table(project.processed, "arisings"))}

    monkeypatch.setattr("eitgeo.steps.maps.body_map.run", run)
    with pytest.raises(
        UndeclaredError, match="step body_map: no step before it writes arisings"
    ):
        step.run(project)
