"""A small valid file of every source, with who reads it and what its columns are.

A source is told beside its tests (``SAMPLES`` of its test module): title, readers,
file, table.  What its columns are comes from ``source_columns.csv`` where it is there.
``SOURCES`` drives two tests: ``test_every_source`` (each file spoilt at random) and
``test_every_fault`` (each fault of the issue, one by one).  A reader of the package
that is not in ``SOURCES`` fails the first.
"""

from __future__ import annotations

import datetime as dt
import json
import pkgutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

import eitgeo.sources
from eitgeo.reference.indicators import point_kinds
from eitgeo.reference.source_columns import declared_sources, source_columns
from eitgeo.sources.files.rows import CsvSource
from eitgeo.sources.ground.bd_topo import read_bd_topo_roads, read_bd_topo_zones
from eitgeo.sources.ground.cnig import read_cnig_hubs, read_cnig_plots
from eitgeo.sources.ground.cnig import read_cnig_zones as read_zone_layer
from eitgeo.sources.ground.elevation import read_elevation, read_elevation_grid
from eitgeo.sources.ground.land_cover import read_land_cover
from eitgeo.sources.ground.official_zones import read_official_zones
from eitgeo.sources.ground.relief import read_relief
from eitgeo.sources.sites.sirene import read_sirene_sites
from eitgeo.sources.survey.published_answers import read_published_answers
from eitgeo.sources.territory.banatic import read_siren_codes
from eitgeo.sources.territory.cog import read_cog_communes
from eitgeo.sources.territory.commune_layers import read_admin_express
from eitgeo.sources.territory.dgcl_members import read_dgcl_members
from eitgeo.sources.territory.insee_belonging import read_insee_belonging
from eitgeo.sources.waste.georisques import read_icpe_outlets
from eitgeo.sources.waste.gerep import (
    read_gerep_outlets,
    read_gerep_sites,
    read_waste_declarations,
)
from eitgeo.sources.waste.landfills import read_landfill_ceilings
from tests.sources import (
    test_admin_express,
    test_bd_topo,
    test_cnig,
    test_cog,
    test_insee_belonging,
    test_land_cover,
    test_relief,
)
from tests.sources.georisques_files import (
    ESTABLISHMENT_HEADER,
    HEADING_HEADER,
    INSTALLATION_HEADER,
    PRODUCED_HEADER,
    TREATED_HEADER,
    heading,
    installation,
    produced,
    treated,
)
from tests.sources.georisques_files import establishment as gerep_site
from tests.sources.sirene_files import (
    establishment,
    establishments_csv,
    geolocation_csv,
    left_out,
    legal_unit,
    legal_units_csv,
    position,
)
from tests.sources.source import LATIN, SIRETS, Source, own, plain, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from eitgeo.sources.files.loaded import Loaded

    Read = Callable[[Path, gpd.GeoDataFrame], Any]


CSV_SOURCES = {
    one.name: one
    for module in pkgutil.walk_packages(eitgeo.sources.__path__, "eitgeo.sources.")
    if not module.name.startswith("eitgeo.sources.sites.sirene")  # by DuckDB, apart
    for value in vars(import_module(module.name)).values()
    for one in (value.values() if isinstance(value, dict) else [value])
    if isinstance(one, CsvSource)
}
CSV_SOURCES |= {
    kind: CsvSource(kind) for kind in point_kinds() if kind in declared_sources()
}
"""The files whose columns are declared, by name."""


def parts_of(name: str) -> dict[str, Any]:
    """Tell which column of a declared file plays which part."""
    columns = source_columns(name)
    ours = {column.name: column.column for column in columns}

    def first(*names: str) -> str:
        return next((ours[name] for name in names if name in ours), "")

    def of_kind(*kinds: str) -> str:
        named = [one for kind in kinds for one in columns if one.kind == kind]
        return named[0].column if named else ""

    plain = [one.column for one in columns if one.kind == "text" and not one.is_key]
    texts = first("name", "nom", "label", "label_fr", "source")
    xy = (first("x", "lon"), first("y", "lat"))
    return {
        "text": texts or next(iter(plain), ""),
        "needed": [one.column for one in columns if one.is_needed][-1],
        "number": of_kind("number", "amount", "count"),
        "date": of_kind("date_or_none") or first("year"),
        "xy": xy,
    }


