"""Periods of membership, from the exports of several dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources.territory.body_merge import first_seats
from eitgeo.sources.territory.body_tables import BodyTables
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAIR = ["body_id", "code_insee"]


def join_periods(exports: Sequence[BodyTables]) -> BodyTables:
    """Join the exports of several dates into memberships with periods."""
    dated = _by_date(exports)
    dates = list(dated)
    rows = pd.concat([export.table for export in dated.values()], ignore_index=True)
    rank = rows["from_date"].map({date: at for at, date in enumerate(dates)})
    rows = rows.assign(rank=rank).sort_values([*_PAIR, "rank"], ignore_index=True)
    before = rows.groupby(_PAIR)[["rank", "status"]].shift()
    follows = (before["rank"] == rows["rank"] - 1) & (
        before["status"] == rows["status"]
    )
    period = (~follows).cumsum()
    spans = rows.groupby(period).agg(
        body_id=("body_id", "first"),
        code_insee=("code_insee", "first"),
        from_date=("from_date", "first"),
        status=("status", "first"),
        source=("source", "last"),
        last=("rank", "last"),
    )
    ends = dict(enumerate([*dates[1:], ""]))
    table = spans.assign(to_date=spans["last"].map(ends))
    described = pd.concat([export.bodies for export in dated.values()])
    latest = described.drop_duplicates("body_id", keep="last")
    return BodyTables(
        table=validate(table, table="membership", where="appartenances datées"),
        bodies=validate(latest, table="bodies", where="appartenances datées"),
        dropped=pd.concat([e.dropped for e in dated.values()], ignore_index=True),
        notes=pd.concat([e.notes for e in dated.values()], ignore_index=True),
        seats=first_seats([*reversed(dated.values())]),
    )


def _by_date(exports: Sequence[BodyTables]) -> dict[str, BodyTables]:
    faults = Faults("exports à joindre")
    if not exports:
        faults.add("aucun export", remedy="en donner au moins un")
    dated: dict[str, BodyTables] = {}
    for at, export in enumerate(exports, 1):
        dates = sorted(set(export.table["from_date"]))
        if len(dates) != 1:
            met = f"export {at} : {len(dates)} dates de début"
            faults.add(met, remedy="joindre des exports d'une seule date")
        elif dates[0] in dated:
            met = f"export {at} : un autre est déjà daté du {dates[0]}"
            faults.add(met, remedy="n'en garder qu'un par date")
        else:
            dated[dates[0]] = export
    faults.raise_if_any(SchemaError)
    return dict(sorted(dated.items()))
