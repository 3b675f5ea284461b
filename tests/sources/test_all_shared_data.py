"""Every official file at hand is read by a named reader, with its known faults told.

A file of ``../shared/data`` that nothing here knows is told, as the reason of a skip:
that folder grows by itself. Name its reader in ``READERS``, or what it is in
``ELSEWHERE``.
"""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import rasterio
from shapely import box

from eitgeo.errors import SourceError
from eitgeo.reference.nomenclatures import CNIG_CLASSES, cnig_fields
from eitgeo.sources.ground.bd_topo import read_bd_topo_zones
from eitgeo.sources.ground.cnig import (
    read_cnig_hubs,
    read_cnig_plots,
    read_cnig_sites,
    read_cnig_zones,
)
from eitgeo.sources.ground.elevation import read_elevation
from eitgeo.sources.ground.land_cover import read_land_cover
from eitgeo.sources.ground.official_zones import read_official_zones
from eitgeo.sources.ground.relief import read_relief
from eitgeo.sources.territory.banatic import read_siren_codes
from eitgeo.sources.territory.cog import read_cog_communes, read_epci_members
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.waste.georisques import (
    read_icpe_outlets,
    read_icpe_sites,
    read_s3ic_outlets,
    read_s3ic_sites,
)
from eitgeo.sources.waste.gerep import read_irep_sites
from eitgeo.sources.waste.landfills import read_isdnd_capacities
from eitgeo.sources.waste.outlets import read_sinoe_landfills

pytestmark = pytest.mark.results

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
SHARED = ROOT.parent / "shared" / "data"
NOMENCLATURE = "tests/reference/test_official_nomenclatures.py holds ours to it"

ELSEWHERE = (
    {
        "roads/andorra_2025.osm.pbf": "the road graph reads it, not a table",
        "waste/codes_operations_traitements.csv": NOMENCLATURE,
        "waste/stg_codes_dechets.csv": NOMENCLATURE,
        "waste/stg_naf_2008.csv": NOMENCLATURE,
        "waste/stg_referentiel_codes_operation_rubriques.csv": NOMENCLATURE,
    }
    | dict.fromkeys(
        (
            "ground/osm_ground_2021.gpkg",
            "zones/osm_large_buildings_elsewhere_2021.csv",
            "zones/osm_zone_buildings_2021.geojson",
            "employment/insee_comparateur_2018.csv",
            "employment/insee_comparateur_2018_libelles.csv",
            "employment/urssaf_2025_commune_secteur.csv",
            "employment/urssaf_commune_ape_extrait_76.csv",
            "roads/auch/map_auch_edge_list.csv",
            "roads/auch/map_auch_node_list.csv",
            "roads/osm_road_km_by_class_2018.csv",
            "roads/osm_roads_2021.osm.pbf",
            "waste/energy_factors.csv",
            "waste/road_freight_level1.csv",
            "waste/sinoe_tonnage_decheteries_09_31_32_65.csv",
            "waste/sinoe_tonnage_dma_09_31_32_65.csv",
            "zones/landuse_economic_2021.geojson",
        ),
        "arrived after these tests: what reads it comes with what uses it",
    )
    | {
        f"zones/ZONE_D_ACTIVITE_OU_D_INTERET.{end}": "a part of the Shapefile"
        for end in ("dbf", "prj", "shx")
    }
)
"""Files that the readers of tables leave to others, and why."""

Check = Callable[[Path, gpd.GeoDataFrame], object]


def account(loaded: Any, n_rows: int, *kinds: str) -> None:
    """Hold a reader to its account: rows of the file, and kinds of remarks told."""
    assert len(loaded.table) + len(loaded.dropped) == n_rows
    assert set(kinds) <= set(getattr(loaded, "notes", {"kind": []})["kind"])


def check_polygons(path: Path, _: gpd.GeoDataFrame) -> None:
    """All the polygons of the folder at once, one département a file."""
    table = read_cog_communes(
        SHARED / "cog", polygons=path.parent, merges=RAW / "commune_merges.csv"
    ).table
    dep = path.stem.split("-")[1]
    assert (table["dep"] == dep).sum() > 300
    assert len(table) == 1838


def check_list(path: Path, _: gpd.GeoDataFrame) -> None:
    """1 838 communes that exist, with the SIREN that BANATIC names them by."""
    assert len(read_siren_codes(path).table) == 1838


def check_epci(path: Path, _: gpd.GeoDataFrame) -> None:
    """53 EPCI; the three of the PETR Comminges have 235 communes."""
    members = read_epci_members(path)
    assert members["epci_siren"].nunique() == 53
    three = members["epci_siren"].isin(["200072643", "200073146", "200072635"])
    assert three.sum() == 235
    assert members.loc[three, "population"].sum() == 77_429


def check_irep(path: Path, communes: gpd.GeoDataFrame) -> None:
    """Points that are centroids of communes, one point for two sites, SIRET twice."""
    loaded = read_irep_sites(path, communes=communes, year=2017)
    account(loaded, 2_692, "point_partage", "siret_repete")
    shared = loaded.notes[loaded.notes["kind"] == "point_partage"]["subject"]
    assert len(shared) == 174
    told = " ".join(shared)
    assert "068.02548" in told  # Fibre Excellence
    assert "068.04665" in told  # the landfill of the Pihourc, on the same point


