"""Bodies (EPCI, syndicates, PETR …) and their dated members, of several sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError, StudyError
from eitgeo.sources.files.loaded import Audited, dropped_rows, note_rows
from eitgeo.sources.files.rows import CsvSource, faulty
from eitgeo.sources.sites.sirene_scan import counted_lines
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


_WHERE = "structures réunies"
_DESCRIBED = "structure décrite par une source qui précède"
_GIVEN = "membres donnés par une source qui précède"

_PAIR = ["body_id", "code_insee"]

_AWAY = "structure sans commune dans la couche"
_NO_COMMUNE = "ligne de l'export national qui ne mène à aucune commune, ou répétée"
UNION = "réunion d'EPCI entiers demandée par l'étude, à confirmer"


def merge_bodies(parts: Sequence[BodyTables]) -> BodyTables:
    """Put bodies and their members together, the first source of each winning."""
    bodies = _stacked([part.bodies for part in parts])
    again = bodies.duplicated("body_id")
    members = _stacked([part.table for part in parts])
    owner = members.groupby("body_id")["part"].transform("min")
    late = members["part"] > owner
    left_out = [
        *_told(bodies[again], "body_id", "name", _DESCRIBED),
        *_told(members[late], "code_insee", "body_id", _GIVEN),
    ]
    return BodyTables(
        table=validate(members[~late], table="membership", where=_WHERE),
        bodies=validate(bodies[~again], table="bodies", where=_WHERE),
        dropped=dropped_rows(left_out),
        notes=note_rows([]),
        seats=_first_seats(parts),
    )


def _first_seats(parts: Sequence[BodyTables]) -> pd.DataFrame:
    """Keep the seat that the first source tells, whichever describes the body."""
    seats = pd.concat([part.seats for part in parts], ignore_index=True)
    return seats.drop_duplicates("body_id", ignore_index=True)


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    ranked = [table.assign(part=rank) for rank, table in enumerate(tables)]
    return pd.concat(ranked, ignore_index=True)


def _told(
    rows: pd.DataFrame, key: str, subject: str, reason: str
) -> list[tuple[str, object, str, str]]:
    return [
        (source, at, name, reason)
        for source, at, name in rows[["source", key, subject]].to_numpy()
    ]


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
    end_of = dict(enumerate([*dates[1:], ""]))
    table = spans.assign(to_date=spans["last"].map(end_of))
    described = pd.concat([export.bodies for export in dated.values()])
    latest = described.drop_duplicates("body_id", keep="last")
    return BodyTables(
        table=validate(table, table="membership", where="appartenances datées"),
        bodies=validate(latest, table="bodies", where="appartenances datées"),
        dropped=pd.concat([e.dropped for e in dated.values()], ignore_index=True),
        notes=pd.concat([e.notes for e in dated.values()], ignore_index=True),
        seats=_first_seats([*reversed(dated.values())]),
    )


def _by_date(exports: Sequence[BodyTables]) -> dict[str, BodyTables]:
    faults = Faults("exports à joindre")
    if not exports:
        faults.add("aucun export", remedy="en donner au moins un")
    dated: dict[str, BodyTables] = {}
    for number, export in enumerate(exports, 1):
        dates = sorted(set(export.table["from_date"]))
        if len(dates) != 1:
            met = f"export {number} : {len(dates)} dates de début"
            faults.add(met, remedy="joindre des exports d'une seule date")
        elif dates[0] in dated:
            met = f"export {number} : un autre est déjà daté du {dates[0]}"
            faults.add(met, remedy="n'en garder qu'un par date")
        else:
            dated[dates[0]] = export
    faults.raise_if_any(SchemaError)
    return dict(sorted(dated.items()))


def keep_touching(
    read: BodyTables,
    *,
    communes: Collection[str],
    described: Collection[str] = (),
    file: str,
) -> BodyTables:
    """Keep the bodies of a national list that touch some communes, whole.

    All the members of a body that is kept come with it, those beyond the layer too.
    Left out and counted by reason: bodies that touch none, and those ``described`` by a
    source named before.
    """
    touched = set(read.table.loc[read.table["code_insee"].isin(communes), "body_id"])
    bodies = read.bodies
    again = bodies["body_id"].isin(described)
    is_near = bodies["body_id"].isin(touched)
    kept = bodies[is_near & ~again]
    counts = {
        _AWAY: int((~is_near).sum()),
        _DESCRIBED: int((is_near & again).sum()),
        _NO_COMMUNE: len(read.dropped),
    }
    left_out = [
        (file, counted_lines(n_rows), "", reason)
        for reason, n_rows in counts.items()
        if n_rows
    ]
    of_kept_bodies = read.table["body_id"].isin(kept["body_id"])
    remarks = read.notes["detail"] + read.notes["subject"]
    of_kept = remarks.map(lambda text: any(name in text for name in kept["name"]))
    return BodyTables(
        table=read.table[of_kept_bodies].reset_index(drop=True),
        bodies=kept.reset_index(drop=True),
        dropped=dropped_rows(left_out),
        notes=read.notes[of_kept.astype(bool)].reset_index(drop=True),
        # An earlier source may describe a body and not say where it sits.
        seats=read.seats[read.seats["body_id"].isin(touched)].reset_index(drop=True),
    )


def unite_epci(
    body_id: str,
    label: str,
    *,
    of: Sequence[str],
    members: Mapping[str, Collection[str]],
    on_date: str,
) -> BodyTables:
    """Make the body that whole EPCI are together: no legal person, to be confirmed.

    An EPCI whose members no source named before lists is refused.
    """
    faults = Faults(f"réunion « {body_id} »")
    for siren in of:
        if siren not in members:
            remedy = "nommer avant elle une source qui liste ses communes"
            faults.add(f"EPCI « {siren} » sans liste de membres", remedy=remedy)
    faults.raise_if_any(StudyError)
    codes = sorted({code for siren in of for code in members[siren]})
    shared = {"status": "a_confirmer", "source": UNION}
    body = {
        "body_id": body_id,
        "kind": "autre",
        "name": label,
        "legal_person": False,
        "economic_competence": False,
        "waste_competence": False,
    }
    table = pd.DataFrame(
        {
            "body_id": body_id,
            "code_insee": codes,
            "from_date": on_date,
            "to_date": "",
            **shared,
        }
    )
    return BodyTables(
        table=validate(table, table="membership", where=body_id),
        bodies=validate(pd.DataFrame([body | shared]), table="bodies", where=body_id),
        dropped=dropped_rows([]),
        notes=note_rows([]),
    )
