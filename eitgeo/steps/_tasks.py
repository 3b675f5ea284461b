"""Steps as pytask sees them: nodes for files and parameters, one task per step."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pytask import TaskWithoutPath

from eitgeo.steps._code import code_digests, libraries
from eitgeo.steps._costs import Cost, spent
from eitgeo.steps._engine import sidecar_path
from eitgeo.steps._keeper import StepKeeper
from eitgeo.steps._ledger import has_digest
from eitgeo.steps._states import require_unmoved
from eitgeo.store import digest, input_digests, keeping, relative_name, write_sidecar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from eitgeo.steps._engine import Facts, Step
    from eitgeo.steps._states import FileStates
    from eitgeo.study import Project

LIBRARIES = "bibliothèques"
STUDY_PREFIX = "étude:"
FILES_READ = "liste des fichiers lus"

type Status = Literal["running", "done", "current", "failed", "blocked", "pending"]


@dataclass(frozen=True)
class StepReport:
    """What became of a step.

    Attributes
    ----------
    step
        The step.
    status
        ``running``; ``done``; ``current``, nothing to do; ``failed``; ``blocked``, a
        step that it needs failed; ``pending``, it would run.
    cost
        What it cost.
    facts
        What it told of itself.
    error
        Why it failed.
    reasons
        Why it would run, in French.
    """

    step: Step
    status: Status
    cost: Cost = field(default_factory=Cost)
    facts: Facts = field(default_factory=dict)
    error: BaseException | None = None
    reasons: tuple[str, ...] = ()


@dataclass(kw_only=True)
class FileNode:
    """A file, known to pytask by a name that does not depend on the machine."""

    name: str
    file: Path
    states: FileStates = field(repr=False)
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """Identity of the node among those of a run.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        return _sha256(f"file:{self.file.as_posix()}")

    def state(self) -> str | None:
        """Return the digest of the file, or None when it is absent.

        Returns
        -------
        str or None
            64 hexadecimal digits; None when the file is absent.
        """
        return self.states.state(self.file)

    def load(self, is_product: bool = False) -> Path:  # noqa: FBT001, FBT002
        """Return the path, as pytask's protocol asks.

        Parameters
        ----------
        is_product
            Not used.

        Returns
        -------
        pathlib.Path
            The file.
        """
        del is_product
        return self.file

    def save(self, value: bytes) -> None:
        """Refuse: only the store writes.

        Parameters
        ----------
        value
            What pytask would save.

        Raises
        ------
        TypeError
            Always.
        """
        message = f"{self.name}: steps write through eitgeo.store ({len(value)} bytes)"
        raise TypeError(message)


@dataclass(kw_only=True)
class ValueNode:
    """A JSON-ready value: a part of the study, the versions of libraries."""

    name: str
    value: Any
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """Identity of the node among those of a run.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        return _sha256(f"value:{self.name}")

    def state(self) -> str | None:
        """Return the digest of the value.

        Returns
        -------
        str or None
            64 hexadecimal digits.
        """
        return _sha256(json.dumps(self.value, sort_keys=True, ensure_ascii=False))

    def load(self, is_product: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Return the value, as pytask's protocol asks.

        Parameters
        ----------
        is_product
            Not used.

        Returns
        -------
        object
            The value.
        """
        del is_product
        return self.value

    def save(self, value: object) -> None:
        """Refuse: a parameter comes from the study.

        Parameters
        ----------
        value
            What pytask would save.

        Raises
        ------
        TypeError
            Always.
        """
        message = f"{self.name}: a parameter is not a product ({value!r})"
        raise TypeError(message)


@dataclass(kw_only=True)
class StepTask(TaskWithoutPath):
    """A step that pytask runs; its state is the digest of its code."""

    step: Step
    project: Project
    code: str
    states: FileStates = field(repr=False)
    tell: Callable[[StepReport], None]
    facts: Facts = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)

    def state(self) -> str | None:
        """Return the digest of the code of the step.

        Returns
        -------
        str or None
            64 hexadecimal digits.
        """
        return self.code

    def execute(self, **_: Any) -> None:
        """Run the step, then sign what it wrote; leave nothing half made.

        Parameters
        ----------
        **_
            Values of the nodes; the step reads them by itself.
        """
        self.tell(StepReport(self.step, "running"))
        with spent(self.cost):
            self._run_signed()
        self.tell(StepReport(self.step, "done", self.cost, self.facts))

    def _run_signed(self) -> None:
        keeper = StepKeeper(self.states.ledger, private=self.project.private)
        try:
            read = self.states.digests(self.step.inputs(self.project))
            with keeping(keeper):
                self.facts = self.step.run(self.project)
            require_unmoved(read, self.states.digests(read), _roots(self.project))
            _sign(self, keeper, read)
        except BaseException:
            _drop_unsigned(self.step.artefacts(self.project), self.project, keeper)
            raise


