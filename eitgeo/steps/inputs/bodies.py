"""Bodies and their members, from the sources that the study names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.sources.files.loaded import Audited, dropped_rows, note_rows
from eitgeo.sources.territory.banatic import read_banatic, read_siren_codes
from eitgeo.sources.territory.bodies import (
    BodyTables,
    join_periods,
    keep_touching,
    merge_bodies,
    read_bodies,
    read_member_names,
    read_membership,
    unite_epci,
)
from eitgeo.sources.territory.cog import read_epci_members
from eitgeo.sources.territory.dgcl_members import read_dgcl_bodies
from eitgeo.sources.territory.insee_belonging import read_insee_belonging
from eitgeo.steps.inputs.losses import Part
from eitgeo.steps.inputs.renewal import load_former, renewed
from eitgeo.study.project import Project
from eitgeo.study.sources import BodySource
from eitgeo.territory.former import renew_codes

_EPCI = r"epci_\d{9}"


def load_bodies(
    project: Project, communes: pd.DataFrame
) -> tuple[BodyTables, list[Part]]:
    """Read the bodies of every source, the earlier one winning."""
    sources = project.study.sources.body_sources
    departements = sorted(set(communes["dep"]))
    former = load_former(project, communes)
    codes_at_hand = {*communes["code_insee"], *former["old_code"]}
    tables: list[BodyTables] = []
    parts: list[Part] = []
    exports = [one for one in sources if one.reader == "banatic"]
    for source in sources:
        if source.reader == "csv":
            tables.append(_from_csv(project, source))
        elif source.reader == "insee_belonging":
            path = project.path(source.file)
            date = _date(source)
            tables.append(
                read_insee_belonging(path, on_date=date, departements=departements)
            )
            parts.append((source.reader, tables[-1]))
        elif source.reader == "dgcl":
            tables.append(_from_dgcl(project, source, codes_at_hand))
            parts.append((source.reader, tables[-1]))
        elif source.reader == "union":
            tables.append(_union(project, source, before=tables))
        elif source is exports[0]:
            joined, remarks = _from_banatic(
                project, exports, before=tables, here=codes_at_hand
            )
            tables.append(joined)
            parts += remarks
    merged = _renewed(merge_bodies(tables), former)
    return merged, [*parts, ("réunion des sources", merged)]


def load_member_names(project: Project) -> dict[str, str]:
    """Read how the members that the layer does not hold are called."""
    written = project.study.sources.member_names
    if written is None:
        return {}
    rows = read_member_names(project.path(written))
    return dict(zip(rows["code_insee"], rows["nom"], strict=True))


def _renewed(bodies: BodyTables, former: pd.DataFrame) -> BodyTables:
    """Give members the codes of the layer: an older list cuts nothing by itself."""
    new = renewed(
        Audited(bodies.table, bodies.dropped, bodies.notes), former, path=None
    )
    # Two parts of a commune are one member; a doubt on one is a doubt on it.
    members = new.table.sort_values("status", kind="stable")
    once = members.drop_duplicates(["body_id", "code_insee", "from_date"])
    seats = renew_codes(bodies.seats, former)
    return replace(bodies, table=once.sort_index(), notes=new.notes, seats=seats)


def body_file_names(project: Project) -> tuple[str, str]:
    """Name the files of the bodies and of their members, for messages."""
    sources = project.study.sources.body_sources
    files = [one for one in sources if one.reader != "union"]
    bodies = [one.file.name for one in files]
    members = [(one.membership or one.file).name for one in files]
    return ", ".join(bodies), ", ".join(members)


def _from_csv(project: Project, source: BodySource) -> BodyTables:
    return BodyTables(
        table=read_membership(_path(project, source, "membership")),
        bodies=read_bodies(project.path(source.file)),
        dropped=dropped_rows([]),
        notes=note_rows([]),
    )


def _from_dgcl(project: Project, source: BodySource, here: set[str]) -> BodyTables:
    """Read the national list; EPCI that touch no commune of the layer are counted."""
    path = project.path(source.file)
    read = read_dgcl_bodies(path, on_date=_date(source))
    return keep_touching(read, communes=here, file=path.name)


def _union(
    project: Project, source: BodySource, *, before: Sequence[BodyTables]
) -> BodyTables:
    if source.body_id is None or source.label is None or source.of is None:
        message = "« body_id », « label » et « of » sont nécessaires à une réunion"
        raise StudyError(message)
    date = project.study.territory.on_date
    return unite_epci(
        source.body_id,
        source.label,
        of=source.of,
        members=_members_of_epci(before, date),
        on_date=date.isoformat(),
    )


def _from_banatic(
    project: Project,
    exports: Sequence[BodySource],
    *,
    before: Sequence[BodyTables],
    here: set[str],
) -> tuple[BodyTables, list[Part]]:
    """Read the exports of each date, then join the dates into periods."""
    dated: dict[dt.date, list[BodyTables]] = {}
    parts: list[Part] = []
    ids = {one for tables in before for one in tables.bodies["body_id"]}
    for source in exports:
        codes = read_siren_codes(_path(project, source, "siren_codes"))
        date = _date(source)
        known = _members_of_epci(before, date)
        if source.epci is not None:
            known |= _listed_epci(project.path(source.epci))
        path = project.path(source.file)
        read = read_banatic(
            path,
            communes=dict(codes.table[["siren", "code_insee"]].to_numpy().tolist()),
            on_date=date,
            known=known,
            bodies=source.bodies or None,
        )
        if not source.bodies:  # all of France: what is far is counted, not kept
            read = keep_touching(read, communes=here, described=ids, file=path.name)
        dated.setdefault(date, []).append(read)
        parts += [(source.reader, codes), (source.reader, read)]
    joined = join_periods([merge_bodies(same) for same in dated.values()])
    return joined, [*parts, ("réunion des exports BANATIC", joined)]


def _members_of_epci(
    tables: Iterable[BodyTables], date: dt.date
) -> dict[str, list[str]]:
    members = [one.table for one in tables]
    if not members:
        return {}
    day = date.isoformat()
    rows = pd.concat(members)
    rows = rows[rows["body_id"].str.fullmatch(_EPCI)]
    rows = rows[(rows["from_date"] <= day) & ~rows["to_date"].between("0", day)]
    sirens = rows["body_id"].str.removeprefix("epci_")
    return dict(rows.groupby(sirens)["code_insee"].agg(list))


def _listed_epci(path: Path) -> dict[str, list[str]]:
    members = read_epci_members(path)
    return dict(members.groupby("epci_siren")["code_insee"].agg(list))


def _date(source: BodySource) -> dt.date:
    if source.on_date is None:
        message = f"« on_date » est nécessaire au lecteur « {source.reader} »"
        raise StudyError(message)
    return source.on_date


def _path(project: Project, source: BodySource, key: str) -> Path:
    written: Path | None = getattr(source, key)
    if written is None:
        message = f"« {key} » est nécessaire au lecteur « {source.reader} »"
        raise StudyError(message)
    return project.path(written)
