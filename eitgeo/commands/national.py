"""What the studies of a batch published, put together: one table, one map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from eitgeo.disclosure.door.passing import released
from eitgeo.disclosure.door.rules import gathered
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.prints.national_map import national_map
from eitgeo.store import write, write_bytes
from eitgeo.study.project import open_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from eitgeo.study.project import Project
    from eitgeo.study.sections import Study

_TABLE, _MAP = "indicateurs.parquet", "carte_etudes"
_FIRST = ("study_id", "study_title", "edition", "perimeter_id", "perimeter_name")


def publish_national(
    done: Mapping[str, Path], out: Path, *, folder: Path, failed: Sequence[str]
) -> list[Path]:
    """Gather the released indicators of studies, and map their areas."""
    if not done:
        return []
    projects = {
        name: open_project(path, out=out / name) for name, path in sorted(done.items())
    }
    studies = [one.study for one in projects.values()]
    reasons = sorted({r for one in studies for r in one.demonstration_reasons})
    prefix = "DEMO_" if reasons else ""
    names = (_TABLE, f"{_MAP}.png", f"{_MAP}.pdf")
    for name in names:  # a file of the user may bear a name like it
        for stale in {"", "DEMO_"} - {prefix}:
            (folder / f"{stale}{name}").unlink(missing_ok=True)
    table = folder / f"{prefix}{_TABLE}"
    parts = (_indicators(name, project) for name, project in projects.items())
    write(table, lambda partial: _write_parts(partial, parts))
    areas = gathered(
        [released(project, "area", study_id=name) for name, project in projects.items()]
    )
    drawn = compose(national_map(areas, absent=failed), _sheet(studies))
    return [
        table,
        *(
            write_bytes(folder / f"{prefix}{_MAP}.{kind}", content)
            for kind, content in drawn.items()
        ),
    ]


def _sheet(studies: Sequence[Study]) -> Sheet:
    """Say what studies are together: as settled and as precise as the least of them."""
    told = [one.identity for one in studies]
    return Sheet(
        title="Études calculées ensemble",
        subtitle="",
        edition=max(one.edition for one in told),
        status="valide" if all(one.status == "valide" for one in told) else "projet",
        effort="complet" if all(one.effort == "complet" for one in told) else "rapide",
    )


def _indicators(name: str, project: Project) -> pd.DataFrame:
    study = project.study
    rows = released(project, "indicators_public").table
    perimeters = released(project, "perimeters").table.set_index("perimeter_id")
    told = rows.assign(
        study_id=name,
        study_title=study.identity.title,
        edition=f"{study.identity.edition}",
        perimeter_name=rows["perimeter_id"].map(perimeters["name"].astype(str)),
    )
    others = [column for column in told.columns if column not in _FIRST]
    return told[[*_FIRST, *others]]


def _write_parts(path: Path, parts: Iterator[pd.DataFrame]) -> None:
    """Write one study after the other: a thousand do not stand in memory at once."""
    writer = None
    for part in parts:
        table = pa.Table.from_pandas(part, preserve_index=False)
        if writer is None:
            writer = pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()
