"""Bodies and memberships: published extents, and every kind of bad row."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.territory import bodies
from eitgeo.sources.territory.bodies import (
    read_bodies,
    read_member_names,
    read_membership,
)
from eitgeo.sources.territory.communes import read_communes
from tests.sources.source import Source, plain

BODIES = (
    "body_id,kind,name,legal_person,economic_competence,waste_competence,status,"
    "source\n"
)
MEMBERS = "body_id,code_insee,from_date,to_date,status,source\n"


def test_flags_become_booleans(write):
    table = read_bodies(
        write("b.csv", BODIES + "petr_x,petr,PETR X,True,false,false,publie,ici\n")
    )
    row = table.iloc[0]
    assert (row["legal_person"], row["waste_competence"]) == (True, False)
    assert table["economic_competence"].dtype == bool


def test_membership_is_sorted_and_dated(write):
    path = write(
        "m.csv", MEMBERS + "x,31002,,,publie,s\nx,09001,2025-01-01,,publie,s\n"
    )
    table = read_membership(path, known_bodies={"x"}, known_communes={"09001", "31002"})
    assert table["code_insee"].tolist() == ["09001", "31002"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x,31999,,,publie,s", "ligne 2 : commune « 31999 » absente"),
        ("y,09001,,,publie,s", "ligne 2 : structure inconnue « y »"),
        ("x,09001,2025-01-01,2024-01-01,publie,s", "terminée avant"),
    ],
)
def test_a_faulty_membership_is_refused(write, row, message):
    path = write("m.csv", MEMBERS + row + "\n")
    with pytest.raises(SchemaError, match=message):
        read_membership(path, known_bodies={"x"}, known_communes={"09001"})


@pytest.mark.parametrize(
    ("first", "second", "overlaps"),
    [
        ("2020-01-01,2022-01-01", "2022-01-01,", False),
        ("2020-01-01,2022-01-01", "2021-12-31,", True),
        ("2020-01-01,", "2022-01-01,", True),
        (",2022-01-01", "2022-01-01,2023-01-01", False),
        (",", "2022-01-01,", True),
        ("2022-01-01,", "2020-01-01,2021-01-01", False),
    ],
)
def test_periods_of_one_member_do_not_overlap(write, first, second, overlaps):
    lines = f"x,09001,{first},publie,s\nx,09001,{second},publie,s\n"
    path = write("m.csv", MEMBERS + lines + "x,09002,2020-01-01,,publie,s\n")
    if not overlaps:
        assert len(read_membership(path)) == 3
        return
    with pytest.raises(SchemaError, match="ligne 3 : « 09001 » est déjà membre de « x"):
        read_membership(path)


def test_a_repeated_membership_is_told_with_the_other_faults(write):
    twice = "x,09001,,,publie,s\n" * 2 + "z,9001,,,publie,s\n"
    with pytest.raises(SchemaError) as told:
        read_membership(write("m.csv", MEMBERS + twice), known_bodies={"x"})
    text = str(told.value)
    assert "3 anomalies" in text
    assert "ligne 3 : clé répétée" in text
    assert "ligne 4 : structure inconnue « z »" in text


def test_the_default_tables_resolve_each_other(raw):
    bodies = read_bodies(raw / "bodies.csv")
    sirens = {body[5:] for body in bodies["body_id"] if body.startswith("epci_")}
    communes = read_communes(raw / "communes.geojson")
    assert set(communes["epci_siren"]) <= sirens
    layer = set(communes["code_insee"])
    names = read_member_names(raw / "member_names.csv")
    membership = read_membership(
        raw / "membership.csv",
        known_bodies=set(bodies["body_id"]),
        known_communes=layer | set(names["code_insee"]),
    )
    # EPCI alone reach beyond the layer, where each member has a name.
    away = membership[~membership["code_insee"].isin(layer)]
    assert set(away["code_insee"]) == set(names["code_insee"])
    assert away["body_id"].str.startswith("epci_").all()
    doubtful = membership.loc[membership["status"] == "a_confirmer", "body_id"]
    assert set(doubtful) == {"systom_7_epci", "systom_8_epci"}
    assert not bodies.set_index("body_id").loc["ti_comminges_nestes", "legal_person"]


def read_sample_membership(path: Path, communes: gpd.GeoDataFrame) -> Any:
    """Read memberships of two bodies."""
    return bodies.read_membership(
        path, known_bodies={"x", "y"}, known_communes=set(communes["code_insee"])
    )


SAMPLES = {
    "bodies": Source(
        "Structures de l'étude, CSV",
        ("read_bodies",),
        "bodies.csv",
        plain(bodies.read_bodies),
        (
            BODIES + "x,petr,Été,true,false,false,publie,ici\n"
            "y,epci,CC,true,true,true,a_confirmer,ici\n"
        ).encode(),
        table="bodies",
    ),
    "membership": Source(
        "Membres des structures de l'étude, CSV",
        ("read_membership",),
        "membership.csv",
        read_sample_membership,
        (
            MEMBERS + "x,31002,2025-01-01,,publie,été\n"
            "x,09001,2025-01-01,2026-01-01,publie,s\n"
        ).encode(),
        table="membership",
    ),
    "member_names": Source(
        "Noms des communes membres hors de la couche, CSV",
        ("read_member_names",),
        "member_names.csv",
        plain(bodies.read_member_names),
        "code_insee,nom\n32083,Là-bas\n32024,Été\n".encode(),
    ),
}
