"""Lists that serve a search: all EPCI of France, and the postcodes of communes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.reference.real import epci_path, osm_extracts
from eitgeo.sources.files.rows import CsvSource
from eitgeo.tables.schema import validate
from eitgeo.words import NARROW, NBSP

EPCI_LIST = CsvSource("epci_list")
_OVERSEAS = "97"
_SIDES = ["west", "south", "east", "north"]
_FRANCE = (-6.0, 41.0, 10.0, 52.0)
"""Box of metropolitan France: west, south, east, north [degrees, EPSG:4326]."""

POSTCODES = CsvSource("postcodes")


def read_epci_list(path: Path | None = None) -> pd.DataFrame:
    """Read the list of the EPCI.

    Parameters
    ----------
    path
        CSV, UTF-8, comma; None: the list of the package.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``siren``: ``name``, ``nature``, ``departements`` (codes, spaces
        between), ``population``, ``n_communes``, ``seat`` (its most populated
        commune), ``west``, ``south``, ``east``, ``north`` [degrees], ``near``
        (``09:0 11:23``: départements within 60 km, with the kilometres, rounded
        down). Overseas, no box and nothing near.

    References
    ----------
    Etalab, *découpage administratif* (npm, 6.0.0, MIT; data of INSEE and DGCL, Licence
    Ouverte 2.0), members of 2025; boxes and distances: polygons of ADMIN EXPRESS (IGN,
    Licence Ouverte 2.0), to 200 m. CRS: EPSG:4326. Written by
    ``scripts/build_epci_table.py``.
    """
    read = EPCI_LIST.read(path or epci_path())
    _check_names(read.table["name"], read.faults)
    _check_departements(read.table, read.faults)
    _check_boxes(read.table[_SIDES], read.faults)
    read.faults.raise_if_any(SchemaError)
    return read.table.set_index("siren")


def _check_names(names: pd.Series[str], faults: Faults) -> None:
    """Note what a terminal, a YAML file or a page would not show as it is."""
    plain = names.str.replace(rf"[{NBSP}{NARROW}]", " ", regex=True)
    for line, name in names[~plain.map(str.isprintable)].items():
        met = f"nom {ascii(name)[:80]} : retour à la ligne ou signe invisible"
        faults.add(met, row=str(line), remedy="l'écrire sur une ligne, en clair")


def _check_departements(table: pd.DataFrame, faults: Faults) -> None:
    known = set(osm_extracts().index)
    placed = table[_SIDES].notna().all(axis=1)
    told = table["departements"].str.split()
    overseas = told.map(lambda codes: any(one.startswith(_OVERSEAS) for one in codes))
    for line in table.index[placed & overseas]:
        met = "cadre en métropole et département d'outre-mer"
        faults.add(met, row=str(line), remedy="outre-mer, laisser le cadre vide")
    for column in ("departements", "near"):
        for line, told in table[column].items():
            codes = {one.partition(":")[0] for one in str(told).split()}
            away = {one for one in codes if one.startswith(_OVERSEAS)}
            for code in sorted(codes - known - away):
                met = f"« {column} » : aucun département « {code} »"
                faults.add(met, row=str(line), remedy="par exemple 09 ou 2A")


def _check_boxes(boxes: pd.DataFrame, faults: Faults) -> None:
    boxed = boxes[boxes.notna().any(axis=1)]
    west, south, east, north = (boxed[side] for side in _SIDES)
    low_x, low_y, high_x, high_y = _FRANCE
    inside = west.ge(low_x) & east.le(high_x) & south.ge(low_y) & north.le(high_y)
    for line in boxed.index[~(inside & west.lt(east) & south.lt(north))]:
        met = "cadre à l'envers, incomplet ou hors de la France métropolitaine"
        remedy = "ouest, sud, est, nord, en degrés ; outre-mer, rien"
        faults.add(met, row=str(line), remedy=remedy)


def read_postcodes(path: Path) -> pd.DataFrame:
    """Read which postcodes serve each commune.

    Parameters
    ----------
    path
        CSV with ``code_insee`` and ``postcode``, a row a pair: a commune may have
        several postcodes, a postcode serve several communes.

    Returns
    -------
    pandas.DataFrame
        Table ``postcodes``.

    References
    ----------
    Producer: Etalab, découpage administratif (La Poste, INSEE). Licence: Licence
    Ouverte 2.0. Vintage: that of the file. CRS: none.
    """
    return validate(POSTCODES.accepted(path), table="postcodes", where=path.name)
