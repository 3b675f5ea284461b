"""SINOE: pages followed to the end, the latest year of each site, no contact kept."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.sources.waste.outlets import read_sinoe
from tests.sources.source import Source, text

POINT = gpd.GeoSeries.from_xy([503_000], [6_204_000], crs=2154).to_crs(4326).iloc[0]
HEADER = "C_REGION;C_DEPT;C_SERVICE;N_SERVICE;TEL_SERVICE;C_COMM;ANNEE;GPS_LONG;GPS_LAT"


def record(service=7, year=2024, insee="09001", lon=POINT.x, lat=POINT.y):
    """Return one record as the service gives it."""
    return {
        "C_SERVICE": service,
        "N_SERVICE": "Déchèterie <b>du Val</b>",
        "TEL_SERVICE": "0561000000",
        "C_COMM": insee,
        "ANNEE": year,
        "GPS_LONG": lon,
        "GPS_LAT": lat,
    }


def page(write, *records, name="a.json", total=None, following=None):
    content = {"total": total or len(records), "results": list(records)}
    if following:
        content["next"] = following
    return write(name, json.dumps(content))


def table(write, *records):
    lines = [
        f"76;09;{r['C_SERVICE']};{r['N_SERVICE']};05;{r['C_COMM']};{r['ANNEE']};"
        f"{r['GPS_LONG']};{r['GPS_LAT']}"
        for r in records
    ]
    return write("a.csv", "\ufeff" + "\r\n".join([HEADER, *lines]))


@pytest.mark.parametrize("form", [page, table])
def test_a_record_becomes_an_outlet(write, communes, form):
    loaded = read_sinoe([form(write, record())], communes=communes)
    row = loaded.table.iloc[0]
    assert (row["outlet_id"], row["kind"]) == ("SINOE7", "decheterie")
    assert row["name"] == "Déchèterie <b>du Val</b>"
    assert (row["position_quality"], row["source"]) == ("exacte", "ADEME, SINOE 2024")
    assert row.geometry.x == pytest.approx(503_000, abs=0.1)
    assert "0561000000" not in loaded.table.to_csv()


def test_a_service_that_no_longer_answers_is_named_and_left_out(write, communes):
    rows = [record(), record(service=8, year=2020), record(service=9, year=2019)]
    loaded = read_sinoe([table(write, *rows)], communes=communes)
    assert loaded.table["outlet_id"].tolist() == ["SINOE7", "SINOE8"]
    (reason,) = loaded.dropped["reason"]
    assert reason == (
        "« Déchèterie <b>du Val</b> » : dernière réponse en 2019, "
        "fermée depuis ou sans réponse"
    )


@pytest.mark.parametrize("form", [page, table])
def test_the_latest_year_of_each_site_stands(write, communes, form):
    records = [
        record(year=2022),
        record(year=2024),
        record(year=2023),
        record(service=8, year=2021, lon=POINT.x + 0.01),
        record(year=2024),
        record(service=9, insee="65258"),
        record(service="", insee="09001"),
        record(service=10, year="01/01/2024"),
    ]
    loaded = read_sinoe([form(write, *records)], communes=communes)
    assert loaded.table["source"].tolist() == ["ADEME, SINOE 2024", "ADEME, SINOE 2021"]
    assert loaded.dropped["reason"].tolist() == [
        "année 2022 remplacée par 2024",
        "année 2023 remplacée par 2024",
        "ligne répétée (7, 2024)",
        "hors des communes (« 65258 »)",
        "identifiant absent",
        "année hors de portée (« 01/01/2024 »)",
    ]
    assert len(loaded.table) + len(loaded.dropped) == len(records)


def test_pages_are_read_to_the_last(write, communes):
    first = page(write, record(), name="1.json", total=2, following="http")
    other = record(service=8, lon=POINT.x + 0.01)
    last = page(write, other, name="2.json", total=2)
    loaded = read_sinoe([first, last], communes=communes)
    assert loaded.table["outlet_id"].tolist() == ["SINOE7", "SINOE8"]
    with pytest.raises(SourceError, match=r"1 enregistrements sur 2.*toutes les pages"):
        read_sinoe([first], communes=communes)


def test_a_position_that_does_not_hold_is_told(write, communes):
    swapped = record(lon=POINT.y, lat=POINT.x)
    loaded = read_sinoe([page(write, swapped)], communes=communes)
    assert loaded.notes["kind"].tolist() == ["inversee"]
    assert loaded.table.geometry.x.tolist() == [505_000.0]


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("{", SourceError, "JSON illisible"),
        ("[]", SourceError, "pas une page"),
        ("{}", SourceError, "« results » absent"),
        ('{"results": [1]}', SourceError, "« results » absent"),
        ('{"results": []}', SourceError, "page sans enregistrement"),
        ('{"results": [{"C_SERVICE": 1}]}', SchemaError, "« ANNEE » absente"),
        ("", SourceError, "0 octet"),
        (b"\xff\xfe", SourceError, "JSON illisible"),
    ],
)
def test_a_page_that_is_none_is_refused(write, communes, text, error, told):
    with pytest.raises(error, match=told):
        read_sinoe([write("a.json", text)], communes=communes)


def test_lost_zeros_another_crs_and_no_page_are_refused(write, communes):
    with pytest.raises(SchemaError, match="« 9001 » sans son zéro de tête"):
        read_sinoe([page(write, record(insee=9001))], communes=communes)
    with pytest.raises(CrsError, match="ne sont pas des degrés"):
        read_sinoe([page(write, record(lon=60_000, lat=5e6))], communes=communes)
    with pytest.raises(SourceError, match="aucun fichier donné"):
        read_sinoe([], communes=communes)


def read_sample_sinoe(path: Path, communes: gpd.GeoDataFrame) -> Any:
    """Read one page."""
    return read_sinoe([path], communes=communes)


SAMPLES = {
    "sinoe": Source(
        "SINOE, annuaire (ADEME), CSV",
        ("read_sinoe",),
        "sinoe.csv",
        read_sample_sinoe,
        text(
            HEADER,
            "76;09;7;Val d'Été;05;09001;2024;0.537;42.93",
            "76;09;7;Val d'Été;05;09001;2023;0.537;42.93",
            "76;31;8;Élix;05;31002;2024;0.65;42.93",
        ),
        table="outlets",
    ),
}
