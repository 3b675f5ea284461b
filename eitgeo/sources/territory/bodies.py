"""Bodies (EPCI, syndicates, PETR …), their dated members, what readers give of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.loaded import Audited
from eitgeo.sources.files.rows import (
    faulty,
)
from eitgeo.tables.schema import validate

BODIES = CsvSource("bodies")
MEMBERSHIP = CsvSource("membership")
MEMBER_NAMES = CsvSource("member_names")


def read_bodies(path: Path) -> pd.DataFrame:
    """Read the bodies that may deliberate, treat waste or carry a contract.

    Parameters
    ----------
    path
        CSV with the columns of table ``bodies``; flags are ``true`` or ``false``.

    Returns
    -------
    pandas.DataFrame
        Table ``bodies``.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, unknown kind or status, repeated body, flag misspelt.
    """
    return validate(BODIES.accepted(path), table="bodies", where=path.name)


def read_membership(
    path: Path,
    *,
    known_bodies: Collection[str] | None = None,
    known_communes: Collection[str] | None = None,
) -> pd.DataFrame:
    """Read which commune belongs to which body, from when to when.

    Parameters
    ----------
    path
        CSV with the columns of table ``membership``; dates ``AAAA-MM-JJ`` or empty.
    known_bodies
        Bodies on record; None: not checked.
    known_communes
        Codes of the communes at hand; None: the form alone is checked.

    Returns
    -------
    pandas.DataFrame
        Table ``membership``.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, malformed code or date, unknown body or commune, repeated
        row, membership that ends before it starts or overlaps another of the same
        commune in the same body.
    """
    read = MEMBERSHIP.read(path, known_communes=known_communes)
    rows, faults = read.table, read.faults
    if known_bodies is not None:
        unknown = ~rows["body_id"].isin(list(known_bodies))
        for line, body in faulty(rows["body_id"], unknown):
            met = f"structure inconnue « {body} »"
            faults.add(met, row=line, remedy=hint(body, known_bodies))
    ends_early = (rows["to_date"] != "") & (rows["to_date"] <= rows["from_date"])
    for line in rows.index[ends_early]:
        met = "appartenance terminée avant d'avoir commencé"
        faults.add(met, row=line, remedy="corriger from_date ou to_date")
    _note_overlaps(rows, faults)
    faults.raise_if_any(SchemaError)
    return validate(rows, table="membership", where=path.name)


def read_member_names(path: Path) -> pd.DataFrame:
    """Read the names of members that the layer of communes does not hold.

    Parameters
    ----------
    path
        CSV with ``code_insee`` and ``nom``.

    Returns
    -------
    pandas.DataFrame
        ``code_insee``, ``nom``, in the order of the file.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, malformed or repeated code, name left out.
    """
    return MEMBER_NAMES.accepted(path)


def _note_overlaps(rows: pd.DataFrame, faults: Faults) -> None:
    """Note the periods of one member that start before the one before has ended."""
    pair = ["body_id", "code_insee"]
    dated = rows.drop_duplicates([*pair, "from_date"])
    ordered = dated.sort_values([*pair, "from_date"], kind="stable")
    previous = ordered.groupby(pair)["to_date"].shift()
    first = previous.isna()
    still_in = (previous == "") | (previous > ordered["from_date"])
    for line in sorted(ordered.index[still_in & ~first]):
        body, code = ordered.loc[line, pair]
        met = f"« {code} » est déjà membre de « {body} » à cette date"
        faults.add(met, row=line, remedy="dater la fin (to_date) de l'autre période")


def seat_rows(rows: Sequence[tuple[str, str, str]] = ()) -> pd.DataFrame:
    """Make table ``body_seats`` of ``body_id``, ``code_insee`` and ``source``."""
    table = pd.DataFrame(rows, columns=["body_id", "code_insee", "source"], dtype="str")
    return validate(table, table="body_seats", where="sièges")


@dataclass(frozen=True)
class BodyTables(Audited):
    """Bodies with their communes.

    ``bodies``: table ``bodies``. ``table`` is the table ``membership`` of the same
    bodies. ``seats``: table ``body_seats``: the commune where each sits, where the
    source tells it.
    """

    bodies: pd.DataFrame = field(repr=False)
    seats: pd.DataFrame = field(default_factory=seat_rows, repr=False)
