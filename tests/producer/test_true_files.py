"""Files as their producers serve them, read whole: each against what it was made of."""

import csv
import datetime as dt
import zipfile
from collections import Counter
from io import TextIOWrapper
from pathlib import Path

import geopandas as gpd
import pytest

from eitgeo.sources.activity.insee_comparator import read_insee_comparator
from eitgeo.sources.activity.urssaf import read_urssaf_ape
from eitgeo.sources.files.csv import OFFICIAL, cells_of
from eitgeo.sources.ground.bd_topo import read_bd_topo_zones
from eitgeo.sources.ground.land_cover import read_land_cover
from eitgeo.sources.ground.osm_areas import read_osm_areas
from eitgeo.sources.sites.sirene import read_sirene_sites
from eitgeo.sources.territory.banatic import read_banatic, read_siren_codes
from eitgeo.sources.territory.cog import read_cog_movements
from eitgeo.sources.territory.commune_layers import (
    read_admin_express,
    read_geo_api_communes,
)
from eitgeo.sources.territory.dgcl_members import read_dgcl_members
from eitgeo.sources.waste.georisques import read_icpe_outlets, read_icpe_sites
from eitgeo.sources.waste.gerep import read_gerep_sites, read_irep_sites
from eitgeo.sources.waste.outlets import read_sinoe, read_sinoe_landfills
from eitgeo.territory.former import former_communes, with_former
from tests.producer import ground, registers, sirene, territories
from tests.producer.country import EPCIS, communes, departements, members
from tests.producer.firms import JOBS, firms, hidden_numbers

