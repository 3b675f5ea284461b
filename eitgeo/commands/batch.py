"""Many studies over a cluster: one a task, then one table and one map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from eitgeo.check import Faults
from eitgeo.commands.batch_run import Outcome, lost, run_study
from eitgeo.commands.children import outcomes_here
from eitgeo.errors import StudyError
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.prints.national_map import national_map
from eitgeo.steps.engine.keeper import edited_files, handing_over
from eitgeo.steps.engine.leavings import remove_unclaimed, tell_edited
from eitgeo.steps.engine.ledger import ANYWHERE, read_ledger
from eitgeo.steps.engine.lock import one_run
from eitgeo.store import write, write_bytes, write_json
from eitgeo.study.project import Project, open_project
from eitgeo.study.sections import Study
from eitgeo.tables.public import PublicTables, Released, gathered

__all__ = ["Batch", "Options", "Outcome", "find_studies", "run_batch"]

RETRIES = 2
LOG_NAME = "lot.json"
NATIONAL = "national"
_OWN = {NATIONAL, LOG_NAME}

_TABLE, _MAP = "indicateurs.parquet", "carte_etudes"
_FIRST = ("study_id", "study_title", "edition", "perimeter_id", "perimeter_name")


class Batch(NamedTuple):
    """What a batch gave.

    ``outcomes``: what became of each study, by name. ``files``: the national table and
    map; empty when no study was done.
    """

    outcomes: tuple[Outcome, ...]
    files: tuple[Path, ...]


class Options(NamedTuple):
    """How a batch is run.

    ``scheduler``: address of a Dask scheduler; empty: processes of this machine.
    ``workers``: how many of these; 0: in this process, one study after the other.
    ``effort``: replaces the effort of the studies; None: their own. ``retries``: how
    many times a study is tried again when its worker is lost. ``only``: names of the
    steps to run; empty: all.
    """

    scheduler: str = ""
    workers: int = 2
    effort: str | None = None
    retries: int = RETRIES
    only: tuple[str, ...] = ()


def find_studies(folder: Path) -> dict[str, Path]:
    """List the studies of a folder.

    Notes
    -----
    Names that begin with a dot are left out: systems leave such files behind.
    """
    faults = Faults(folder.name)
    studies: dict[str, Path] = {}
    named = [(path.parent.name, path) for path in folder.glob("*/study.yaml")]
    named += [(path.stem, path) for path in folder.glob("*.yaml")]
    seen: set[str] = set()
    for name, path in sorted(one for one in named if not one[0].startswith(".")):
        # Windows and macOS make one folder of « Lot » and « lot ».
        if name.casefold() in seen:
            faults.add(f"deux études « {name} »", remedy="en renommer une")
        if name.casefold() in _OWN:
            faults.add(f"une étude « {name} » : nom réservé", remedy="la renommer")
        seen.add(name.casefold())
        studies[name] = path
    if not studies:
        faults.add("aucune étude", remedy="y mettre NOM/study.yaml ou NOM.yaml")
    faults.raise_if_any(StudyError)
    return studies


def run_batch(
    folder: Path,
    out: Path,
    *,
    options: Options,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> Batch:
    """Run the studies of a folder; those that fail do not stop the others."""
    studies = find_studies(folder)
    with one_run(out / ".lot"):
        outcomes = sorted(_outcomes(studies, out, options, tell))
        log = {one.name: _told(one) for one in outcomes}
        ledger = read_ledger(out, out / ".lot", folders=ANYWHERE)
        with handing_over(ledger):
            write_json(out / LOG_NAME, log)
        done = {one.name: studies[one.name] for one in outcomes if one.status == "fait"}
        failed = [one.name for one in outcomes if one.status != "fait"]
        with handing_over(ledger):
            files = publish_national(done, out, folder=out / NATIONAL, failed=failed)
        written = [out / LOG_NAME, *files]
        if files:
            remove_unclaimed(ledger, written)
        tell_edited(edited_files(ledger, written))
    return Batch(tuple(outcomes), tuple(files))


def _outcomes(
    studies: dict[str, Path],
    out: Path,
    options: Options,
    tell: Callable[[Outcome], None],
) -> list[Outcome]:
    arguments = {
        name: (name, str(path.resolve()), str((out / name).resolve()))
        for name, path in studies.items()
    }
    one_study = partial(run_study, effort=options.effort, only=options.only)
    outcomes = []
    for outcome in _each(one_study, arguments, options):
        outcomes.append(outcome)
        tell(outcome)
    return outcomes


def _each(
    one_study: Callable[..., Outcome],
    arguments: dict[str, tuple[str, str, str]],
    options: Options,
) -> Iterator[Outcome]:
    if options.scheduler:
        from eitgeo.commands.children import outcomes_there  # noqa: PLC0415 - seconds

        yield from outcomes_there(
            one_study, arguments, scheduler=options.scheduler, retries=options.retries
        )
    elif options.workers:
        yield from outcomes_here(
            one_study, arguments, workers=options.workers, retries=options.retries
        )
    else:
        for name, values in arguments.items():
            try:
                outcome = one_study(*values)
            except Exception as error:  # noqa: BLE001 - told; the others go on
                outcome = lost(error, name)
            yield outcome


def _told(outcome: Outcome) -> dict[str, Any]:
    figures = outcome._asdict()
    if outcome.peak_mb != outcome.peak_mb:  # NaN is not JSON
        figures["peak_mb"] = None
    return figures


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
    table = folder / f"{prefix}{_TABLE}"
    parts = (_indicators(name, project) for name, project in projects.items())
    write(table, lambda partial: _write_parts(partial, parts))
    areas = gathered([_area(name, project) for name, project in projects.items()])
    pictures = compose(national_map(areas, absent=failed), _sheet(studies))
    return [
        table,
        *(
            write_bytes(folder / f"{prefix}{_MAP}.{kind}", content)
            for kind, content in pictures.items()
        ),
    ]


def _sheet(studies: Sequence[Study]) -> Sheet:
    """Say what studies are together: as settled and as precise as the least of them."""
    identities = [one.identity for one in studies]
    return Sheet(
        title="Études calculées ensemble",
        subtitle="",
        edition=max(one.edition for one in identities),
        status="valide"
        if all(one.status == "valide" for one in identities)
        else "projet",
        effort="complet"
        if all(one.effort == "complet" for one in identities)
        else "rapide",
    )


def _area(name: str, project: Project) -> Released:
    """Join the communes of a study area."""
    communes = PublicTables(project.processed)["communes"]
    layer = gpd.GeoDataFrame(communes.table)
    shape = layer.loc[layer["in_area"], "geometry"].union_all()
    return replace(
        communes,
        table=gpd.GeoDataFrame({"study_id": [name]}, geometry=[shape], crs=layer.crs),
        demonstration=project.study.demonstration_reasons,
    )


def _indicators(name: str, project: Project) -> pd.DataFrame:
    study, public = project.study, PublicTables(project.processed)
    rows = public["indicators_public"].table
    perimeters = public["perimeters"].table.set_index("perimeter_id")
    rows_fr = rows.assign(
        study_id=name,
        study_title=study.identity.title,
        edition=f"{study.identity.edition}",
        perimeter_name=rows["perimeter_id"].map(perimeters["name"].astype(str)),
    )
    others = [column for column in rows_fr.columns if column not in _FIRST]
    return rows_fr[[*_FIRST, *others]]


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
