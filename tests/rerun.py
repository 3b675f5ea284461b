"""A study run again: with other parameters, and what became of its steps."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from eitgeo.maps.paper.sheet import Sheet
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import Facts, StepReport
from eitgeo.steps.engine.run import plan_steps
from eitgeo.study.project import Project

COARSE_DPI = 60


@contextmanager
def coarse_pictures() -> Iterator[None]:
    """Draw pictures that no test looks at with a sixth of their dots."""
    with mock.patch.object(Sheet, "png_dpi", COARSE_DPI):
        yield


@contextmanager
def blank_pictures() -> Iterator[None]:
    """Write pictures that no test looks at without their dots, with their notes.

    A PDF draws what its picture would have; those of the delivered study are drawn.
    """

    def clear(canvas: Any) -> None:
        canvas.renderer = canvas.get_renderer()

    drawing = "matplotlib.backends.backend_agg.FigureCanvasAgg.draw"
    with coarse_pictures(), mock.patch(drawing, clear):
        yield


def changed(project: Project, section: str, **values) -> Project:
    """Return the same project with other parameters."""
    part = getattr(project.study, section).model_copy(update=values)
    study = project.study.model_copy(update={section: part})
    return Project(study, project.base, project.out)


def read_once(read: Callable[..., Any]) -> Callable[..., Any]:
    """Return a reader of the files of a study that reads them once."""
    held: dict[tuple[Path, str], Any] = {}

    def reading(project: Project, *rest: Any) -> Any:
        study = project.study
        parts = (study.sources, study.territory)
        key = project.base, " ".join(one.model_dump_json() for one in parts)
        if key not in held:
            held[key] = read(project, *rest)
        return copy.deepcopy(held[key])

    return reading


def run_step(name: str, project: Project) -> Facts:
    """Run one step of the package, whatever its state."""
    return next(step for step in STEPS if step.name == name).run(project)


def behind(*wanted: str) -> set[str]:
    """Return the names of steps, and of all those whose tables they wait for."""
    named = {step.name: step for step in STEPS}
    writers = {table: step.name for step in STEPS for table in step.writes}
    found: set[str] = set()
    ahead = list(wanted)
    while ahead:
        if (name := ahead.pop()) not in found:
            found.add(name)
            ahead += [
                writers[table] for table in named[name].tables + named[name].opened
            ]
    return found


def by_status(reports: list[StepReport], status: str) -> set[str]:
    """Return the names of the steps with a status."""
    return {report.step.name for report in reports if report.status == status}


def pending(project: Project) -> set[str]:
    """Return the steps that would run, those only reached by what precedes them too."""
    return by_status(plan_steps(STEPS, project), "pending")


def tables(folder: Path) -> dict[str, bytes]:
    """Return every table of « data/processed », and its sidecar."""
    processed = folder / "data/processed"
    found = sorted(processed.rglob("*.parquet*"))
    return {path.relative_to(processed).as_posix(): path.read_bytes() for path in found}
