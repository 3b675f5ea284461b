"""Outlets: sites that treat, sort, recover or store what firms throw away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.reference.waste import outlet_kinds
from eitgeo.sources._loaded import Loaded, dropped_rows
from eitgeo.sources._official import away, drops
from eitgeo.sources._places import at_seats
from eitgeo.sources._rows import (
    check_choices,
    check_codes,
    check_key,
    read_rows,
    to_numbers,
)
from eitgeo.tables.columns import EVIDENCE_CLASSES
from eitgeo.tables.schema import TABLES, validate

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

ROW_STATUSES = ("publie", "a_verifier")


def read_outlets(path: Path, *, communes: pd.DataFrame) -> Loaded:
    """Read the named outlets, at the seat of their commune.

    Parameters
    ----------
    path
        CSV with the columns of table ``outlets`` except the geometry; aliases (names
        and SIRET of the same site) and ICPE headings are ``;`` lists, capacities
        are in t/year; kinds are those of :func:`outlet_kinds`.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Loaded
        Table ``outlets``, EPSG:2154. Rows of other communes are left out.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated outlet or alias, unknown kind, malformed code, decimal
        comma …

    References
    ----------
    Producer: the author of the study, each row citing a public source. Licence: that of
    the sources (Licence Ouverte 2.0 for the file that ships). Vintage: told row by row.
    CRS: none in the file; at the town hall, EPSG:2154.
    """
    needed = [name for name in TABLES["outlets"].column_names if name != "geometry"]
    rows = read_rows(path, columns=needed)
    faults = Faults(path.name)
    check_key(rows, ["outlet_id"], faults=faults)
    check_codes(rows, faults=faults)
    check_choices(rows, "kind", allowed=outlet_kinds(), faults=faults)
    check_choices(rows, "status", allowed=ROW_STATUSES, faults=faults)
    check_choices(rows, "evidence", allowed=EVIDENCE_CLASSES, faults=faults)
    check_choices(rows, "position_quality", allowed=("commune",), faults=faults)
    amounts = {
        name: to_numbers(rows, name, faults=faults)
        for name in ("capacity_t", "household_t")
    }
    _note_shared_aliases(rows, faults)
    faults.raise_if_any(SchemaError)
    reasons = away(rows, communes)
    outlets = rows.assign(**amounts)[reasons == ""]
    placed = at_seats(outlets, communes=communes)
    return Loaded(
        validate(placed, table="outlets", where=path.name),
        dropped_rows(drops(path.name, rows["outlet_id"], reasons)),
    )


def _note_shared_aliases(rows: pd.DataFrame, faults: Faults) -> None:
    # One site under two SIRET is one outlet; one SIRET under two outlets is a slip.
    owner: dict[str, str] = {}
    for line, outlet, aliases in zip(
        rows.index, rows["outlet_id"], rows["aliases"], strict=True
    ):
        for alias in filter(None, aliases.split(";")):
            first = owner.setdefault(alias, outlet)
            if first != outlet:
                met = f"alias « {alias} » déjà porté par « {first} »"
                faults.add(met, row=line, remedy="fusionner les deux lignes")
