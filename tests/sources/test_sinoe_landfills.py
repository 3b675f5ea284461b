"""Landfills of SINOE: Mercator held against degrees, the latest year, nobody named."""

import geopandas as gpd
import pytest

from eitgeo.errors import CrsError, SchemaError
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.waste.outlet_merge import merge_outlets, read_outlet_aliases
from eitgeo.sources.waste.outlets import read_outlets, read_sinoe_landfills
from tests.sources.source import Source, placed, text

SPOT = gpd.GeoSeries.from_xy([503_000], [6_204_000], crs=2154)
(MERCATOR,), (DEGREES,) = SPOT.to_crs(3857), SPOT.to_crs(4326)
ELLIPSOIDAL = SPOT.to_crs(3395).iloc[0]
HEADER = (
    '\ufeff"Année","Code SINOE ISDND","Nom  ISDND","Téléphone","Code commune ISDND",'
    '"Géolocalisation  ISDND\r\nLongitude (Mercator)","Géolocalisation  ISDND\r\n'
    'Latitude (Mercator)","Géolocalisation  ISDND\r\nNiveau de précision",'
    '"Nom Exploitant","Capacité réglementaire ISDND","lat","lon"'
)
"""As the file is served: a mark, names over two lines, blanks twice."""

MANUAL = "Géolocalisation\xa0manuelle"
CENTRE = "Centroïde\xa0de\xa0la\xa0commune"
POOR = "Géolocalisation\xa0effectuée\xa0-\xa0Qualité\xa0insuffisante"
GOOD = "Géolocalisation\xa0effectuée\xa0-\xa0Qualité\xa0suffisante"


def line(code=7, year=2016, insee="09001", level=MANUAL, capacity="5000", at=MERCATOR):
    """Return one record, its operator a person who can be rung."""
    return (
        f'{year},{code},"Isdnd du Val",561000000,"{insee}",{at.x},{at.y},"{level}",'
        f'"Untel Jean",{capacity},{DEGREES.y},{DEGREES.x}'
    )


def read(write, communes, *lines, header=HEADER):
    path = write("sinoe_isdnd.csv", "\r\n".join([header, *lines]) + "\r\n")
    return read_sinoe_landfills(path, communes=communes)


def test_a_landfill_stands_where_it_was_put_by_hand(write, communes):
    loaded = read(write, communes, line())
    row = loaded.table.iloc[0]
    assert (row["outlet_id"], row["name"]) == ("ISDND-SINOE7", "Isdnd du Val")
    assert (row["kind"], row["icpe_headings"]) == ("isdnd", "2760-2")
    assert (row["capacity_t"], row["status"]) == (5_000.0, "a_verifier")
    assert (row["evidence"], row["source"]) == ("S", "ADEME, SINOE ISDND 2016")
    assert row["position_quality"] == "exacte"
    assert (row.geometry.x, row.geometry.y) == pytest.approx((503_000, 6_204_000))
    assert loaded.notes.empty


def test_nobody_is_named_nor_rung(write, communes):
    loaded = read(write, communes, line(), line(code=8, insee="65258"))
    told = "".join(
        part.to_csv() for part in (loaded.table, loaded.dropped, loaded.notes)
    )
    assert "Untel" not in told
    assert "561000000" not in told


@pytest.mark.parametrize(
    ("level", "kinds", "x"),
    [
        (MANUAL, [], 503_000),
        (GOOD, [], 503_000),
        (CENTRE, ["centre_commune"], 505_000),
        (POOR, ["peu_precise"], 505_000),
        ("", ["peu_precise"], 505_000),
    ],
)
def test_a_position_that_is_not_sure_is_the_town_hall(write, communes, level, kinds, x):
    loaded = read(write, communes, line(level=level))
    assert loaded.notes["kind"].tolist() == kinds
    assert loaded.table.geometry.x.tolist() == pytest.approx([x])


def test_another_mercator_is_refused(write, communes):
    """On the ellipsoid, 21 km further north: what « Mercator » alone does not say."""
    with pytest.raises(CrsError, match=r"à 2\d km de « lon » et « lat ».*EPSG:3857"):
        read(write, communes, line(at=ELLIPSOIDAL))


@pytest.mark.parametrize("capacity", ["", "0"])
def test_a_capacity_of_nothing_is_unknown_and_told(write, communes, capacity):
    loaded = read(write, communes, line(capacity=capacity))
    assert loaded.table["capacity_t"].isna().all()
    assert loaded.notes["kind"].tolist() == ["capacite_inconnue"]


def test_rows_kept_and_left_out_add_up(write, communes):
    lines = [line(year=2012), line(), line(code=8, insee="65258"), line(code="")]
    loaded = read(write, communes, *lines)
    assert len(loaded.table) == 1
    assert loaded.dropped["reason"].tolist() == [
        "année 2012 remplacée par 2016",
        "hors des communes (« 65258 »)",
        "identifiant absent",
    ]


@pytest.mark.parametrize(
    ("content", "error", "told"),
    [
        (f"{HEADER}\r\n{line(capacity='-1')}", SchemaError, "« -1 » hors de 0 à 10"),
    ],
)
def test_faults_are_told_with_their_remedy(write, communes, content, error, told):
    with pytest.raises(error, match=told):
        read_sinoe_landfills(write("a.csv", content), communes=communes)


@pytest.mark.results
def test_the_real_file_beside_the_outlets_of_the_study(raw, shared):
    communes = read_communes(raw / "communes.geojson")
    path = shared / "waste" / "sinoe_isdnd.csv"
    directory = read_sinoe_landfills(path, communes=communes)
    assert len(directory.table) + len(directory.dropped) == 229
    study = read_outlets(raw / "outlets.csv", communes=communes)
    aliases = read_outlet_aliases(raw / "outlet_aliases.csv").table
    merged = merge_outlets([study.table, directory.table], aliases=aliases)
    # Each landfill of the directory is an outlet of the study: none is missing.
    assert merged.table["outlet_id"].tolist() == study.table["outlet_id"].tolist()
    told = merged.notes.query("kind == 'capacites_differentes'").set_index("row")
    assert told["detail"].to_dict() == {
        "isdnd_benac": "100000 t au lieu de 39934 t",
        "isdnd_manses": "50000 t au lieu de 23961 t",
        "isdnd_pavie": "40000 t au lieu de 22820 t",
        "isdnd_pihourc": "85000 t au lieu de 48492 t",
    }


SAMPLES = {
    "sinoe_isdnd": Source(
        "SINOE, annuaire des ISDND (ADEME), CSV",
        ("read_sinoe_landfills",),
        "sinoe_isdnd.csv",
        placed(read_sinoe_landfills),
        text(
            " ".join(HEADER.split()),
            line(),
            line(code=8, insee="31002", level=CENTRE),
        ),
        table="outlets",
    ),
}
