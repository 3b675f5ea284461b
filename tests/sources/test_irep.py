"""IREP: Lambert II moved, old activity codes told, nobody named."""

import logging
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.waste import gerep
from eitgeo.sources.waste.gerep import read_irep_sites
from eitgeo.territory.former import with_former
from tests.sources.source import Source, placed

HEADER = (
    "Identifiant,Nom_Etablissement,Numero_SIRET,Adresse,Code_Postal,Commune,"
    "Coordonnees_X,Coordonnees_Y,Code_APE,annee\n"
)
SIRET = "39931827800021"


def lambert2(x, y):
    """Return x, y of EPSG:2154 in EPSG:27572, as written in the file."""
    point = gpd.GeoSeries.from_xy([x], [y], crs=2154).to_crs(27572).iloc[0]
    return f"{point.x:.3f},{point.y:.3f}"


INSIDE = lambert2(503_000, 6_204_000)
BESIDE = lambert2(513_000, 6_204_000)
AWAY = lambert2(560_000, 6_204_000)


def read(write, communes, *lines, year=None):
    path = write("irep.csv", HEADER + "\n".join(lines) + "\n")
    return read_irep_sites(path, communes=communes, year=year).table


def line(name="SARL X", commune="OEUVRE BASSE", at=INSIDE, ape="1330Z", year=2017):
    return f"1.1,{name},{SIRET},rue,09200,{commune},{at},{ape},{year}"


def test_a_declaration_becomes_a_site(write, communes):
    site = read(write, communes, line()).iloc[0]
    assert (site["naf"], site["siret"], site["code_insee"]) == (
        "13.30Z",
        SIRET,
        "09001",
    )
    assert site.geometry.x == pytest.approx(503_000, abs=1)
    assert site.geometry.y == pytest.approx(6_204_000, abs=1)
    assert np.isnan(site["headcount_mid"])
    assert (site["position_quality"], site["evidence"]) == ("commune", "O")


def test_a_point_of_another_commune_goes_to_the_seat(write, communes):
    site = read(write, communes, line(at=BESIDE)).iloc[0]
    assert site["code_insee"] == "09001"
    assert (site.geometry.x, site.geometry.y) == (505_000.0, 6_205_000.0)


@pytest.mark.parametrize("name", ["Ancienne", "Œuvre-Haute", "Saint-Élix-le-Loin"])
def test_a_named_commune_is_never_that_of_the_point(write, communes, name):
    path = write("irep.csv", HEADER + line(commune=name, at=BESIDE) + "\n")
    loaded = read_irep_sites(path, communes=communes)
    assert loaded.table.empty
    told = loaded.dropped[["subject", "reason"]].to_numpy().tolist()
    assert told == [["IREP1.1", f"hors des communes ({name})"]]


def test_the_point_of_a_row_without_commune_is_told(write, communes):
    path = write("irep.csv", HEADER + line(commune="", at=BESIDE) + "\n")
    loaded = read_irep_sites(path, communes=communes)
    site = loaded.table.iloc[0]
    assert site["code_insee"] == "31002"
    assert site.geometry.x == pytest.approx(513_000, abs=1)
    notes = loaded.notes.set_index("kind")["detail"]
    assert notes["commune_du_point"] == "commune non nommée : celle du point (31002)"
    away = write("irep.csv", HEADER + line(commune="", at=AWAY) + "\n")
    gone = read_irep_sites(away, communes=communes).dropped["reason"].tolist()
    assert gone == ["hors des communes (commune non nommée)"]


def test_a_point_settles_between_communes_of_one_name(write, communes):
    """A postcode of the next département, or two communes that bear the name."""
    neighbour = line(commune="Saint-Élix", at=BESIDE)  # its postcode is in 09
    assert read(write, communes, neighbour)["code_insee"].tolist() == ["31002"]
    twins = communes.assign(nom="Œuvre-Basse", dep="09")
    assert read(write, twins, line(at=BESIDE))["code_insee"].tolist() == ["31002"]
    assert read(write, twins, line(at=AWAY)).empty


def test_a_former_commune_is_known_by_its_name(write, communes):
    former = pd.DataFrame(
        {"old_code": ["09009"], "old_name": ["Lez"], "new_code": ["09001"]}
    )
    here = with_former(communes, former)
    sites = read(write, here, line(commune="LEZ", at=AWAY))
    assert sites["code_insee"].tolist() == ["09009"]
    # A present commune goes before a former one of the same name.
    same = with_former(communes, former.assign(old_name="Œuvre-Basse"))
    assert read(write, same, line())["code_insee"].tolist() == ["09001"]


