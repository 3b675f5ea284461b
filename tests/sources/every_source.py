"""A small valid file of every source, with who reads it and what its columns are.

``SOURCES`` drives two tests: ``test_every_source`` (each file spoilt at random) and
``test_every_fault`` (each fault of the issue, one by one).  A reader of the package
that is not in ``SOURCES`` fails the first.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import mapping

from eitgeo.sources._loaded import Loaded, dropped_rows
from eitgeo.sources.admin_express import read_admin_express
from eitgeo.sources.bd_topo import read_bd_topo_roads, read_bd_topo_zones
from eitgeo.sources.bodies import read_bodies, read_member_names
from eitgeo.sources.bodies import read_membership as read_members
from eitgeo.sources.cnig import read_cnig_hubs, read_cnig_plots, read_cnig_sites
from eitgeo.sources.cnig import read_cnig_zones as read_zone_layer
from eitgeo.sources.cog import read_cog_communes, read_merges
from eitgeo.sources.cog_movements import read_cog_movements
from eitgeo.sources.communes import read_communes
from eitgeo.sources.control_totals import read_control_totals
from eitgeo.sources.elevation import read_elevation, read_elevation_grid
from eitgeo.sources.establishments import read_anchors
from eitgeo.sources.geo_api import read_geo_api_communes
from eitgeo.sources.georisques import read_icpe_outlets
from eitgeo.sources.gerep import read_gerep_sites
from eitgeo.sources.gerep_flows import read_gerep_outlets, read_low_ewc
from eitgeo.sources.gerep_waste import read_waste_declarations
from eitgeo.sources.insee_belonging import read_insee_belonging
from eitgeo.sources.irep import read_irep_sites
from eitgeo.sources.land_cover import read_land_cover
from eitgeo.sources.landfill_ceilings import read_landfill_ceilings
from eitgeo.sources.landfills import read_isdnd_capacities
from eitgeo.sources.motorways import read_known_trips, read_motorway_exits
from eitgeo.sources.official_zones import read_official_zones
from eitgeo.sources.outlet_merge import read_outlet_aliases
from eitgeo.sources.outlets import read_outlets
from eitgeo.sources.places import read_places
from eitgeo.sources.published_answers import read_published_answers
from eitgeo.sources.relief import read_relief
from eitgeo.sources.s3ic import read_s3ic_outlets
from eitgeo.sources.sector_counts import read_sector_counts
from eitgeo.sources.sinoe import read_sinoe as read_sinoe_pages
from eitgeo.sources.siren_codes import read_siren_codes
from eitgeo.sources.sirene import read_sirene_sites
from tests.sources import (
    test_admin_express,
    test_banatic,
    test_bd_topo,
    test_bodies,
    test_cnig,
    test_cog,
    test_cog_movements,
    test_communes,
    test_control_totals,
    test_establishments,
    test_geo_api,
    test_insee_belonging,
    test_irep,
    test_land_cover,
    test_landfills,
    test_motorways,
    test_outlets,
    test_places,
    test_relief,
    test_s3ic,
    test_sector_counts,
    test_sinoe,
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
from tests.sources.mutate import render
from tests.sources.sirene_files import (
    establishment,
    establishments_csv,
    geolocation_csv,
    left_out,
    legal_unit,
    legal_units_csv,
    position,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[[Path, gpd.GeoDataFrame], Any]

LATIN = "iso-8859-1"
SIRETS = ("39931827800021", "39931827800039")


@dataclass(frozen=True)
class Source:
    """A source: a valid file, its reader, and the part that each column plays.

    A part left at ``""`` is one that no column plays.  ``data`` is None where the file
    is not text: then ``make`` writes it, given a folder and what to change.
    """

    title: str
    readers: tuple[str, ...]
    file: str
    read: Read
    data: bytes | None = None
    make: Callable[..., Path] | None = None
    table: str | None = None
    form: str = "csv"
    separator: str = ","
    encoding: str = "utf-8"
    text: str = ""
    needed: str = ""
    number: str = ""
    date: str = ""
    code: str = ""
    xy: tuple[str, str] = ("", "")
    in_archive: bool = False
    entered: Callable[[Loaded, str], int] | None = field(default=None, repr=False)


def loaded(table: Any) -> Loaded:
    """Return what a reader gave, or its bare table with nothing left out."""
    if isinstance(table, Loaded):
        return table
    if isinstance(table, dict):
        table = pd.DataFrame({"key": list(table), "value": list(table.values())})
    return Loaded(table, dropped_rows([]))


def text(*lines: str) -> bytes:
    """Return the bytes of lines."""
    return ("\n".join(lines) + "\n").encode()


def plain(reader: Callable[..., Any]) -> Read:
    """Read with a reader that needs the file alone."""
    return lambda path, _: reader(path)


def placed(reader: Callable[..., Any]) -> Read:
    """Read with a reader that needs the communes."""
    return lambda path, communes: reader(path, communes=communes)


def own(result: Any, file: str) -> Any:
    """Keep the account of one file of a folder or an archive."""
    return replace(result, dropped=result.dropped[result.dropped["file"] == file])


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


def read_membership(path: Path, communes: gpd.GeoDataFrame) -> Any:
    """Read memberships of two bodies."""
    return read_members(
        path, known_bodies={"x", "y"}, known_communes=set(communes["code_insee"])
    )


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


def read_sinoe(path: Path, communes: gpd.GeoDataFrame) -> Any:
    """Read one page."""
    return read_sinoe_pages([path], communes=communes)


def read_belonging(path: Path, _: gpd.GeoDataFrame) -> Any:
    """Read the zones at a date."""
    return read_insee_belonging(path, on_date=dt.date(2026, 1, 1))


def read_banatic(path: Path, _: gpd.GeoDataFrame) -> Any:
    """Read the groupings at a date."""
    return test_banatic.read(path)


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


SOURCES: dict[str, Source] = {
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
        code="code_insee",
        in_archive=True,
    ),
    "geo_api": Source(
        "API Découpage administratif (Etalab), JSON",
        ("read_geo_api_communes",),
        "communes.json",
        plain(read_geo_api_communes),
        json.dumps(test_geo_api.answer(), ensure_ascii=False).encode(),
        form="json",
        text="nom",
        needed="population",
        number="population",
        code="code",
        xy=("contour", "contour"),
    ),
    "banatic": Source(
        "BANATIC (DGCL), export des périmètres, CSV",
        ("read_banatic",),
        "banatic.csv",
        read_banatic,
        render(test_banatic.CELLS),
        table="membership",
        separator=";",
        text="Nom du groupement",
        needed="Nom du groupement",
        code="Siren membre",
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
        code="CODGEO",
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
        code="insee",
    ),
    "cog_list": Source(
        "Communes (Etalab), JSON",
        ("read_cog_communes", "read_siren_codes"),
        "liste.json",
        plain(read_siren_codes),
        json.dumps(ETALAB).encode(),
        form="json",
        needed="siren",
        code="code",
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
        code="code",
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
    "cog_movements": Source(
        "Mouvements de communes (INSEE), CSV",
        ("read_cog_movements",),
        "mvt.csv",
        plain(read_cog_movements),
        (test_cog_movements.HEADER + test_cog_movements.ROWS).encode(),
        text="LIBELLE_AP",
        needed="LIBELLE_AP",
        date="DATE_EFF",
        code="COM_AV",
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
        code="codeCommuneEtablissement",
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
        code="plg_code_commune",
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
        )
        .decode()
        .encode(LATIN),
        table="outlets",
        separator=";",
        encoding=LATIN,
        text="raisonSociale",
        needed="raisonSociale",
        number="longitude",
        code="codeInsee",
        xy=("longitude", "latitude"),
        in_archive=True,
    ),
    "gerep_sites": Source(
        "GEREP, établissements (Géorisques), CSV",
        ("read_gerep_sites",),
        "etablissements.csv",
        read_in_folder(read_gerep_sites, place=True),
        text(
            ESTABLISHMENT_HEADER,
            gerep_site(),
            gerep_site(
                code="2", commune="SAINT ELIX", postcode="31200", siret=SIRETS[1]
            ),
        ),
        table="sites",
        separator=";",
        text="nom_etablissement",
        needed="nom_etablissement",
        number="coordonnees_x",
        code="code_postal",
        xy=("coordonnees_x", "coordonnees_y"),
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
        separator=";",
        text="nom_etablissement",
        needed="quantite",
        number="quantite",
        date="annee",
        code="code_dechet",
        in_archive=True,
    ),
    "gerep_treated": Source(
        "GEREP, déchets traités (Géorisques), CSV",
        ("read_gerep_outlets", "read_waste_declarations"),
        "Trait_dechets_non_dangereux.csv",
        read_treated,
        text(TREATED_HEADER, treated(), treated(waste="17 05 04", mass="40.5")),
        separator=";",
        text="nom_etablissement",
        needed="quantite_traitee",
        number="quantite_traitee",
        date="annee",
        code="code_dechet",
    ),
    "irep": Source(
        "IREP, établissements (Géorisques), CSV",
        ("read_irep_sites",),
        "irep.csv",
        placed(read_irep_sites),
        (
            test_irep.HEADER
            + "\n".join(
                [
                    test_irep.line(name="SARL ÉTÉ"),
                    test_irep.line(name="SARL ÉTÉ", year=2016),
                ]
            )
        ).encode(),
        table="sites",
        text="Nom_Etablissement",
        needed="Nom_Etablissement",
        number="Coordonnees_X",
        date="annee",
        code="Code_Postal",
        xy=("Coordonnees_X", "Coordonnees_Y"),
    ),
    "s3ic": Source(
        "Installations de déchets × SIRENE (Trackdéchets), CSV",
        ("read_s3ic_outlets", "read_s3ic_sites"),
        "s3ic.csv",
        placed(read_s3ic_outlets),
        (
            f"{test_s3ic.HEADER}{test_s3ic.FIRM}\n{test_s3ic.HIDDEN}\n"
            f"{test_s3ic.TRADER}\n{test_s3ic.PARTIAL}\n"
        )
        .replace("FIRME", "ÉTÉ")
        .encode(),
        table="outlets",
        separator=";",
        text="nom_ets",
        needed="nom_ets",
        code="cd_insee",
    ),
    "sinoe": Source(
        "SINOE, annuaire (ADEME), CSV",
        ("read_sinoe",),
        "sinoe.csv",
        read_sinoe,
        text(
            test_sinoe.HEADER,
            "76;09;7;Val d'Été;05;09001;2024;0.537;42.93",
            "76;31;8;Élix;05;31002;2024;0.65;42.93",
        ),
        table="outlets",
        separator=";",
        text="N_SERVICE",
        needed="N_SERVICE",
        number="GPS_LONG",
        date="ANNEE",
        code="C_COMM",
        xy=("GPS_LONG", "GPS_LAT"),
    ),
    "isdnd": Source(
        "Capacités des ISDND (Trackdéchets), CSV",
        ("read_isdnd_capacities",),
        "isdnd.csv",
        placed(read_isdnd_capacities),
        text(
            test_landfills.HEADER,
            test_landfills.line(capacity="48492.5"),
            test_landfills.line(
                dep="Haute-Garonne (31)", commune="Saint-Élix", siret=SIRETS[0]
            ),
        ),
        table="outlets",
        text="NOM SITE",
        needed="NOM SITE",
        number="CAPACITÉ AUTORISÉE 50",
    ),
    "low_ewc": Source(
        "Correspondance LoW–EWC-Stat (à fournir), CSV",
        ("read_low_ewc",),
        "low.csv",
        plain(read_low_ewc),
        b"waste_code,ewc_stat,stream\n15 01 01,W072,NDNI\n13 02 05*,W013,\n",
        needed="ewc_stat",
        code="waste_code",
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
        code="site_comm_insee",
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
    "cnig_sites": Source(
        "Sites économiques (CNIG), établissements, CSV",
        ("read_cnig_sites",),
        "etablissement.csv",
        placed(read_cnig_sites),
        test_cnig.csv_of(
            test_cnig.firm(etab_nom="Été"),
            test_cnig.firm(siret="34749951900028", comm_insee="31002"),
        ),
        table="sites",
        separator=";",
        text="etab_nom",
        needed="etab_nom",
        date="etab_actu_date",
        code="comm_insee",
        xy=("etab_geompoint", "etab_geompoint"),
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
    "communes": Source(
        "Communes de l'étude, GeoJSON",
        ("read_communes",),
        "communes.geojson",
        plain(read_communes),
        test_communes.layer(
            test_communes.feature(nom="Été"),
            test_communes.feature(code_insee="09001", dep="09"),
        ).encode(),
        form="json",
        text="nom",
        needed="seat_source",
        number="population",
        code="code_insee",
        xy=("geometry", "geometry"),
    ),
    "bodies": Source(
        "Structures de l'étude, CSV",
        ("read_bodies",),
        "bodies.csv",
        plain(read_bodies),
        (
            test_bodies.BODIES + "x,petr,Été,true,false,false,publie,ici\n"
            "y,epci,CC,true,true,true,a_confirmer,ici\n"
        ).encode(),
        table="bodies",
        text="name",
        needed="legal_person",
    ),
    "membership": Source(
        "Membres des structures de l'étude, CSV",
        ("read_membership",),
        "membership.csv",
        read_membership,
        (
            test_bodies.MEMBERS + "x,31002,2025-01-01,,publie,été\n"
            "x,09001,2025-01-01,2026-01-01,publie,s\n"
        ).encode(),
        table="membership",
        text="source",
        needed="from_date",
        date="from_date",
        code="code_insee",
    ),
    "member_names": Source(
        "Noms des communes membres hors de la couche, CSV",
        ("read_member_names",),
        "member_names.csv",
        plain(read_member_names),
        "code_insee,nom\n32083,Là-bas\n32024,Été\n".encode(),
        text="nom",
        needed="nom",
        code="code_insee",
    ),
    "merges": Source(
        "Fusions de communes, CSV",
        ("read_merges",),
        "merges.csv",
        plain(read_merges),
        b"old_code,new_code\n09028,09296\n31003,31002\n",
        needed="new_code",
        code="old_code",
    ),
    "anchors": Source(
        "Établissements repères de l'étude, CSV",
        ("read_anchors",),
        "anchors.csv",
        placed(read_anchors),
        (
            test_establishments.HEADER
            + f"A1,{SIRETS[0]},Été,17.11Z,09001,270.5,272,275,commune,publie,S,p\n"
            "A2,,Usine,,31002,,,,commune,publie,S,p\n"
        ).encode(),
        table="sites",
        text="name",
        needed="headcount_mid",
        number="headcount_low",
        code="code_insee",
    ),
    "outlets": Source(
        "Exutoires de l'étude, CSV",
        ("read_outlets",),
        "outlets.csv",
        placed(read_outlets),
        (
            test_outlets.HEADER
            + test_outlets.row(name="Été")
            + test_outlets.row(outlet_id="b", aliases="", code_insee="09001")
        ).encode(),
        table="outlets",
        text="name",
        needed="capacity_t",
        number="capacity_t",
        code="code_insee",
    ),
    "aliases": Source(
        "Alias d'exutoires, CSV",
        ("read_outlet_aliases",),
        "aliases.csv",
        plain(read_outlet_aliases),
        f"site,alias,source\nÉté,{SIRETS[0]},ici\nÉté,{SIRETS[1]},ici\n".encode(),
        text="site",
        needed="alias",
    ),
    "places": Source(
        "Villes (GeoNames), CSV",
        ("read_places",),
        "places.csv",
        plain(read_places),
        (
            test_places.HEADER + "Été,0.5,43,10,09001,s\nLà,0.6,43.1,20,31002,s\n"
        ).encode(),
        table="places",
        text="name",
        needed="population",
        number="lon",
        code="code_insee",
        xy=("lon", "lat"),
    ),
    "exits": Source(
        "Échangeurs d'autoroute, CSV",
        ("read_motorway_exits",),
        "exits.csv",
        plain(read_motorway_exits),
        (
            test_motorways.EXITS + "A1,1,Été,09001,publie,s\nA1,2,K,31002,publie,s\n"
        ).encode(),
        text="name",
        needed="rank",
        number="rank",
        code="code_insee",
    ),
    "control_totals": Source(
        "Totaux de contrôle des gisements, CSV",
        ("read_control_totals",),
        "totals.csv",
        plain(read_control_totals),
        test_control_totals.TOTALS.encode(),
        text="source",
        needed="total_t",
        number="total_t",
        code="departement",
    ),
    "sector_counts": Source(
        "Établissements par division NAF, CSV",
        ("read_sector_counts",),
        "counts.csv",
        plain(lambda path: read_sector_counts(path).reset_index()),
        test_sector_counts.COUNTS.encode(),
        text="source",
        needed="n_sites",
        number="n_sites",
        code="division",
    ),
    "ceilings": Source(
        "Plafonds des exutoires, CSV",
        ("read_landfill_ceilings",),
        "ceilings.csv",
        plain(read_landfill_ceilings),
        (
            "outlet_id,ceiling_id,label_fr,ceiling_t,status,evidence,source,question\n"
            "isdnd,a,Autorisée,48492,publie,S,page,Lequel ?\n"
            "isdnd,b,Seuil,45000.5,a_verifier,H,autre page,Lequel ?\n"
        ).encode(),
        text="source",
        needed="ceiling_t",
        number="ceiling_t",
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
    "trips": Source(
        "Trajets connus, CSV",
        ("read_known_trips",),
        "trips.csv",
        plain(read_known_trips),
        (
            test_motorways.TRIPS
            + "31483,a,09042,été,47.5,45,s\n09042,b,31390,c,9,8,s\n"
        ).encode(),
        text="from",
        needed="road_km",
        number="road_km",
        code="to_code",
    ),
}
"""Key -> the source."""

ELSEWHERE = {
    "read_industrial_cover": "one geometry: test_land_cover",
    "read_osm_areas": "test_osm_areas",
    "read_osm_roads": "the road graph: tests/roads",
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


def geometry_of(source: Source, shape: Any) -> Any:
    """Return a geometry as a cell of the source holds it."""
    if source.form == "json":
        return mapping(shape)
    return json.dumps(mapping(shape))


def altitudes(value: float) -> Any:
    """Return a tile of one altitude."""
    return np.full((6, 10), value)
