"""What `eitgeo fetch` does and says; the slow imports are here."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from eitgeo.cli.shared import french_duration, french_number
from eitgeo.commands.real_register import DISK
from eitgeo.errors import SourceError
from eitgeo.sources.fetch.plan import (
    FETCHED_NAME,
    Fetched,
    Outcome,
    Watch,
    inspect_files,
    planned_downloads,
    read_fetched,
    record_digests,
)
from eitgeo.sources.fetch.register import (
    Download,
    RegisterRow,
    expand_rows,
    read_register,
    select_rows,
)
from eitgeo.sources.fetch.run import (
    FetchBusyError,
    announced_sizes,
    fetch_files,
    open_client,
)
from eitgeo.sources.territory.bodies import read_membership
from eitgeo.words import french_size, round_significant

if TYPE_CHECKING:
    from eitgeo.study.project import Project

BusyError = FetchBusyError
REGISTER = "data/sources.csv"
_BY_HAND = "à télécharger à la main"
_STATES = {
    "missing": "à télécharger",
    "partial": "à reprendre",
    "outdated": "à reprendre : le registre a changé",
    "present": "déjà là",
    "unrecorded": "déjà là, mis à la main",
    "changed": "MODIFIÉ depuis le téléchargement, ou autre que celui du registre",
}


@dataclass(frozen=True)
class FetchOptions:
    """What the user asks for.

    ``only``: names of rows, targets or files; empty: all. ``departements``: codes;
    empty: those of the study. ``force``: bring in again what is there. ``proxy``:
    address of the proxy; empty: that of the environment. ``record``: write the digests
    found into the register.
    """

    only: Sequence[str] = ()
    departements: Sequence[str] = ()
    force: bool = False
    proxy: str = ""
    record: bool = False


@dataclass(frozen=True)
class _Asked:
    """The rows picked and the files they stand for."""

    base: Path
    rows: list[RegisterRow]
    items: list[Download]

    @property
    def register(self) -> Path:
        return self.base / REGISTER

    def fetched(self) -> dict[str, Fetched]:
        return read_fetched(self.register.with_name(FETCHED_NAME))


def plan_fetch(project: Project, options: FetchOptions) -> list[str]:
    """Say what would be fetched; nothing is written."""
    asked = _asked(project, options)
    planned = inspect_files(asked.items, base=asked.base, fetched=asked.fetched())
    todo = planned_downloads(planned, force=options.force)
    asker = open_client(proxy=options.proxy, read_s=10.0)
    sizes = announced_sizes(todo, client=asker)
    lines = []
    for plan in planned:
        is_asked = plan.item in todo
        size = sizes[plan.item.path] if is_asked else plan.size_bytes
        size_text = "taille inconnue" if size is None else french_size(size)
        forced = is_asked and plan.state in {"present", "unrecorded", "changed"}
        state = "à télécharger de nouveau" if forced else _STATES[plan.state]
        lines.append(f"{plan.item.name} : {state}")
        lines.append(f"  {size_text}, {plan.item.licence}, {plan.item.path}")
        if is_asked:
            lines.append(f"  {plan.item.url}")
    received = sum(plan.size_bytes for plan in planned if plan.state == "partial")
    total = _total_lines(list(sizes.values()), received=received, base=asked.base)
    return [*lines, *_other_lines(asked.rows), *total]


def _total_lines(
    sizes: Sequence[int | None], *, received: int, base: Path
) -> list[str]:
    """Say what there is to download, and the disk that a study then takes."""
    if not sizes:
        return ["Total à télécharger : rien."]
    known = [size for size in sizes if size is not None]
    parts = [_files(len(sizes))]
    if known:
        parts.append(f"{french_size(sum(known))} annoncés")
    if received:
        parts.append(f"dont {french_size(received)} déjà reçus")
    if unknown := len(sizes) - len(known):
        parts.append(f"{french_number(unknown)} de taille inconnue")
    lines = [f"Total à télécharger : {', '.join(parts)}."]
    free = shutil.disk_usage(base).free
    need = int(round_significant(DISK * sum(known), 1))
    nearly = "au moins" if unknown else "de l'ordre de"
    need_text = (
        f"{nearly} {french_size(need)}" if known else "inconnu, faute de tailles"
    )
    lack = "" if need <= free else " : libérer de la place d'abord"
    lines.append(
        f"Disque nécessaire, archives dépliées et tables comprises : {need_text} ; "
        f"libres : {french_size(free)}{lack}."
    )
    return lines


def _files(count: int) -> str:
    return f"{french_number(count)} {'fichiers' if count > 1 else 'fichier'}"


def run_fetch(project: Project, options: FetchOptions, console: Console) -> list[str]:
    """Fetch, tell each file on the console, and give back the faults."""
    asked = _asked(project, options)
    with _Bars(console, total=len(asked.items)) as bars:
        outcomes = fetch_files(
            asked.items,
            base=asked.base,
            register=asked.register,
            force=options.force,
            client=open_client(proxy=options.proxy),
            watch=bars,
        )
    lines = _other_lines(asked.rows)
    if options.record:
        names = record_digests(asked.register, asked.fetched())
        names_text = ", ".join(names) or "aucune"
        lines.append(f"Empreintes inscrites dans {REGISTER} : {names_text}.")
    failed = [str(one.error) for one in outcomes if one.error is not None]
    new = sum(one.status == "fetched" for one in outcomes)
    there = len(outcomes) - new - len(failed)
    lines.append(
        f"Total : {_files(new)} téléchargé{'s' if new > 1 else ''}, {there} déjà là, "
        f"{len(failed)} en échec."
    )
    for line in lines:
        _print(console, line)
    return failed


def _asked(project: Project, options: FetchOptions) -> _Asked:
    register = read_register(project.base / REGISTER)
    rows = select_rows(register, only=options.only)
    codes = list(options.departements)
    if not codes and any(row.is_template for row in rows):
        codes = _study_departements(project)
    items = expand_rows(rows, departements=codes)
    return _Asked(project.base, rows, items)


def _study_departements(project: Project) -> list[str]:
    """List the départements of the declared perimeters, from their members."""
    perimeters = project.study.territory.perimeters
    departements: set[str] = set()
    for source in project.study.sources.body_sources:
        if source.membership is None:
            continue
        members = read_membership(project.path(source.membership))
        ours = members["body_id"].isin(perimeters)
        departements |= {_departement(code) for code in members.loc[ours, "code_insee"]}
    if not departements:
        message = (
            "départements de l'étude inconnus (aucun fichier d'appartenances) → "
            "les donner (--dep 31 --dep 65)"
        )
        raise SourceError(message)
    return sorted(departements)


def _departement(code: str) -> str:
    return code[:3] if code.startswith("97") else code[:2]


def _other_lines(rows: Sequence[RegisterRow]) -> list[str]:
    by_hand = [row for row in rows if row.is_by_hand]
    shipped = sum(row.is_shipped for row in rows)
    lines = [f"{row.name} : {_BY_HAND} ({row.url})" for row in by_hand]
    return [*lines, f"Livrés avec l'étude : {_files(shipped)}."] if shipped else lines


def _print(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


@dataclass
class _Bars(Watch):
    """Tells files on a console: a bar while one comes, a line when it is there."""

    console: Console
    total: int
    told: int = 0
    bars: Progress = field(init=False, repr=False)
    task: TaskID | None = None
    done_bytes: int = 0
    total_bytes: int | None = None

    def __post_init__(self) -> None:
        self.bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[amount]}", markup=False),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.stop()

    def started(
        self, item: Download, *, done_bytes: int, total_bytes: int | None
    ) -> None:
        self._clear()
        self.done_bytes, self.total_bytes = done_bytes, total_bytes
        self.task = self.bars.add_task(
            item.name, total=total_bytes, completed=done_bytes, amount=self._amount()
        )

    def advanced(self, item: Download, n_bytes: int) -> None:  # noqa: ARG002
        self.done_bytes += n_bytes
        if self.task is not None:
            done, amount = self.done_bytes, self._amount()
            self.bars.update(self.task, completed=done, amount=amount)

    def waiting(self, item: Download, reason: str, *, wait_s: float) -> None:
        again = f"nouvel essai dans {french_duration(wait_s)}"
        _print(self.console, f"  {item.file} : {reason} ; {again}")

    def ended(self, outcome: Outcome) -> None:
        self._clear()
        self.told += 1
        rank = f"[{self.told:>{len(str(self.total))}}/{self.total}]"
        _print(self.console, f"{rank} {outcome.item.name} : {_outcome_text(outcome)}")

    def _amount(self) -> str:
        done = french_size(self.done_bytes)
        whole = self.total_bytes
        return done if whole is None else f"{done} sur {french_size(whole)}"

    def _clear(self) -> None:
        if self.task is not None:
            self.bars.remove_task(self.task)
            self.task = None


def _outcome_text(outcome: Outcome) -> str:
    if outcome.status == "failed":
        return "ÉCHEC"
    size = french_size(outcome.size_bytes)
    if outcome.status == "fetched":
        return f"téléchargé, {size} → {outcome.item.path}"
    return f"{_STATES[outcome.status]}, {size}"