# --- Readers of several files: the others are written beside, sound.


def read_icpe(path: Path, communes: gpd.GeoDataFrame) -> Any:
    """Read the installations, in a folder or in their archive."""
    if path.suffix == ".zip":
        return read_icpe_outlets(path, communes=communes)
    (path.parent / "rubriqueIC.csv").write_text(
        "\n".join([HEADING_HEADER, *(heading(code=code) for code in "123")]),
        encoding=LATIN,
    )
    found = read_icpe_outlets(path.parent, communes=communes)
    return own(found, path.name)


def read_in_folder(reader: Callable[..., Any], **options: Any) -> Read:
    """Read a file of GEREP, in its folder or in its archive."""

    def read(path: Path, communes: gpd.GeoDataFrame) -> Any:
        chosen = {"communes": communes} if "place" in options else {}
        return reader(path if path.suffix == ".zip" else path.parent, **chosen)

    return read


def read_treated(path: Path, communes: gpd.GeoDataFrame) -> Any:
    """Read the treatments of waste, and the establishments of the same folder."""
    if path.suffix == ".zip":
        return read_gerep_outlets(path, communes=communes)
    sites = [ESTABLISHMENT_HEADER, gerep_site()]
    (path.parent / "etablissements.csv").write_bytes(text(*sites))
    return read_waste_declarations(path.parent, side="treated")


def read_sirene_part(part: str) -> Read:
    """Read a stock, or a file joined to a sound stock."""

    def read(path: Path, communes: gpd.GeoDataFrame) -> Any:
        if part == "path":
            return read_sirene_sites(path, communes=communes)
        stock = path.with_name("sain.csv")
        stock.write_bytes(STOCK)
        options: dict[str, Any] = {part: path}
        return read_sirene_sites(stock, communes=communes, **options)

    return read