def test_sites_beyond_the_layer_are_counted_in_the_log(write, communes, caplog):
    with caplog.at_level(logging.INFO):
        sites = read(write, communes, line(commune="Loin", at=AWAY))
    assert sites.empty
    assert "1 lignes lues, 0 établissements retenus, 1 hors des communes" in caplog.text


def test_an_old_activity_code_is_told_not_guessed(write, communes, caplog):
    with caplog.at_level(logging.WARNING):
        site = read(write, communes, line(ape="241G")).iloc[0]
    assert site["naf"] == ""
    assert "241G" in caplog.text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("S.A.R.L. Untel", True),
        ("SYNDICAT MIXTE", True),
        ("UNTEL Jean", False),
        ("Garage Untel", False),
        ("SALVADOR Jean", False),
    ],
)
def test_only_organisations_keep_name_and_siret(write, communes, name, shown):
    site = read(write, communes, line(name=name)).iloc[0]
    assert (site["name"] == name) is shown
    assert (site["siret"] == SIRET) is shown
    path = write("irep.csv", HEADER + line(name=name) + "\n")
    holders = read_irep_sites(path, communes=communes).holders
    assert holders == ({} if shown else {"IREP1.1": SIRET})


def test_the_last_declaration_stands_unless_a_year_is_asked(write, communes):
    both = (line(ape="1712Z", year=2016), line(ape="1711Z", year=2017))
    assert read(write, communes, *both)["naf"].tolist() == ["17.11Z"]
    assert read(write, communes, *both, year=2016)["naf"].tolist() == ["17.12Z"]
    with pytest.raises(SchemaError, match="aucune déclaration de 2010 → choisir parmi"):
        read(write, communes, *both, year=2010)


@pytest.mark.results
def test_the_real_file(raw, shared):
    communes = read_communes(raw / "communes.geojson")
    path = shared / "industry" / "irep_etablissements_09_31_32_65_2003_2017.csv"
    loaded = read_irep_sites(path, communes=communes, year=2017)
    sites = loaded.table
    # 283 declarations in the four départements, 29 of them beyond 40 km.
    assert len(sites) == 254
    polygons = communes.set_index("code_insee").geometry.loc[sites["code_insee"]]
    assert polygons.covers(sites.geometry.set_axis(polygons.index), align=False).all()
    pulp = sites[sites["naf"] == "17.11Z"]
    assert pulp["code_insee"].tolist() == ["31483"]
    # 2 692 lines over 15 years: each is a site or is told.
    assert len(sites) + len(loaded.dropped) == 2_692


@pytest.mark.results
def test_the_known_faults_of_the_real_file_are_told(raw, shared):
    communes = read_communes(raw / "communes.geojson")
    path = shared / "industry" / "irep_etablissements_09_31_32_65_2003_2017.csv"
    loaded = read_irep_sites(path, communes=communes, year=2017)
    points = loaded.table.set_index("site_id").geometry
    # The pulp mill and the landfill of the Pihourc are declared on one point.
    mill, landfill = "IREP068.02548", "IREP068.04665"
    assert points[mill].equals(points[landfill])
    told = loaded.notes[loaded.notes["kind"] == "point_partage"]["subject"].str[:13]
    assert {mill, landfill} <= set(told)
    # Points are places of the commune: most are shared.
    assert len(told) == 174
    assert "siret_repete" in set(loaded.notes["kind"])


def test_a_legal_person_that_the_file_tells_is_named(write, communes):
    header = HEADER.strip() + ",personne\n"
    rows = [line("ACIERS DU VAL") + ",morale", line("UNTEL Jean", year=2018) + ","]
    rows[1] = rows[1].replace("1.1,", "1.2,", 1).replace(SIRET, "38047711700010")
    path = write("irep.csv", header + "\n".join(rows) + "\n")
    sites = read_irep_sites(path, communes=communes).table.set_index("site_id")
    assert sites["name"].tolist() == ["ACIERS DU VAL", gerep.MASKED_NAME]
    assert sites["siret"].tolist() == [SIRET, ""]


