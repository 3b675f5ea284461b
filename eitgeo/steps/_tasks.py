"""Steps as pytask sees them: nodes for files and parameters, one task per step."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from time import perf_counter, time
from typing import TYPE_CHECKING, Any, Literal

from pytask import TaskWithoutPath, get_state_of_path

from eitgeo.steps._code import code_digests, libraries
from eitgeo.steps._engine import COMPARED, sidecar_path
from eitgeo.store import digest, relative_name, write_sidecar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from eitgeo.steps._engine import Facts, Step
    from eitgeo.study import Project

LIBRARIES = "bibliothèques"
STUDY_PREFIX = "étude:"
FILES_READ = "liste des fichiers lus"
_RACY_S = 3.0  # FAT keeps times to 2 s
_LARGE_BYTES = 16_000_000

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
    seconds
        How long it ran [s].
    facts
        What it told of itself.
    error
        Why it failed.
    reasons
        Why it would run, in French.
    """

    step: Step
    status: Status
    seconds: float = 0.0
    facts: Facts = field(default_factory=dict)
    error: BaseException | None = None
    reasons: tuple[str, ...] = ()


@dataclass(kw_only=True)
class FileNode:
    """A file, known to pytask by a name that does not depend on the machine."""

    name: str
    file: Path
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
        try:
            status = self.file.stat()
        except FileNotFoundError:
            return None
        # pytask trusts the time of a file; two writes may fall on the same one, and a
        # disk that fails may cut a file and leave its time. Large files are spared.
        is_young = time() - status.st_mtime < _RACY_S
        if is_young or status.st_size < _LARGE_BYTES:
            return digest(self.file)
        return get_state_of_path(self.file)

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
    tell: Callable[[StepReport], None]
    facts: Facts = field(default_factory=dict)
    seconds: float = 0.0

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
        start = perf_counter()
        try:
            self.facts = self.step.run(self.project)
            _sign(self.step, self.project)
        except BaseException:
            _drop_unsigned(self.step.artefacts(self.project))
            raise
        finally:
            self.seconds = perf_counter() - start
        self.tell(StepReport(self.step, "done", self.seconds, self.facts))


def make_tasks(
    steps: Sequence[Step], project: Project, *, tell: Callable[[StepReport], None]
) -> list[StepTask]:
    """Turn steps into pytask tasks.

    Parameters
    ----------
    steps
        The steps.
    project
        The study.
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
            tell=tell,
            depends_on={"libraries": versions, **_inputs(step, project)},
            produces={
                f"p{rank}": _file(path, project)
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
        for path in (artefact, sidecar_path(artefact))
    ]


def _inputs(step: Step, project: Project) -> dict[str, Any]:
    files = {
        f"f{rank}": _file(path, project)
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


def _file(path: Path, project: Project) -> FileNode:
    root = project.out if path.is_relative_to(project.out) else project.base
    inside = path.is_relative_to(root)
    name = relative_name(path, root) if inside else path.as_posix()
    return FileNode(name=name, file=path)


def _sign(step: Step, project: Project) -> None:
    inputs = step.inputs(project)
    for artefact in step.artefacts(project):
        if not artefact.is_file():
            message = f"step {step.name} did not write {artefact.name}"
            raise RuntimeError(message)
        write_sidecar(
            artefact,
            step=step.name,
            inputs=inputs,
            parameters=step.parameters(project),
            # Tables are named from where they are written, whatever folder that is.
            roots=(project.out, project.base),
        )


def is_signed(artefact: Path, *, by_a_step: bool = False) -> bool:
    """Say whether the sidecar of an artefact tells the digest that it has.

    Parameters
    ----------
    artefact
        An existing file.
    by_a_step
        Not when a comparison that the user asked for wrote it.

    Returns
    -------
    bool
        False too when the sidecar is absent or unreadable.
    """
    try:
        told = json.loads(sidecar_path(artefact).read_text(encoding="utf-8"))
        if by_a_step and told["step"] == COMPARED:
            return False
        return bool(told["sha256"] == digest(artefact))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _drop_unsigned(artefacts: Iterable[Path]) -> None:
    for artefact in artefacts:
        if artefact.is_file() and not is_signed(artefact):
            artefact.unlink()
            sidecar_path(artefact).unlink(missing_ok=True)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