def make_tasks(
    steps: Sequence[Step],
    project: Project,
    *,
    states: FileStates,
    tell: Callable[[StepReport], None],
) -> list[StepTask]:
    """Turn steps into pytask tasks.

    Parameters
    ----------
    steps
        The steps.
    project
        The study.
    states
        What is known of files.
    tell
        Called when a step starts and when it is done.

    Returns
    -------
    list of StepTask
        In the order of `steps`.
    """
    codes = code_digests(step.code for step in steps)
    versions = ValueNode(name=LIBRARIES, value=libraries())
    return [
        StepTask(
            name=step.name,
            function=make_tasks,
            step=step,
            project=project,
            code=codes[step.code],
            states=states,
            tell=tell,
            depends_on={"libraries": versions, **_inputs(step, project, states)},
            produces={
                f"p{rank}": _file(path, project, states)
                for rank, path in enumerate(signed_paths(step, project))
            },
        )
        for step in steps
    ]


def signed_paths(step: Step, project: Project) -> list[Path]:
    """List the products of a step, each followed by its sidecar.

    Parameters
    ----------
    step
        The step.
    project
        The study.

    Returns
    -------
    list of pathlib.Path
        Each artefact, then its sidecar.
    """
    return [
        path
        for artefact in step.artefacts(project)
        for path in (artefact, sidecar_path(project, artefact))
    ]


def _inputs(step: Step, project: Project, states: FileStates) -> dict[str, Any]:
    files = {
        f"f{rank}": _file(path, project, states)
        for rank, path in enumerate(step.inputs(project))
    }
    # A file that is read no longer leaves no node behind: the list has its own,
    # one a step, for nodes of one name are one node.
    listed = ValueNode(
        name=f"{FILES_READ} ({step.label})",
        value=sorted(node.name for node in files.values()),
    )
    values = {
        f"v{rank}": ValueNode(name=STUDY_PREFIX + name, value=value)
        for rank, (name, value) in enumerate(step.parameters(project).items())
    }
    return {**files, **values, "files": listed}


def _file(path: Path, project: Project, states: FileStates) -> FileNode:
    root = project.out if path.is_relative_to(project.out) else project.base
    inside = path.is_relative_to(root)
    name = relative_name(path, root) if inside else path.as_posix()
    return FileNode(name=name, file=path, states=states)


def _roots(project: Project) -> tuple[Path, Path]:
    """Tables are named from where they are written, whatever folder that is."""
    return project.out, project.base


def _sign(task: StepTask, keeper: StepKeeper, read: Mapping[Path, str]) -> None:
    step, project, ledger = task.step, task.project, task.states.ledger
    inputs = input_digests(read, _roots(project), read=read.__getitem__)
    digests = {}
    for artefact in step.artefacts(project):
        if not artefact.is_file():
            message = f"step {step.name} did not write {artefact.name}"
            raise RuntimeError(message)
        made = keeper.digests.get(artefact)
        digests[artefact] = made or digest(ledger.made(artefact))
        sidecar = write_sidecar(
            sidecar_path(project, artefact),
            artefact=artefact.name,
            sha256=digests[artefact],
            step=step.name,
            inputs=inputs,
            parameters=step.parameters(project),
        )
        digests[sidecar] = digest(sidecar)
    ledger.sign(step.name, digests)
    keeper.settle()
    ledger.save()
    task.states.pinned |= {**read, **digests}


def _drop_unsigned(
    artefacts: Sequence[Path], project: Project, keeper: StepKeeper
) -> None:
    """Remove what a step began, now or when it was cut; nothing that is the user's."""
    ledger = keeper.ledger
    for artefact in artefacts:
        signed = _signed_digest(project, artefact)
        own = ledger.begun.get(ledger.name(artefact), set())
        places = [artefact, keeper.places.get(artefact, artefact)]
        for path in dict.fromkeys(places):
            if any(has_digest(path, one) for one in own - {signed}):
                path.unlink()
                if path == artefact:
                    sidecar_path(project, artefact).unlink(missing_ok=True)


def _signed_digest(project: Project, artefact: Path) -> str:
    """Return what the sidecar of an artefact tells; empty when it tells nothing."""
    try:
        text = sidecar_path(project, artefact).read_text(encoding="utf-8")
        return str(json.loads(text)["sha256"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