def check_s3ic(path: Path, communes: gpd.GeoDataFrame) -> None:
    """Installations by commune only; names that are not shown stay hidden."""
    account(read_s3ic_sites(path, communes=communes), 269)
    account(read_s3ic_outlets(path, communes=communes), 269)


def check_landfills(path: Path, communes: gpd.GeoDataFrame) -> None:
    """The Pihourc has its capacity under another SIRET than in IREP."""
    loaded = read_isdnd_capacities(path, communes=communes)
    account(loaded, 142, "adresse_mairie")
    capacity = loaded.table.set_index("aliases")["capacity_t"]
    assert capacity["25310217200017"] == 48_492


def check_directory(path: Path, communes: gpd.GeoDataFrame) -> None:
    """Five landfills of the layer; three of them at a point that is no position."""
    loaded = read_sinoe_landfills(path, communes=communes)
    account(loaded, 229, "centre_commune", "peu_precise")
    assert len(loaded.table) == 5
    assert loaded.table["position_quality"].eq("exacte").sum() == 2


def check_dgcl(path: Path, communes: gpd.GeoDataFrame) -> None:
    """The list of the DGCL tells what Etalab's does: EPCI, SIREN, populations."""
    check_list(path, communes)
    check_epci(path, communes)
    theirs = path.with_name("communes_09_31_32_65.json")
    ours, listed = (read_siren_codes(at).table for at in (path, theirs))
    pd.testing.assert_frame_equal(ours, listed)


def communes_of(export: Path) -> gpd.GeoDataFrame:
    """Draw communes around the installations of a département that is not at hand."""
    with zipfile.ZipFile(export) as archive:
        text = archive.read("InstallationClassee.csv").decode("latin-1")
    rows = pd.read_csv(io.StringIO(text), sep=";", dtype=str, keep_default_na=False)
    x, y = (pd.to_numeric(rows[name]) for name in ("longitude", "latitude"))
    points = gpd.GeoSeries.from_xy(x, y, crs=4326).to_crs(2154)
    around = points.groupby(rows["codeInsee"]).agg(lambda g: g.union_all().envelope)
    shapes = gpd.GeoSeries(around, crs=2154).buffer(5_000)
    return gpd.GeoDataFrame(
        {
            "code_insee": shapes.index,
            "seat_x": shapes.centroid.x.to_numpy(),
            "seat_y": shapes.centroid.y.to_numpy(),
        },
        geometry=shapes.to_numpy(),
        crs=2154,
    )


def check_installations(path: Path, _: gpd.GeoDataFrame) -> None:
    """The raw export of a département: divisions alone, installations not classified.

    Of 2 890 rows, 467 are shut and 609 others « Non ICPE »; the file tells no
    sub-class at all, and no yearly tonnage of any waste heading.
    """
    communes = communes_of(path)
    sites = read_icpe_sites(path, communes=communes)
    lost = sites.dropped[sites.dropped["file"] == "InstallationClassee.csv"]["reason"]
    assert lost.str.startswith("plus classée").sum() == 609
    assert lost.str.startswith("activité terminée").sum() == 467
    assert len(sites.table) == 1_814 == 2_890 - len(lost)
    naf = sites.table["naf"]
    assert set(naf.str.len()) == {0, 2}
    told = sites.notes[sites.notes["kind"] == "code_ape"]
    assert (naf != "").sum() == len(told) == 1_382
    outlets = read_icpe_outlets(path, communes=communes).table
    assert outlets["capacity_t"].isna().all()
    units = outlets["permitted"].str.extract(r"(\S+)$")[0].value_counts()
    assert units.sum() == 230
    assert units[["m2", "t", "m3", "t/j"]].tolist() == [55, 43, 36, 28]


def check_irep_year(path: Path, communes: gpd.GeoDataFrame) -> None:
    """The archive of one year, as it was: no column tells the year, its name does."""
    loaded = read_irep_sites(path, communes=communes)
    account(loaded, 294)
    assert set(loaded.table["source"]) == {"Géorisques, IREP 2015"}


def check_shapefile(path: Path, _: gpd.GeoDataFrame) -> None:
    """Delivered without its .cpg: accents are whole all the same."""
    loaded = read_bd_topo_zones(path)
    account(loaded, 21)
    names = " ".join([*loaded.table["kind"], *loaded.dropped["reason"]])
    assert "Déchèterie" in names
    assert "Ã" not in names


def check_land_cover(path: Path, _: gpd.GeoDataFrame) -> None:
    """A part of the Lot, not of the study area."""
    with rasterio.open(path) as raster:
        bounds, crs = raster.bounds, raster.crs
    inner = gpd.GeoSeries([box(*bounds).buffer(-9_000)], crs=crs.to_wkt())
    area = gpd.GeoDataFrame({"id": ["lot"]}, geometry=inner.to_crs(2154).to_numpy())
    loaded = read_land_cover(path, areas=area.set_crs(2154), key="id")
    assert "121" in set(loaded.table["class_code"])
    assert loaded.table["share_pct"].sum() == pytest.approx(100)


