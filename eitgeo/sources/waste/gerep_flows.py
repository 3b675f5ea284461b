"""Declared waste turned into the tables of the package: arisings and outlets."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import geopandas as gpd
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.reference.waste import low_ewc, waste_operations
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.frames import tidy_outlets
from eitgeo.sources.files.identity import installation_keys
from eitgeo.sources.files.loaded import (
    Audited,
    Drop,
    Loaded,
    dropped_rows,
    first_reason,
    where,
)
from eitgeo.sources.waste.gerep import (
    DECLARATION_COLUMNS,
    SOURCE,
    read_gerep_sites,
    read_waste_declarations,
)
from eitgeo.tables.schema import validate

LOW_EWC = CsvSource("low_ewc", is_official=True)
STREAMS = ("NDNI", "INERT")
GENERIC_KIND = "traitement"


def read_low_ewc(path: Path) -> Loaded:
    """Read a correspondence of waste codes to statistical categories.

    Parameters
    ----------
    path
        CSV, ``,``, UTF-8: ``waste_code`` (``07 07 08*``), ``ewc_stat`` (``W075``),
        ``stream`` (``NDNI``, ``INERT``, ``""`` for hazardous waste).

    Returns
    -------
    Loaded
        These columns, sorted by code; no row is left out.

    Raises
    ------
    SourceError
        File absent, empty or unreadable.
    SchemaError
        Missing column, malformed or repeated code, unknown stream.

    References
    ----------
    Producer: European Union, annex III of Regulation (EC) 2150/2002 on waste
    statistics, as amended by Regulation (EU) 849/2010; the file is the user's.
    Licence: reuse permitted with source (EUR-Lex). Vintage: 2010. CRS: none.
    """
    rows = LOW_EWC.accepted(path)
    return Loaded(
        rows.sort_values("waste_code", ignore_index=True, kind="stable"),
        dropped_rows([]),
    )


def site_of_declarant(
    declarations: pd.DataFrame, establishments: pd.DataFrame, sites: pd.DataFrame
) -> pd.Series[str]:
    """Find the site of the study that each declaration speaks of.

    Examples
    --------
    >>> told = pd.DataFrame({"site_id": ["IREP068.02548", "IREP1.1", "IREP9.9"]})
    >>> own = pd.DataFrame({"site_id": ["IREP1.1"], "siret": ["12345678900011"]})
    >>> sites = pd.DataFrame({"site_id": ["ICPE0006802548", "SIR1"],
    ...     "siret": ["", "12345678900011"]})
    >>> site_of_declarant(told, own, sites).tolist()
    ['ICPE0006802548', 'SIR1', 'IREP9.9']
    """
    number = pd.Series(sites["site_id"].to_numpy(), installation_keys(sites["site_id"]))
    known = sites[sites["siret"] != ""].drop_duplicates("siret", keep=False)
    by_siret = known.set_index("siret")["site_id"]
    siret = establishments.set_index("site_id")["siret"]
    declared = declarations["site_id"]
    first = installation_keys(declared).map(number[~number.index.duplicated()])
    second = declared.map(siret).map(by_siret)
    other = second.where(second.notna(), declared)
    return first.where(first.notna(), other).astype("str")


def declared_arisings(
    declarations: pd.DataFrame,
    *,
    site_ids: Collection[str],
    correspondence: pd.DataFrame | None = None,
) -> Loaded:
    """Turn the waste that sites declare into observed arisings.

    Notes
    -----
    The mass is observed; its category is as sure as the correspondence. The package's
    own holds two codes in three: the rest is left out rather than put in a category
    by guess. Bring the whole correspondence of Regulation 849/2010 with
    :func:`read_low_ewc`. Below the thresholds of declaration a site says
    nothing: absent is not zero.
    """
    require_columns(declarations, DECLARATION_COLUMNS, where="declarations")
    known = low_ewc() if correspondence is None else correspondence
    table = known.set_index("waste_code")[["ewc_stat", "stream"]]
    rows = declarations.join(table, on="waste_code")
    latest = rows.groupby("site_id")["year"].transform("max")
    reason = first_reason(
        where(
            ~rows["site_id"].isin(list(site_ids)), "établissement hors du territoire"
        ),
        where(rows["year"] != latest, "année remplacée par " + latest),
        where(rows["hazardous"], "déchet dangereux, hors des flux NDNI et INERT"),
        where(
            ~rows["stream"].isin(STREAMS),
            "code « " + rows["waste_code"] + " » sans catégorie EWC-Stat connue",
        ),
    )
    kept = rows[reason == ""]
    key = ["site_id", "waste_code", "stream"]
    again = where(kept.duplicated(key), "ajoutée à la première ligne du même déchet")
    left_out = [
        *_drops(rows[reason != ""], reason[reason != ""]),
        *_drops(kept[again != ""], again[again != ""]),
    ]
    summed = kept.groupby([*key, "ewc_stat"], as_index=False)["mass_t"].sum()
    arisings = summed.assign(
        t_low=summed["mass_t"],
        t_mid=summed["mass_t"],
        t_high=summed["mass_t"],
        method="irep",
        evidence="O",
    )
    tidy = validate(arisings, table="arisings", where="déclarations IREP")
    return Loaded(tidy, dropped_rows(left_out))


def _drops(rows: pd.DataFrame, reasons: pd.Series) -> list[Drop]:
    return list(zip(rows["file"], rows["row"], rows["site_id"], reasons, strict=True))


def read_gerep_outlets(
    path: Path, *, communes: gpd.GeoDataFrame, companies: Collection[str] = ()
) -> Audited:
    """Read the establishments that declare waste taken and treated, as outlets.

    Parameters
    ----------
    path
        ``AAAA.zip`` (or its folder): ``etablissements.csv`` and ``Trait_dechets_…``.
    communes, companies
        As :func:`read_gerep_sites`.

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154, ``a_verifier``: the kind is that of the operation
        with the largest mass treated (:func:`waste_operations`);
        ``capacity_t`` is NaN, for a mass treated is no capacity. Left out:
        establishments that treat nothing, declarations of establishments that are
        not at hand, and what the two readers below leave out.

    Raises
    ------
    SourceError
        As :func:`read_gerep_sites`.
    SchemaError
        As :func:`read_waste_declarations`.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques, registre des émissions
    polluantes, https://files.georisques.fr/irep/ (one archive a year). Licence:
    Licence Ouverte 2.0. Vintage: year of the archive. CRS: told row by row
    (``code_epsg``).
    """
    sites = read_gerep_sites(path, communes=communes, companies=companies)
    declared = read_waste_declarations(path, side="treated")
    treated = declared.table[declared.table["mass_t"] > 0]
    kinds = _main_kinds(treated)
    rows = sites.table.assign(kind=sites.table["site_id"].map(kinds))
    idle = rows["kind"].isna()
    others = ~declared.table["site_id"].isin(rows["site_id"])
    left_out = [
        *[
            (path.name, at, at, "aucun déchet traité déclaré")
            for at in rows["site_id"][idle]
        ],
        *_drops(
            declared.table[others],
            where(others, "établissement hors du territoire")[others],
        ),
    ]
    kept = rows[~idle]
    outlets = gpd.GeoDataFrame(
        {
            "outlet_id": kept["site_id"],
            "name": kept["name"],
            "aliases": kept["siret"],
            "kind": kept["kind"],
            "position_quality": kept["position_quality"],
            "status": "a_verifier",
            "source": SOURCE,
            "code_insee": kept["code_insee"],
        },
        geometry=kept.geometry,
    )
    dropped = pd.concat(
        [sites.dropped, declared.dropped, dropped_rows(left_out)], ignore_index=True
    )
    notes = pd.concat([sites.notes, declared.notes], ignore_index=True)
    return Audited(tidy_outlets(outlets, where=path.name), dropped, notes)


def _main_kinds(treated: pd.DataFrame) -> pd.Series:
    operations = waste_operations().set_index("operation")["kind"]
    kinds = treated["operation"].map(operations).fillna(GENERIC_KIND)
    masses = treated.assign(kind=kinds).groupby(["site_id", "kind"])["mass_t"].sum()
    ordered = masses.reset_index().sort_values(
        ["site_id", "mass_t", "kind"], ascending=[True, False, True]
    )
    return ordered.drop_duplicates("site_id").set_index("site_id")["kind"]
