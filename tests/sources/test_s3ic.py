"""Waste installations: commune precision, nobody named."""

import pytest

from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.waste.georisques import (
    MASKED_S3IC,
    read_s3ic_outlets,
    read_s3ic_sites,
)
from tests.sources.source import Source, placed

HEADER = (
    "code_s3ic;cd_insee;nom_ets;activiteprincipaleunitelegale__REF;"
    "categoriejuridiqueunitelegale__REF;siret__REF;statutdiffusionetablissement__REF;"
    "trancheeffectifsetablissement__REF\n"
)
FIRM = "0068.1;31002;FIRME SA;38.32Z;5599;39931827800021;O;12"
HIDDEN = "0068.2;09001;[ND];;;;;"
TRADER = "0068.3;09001;UNTEL;38.31Z;1000;39931827800022;O;01"
PARTIAL = "0068.4;09001;X;38.21Z;5599;39931827800023;P;NN"


@pytest.fixture
def path(write):
    return write("s3ic.csv", f"{HEADER}{FIRM}\n{HIDDEN}\n{TRADER}\n{PARTIAL}\n")


def test_sites_say_who_may_be_shown(path, communes):
    sites = read_s3ic_sites(path, communes=communes).table.set_index("site_id")
    assert sites["diffusible"].tolist() == [True, False, True, False]
    assert sites["natural_person"].tolist() == [False, False, True, False]
    assert sites["name"].tolist() == ["FIRME SA", MASKED_S3IC, MASKED_S3IC, MASKED_S3IC]
    assert sites["siret"].tolist() == ["39931827800021", "", "", ""]


def test_headcounts_are_the_band_and_its_geometric_mean(path, communes):
    sites = read_s3ic_sites(path, communes=communes).table.set_index("site_id")
    firm = sites.loc["S3IC0068.1"]
    assert (firm["headcount_low"], firm["headcount_high"]) == (20, 49)
    assert firm["headcount_mid"] == pytest.approx(31.305, abs=1e-3)  # √(20 × 49)
    assert sites["headcount_mid"].isna()["S3IC0068.4"]


def test_outlets_stand_at_the_seat_with_a_kind(path, communes):
    outlets = read_s3ic_outlets(path, communes=communes).table.set_index("outlet_id")
    kinds = ["recuperation", "icpe_dechets", "demantelement", "traitement"]
    assert outlets["kind"].tolist() == kinds
    assert outlets.loc["S3IC0068.1"].geometry.x == 515_000.0
    assert not outlets["name"].str.contains("ND", regex=False).any()
    assert not outlets["name"].str.contains("UNTEL", regex=False).any()


def test_installations_beyond_the_layer_are_left_out(write, communes):
    path = write("l.csv", f"{HEADER}{FIRM}\n{HIDDEN.replace('09001', '65258')}\n")
    loaded = read_s3ic_outlets(path, communes=communes)
    assert loaded.table["outlet_id"].tolist() == ["S3IC0068.1"]
    assert loaded.dropped["subject"].tolist() == ["S3IC0068.2"]
    assert loaded.dropped["reason"].tolist() == ["hors des communes (« 65258 »)"]


@pytest.mark.results
def test_the_real_file(raw, shared):
    communes = read_communes(raw / "communes.geojson")
    path = shared / "industry" / "s3ic_x_sirene_09_31_32_65.csv"
    loaded = read_s3ic_sites(path, communes=communes)
    sites = loaded.table
    assert len(sites) + len(loaded.dropped) == 269
    # 269 installations, 25 of them beyond 40 km.
    assert len(sites) == 244
    assert not sites["name"].str.contains("[ND]", regex=False).any()
    assert (sites.loc[~sites["diffusible"], "siret"] == "").all()


SAMPLES = {
    "s3ic": Source(
        "Installations de déchets × SIRENE (Trackdéchets), CSV",
        ("read_s3ic_outlets", "read_s3ic_sites"),
        "s3ic.csv",
        placed(read_s3ic_outlets),
        (f"{HEADER}{FIRM}\n{HIDDEN}\n{TRADER}\n{PARTIAL}\n")
        .replace("FIRME", "ÉTÉ")
        .encode(),
        table="outlets",
    ),
}