def check_srtm(path: Path, _: gpd.GeoDataFrame) -> None:
    """7 652 voids, kept as voids."""
    table = read_relief([path]).table
    assert table["n_voids"].tolist() == [7_652]
    assert table["n_cells"].tolist() == [1201 * 1201]


def check_globe(path: Path, _: gpd.GeoDataFrame) -> None:
    """98 to 3 276 m."""
    z = read_elevation(path).z
    assert [z[z > 0].min(), z.max()] == [98, 3_276]


def check_schema(path: Path, _: gpd.GeoDataFrame) -> None:
    """What the standard requires is what the package holds to be compulsory."""
    name = path.stem.removesuffix("_schema").replace("-", "_")
    assert name in CNIG_CLASSES
    told = json.loads(path.read_text(encoding="utf-8"))["fields"]
    required = {one["name"].lower() for one in told if one["constraints"]["required"]}
    fields = cnig_fields(name)
    assert set(fields.index[fields["compulsory"]]) <= required


def check_template(path: Path, communes: gpd.GeoDataFrame) -> None:
    """The GeoPackage of the standard is empty, and said to be."""
    for read in (
        read_cnig_zones,
        read_cnig_plots,
        read_cnig_hubs,
        lambda at: read_cnig_sites(at, communes=communes),
    ):
        with pytest.raises(SourceError, match="vide → la compléter"):
            read(path)


def check_zones(path: Path, communes: gpd.GeoDataFrame) -> None:
    """A ring that ends 7 mm from its start; a commune of the Somme."""
    account(read_cnig_zones(path), 1, "anneau_ferme")
    account(read_official_zones(path, producer="cnig", communes=communes), 1)


def check_firms(path: Path, communes: gpd.GeoDataFrame) -> None:
    """An establishment of the Somme: of no commune at hand."""
    account(read_cnig_sites(path, communes=communes), 1)


READERS: dict[str, Check] = {
    "cnig/etablissement_exemple-valide.csv": check_firms,
    "cnig/pole-eco_exemple-valide.csv": lambda at, _: account(read_cnig_hubs(at), 1),
    "cnig/site-eco_exemple-valide.csv": check_zones,
    "cnig/terrain-eco_exemple-valide.csv": lambda at, _: account(
        read_cnig_plots(at), 1
    ),
    "cnig/etablissement_schema.json": check_schema,
    "cnig/pole-eco_schema.json": check_schema,
    "cnig/site-eco_schema.json": check_schema,
    "cnig/terrain-eco_schema.json": check_schema,
    "cnig/sites_economiques.gpkg": check_template,
    "cog/communes_09_31_32_65.json": check_list,
    "cog/epci_09_31_32_65.json": check_epci,
    "cog/perimetre-epci-a-fp.csv": check_dgcl,
    "communes/communes-09-ariege.geojson": check_polygons,
    "communes/communes-31-haute-garonne.geojson": check_polygons,
    "communes/communes-32-gers.geojson": check_polygons,
    "communes/communes-65-hautes-pyrenees.geojson": check_polygons,
    "industry/icpe_georisques_33.zip": check_installations,
    "industry/irep_2015_etablissements.csv": check_irep_year,
    "industry/irep_etablissements_09_31_32_65_2003_2017.csv": check_irep,
    "industry/s3ic_x_sirene_09_31_32_65.csv": check_s3ic,
    "landcover/clc_2018.tif": check_land_cover,
    "terrain/N42E001.hgt.zip": check_srtm,
    "terrain/dem_globe_30arcsec_comminges.tif": check_globe,
    "waste/sinoe_isdnd.csv": check_directory,
    "waste/stg_isdnd_capacites_limites_50pct.csv": check_landfills,
    "zones/ZONE_D_ACTIVITE_OU_D_INTERET.shp": check_shapefile,
}
"""Path under ``../shared/data`` -> what reads it, and what must be met."""


@pytest.fixture(scope="module")
def layer() -> gpd.GeoDataFrame:
    """Return the communes of the default data."""
    return read_communes(RAW / "communes.geojson")


@pytest.fixture(scope="module")
def folder() -> Path:
    """Return the folder of the official files, or skip."""
    if not SHARED.is_dir():
        pytest.skip("official files absent: ../shared/data")
    return SHARED


def test_a_file_that_nothing_here_knows_is_told(folder):
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "README.md" and "SOURCE" not in path.name
    }
    unknown = present - set(READERS) - set(ELSEWHERE)
    if unknown:
        pytest.skip(f"no reader is named for: {', '.join(sorted(unknown))}")
    assert set(READERS) <= present


@pytest.mark.parametrize("name", sorted(READERS))
def test_the_file_is_read_and_accounted_for(folder, layer, name):
    READERS[name](folder / name, layer)
