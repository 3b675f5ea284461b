"""IREP archives: headers with blanks, départements without zero, declared waste."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SourceError
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.waste import low_ewc
from eitgeo.sources.waste.gerep import (
    declared_arisings,
    read_gerep_outlets,
    read_gerep_sites,
    read_low_ewc,
    read_waste_declarations,
)
from tests.sources.georisques_files import (
    PRODUCED_HEADER,
    SIRET,
    establishment,
    gerep,
    produced,
    treated,
    zipped,
)
from tests.sources.source import Source, plain

ONE = "IREP1.1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1"])
def test_an_establishment_becomes_a_site(tmp_path, communes, encoding):
    path = gerep(tmp_path, sites=[establishment()], encoding=encoding)
    loaded = read_gerep_sites(path, communes=communes)
    site = loaded.table.iloc[0]
    assert (site["site_id"], site["name"]) == (ONE, "SOCIÉTÉ DU VAL")
    assert (site["siret"], site["naf"]) == (SIRET, "13.30Z")
    assert (site["code_insee"], site["position_quality"]) == ("09001", "commune")
    assert (site.geometry.x, site.geometry.y) == (503_000.0, 6_204_000.0)
    assert loaded.notes.empty
    assert loaded.dropped.empty


@pytest.mark.parametrize(
    ("at", "epsg", "kind"),
    [
        ((503000, 6204000), "", "epsg_inconnu"),
        ((503000, 6204000), "3857", "epsg_inconnu"),
        (("", ""), "2154", "absente"),
        ((0, 0), "2154", "ile_nulle"),
        ((42.9, 0.55), "4326", "inversee"),
        ((6204000, 503000), "2154", "hors_france"),
        ((513000, 6204000), "2154", "hors_commune"),
    ],
)
def test_no_crs_is_guessed(tmp_path, communes, at, epsg, kind):
    path = gerep(tmp_path, sites=[establishment(at=at, epsg=epsg)])
    loaded = read_gerep_sites(path, communes=communes)
    site = loaded.table.iloc[0]
    assert (site.geometry.x, site.geometry.y) == (505_000.0, 6_205_000.0)
    assert loaded.notes["kind"].tolist() == [kind]


def test_sites_kept_and_left_out_add_up(tmp_path, communes):
    lines = [
        establishment(),
        establishment(),
        establishment(code=""),
        establishment(code="2", commune="AILLEURS", at=("", "")),
    ]
    loaded = read_gerep_sites(gerep(tmp_path, sites=lines), communes=communes)
    assert loaded.table["site_id"].tolist() == [ONE]
    assert loaded.dropped["reason"].tolist() == [
        "ligne répétée (1.1)",
        "identifiant absent",
        "hors des communes (AILLEURS)",
    ]


def test_a_named_commune_is_never_that_of_the_point(tmp_path, communes):
    lines = [
        establishment(commune="AILLEURS", at=(513000, 6204000)),
        establishment(code="2", commune="", at=(513000, 6204000)),
    ]
    loaded = read_gerep_sites(gerep(tmp_path, sites=lines), communes=communes)
    assert loaded.table[["site_id", "code_insee"]].to_numpy().tolist() == [
        ["IREP2", "31002"]
    ]
    assert loaded.dropped["reason"].tolist() == ["hors des communes (AILLEURS)"]
    assert loaded.notes[["subject", "kind"]].to_numpy().tolist() == [
        ["IREP2", "commune_du_point"]
    ]


def test_declarations_are_read_with_the_header_as_it_is_spelt(tmp_path):
    assert "code_operation_eliminatio_valorisation ;" in PRODUCED_HEADER
    path = gerep(tmp_path, prod=[produced()], prod_d=[produced(waste="07 07 08*")])
    rows = read_waste_declarations(path).table.set_index("waste_code")
    paper, hazardous = rows.loc["15 01 01"], rows.loc["07 07 08*"]
    assert (paper["dep"], paper["operation"], paper["mass_t"]) == ("09", "R3", 12.5)
    assert (bool(paper["hazardous"]), bool(hazardous["hazardous"])) == (False, True)
    assert paper["file"] == "2019/Prod_dechets_non_dangereux.csv"
    assert np.isnan(paper["admitted_t"])


def test_treated_waste_has_two_masses(tmp_path):
    path = gerep(tmp_path, treat=[treated(mass="100", admitted="120")])
    row = read_waste_declarations(path, side="treated").table.iloc[0]
    assert (row["mass_t"], row["admitted_t"]) == (100.0, 120.0)


def test_kilograms_are_tonnes(tmp_path):
    path = gerep(tmp_path, prod=[produced(mass="500", unit="kg/an")])
    assert read_waste_declarations(path).table.loc[0, "mass_t"] == 0.5


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"code": ""}, "identifiant absent"),
        ({"waste": "07/07/2008"}, "code déchet mal formé (« 07/07/2008 »)"),
        ({"waste": "70708"}, "code déchet mal formé (« 70708 »)"),
        ({"year": "1019"}, "année hors de portée (« 1019 »)"),
        ({"year": "01/01/2019"}, "année hors de portée (« 01/01/2019 »)"),
        ({"unit": "m3"}, "unité inconnue (« m3 »)"),
        ({"mass": ""}, "quantité absente"),
        ({"mass": "-5"}, "quantité négative"),
        ({"mass": "9" * 12}, "quantité hors de portée"),
    ],
)
def test_a_declaration_that_says_nothing_is_left_out(tmp_path, fault, reason):
    path = gerep(tmp_path, prod=[produced(**fault), produced()])
    loaded = read_waste_declarations(path)
    assert len(loaded.table) == 1
    assert loaded.dropped[["row", "reason"]].to_numpy().tolist() == [["2", reason]]


def test_code_and_file_at_odds_and_odd_departments_are_told(tmp_path):
    path = gerep(tmp_path, prod_d=[produced(dep="999")])
    loaded = read_waste_declarations(path)
    assert loaded.notes["kind"].tolist() == ["danger", "departement"]
    assert bool(loaded.table.loc[0, "hazardous"])
    assert loaded.table.loc[0, "dep"] == ""


def test_decimal_commas_everywhere_are_french(tmp_path):
    path = gerep(tmp_path, prod=[produced(mass="1,5"), produced(mass="2")])
    assert read_waste_declarations(path).table["mass_t"].tolist() == [1.5, 2.0]


def test_several_years_at_once_are_refused_for_sites(tmp_path, communes):
    text = "identifiant;nom\n1;a"
    path = zipped(
        tmp_path, {"2018/etablissements.csv": text, "2019/etablissements.csv": text}
    )
    with pytest.raises(SourceError, match="plusieurs années"):
        read_gerep_sites(path, communes=communes)


def test_declared_waste_becomes_observed_arisings(tmp_path):
    lines = [
        produced(mass="10"),
        produced(mass="2.5", operation="R 13"),
        produced(waste="17 05 04", mass="40"),
        produced(waste="02 04 03", mass="7"),
        produced(code="9.9"),
    ]
    path = gerep(tmp_path, prod=lines, prod_d=[produced(waste="13 02 05*")])
    declared = read_waste_declarations(path)
    loaded = declared_arisings(declared.table, site_ids=[ONE])
    rows = loaded.table
    assert rows["waste_code"].tolist() == ["15 01 01", "17 05 04"]
    assert rows["ewc_stat"].tolist() == ["W072", "W126"]
    # 10 + 2.5 t of card; excavated soil is inert.
    assert rows["stream"].tolist() == ["NDNI", "INERT"]
    for name in ("t_low", "t_mid", "t_high"):
        assert rows[name].tolist() == [12.5, 40.0]
    assert set(loaded.table["method"]) == {"irep"}
    assert set(loaded.table["evidence"]) == {"O"}
    assert sorted(loaded.dropped["reason"]) == [
        "ajoutée à la première ligne du même déchet",
        "code « 02 04 03 » sans catégorie EWC-Stat connue",
        "déchet dangereux, hors des flux NDNI et INERT",
        "établissement hors du territoire",
    ]
    assert len(rows) + len(loaded.dropped) == len(declared.table)


def test_the_last_year_of_a_site_stands(tmp_path):
    path = gerep(
        tmp_path, prod=[produced(year="2018"), produced(year="2019", mass="3")]
    )
    loaded = declared_arisings(read_waste_declarations(path).table, site_ids=[ONE])
    assert loaded.table["t_mid"].tolist() == [3.0]
    assert loaded.dropped["reason"].tolist() == ["année remplacée par 2019"]


def test_a_correspondence_of_the_user_gives_the_other_codes(tmp_path, write):
    table = read_low_ewc(
        write("low.csv", "waste_code,ewc_stat,stream\n02 04 03,W071,NDNI\n")
    ).table
    path = gerep(tmp_path, prod=[produced(waste="02 04 03")])
    loaded = declared_arisings(
        read_waste_declarations(path).table, site_ids=[ONE], correspondence=table
    )
    assert loaded.table["ewc_stat"].tolist() == ["W071"]


def test_who_treats_waste_is_an_outlet(tmp_path, communes):
    sites = [
        establishment(),
        establishment(code="2", siret="", at=(502000, 6203000)),
    ]
    lines = [
        treated(operation="R 12", mass="5"),
        treated(operation="D 5", mass="80"),
        treated(code="9.9"),
    ]
    loaded = read_gerep_outlets(
        gerep(tmp_path, sites=sites, treat=lines), communes=communes
    )
    outlet = loaded.table.iloc[0]
    assert loaded.table["outlet_id"].tolist() == [ONE]
    assert (outlet["kind"], outlet["aliases"]) == ("stockage", SIRET)
    assert np.isnan(outlet["capacity_t"])
    assert loaded.dropped["reason"].tolist() == [
        "aucun déchet traité déclaré",
        "établissement hors du territoire",
    ]


def test_the_shipped_correspondence_agrees_with_the_rules():
    rules = synergy_rules()
    pairs = rules.loc[rules["low_code"] != "", ["low_code", "ewc_stat"]]
    shipped = low_ewc().set_index("waste_code")["ewc_stat"]
    assert (pairs["low_code"].map(shipped) == pairs["ewc_stat"]).all()
    assert shipped.index.is_unique
    hazardous = pd.Series(shipped.index).str.endswith("*")
    assert ((low_ewc()["stream"] == "") == hazardous).all()


SAMPLES = {
    "low_ewc": Source(
        "Correspondance LoW–EWC-Stat (à fournir), CSV",
        ("read_low_ewc",),
        "low.csv",
        plain(read_low_ewc),
        b"waste_code,ewc_stat,stream\n15 01 01,W072,NDNI\n13 02 05*,W013,\n",
    ),
}