def read_cog_part(name: str) -> Read:
    """Read the communes from one list or layer spoilt, the others sound."""

    def read(path: Path, _: gpd.GeoDataFrame) -> Any:
        folder = path.parent / "cog_tests"
        for part in ("cog", "polygons"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        for other, data in COG_FILES.items():
            chosen = path.read_bytes() if other == name else data
            (folder / other).write_bytes(chosen)
        return read_cog_communes(
            folder / "cog",
            polygons=folder / "polygons",
            merges=folder / "merges.csv",
        )

    return read


def read_belonging(path: Path, _: gpd.GeoDataFrame) -> Any:
    """Read the zones at a date."""
    return read_insee_belonging(path, on_date=dt.date(2026, 1, 1))


def read_cnig_zones(path: Path, communes: gpd.GeoDataFrame) -> Any:
    """Read the zones as they stand in the table of official zones."""
    return read_official_zones(path, producer="cnig", communes=communes)


def read_cover(path: Path, _: gpd.GeoDataFrame) -> Any:
    """Measure one area on a raster of classes."""
    areas = test_land_cover.areas(whole=test_land_cover.WHOLE)
    return read_land_cover(path, areas=areas, key="zone_id")


def read_tiles(path: Path, _: gpd.GeoDataFrame) -> Any:
    """Read one tile."""
    return read_relief([path])


def read_dem(path: Path, _: gpd.GeoDataFrame) -> Any:
    """Read a raster of altitudes, then its grid; the table is that of its cells."""
    cells = pd.DataFrame(read_elevation(path).z)
    read_elevation_grid(path, bounds=(5e5, 6.2e6, 5.1e5, 6.21e6), cell_m=500)
    return cells


# --- Files that are not text.


def admin_express(folder: Path, *, crs: Any = 2154, rows: Any = None) -> Path:
    """Write ADMIN EXPRESS, GeoPackage of version 4."""
    columns = test_admin_express.LOWER if rows is None else rows
    layer = test_admin_express.layer(columns)
    return test_admin_express.lower(folder, _in_crs(layer, crs))


def topo(name: str, valid: dict[str, Any], shape: Any) -> Callable[..., Path]:
    """Return a writer of a layer of BD TOPO."""

    def write(folder: Path, *, crs: Any = 2154, rows: Any = None) -> Path:
        columns = columns_of(valid) if rows is None else rows
        layer = test_bd_topo.frame(
            [
                dict(zip(columns, row, strict=True))
                for row in zip(*columns.values(), strict=True)
            ],
            [shape] * 2,
        )
        path = folder / "bdtopo.gpkg"
        _in_crs(layer, crs).to_file(path, layer=name)
        return path

    return write


def columns_of(row: dict[str, Any]) -> dict[str, list[Any]]:
    """Return two rows that differ by their key, as columns."""
    return {
        name: [f"{value}a", f"{value}b"] if name == "cleabs" else [value, value]
        for name, value in row.items()
    }


def _in_crs(layer: gpd.GeoDataFrame, crs: Any) -> gpd.GeoDataFrame:
    if crs == "inverse":
        swapped = layer.to_crs(4326)
        swapped.geometry = swapped.geometry.map(_swapped)
        return swapped
    return layer.to_crs(crs)


def _swapped(shape: Any) -> Any:
    return shapely.transform(shape, lambda points: points[:, ::-1])


def zone_layer(folder: Path, *, crs: Any = 2154, rows: Any = None) -> Path:
    """Write the zones of CNIG, GeoPackage."""
    path = folder / "site_eco.gpkg"
    if crs == "inverse":
        sound = gpd.read_file(test_cnig.layer(folder / "sain.gpkg", **(rows or {})))
        _in_crs(sound, crs).to_file(path, layer="site_eco")
        return path
    return test_cnig.layer(path, crs=crs, **(rows or {}))


def cover(folder: Path, *, crs: Any = "EPSG:2154", codes: Any = None) -> Path:
    """Write a raster of classes."""
    chosen = test_land_cover.CODES if codes is None else codes
    return test_land_cover.raster(folder / "clc.tif", chosen, crs=crs)


def relief(folder: Path, *, crs: Any = "EPSG:2154", codes: Any = None) -> Path:
    """Write a tile of altitudes."""
    z = test_relief.PLANE if codes is None else codes
    return test_relief.tile(folder / "mnt.tif", z, crs=crs)


def belonging(folder: Path, **changes: Any) -> Path:
    """Write INSEE's workbook of zones."""
    return test_insee_belonging.workbook(folder / "zones.xlsx", **changes)


# --- The valid files.

ROWS = [
    establishment(siret, codeCommuneEtablissement=code, enseigne1Etablissement="ÉTÉ")
    for siret, code in zip(SIRETS, ("31002", "09001"), strict=True)
]
STOCK = establishments_csv(ROWS).encode()
COG_FILES = {
    "cog/communes.json": json.dumps(test_cog.LISTED).encode(),
    "cog/epci.json": json.dumps(test_cog.EPCI).encode(),
    "polygons/communes-31.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                test_cog.square(code, place)
                for code, place in (("31001", 0.0), ("31002", 0.1), ("31003", 0.2))
            ],
        }
    ).encode(),
    "merges.csv": test_cog.MERGES.encode(),
}
ETALAB = [
    {"code": "09001", "siren": "210900011", "type": "commune-actuelle"},
    {"code": "31002", "siren": "213100027", "type": "commune-actuelle"},
]


def _cnig(class_name: str, key: str) -> bytes:
    rows = [test_cnig.row_of(class_name, **{key: f"{class_name}{n}"}) for n in "12"]
    return test_cnig.csv_of(*rows)


def _establishments(result: Loaded, file: str) -> int:
    return len(result.table) + left_out(result.dropped, file) - len(result.dropped)


