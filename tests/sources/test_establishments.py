"""Anchors: legal persons, headcounts as published, unknown left unknown."""

import numpy as np
import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.sites import establishments
from eitgeo.sources.sites.establishments import read_anchors
from eitgeo.sources.territory.communes import read_communes
from tests.sources.source import SIRETS, Source, placed

HEADER = (
    "site_id,siret,name,naf,code_insee,headcount_low,headcount_mid,headcount_high,"
    "position_quality,status,evidence,source\n"
)


def read(write, communes, line):
    path = write("a.csv", HEADER + line + "\n")
    return read_anchors(path, communes=communes).table


def test_an_anchor_becomes_a_site(write, communes):
    line = "A1,39931827800021,Usine,17.11Z,09001,270,272,275,commune,publie,S,presse"
    site = read(write, communes, line).iloc[0]
    assert (site["headcount_low"], site["headcount_high"]) == (270.0, 275.0)
    assert (site["synthetic"], site["natural_person"]) == (False, False)
    assert (site.geometry.x, site.geometry.y) == (505_000.0, 6_205_000.0)


def test_an_unknown_headcount_stays_unknown(write, communes):
    site = read(write, communes, "A1,,X,,09001,,,,commune,publie,S,presse").iloc[0]
    assert np.isnan(site["headcount_mid"])
    assert site["naf"] == ""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("A1,,X,,09001,9,5,7,commune,publie,S,p", "intervalle 9 – 5 – 7 désordonné"),
    ],
)
def test_a_faulty_anchor_is_refused(write, communes, line, message):
    with pytest.raises(SchemaError, match=message):
        read(write, communes, line)


def test_an_anchor_beyond_the_layer_is_reported(write, communes):
    row = "A{},,X,,{},,,,commune,publie,S,p"
    path = write(
        "a.csv", HEADER + row.format(1, "65258") + "\n" + row.format(2, "09001")
    )
    loaded = read_anchors(path, communes=communes)
    assert loaded.table["site_id"].tolist() == ["A2"]
    assert loaded.table["naf_rev2"].tolist() == [""]
    assert loaded.dropped.to_numpy().tolist() == [
        ["a.csv", "2", "A1", "hors des communes (« 65258 »)"]
    ]


def test_the_default_anchors(raw):
    communes = read_communes(raw / "communes.geojson")
    table = read_anchors(raw / "anchors.csv", communes=communes).table
    assert len(table) >= 20
    known = table["headcount_mid"].notna()
    assert (table["headcount_mid"] > 0)[known].all()
    pulp = table[table["naf"] == "17.11Z"]
    assert pulp["code_insee"].tolist() == ["31483"]


SAMPLES = {
    "anchors": Source(
        "Établissements repères de l'étude, CSV",
        ("read_anchors",),
        "anchors.csv",
        placed(establishments.read_anchors),
        (
            HEADER
            + f"A1,{SIRETS[0]},Été,17.11Z,09001,270.5,272,275,commune,publie,S,p\n"
            "A2,,Usine,,31002,,,,commune,publie,S,p\n"
        ).encode(),
        table="sites",
    ),
}
