"""Outlets: at the seat of their commune, one row a site."""

import numpy as np
import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.waste import outlets
from eitgeo.sources.waste.outlets import read_outlets
from tests.sources.source import Source, placed

HEADER = (
    "outlet_id,name,aliases,kind,icpe_headings,capacity_t,household_t,"
    "position_quality,status,evidence,source,code_insee\n"
)


def row(**changes):
    cells = {
        "outlet_id": "a",
        "name": "Site A",
        "aliases": "25310217200017;A",
        "kind": "isdnd",
        "icpe_headings": "2760-2",
        "capacity_t": "48492.5",
        "household_t": "",
        "position_quality": "commune",
        "status": "publie",
        "evidence": "S",
        "source": "s",
        "code_insee": "31002",
    }
    return ",".join(f'"{cell}"' for cell in (cells | changes).values()) + "\n"


def test_an_outlet_stands_at_the_seat(write, communes):
    before = communes.copy()
    table = read_outlets(write("o.csv", HEADER + row()), communes=communes).table
    point = table.geometry.iloc[0]
    assert (point.x, point.y) == (515_000.0, 6_205_000.0)
    assert table["capacity_t"].iloc[0] == 48_492.5
    assert np.isnan(table["household_t"].iloc[0])
    assert communes.equals(before)


def test_one_siret_under_two_outlets_is_refused(write, communes):
    twice = row() + row(outlet_id="b", aliases="B;25310217200017")
    with pytest.raises(SchemaError, match="ligne 3 : alias « 25310217200017 » déjà"):
        read_outlets(write("o.csv", HEADER + twice), communes=communes)


def test_a_closed_outlet_takes_nothing_and_is_told(write, communes):
    closed = row() + row(outlet_id="b", aliases="", status="ferme")
    loaded = read_outlets(write("o.csv", HEADER + closed), communes=communes)
    assert loaded.table["outlet_id"].tolist() == ["a"]
    assert loaded.dropped["reason"].tolist() == ["fermé : ne reçoit plus de déchets"]


def test_an_outlet_beyond_the_layer_is_left_out_and_named(write, communes):
    beyond = row() + row(outlet_id="loin", aliases="", code_insee="65258")
    loaded = read_outlets(write("o.csv", HEADER + beyond), communes=communes)
    assert loaded.table["outlet_id"].tolist() == ["a"]
    assert loaded.dropped.to_numpy().tolist() == [
        ["o.csv", "3", "loin", "hors des communes (« 65258 »)"]
    ]


def test_no_outlet_in_the_layer_gives_an_empty_table(write, communes):
    path = write("o.csv", HEADER + row(code_insee="65258"))
    assert read_outlets(path, communes=communes).table.empty


def test_the_default_outlets(raw):
    communes = read_communes(raw / "communes.geojson")
    loaded = read_outlets(raw / "outlets.csv", communes=communes)
    table = loaded.table.set_index("outlet_id")
    assert len(table) >= 15
    assert table.loc["isdnd_pihourc", "capacity_t"] == 48_492
    assert {"25310217200017", "24310034400031"} <= set(
        str(table.loc["isdnd_pihourc", "aliases"]).split(";")
    )


SAMPLES = {
    "outlets": Source(
        "Exutoires de l'étude, CSV",
        ("read_outlets",),
        "outlets.csv",
        placed(outlets.read_outlets),
        (
            HEADER
            + row(name="Été")
            + row(outlet_id="b", aliases="", code_insee="09001")
        ).encode(),
        table="outlets",
    ),
}