DAY = dt.date(2026, 1, 1)
OTHERS = (territories.SYNDICATE[0], territories.PETR[0])
SHARED = Path(__file__).parents[3] / "shared/data"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Write every file once."""
    place = tmp_path_factory.mktemp("producteurs")
    files = {
        "ade.7z": territories.admin_express(name="communes_2026"),
        "perimetre-epci-a-fp.csv": territories.dgcl(),
        "banatic_france.xlsx": territories.banatic(),
        "communes_23.json": territories.geo_api("23"),
        "v_mvt_commune_2026.csv": territories.movements(),
        "icpe_87.zip": registers.icpe("87"),
        "irep_2015.zip": registers.irep(2015),
        "gerep_2024.zip": registers.gerep(2024),
        "isdnd.csv": registers.landfills(),
        "decheteries.csv": registers.drop_offs(),
        "ape.csv": registers.urssaf_ape(),
        "comparateur.csv": registers.comparator(),
        "comparateur.zip": registers.comparator_zip(),
        "stock.parquet": sirene.establishments_parquet(),
        "stock.zip": sirene.establishments_zip(),
        "liste.csv": sirene.list_export(),
        "unites.parquet": sirene.legal_units_parquet(),
        "geo.parquet": sirene.positions_parquet(),
        "limousin.osm.pbf": ground.pbf("limousin"),
        "clc.tif": ground.corine(),
        "zones.zip": ground.bd_topo_zones(),
    }
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


@pytest.fixture(scope="module")
def here(folder) -> gpd.GeoDataFrame:
    """Return the communes, former ones beside them."""
    found = read_admin_express(folder / "ade.7z", departements=departements()).table
    moved = read_cog_movements(folder / "v_mvt_commune_2026.csv").table
    return with_former(found, former_communes(found, moved))


@pytest.mark.parametrize("form", ["stock.parquet", "stock.zip", "liste.csv"])
def test_the_three_forms_of_sirene_tell_the_same(folder, here, form) -> None:
    units = None if form == "liste.csv" else folder / "unites.parquet"
    loaded = read_sirene_sites(
        folder / form,
        communes=here,
        legal_units=units,
        geolocation=folder / "geo.parquet",
    )
    told = [one for one in firms() if not one.closed]
    assert len(loaded.table) == len(told)
    shown = {one.siret: one.name for one in told if not one.is_hidden}
    rows = loaded.table[loaded.table["siret"] != ""]
    assert dict(zip(rows["siret"], rows["name"], strict=True)) == shown
    assert set(loaded.holders.values()) == {o.siret for o in told if o.is_hidden}
    text = loaded.table.drop(columns="geometry").to_csv()
    assert not [one for one in hidden_numbers() if one in text]
    found = rows.set_index("siret").geometry
    exact = [
        one
        for rank, one in enumerate(firms())
        if one.siret in shown and rank % 17 != 16 and rank % 10 != 9
    ]
    assert max(found[one.siret].distance(one.at) for one in exact) < 1.0


def test_installations_keep_divisions_regimes_and_units(folder, here) -> None:
    path = folder / "icpe_87.zip"
    sites = read_icpe_sites(path, communes=here)
    mine = [
        one
        for one in firms()
        if one.commune.dep == "87" and registers.is_installation(one)
    ]
    kept = [
        rank
        for rank, one in enumerate(mine)
        if rank % 3 != 2 and (one.is_hidden or rank % 4 != 1)
    ]
    assert len(sites.table) == len(kept)
    assert set(sites.table["naf"]) <= {one.naf[:2] for one in mine}
    dropped = sites.dropped["reason"].str.partition(" (")[0].value_counts()
    assert dropped["activité terminée"] == len(range(2, len(mine), 3))
    outlets = read_icpe_outlets(path, communes=here).table.set_index("icpe_headings")
    assert outlets.loc[["2760-2"], "capacity_t"].eq(40_000).all()
    others = outlets.drop(index="2760-2")
    assert others["capacity_t"].isna().all()
    stored = outlets.loc[["2714"], "permitted"].str.replace(r"\s", " ", regex=True)
    assert set(stored) == {"1 250 m3"}


def test_the_archives_of_two_years_name_the_same_places(folder, here) -> None:
    """Commas, Lambert II and no year; then the code of the commune and degrees."""
    old = read_irep_sites(folder / "irep_2015.zip", communes=here).table
    new = read_gerep_sites(folder / "gerep_2024.zip", communes=here).table
    assert set(old["source"]) == {"Géorisques, IREP 2015"}
    columns = ["site_id", "code_insee", "naf"]
    first, second = (t[columns].sort_values("site_id").to_numpy() for t in (old, new))
    assert first.tolist() == second.tolist()
    truth = Counter(one.commune.code for one in registers.declarants())
    assert new["code_insee"].value_counts().to_dict() == truth


def test_lists_of_members_agree(folder) -> None:
    path = folder / "perimetre-epci-a-fp.csv"
    listed = read_dgcl_members(path)
    truth = {one.code: one.epci.siren for one in communes()}
    found = dict(zip(listed["code_insee"], listed["epci_siren"], strict=True))
    assert {code: found[code] for code in truth} == truth
    assert found.keys() - truth.keys() == {territories.FAR[0]}
    codes = read_siren_codes(path).table
    bodies = read_banatic(
        folder / "banatic_france.xlsx",
        communes=dict(zip(codes["siren"], codes["code_insee"], strict=True)),
        on_date=DAY,
        bodies=[*(one.siren for one in EPCIS), *OTHERS],
    )
    of_body = bodies.table.groupby("body_id")["code_insee"].agg(set)
    for epci in EPCIS:
        mine = {one.code for one in members(epci.letter)}
        assert of_body[f"epci_{epci.siren}"] == mine
    described = bodies.bodies.set_index("body_id")["waste_competence"]
    assert described.to_dict() == {
        **{f"epci_{one.siren}": True for one in EPCIS},  # by law
        f"syndicat_{territories.SYNDICATE[0]}": True,
        f"petr_{territories.PETR[0]}": False,
    }


def test_two_layers_of_communes_agree(folder, here) -> None:
    one = read_geo_api_communes(folder / "communes_23.json").table
    other = here[here["dep"].eq("23")].set_index("code_insee")
    both = one.set_index("code_insee")
    assert both.index.equals(other.index)
    for name in ("nom", "epci_siren", "population"):
        assert both[name].tolist() == other[name].tolist()
    gap = both.geometry.symmetric_difference(other.geometry, align=False).area
    assert gap.max() < 20_000  # six decimals of a degree, along 24 km
    assert both["seat_x"].sub(other["seat_x"]).abs().max() < 1.0


def test_directories_leave_out_what_is_closed(folder, here) -> None:
    rows = read_sinoe([folder / "decheteries.csv"], communes=here)
    n_places = len(communes()[::4])
    assert len(rows.table) == n_places - 1
    said = rows.dropped["reason"]
    assert said.str.contains("remplacée par").sum() == n_places
    (gone,) = said[said.str.contains("fermée depuis ou sans réponse")]
    assert f"Déchèterie de {communes()[8].name}" in gone
    (landfill,) = read_sinoe_landfills(
        folder / "isdnd.csv", communes=here
    ).table.to_dict("records")
    assert (landfill["capacity_t"], landfill["code_insee"]) == (
        60_000,
        communes()[8].code,
    )
    assert "Untel" not in str(landfill)


def test_counts_are_added_by_commune(folder, here) -> None:
    found = read_urssaf_ape(folder / "ape.csv", communes=here).table
    employees = found[found["measure"] == "employees"]["value"].sum()
    assert employees == sum(JOBS[one.tranche] for one in registers.employers())
    assert set(found["vintage"]) == {"2024-12-31"}
    compared = read_insee_comparator(folder / "comparateur.csv").table
    newer = read_insee_comparator(folder / "comparateur.zip").table
    assert set(newer["vintage"]) == {"2023-12-31", "2022-01-01"}
    undated = ["vintage", "source"]
    assert newer.drop(columns=undated).equals(compared.drop(columns=undated))
    every = compared[compared["sector"].eq("all")]
    total = every[every["measure"].eq("establishments")]
    assert total["value"].sum() == sum(not one.closed for one in firms())


def test_zones_keep_their_letters_and_their_outlines(folder, here) -> None:
    bounds = tuple(here.total_bounds)
    zones = read_bd_topo_zones(folder / "zones.zip", bounds=bounds).table
    assert zones["name"].str.contains("Œuvre").all()
    assert zones["area_ha"].round(3).eq(2.0).all()
    areas = read_osm_areas(folder / "limousin.osm.pbf").table
    hectares = gpd.GeoSeries(areas.geometry).area / 10_000
    assert hectares.between(5.9, 6.1).all()
    assert len(areas) > 5
    wide = here.iloc[:3][["code_insee", "geometry"]]
    cover = read_land_cover(folder / "clc.tif", areas=wide, key="code_insee").table
    sums = cover.groupby("code_insee")["share_pct"].sum()
    assert sums.sub(100).abs().max() < 1e-6


@pytest.mark.parametrize(
    ("made", "sample"),
    [
        (territories.DGCL_HEADER, "cog/perimetre-epci-a-fp.csv"),
        (registers.IREP_HEADER, "industry/irep_2015_etablissements.csv"),
        (registers.APE_FIXED, "employment/urssaf_commune_ape_extrait_76.csv"),
        (registers.COMPARATOR_HEADER, "employment/insee_comparateur_2018.csv"),
        (";".join(registers.LANDFILL_HEADER), "waste/sinoe_isdnd.csv"),
    ],
)
def test_layouts_are_those_of_real_files(made, sample) -> None:
    path = SHARED / sample
    if not path.is_file():
        pytest.skip("official files absent: ../shared/data")
    separator = "," if "irep" in sample or "sinoe" in sample else ";"
    real = [" ".join(one.split()) for one in cells_of(path, separator, OFFICIAL)[0][1]]
    mine = made.split("," if "Identifiant" in made else ";")
    ours = [" ".join(one.split()) for one in mine]
    # In the order of the real file, columns that nobody reads may lack.
    assert [one for one in real if one in ours] == ours


def test_the_layout_of_georisques_is_that_of_a_real_export() -> None:
    path = SHARED / "industry/icpe_georisques_33.zip"
    if not path.is_file():
        pytest.skip("official files absent: ../shared/data")
    headers = {
        "InstallationClassee.csv": registers.INSTALLATION_HEADER,
        "rubriqueIC.csv": registers.HEADING_HEADER,
    }
    with zipfile.ZipFile(path) as archive:
        for name, made in headers.items():
            with TextIOWrapper(archive.open(name), encoding="iso-8859-1") as text:
                real = next(csv.reader(text, delimiter=";"))
            assert next(csv.reader([made], delimiter=";")) == real, name