_GIVEN: dict[str, Source] = {
    "admin_express": Source(
        "ADMIN EXPRESS (IGN), GeoPackage",
        ("read_admin_express",),
        "ADE.gpkg",
        plain(read_admin_express),
        make=admin_express,
        form="layer",
        text="nom_officiel",
        needed="nom_officiel",
        number="population",
        in_archive=True,
    ),
    "belonging": Source(
        "Table d'appartenance (INSEE), classeur",
        ("read_insee_belonging",),
        "zones.xlsx",
        read_belonging,
        make=belonging,
        table="membership",
        form="workbook",
        text="LIBGEO",
        needed="CODGEO",
    ),
    "siren_codes": Source(
        "Correspondance SIREN–INSEE (DGCL), CSV",
        ("read_siren_codes",),
        "siren.csv",
        plain(read_siren_codes),
        b"siren;insee;nom_com\n210900011;09001;\xc3\x89lix\n213100027;31002;Une\n",
        separator=";",
        needed="siren",
        text="nom_com",
    ),
    "dgcl_members": Source(
        "EPCI et leurs communes (DGCL), CSV",
        (
            "read_dgcl_bodies",
            "read_dgcl_members",
            "read_epci_members",
            "read_siren_codes",
        ),
        "perimetre.csv",
        plain(read_dgcl_members),
        "siren;raison_sociale;nature_juridique;insee;siren_membre;nom_membre;pmun_2025\n"
        "200067940;CC Éco;CC;09001;210900011;Élix;1 059\n"
        "200072643;CC Deux;CC;31002;213100027;Une;631\n".encode("cp1252"),
        separator=";",
        encoding=LATIN,
        needed="siren_membre",
        number="pmun_2025",
        text="raison_sociale",
    ),
    "cog_list": Source(
        "Communes (Etalab), JSON",
        ("read_cog_communes", "read_siren_codes"),
        "liste.json",
        plain(read_siren_codes),
        json.dumps(ETALAB).encode(),
        form="json",
        needed="siren",
    ),
    "cog_communes": Source(
        "Communes (Etalab) et contours, JSON",
        ("read_cog_communes",),
        "communes.json",
        read_cog_part("cog/communes.json"),
        COG_FILES["cog/communes.json"],
        form="json",
        needed="departement",
        number="population",
        text="nom",
    ),
    "cog_epci": Source(
        "EPCI et membres (Etalab), JSON",
        ("read_epci_members", "read_cog_communes"),
        "epci.json",
        read_cog_part("cog/epci.json"),
        COG_FILES["cog/epci.json"],
        form="json",
        needed="code",
        text="nom",
    ),
    "sirene": Source(
        "SIRENE, établissements (INSEE), CSV",
        ("read_sirene_sites",),
        "stock.csv",
        read_sirene_part("path"),
        STOCK,
        table="sites",
        text="enseigne1Etablissement",
        needed="etatAdministratifEtablissement",
        in_archive=True,
        entered=_establishments,
    ),
    "sirene_units": Source(
        "SIRENE, unités légales (INSEE), CSV",
        ("read_sirene_sites",),
        "unites.csv",
        read_sirene_part("legal_units"),
        legal_units_csv([legal_unit(SIRETS[0][:9], "ÉTÉ")]).encode(),
        table="sites",
        text="denominationUniteLegale",
        needed="categorieJuridiqueUniteLegale",
        in_archive=True,
    ),
    "sirene_places": Source(
        "SIRENE, géolocalisation (INSEE), CSV",
        ("read_sirene_sites",),
        "geo.csv",
        read_sirene_part("geolocation"),
        geolocation_csv(
            [
                position(SIRETS[0], 511_000.5, 6_201_000.5),
                position(SIRETS[1], 501_000.5, 6_201_000.5, plg_code_commune="09001"),
            ]
        ).encode(),
        table="sites",
        separator=";",
        needed="qualite_xy",
        number="x",
        xy=("x", "y"),
        in_archive=True,
    ),
    "icpe": Source(
        "Installations classées (Géorisques), CSV",
        ("read_icpe_outlets", "read_icpe_sites"),
        "InstallationClassee.csv",
        read_icpe,
        text(
            INSTALLATION_HEADER,
            installation(code="1"),
            installation(code="2", insee="31002", at=(0.65, 42.93), siret=SIRETS[1]),
            installation(code="3", at=(0, 0), siret=""),
        )
        .decode()
        .encode(LATIN),
        table="outlets",
        encoding=LATIN,
        in_archive=True,
    ),
    "gerep_sites": Source(
        "GEREP, établissements (Géorisques), CSV",
        ("read_gerep_sites",),
        "etablissements.csv",
        read_in_folder(read_gerep_sites, place=True),
        text(
            ESTABLISHMENT_HEADER + " ; code_insee",
            gerep_site() + ";",
            gerep_site(
                code="2", commune="SAINT ELIX", postcode="31200", siret=SIRETS[1]
            )
            + ";",
        ),
        table="sites",
        in_archive=True,
    ),
    "gerep_produced": Source(
        "GEREP, déchets produits (Géorisques), CSV",
        ("read_waste_declarations",),
        "Prod_dechets_non_dangereux.csv",
        read_in_folder(read_waste_declarations),
        text(
            PRODUCED_HEADER,
            produced(),
            produced(waste="17 05 04", mass="40.5"),
            produced(waste="03 01 05", dep="31", year="2018"),
        ),
        in_archive=True,
    ),
    "gerep_treated": Source(
        "GEREP, déchets traités (Géorisques), CSV",
        ("read_gerep_outlets", "read_waste_declarations"),
        "Trait_dechets_non_dangereux.csv",
        read_treated,
        text(TREATED_HEADER, treated(), treated(waste="17 05 04", mass="40.5")),
    ),
    "cnig_zones": Source(
        "Sites économiques (CNIG), zones, CSV",
        ("read_cnig_zones", "read_official_zones"),
        "site_eco.csv",
        read_cnig_zones,
        test_cnig.csv_of(
            test_cnig.zone(site_nom="Été"),
            test_cnig.zone(site_id="Z2", site_comm_insee="09001"),
        ),
        table="official_zones",
        separator=";",
        text="site_nom",
        needed="site_nom",
        number="site_surf_brute",
        date="site_actu_date",
        xy=("site_geomsurf", "site_geomsurf"),
    ),
    "cnig_layer": Source(
        "Sites économiques (CNIG), zones, GeoPackage",
        ("read_cnig_zones",),
        "site_eco.gpkg",
        plain(read_zone_layer),
        make=zone_layer,
        form="layer",
        text="site_nom",
    ),
    "cnig_plots": Source(
        "Sites économiques (CNIG), terrains, CSV",
        ("read_cnig_plots",),
        "terrain_eco.csv",
        plain(read_cnig_plots),
        _cnig("terrain_eco", "terr_id"),
        separator=";",
        text="terr_usage",
        needed="terr_usage",
        number="terr_surf_brute",
        date="terr_actu_date",
        xy=("terr_geomsurf", "terr_geomsurf"),
    ),
    "cnig_hubs": Source(
        "Sites économiques (CNIG), pôles, CSV",
        ("read_cnig_hubs",),
        "pole_eco.csv",
        plain(read_cnig_hubs),
        _cnig("pole_eco", "pole_id"),
        separator=";",
        text="pole_nom",
        needed="pole_nom",
        number="pole_surface",
        date="pole_actu_date",
        xy=("pole_geompoint", "pole_geompoint"),
    ),
    "bd_topo_zones": Source(
        "BD TOPO (IGN), zones d'activité, GeoPackage",
        ("read_bd_topo_zones", "read_official_zones"),
        "bdtopo.gpkg",
        plain(read_bd_topo_zones),
        make=topo(
            "zone_d_activite_ou_d_interet", test_bd_topo.ZONE, test_bd_topo.SQUARE
        ),
        form="layer",
        text="toponyme",
        needed="nature",
        in_archive=True,
    ),
    "bd_topo_roads": Source(
        "BD TOPO (IGN), tronçons de route, GeoPackage",
        ("read_bd_topo_roads",),
        "bdtopo.gpkg",
        plain(read_bd_topo_roads),
        make=topo("troncon_de_route", test_bd_topo.ROAD, test_bd_topo.LINE),
        table="road_restrictions",
        form="layer",
        text="cpx_numero",
        needed="prive",
        number="restriction_de_poids_total",
        in_archive=True,
    ),
    "relief": Source(
        "Relief en dalles (RGE ALTI, Copernicus, SRTM), raster",
        ("read_relief",),
        "mnt.tif",
        read_tiles,
        make=relief,
        form="raster",
        number="altitude",
        in_archive=True,
    ),
    "elevation": Source(
        "Relief d'ensemble (NOAA GLOBE), raster",
        ("read_elevation", "read_elevation_grid"),
        "mnt.tif",
        read_dem,
        make=relief,
        form="raster",
    ),
    "land_cover": Source(
        "Occupation du sol (CORINE Land Cover), raster",
        ("read_land_cover",),
        "clc.tif",
        read_cover,
        make=cover,
        form="raster",
        number="classe",
    ),
    "ceilings": Source(
        "Plafonds des exutoires, CSV",
        ("read_landfill_ceilings",),
        "ceilings.csv",
        plain(read_landfill_ceilings),
        (
            "outlet_id,ceiling_id,label_fr,ceiling_t,status,evidence,vintage,source,"
            "question\n"
            "isdnd,a,Autorisée,48492,publie,S,2016,page,Lequel ?\n"
            "isdnd,b,Seuil,45000.5,a_verifier,H,,autre page,Lequel ?\n"
        ).encode(),
    ),
    "published_answers": Source(
        "Sommes publiées des réponses d'entreprises, CSV",
        ("read_published_answers",),
        "enquete.csv",
        plain(read_published_answers),
        (
            "epci_siren,epci,sujet,detail,libelle,entreprises,t_par_an,publie_le\n"
            "200072643,CC été,flux,NDNI,Déchets,12,1.5,2026-11-24\n"
            "200072643,CC été,inscrites,,Entreprises,23,,2026-11-24\n"
        ).encode(),
        text="libelle",
        needed="entreprises",
        number="t_par_an",
        date="publie_le",
    ),
}
"""Sources of several files, and those that no test module is about."""


