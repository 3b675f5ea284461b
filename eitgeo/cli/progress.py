"""What a run shows while it goes, and what it says at its end."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.status import Status
from rich.text import Text

from eitgeo.cli.shared import french_duration, french_number, plain
from eitgeo.errors import EitgeoError
from eitgeo.steps import declared
from eitgeo.steps.engine.contract import StepReport
from eitgeo.steps.engine.leavings import edited_text
from eitgeo.steps.engine.run import edited_products, plan_steps
from eitgeo.store import relative_name
from eitgeo.study.prints import WELCOME

if TYPE_CHECKING:
    from eitgeo.study.project import Project

PROGRESS = "eitgeo.progress"
"""Logger that long steps tell how far they are."""

_WORDS = {
    "current": "à jour",
    "failed": "ÉCHEC",
    "blocked": "non tentée : une étape en amont a échoué",
}


@dataclass
class Progress:
    """Tells steps on a console, one line each, a spinner while one runs."""

    console: Console
    total: int
    told: int = 0
    running: list[str] = field(default_factory=list)
    spinner: Status | None = field(default=None, repr=False)

    def tell(self, report: StepReport) -> None:
        """Show what became of a step."""
        label = report.step.label
        self._stop()
        if report.status == "running":
            self.running.append(label)
            self._spin()
            return
        if label in self.running:
            self.running.remove(label)
        self.told += 1
        rank = f"[{self.told:>{len(str(self.total))}}/{self.total}]"
        self._print(f"{rank} {label} : {_outcome(report)}")
        self._spin()

    @contextmanager
    def telling_losses(self) -> Iterator[None]:
        """Show what the package warns of, such as rows that a reader leaves out."""
        handler, stages = _Warnings(self), _Stages(self)
        logger, progress = logging.getLogger("eitgeo"), logging.getLogger(PROGRESS)
        level = progress.level
        logger.addHandler(handler)
        progress.addHandler(stages)
        progress.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            progress.removeHandler(stages)
            progress.setLevel(level)

    def stage(self, text: str) -> None:
        """Show beside the spinner how far a long step is."""
        if self.spinner is not None:
            self.spinner.update(Text(f"{text} …"))

    def warn(self, text: str) -> None:
        """Show a warning among the steps."""
        self._print(f"  Attention – {text}")

    def interrupted(self) -> None:
        """Say that the user stopped the run."""
        self._stop()
        self._print("Interrompu. Relancez la même commande pour reprendre.")

    def _spin(self) -> None:
        """Show what runs, one step or several."""
        if self.running:
            shown = Text(f"{' · '.join(self.running)} …")
            self.spinner = self.console.status(shown, spinner="line")
            self.spinner.start()

    def _stop(self) -> None:
        if self.spinner is not None:
            self.spinner.stop()
            self.spinner = None

    def _print(self, text: str) -> None:
        self.console.print(plain(text), markup=False, highlight=False, soft_wrap=True)


class _Stages(logging.Handler):
    """Hands over to the console how far a long step is."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(level=logging.INFO)
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        self.progress.stage(record.getMessage())


class _Warnings(logging.Handler):
    """Hands warnings of the package over to the console."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(level=logging.WARNING)
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        self.progress.warn(record.getMessage())


def closing_lines(
    project: Project, reports: Sequence[StepReport], *, seconds: float
) -> list[str]:
    """Sum a run up: what was published, and how long it took.

    After a failure nothing is listed: what is there is only said to be kept.
    """
    maps = project.maps
    made = {path for one in reports for path in one.step.products(project)}
    published = sorted(path for path in made if path.is_file())
    published = [path for path in published if path.is_relative_to(maps)]
    spent = french_duration(seconds)
    ran, current, failed = (
        sum(report.status == status for report in reports)
        for status in ("done", "current", "failed")
    )
    counts = f"{ran} étape(s) exécutée(s), {current} à jour"
    if ran + current < len(reports):
        untried = len(reports) - ran - current - failed
        counts = f"{failed} étape(s) en échec, {untried} non tentée(s) ; {counts}"
        notice = (
            f"Conservé dans {maps} : {len(published)} fichier(s) d'un calcul "
            "antérieur ou incomplet, à ne pas lire comme le résultat de celui-ci."
        )
        return [
            *([notice] if published else []),
            f"Calcul inachevé : {counts} ; {spent}.",
        ]
    lines = [f"Publié dans {maps} :"] if published else []
    lines += [f"  {relative_name(path, maps)}" for path in published]
    home = project.published(WELCOME, ".html")
    if home in published:
        lines.append(f"Par où commencer : {home}")
    return [*lines, f"Total : {counts} ; {spent}."]


def failure_text(report: StepReport) -> str:
    """Explain a failure: the message alone, or the trace of an unforeseen one."""
    if isinstance(report.error, EitgeoError):
        return f"Étape « {report.step.label} » : {report.error}"
    trace = "".join(traceback.format_exception(report.error)) if report.error else ""
    return (
        f"{trace}Étape « {report.step.label} » : anomalie du logiciel. "
        "Joignez les lignes ci-dessus à votre signalement."
    )


def dry_run_lines(project: Project, *, reads_all: bool) -> list[str]:
    """Say what a run would do, and which files of the user it would leave."""
    steps = declared.STEPS
    plan = plan_steps(steps, project, reads_all=reads_all)
    edited = edited_products(steps, project, reads_all=reads_all)
    return [*plan_lines(plan), *map(edited_text, edited)]


def plan_lines(reports: Sequence[StepReport]) -> list[str]:
    """Say which steps would run and why."""
    pending = [report for report in reports if report.status == "pending"]
    if not pending:
        return ["Tout est à jour : rien à exécuter."]
    lines = [f"{len(pending)} étape(s) à exécuter sur {len(reports)} :"]
    for report in pending:
        lines.append(f"  {report.step.label}")
        lines += [f"    - {reason}" for reason in report.reasons]
    return lines


def _outcome(report: StepReport) -> str:
    if isinstance(report.error, KeyboardInterrupt):
        return "interrompue"
    if report.status in _WORDS:
        return _WORDS[report.status]
    facts = [f"{word} {french_number(value)}" for word, value in report.facts.items()]
    return " ; ".join([french_duration(report.cost.seconds), *facts])