@pytest.mark.results
def test_the_shipped_file_has_the_sites_of_its_layer_and_no_person(raw, shared):
    path = shared / "industry" / "irep_etablissements_09_31_32_65_2003_2017.csv"
    communes = read_communes(raw / "communes.geojson")
    theirs = read_irep_sites(path, communes=communes, year=2017).table
    ours = read_irep_sites(raw / "irep_2017.csv", communes=communes).table
    same = ["site_id", "code_insee", "naf", "position_quality", "geometry"]
    assert ours[same].equals(theirs[same])
    assert len(ours) == 254
    assert set(ours["position_quality"]) == {"commune"}
    masked = ours[ours["name"].eq(gerep.MASKED_NAME)]
    assert set(masked["siret"]) == {""}
    assert len(masked) == 5
    text = (raw / "irep_2017.csv").read_text(encoding="utf-8")
    assert text.count("[ND]") == 5


SAMPLES = {
    "irep": Source(
        "IREP, établissements (Géorisques), CSV",
        ("read_irep_sites",),
        "irep_2017.csv",
        placed(gerep.read_irep_sites),
        (
            HEADER.strip()
            + ",code_insee,code_epsg,personne\n"
            + line(name="SARL ÉTÉ")
            + ",,,\n"
            + line(name="SARL ÉTÉ", year=2016).replace("1.1,", "1.2,", 1)
            + ",,,\n"
        ).encode(),
        table="sites",
    ),
}


def without_year(write, *lines, name="irep.csv", header=HEADER):
    kept = [text.rpartition(",")[0] for text in (header.strip(), *lines)]
    return write(name, "\n".join(kept) + "\n")


def test_the_year_of_a_yearly_archive_is_in_its_name(write, communes):
    path = without_year(write, line(), name="irep_2015_etablissements.csv")
    (source,) = read_irep_sites(path, communes=communes).table["source"]
    assert source == "Géorisques, IREP 2015"


@pytest.mark.parametrize("names", [("irep_2015", "."), ("lot", "2015"), ("2015", "x")])
def test_the_archive_of_a_year_is_read_as_it_was_downloaded(
    tmp_path, communes, names
) -> None:
    """Géorisques serves former years with commas, and the year outside of the file."""
    plain = HEADER.replace(",annee", "") + line().rsplit(",", 1)[0] + "\n"
    archive, folder = names
    path = tmp_path / f"{archive}.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{folder}/etablissements.csv", plain)
        packed.writestr(f"{folder}/rejets.csv", "Identifiant\n")
    found = read_irep_sites(path, communes=communes)
    assert found.table["source"].str.contains("IREP 2015").tolist() == [True]
    assert found.table["site_id"].tolist() == ["IREP1.1"]
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("2016/etablissements.csv", plain)
    with pytest.raises(SourceError, match=r"plusieurs années → donner une archive"):
        read_irep_sites(path, communes=communes)


def test_the_year_of_a_file_that_tells_none_is_asked_for(write, communes):
    path = without_year(write, line())
    with pytest.raises(SchemaError, match="année dite nulle part → nommer le fichier"):
        read_irep_sites(path, communes=communes)
    (source,) = read_irep_sites(path, communes=communes, year=2016).table["source"]
    assert source == "Géorisques, IREP 2016"


@pytest.mark.parametrize("name", ["2024-11-28", "28-11-2024", "20241128", "2003-2017"])
def test_a_day_or_a_span_of_years_is_no_year(write, communes, name):
    path = without_year(write, line(), name=f"irep_{name}.csv")
    with pytest.raises(SchemaError, match="année dite nulle part"):
        read_irep_sites(path, communes=communes)


def test_a_row_without_its_year_is_refused_where_others_have_one(write, communes):
    path = write("irep.csv", HEADER + line() + "\n" + line(year="") + "\n")
    with pytest.raises(SchemaError, match="ligne 3 : « annee » vide"):
        read_irep_sites(path, communes=communes)


def test_the_code_of_the_commune_comes_before_its_name(write, communes):
    point = gpd.GeoSeries.from_xy([513_000], [6_204_000], crs=2154).to_crs(4326)[0]
    header = HEADER.strip() + ",code_insee,code_epsg\n"
    at = f"{point.x:.6f},{point.y:.6f}"
    rows = [
        line(at=at, year=2024) + ",31002,4326",
        line(at=at, year=2024).replace("1.1,", "1.2,", 1) + ",,4326",
        line(at=at, year=2024).replace("1.1,", "1.3,", 1) + ",75056,4326",
    ]
    path = write("irep.csv", header + "\n".join(rows) + "\n")
    loaded = read_irep_sites(path, communes=communes)
    codes = loaded.table.set_index("site_id")["code_insee"].to_dict()
    assert codes == {"IREP1.1": "31002", "IREP1.2": "09001"}
    assert loaded.table.geometry.iloc[0].x == pytest.approx(513_000, abs=1)
    assert loaded.dropped["subject"].tolist() == ["IREP1.3"]