def with_parts(name: str, source: Source) -> Source:
    """Give a source the parts that its columns play, as they are declared."""
    if name not in CSV_SOURCES:
        return source
    return replace(source, separator=CSV_SOURCES[name].separator, **parts_of(name))


def _samples() -> dict[str, Source]:
    """Return the samples that test modules hold beside their tests."""
    paths = sorted(Path(__file__).parent.glob("test_*.py"))
    holders = [one.stem for one in paths if "\nSAMPLES = {" in one.read_text("utf-8")]
    modules = [import_module(f"tests.sources.{name}") for name in holders]
    return {key: one for module in modules for key, one in module.SAMPLES.items()}


SOURCES = {
    name: with_parts(name, source)
    for name, source in sorted((_GIVEN | _samples()).items())
}
"""Key -> the source."""

ELSEWHERE = {
    "read_industrial_cover": "one geometry: test_land_cover",
    "read_osm_areas": "test_osm_areas",
    "read_osm_regions": "several extracts: tests/roads/test_osmnx_files",
    "read_osm_roads": "the road graph: tests/roads",
    "read_osmnx_graph": "a graph: tests/roads/test_osmnx_files",
    "read_perimeter_file": "a contour or a list of codes: tests/perimeters",
}
"""Readers of the package that give no table of rows, and where they are tested."""


def write(name: str, folder: Path) -> Path:
    """Write the valid file of a source."""
    source = SOURCES[name]
    if source.data is None:
        assert source.make is not None
        return source.make(folder)
    path = folder / source.file
    path.write_bytes(source.data)
    return path
