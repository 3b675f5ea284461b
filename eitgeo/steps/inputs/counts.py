"""Counts of employers, employees and establishments, commune by commune."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from eitgeo.check import hint
from eitgeo.errors import StudyError
from eitgeo.reference.indicators import point_kinds
from eitgeo.sources.files.loaded import Audited, Loaded, away, dropped_rows, drops
from eitgeo.sources.ground.points import read_points
from eitgeo.steps.files import count_files
from eitgeo.steps.inputs.losses import tell_changed_files, write_losses
from eitgeo.steps.inputs.readers import reader_of
from eitgeo.steps.inputs.renewal import load_former, renewed
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.readers import PointSource
from eitgeo.study.sources import CountSource
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table
from eitgeo.territory.counts import (
    covered_communes,
    require_covered,
    summed_by_commune,
    with_empty_communes,
    with_zeros,
)
from eitgeo.territory.former import with_former
from eitgeo.zones.sectors import counted_sectors

_TABLES = {
    "activity_ape": ("urssaf_ape",),
    "activity_insee": ("insee_comparator",),
    "activity_urssaf": ("urssaf_sectors",),
}
"""Readers behind each table: those of two producers are never in one."""


@step(
    "Effectifs et établissements comptés",
    writes=(
        "activity_urssaf",
        "activity_insee",
        "activity_ape",
        "counted_sectors",
        "counts_dropped",
        "counts_remarks",
        "points",
    ),
    files="count_files",
)
def run(
    communes: gpd.GeoDataFrame, membership: pd.DataFrame, *, project: Project
) -> dict[str, object]:
    """Write what registers count, and what was left out of it."""
    tell_changed_files(project, count_files(project))
    parts = [
        (one, _load(project, one, communes=communes, membership=membership))
        for one in project.study.sources.counts
    ]
    facts: dict[str, object] = {}
    tables = {}
    for table, readers in _TABLES.items():
        read = [loaded.table for one, loaded in parts if one.reader in readers]
        rows = tables[table] = pd.concat(read) if read else empty_table(table)
        write_table(project.processed, rows, table=table)
        is_covered = communes["code_insee"].isin(rows["code_insee"])
        facts[f"communes couvertes, {table}"] = int(is_covered.sum())
    employers = tables["activity_urssaf"]
    sectors = counted_sectors(
        employers if len(employers) else tables["activity_ape"],
        tables["activity_insee"],
        area=set(communes.loc[communes["in_area"], "code_insee"]),
    )
    write_table(project.processed, sectors, table="counted_sectors")
    points = [
        (one.reader, _points_of(project, one, communes=communes))
        for one in project.study.sources.points
    ]
    found = [loaded.table for _, loaded in points]
    rows = pd.concat(found) if found else empty_table("points")
    write_table(project.processed, rows, table="points")
    told = [*((one.reader, loaded) for one, loaded in parts), *points]
    losses = write_losses(project.processed, "counts", told or [("", _nothing())])
    facts |= {kind: len(loaded.table) for kind, loaded in points}
    return facts | losses


def _load(
    project: Project,
    source: CountSource,
    *,
    communes: pd.DataFrame,
    membership: pd.DataFrame,
) -> Audited:
    """Read one source in present communes, with the zeros of those that it covers."""
    path = project.path(source.path)
    former = load_former(project, communes)
    read = reader_of(source)(path, **_asked(source, communes, former))
    loaded = read if isinstance(read, Loaded) else Loaded(read, dropped_rows([]))
    present = renewed(loaded, former, path=source.path)
    table = summed_by_commune(present.table)
    if source.reader == "urssaf_ape":
        table = with_empty_communes(table, communes["code_insee"])
    if source.covers is None:  # each commune has its rows, or its département has
        return replace(present, table=table)
    covered = covered_communes(
        communes,
        membership,
        source.covers,
        on_date=project.study.territory.on_date,
    )
    gone = away(table, communes)
    rows = table[gone.eq("")]
    require_covered(rows, covered, communes=communes, file=path.name)
    row_names = table["code_insee"] + ", " + table["sector"]
    return replace(
        present,
        table=with_zeros(rows, covered),
        dropped=pd.concat(
            [present.dropped, dropped_rows(drops(path.name, row_names, gone))],
            ignore_index=True,
        ),
    )


def _asked(
    source: CountSource, communes: pd.DataFrame, former: pd.DataFrame
) -> dict[str, object]:
    """Say what the reader of a national file keeps."""
    if source.reader != "urssaf_ape":
        return {}
    return {"communes": with_former(communes, former), "year": source.year}


def _points_of(
    project: Project, source: PointSource, *, communes: gpd.GeoDataFrame
) -> Audited:
    """Read the points of one kind, each in a present commune."""
    kinds = point_kinds()
    if source.reader not in kinds:
        message = (
            f"study.yaml : « sources.points » : aucun indicateur ne compte "
            f"« {source.reader} » → {hint(source.reader, kinds)}"
        )
        raise StudyError(message)
    former = load_former(project, communes)
    loaded = read_points(
        project.path(source.path),
        communes=with_former(communes, former),
        kind=source.reader,
    )
    return renewed(loaded, former, path=source.path)


def _nothing() -> Loaded:
    return Loaded(empty_table("activity_urssaf"), dropped_rows([]))
