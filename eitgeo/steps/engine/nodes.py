"""What each step rests on and makes, with the state of each; pytask is not imported.

An unchanged study is the most frequent run, and pytask costs a second to import. Only
« everything is as the lock file tells » is decided here, by the rule of pytask; as
soon as one state differs, pytask decides.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eitgeo.steps.engine.code import code_digests, libraries
from eitgeo.steps.engine.contract import Step, sidecar_path
from eitgeo.steps.engine.states import FileStates
from eitgeo.store import name_below, parts_below

if TYPE_CHECKING:
    from eitgeo.study.project import Project


LIBRARIES = "bibliothèques"
STUDY_PREFIX = "étude:"
FILES_READ = "liste des fichiers lus"
LOCK_NAME = "pytask.lock"
_JOURNAL_NAME = "pytask.lock.journal"
_VERSION = "1"
_UNREAD = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


@dataclass(kw_only=True)
class _Node(ABC):
    """What pytask asks of a node: it loads what it stands for, and only we write it."""

    name: str
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    @abstractmethod
    def signature(self) -> str:
        """Identity among the nodes of a run, 64 hexadecimal digits."""

    @abstractmethod
    def state(self) -> str | None:
        """Return the digest of the content; None when it is absent."""

    @abstractmethod
    def load(self, is_product: bool = False) -> Any:  # noqa: FBT001, FBT002 - pytask's
        """Return what it stands for."""

    def save(self, value: object) -> None:
        """Refuse: steps write through the store, and parameters come from the study."""
        message = f"{self.name}: steps write through eitgeo.store ({value!r})"
        raise TypeError(message)


@dataclass(kw_only=True)
class FileNode(_Node):
    """A file, known to pytask by a name that does not depend on the machine."""

    file: Path
    states: FileStates = field(repr=False)

    @property
    def signature(self) -> str:
        """Identity by path."""
        return _sha256(f"file:{self.file.as_posix()}")

    def state(self) -> str | None:
        """Return the digest of the file."""
        return self.states.state(self.file)

    def load(self, is_product: bool = False) -> Path:  # noqa: FBT001, FBT002
        """Return the path."""
        del is_product
        return self.file


@dataclass(kw_only=True)
class ValueNode(_Node):
    """A JSON-ready value: a part of the study, the versions of libraries."""

    value: Any

    @property
    def signature(self) -> str:
        """Identity by name."""
        return _sha256(f"value:{self.name}")

    def state(self) -> str | None:
        """Return the digest of the value."""
        return _sha256(json.dumps(self.value, sort_keys=True, ensure_ascii=False))

    def load(self, is_product: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Return the value."""
        del is_product
        return self.value


@dataclass(frozen=True)
class StepNodes:
    """A step, the digest of its code, and the nodes around it.

    ``code``: digest of everything of the package that it may run. ``depends_on``:
    libraries, files and values that it reads; pytask calls them by these keys.
    ``produces``: files that it writes, sidecars too.
    """

    step: Step
    code: str
    depends_on: dict[str, FileNode | ValueNode]
    produces: dict[str, FileNode | ValueNode]


def step_nodes(
    steps: Sequence[Step], project: Project, states: FileStates
) -> list[StepNodes]:
    """Lay out what steps rest on and make."""
    codes = code_digests(step.code for step in steps)
    # Many steps read the same file: one node for all.
    tops = {folder: folder.resolve() for folder in (project.out, project.base)}
    file = cache(partial(_file, tops=tops, states=states))
    versions = ValueNode(name=LIBRARIES, value=libraries())
    return [
        StepNodes(
            step=step,
            code=codes[step.code],
            depends_on={"libraries": versions, **_inputs(step, project, file)},
            produces={
                f"p{rank}": file(path)
                for rank, path in enumerate(signed_paths(step, project))
            },
        )
        for step in steps
    ]


def signed_paths(step: Step, project: Project) -> list[Path]:
    """List the products of a step, each followed by its sidecar."""
    return [
        path
        for artefact in step.artefacts(project)
        for path in (artefact, sidecar_path(project, artefact))
    ]


def _inputs(
    step: Step, project: Project, file: Callable[[Path], FileNode]
) -> dict[str, Any]:
    files = {f"f{rank}": file(path) for rank, path in enumerate(step.inputs(project))}
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


def _file(path: Path, tops: Mapping[Path, Path], states: FileStates) -> FileNode:
    held = [
        top for folder, top in tops.items() if parts_below(path, folder) is not None
    ]
    name = name_below(path, held[:1]) if held else path.as_posix()
    return FileNode(name=name, file=path, states=states)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def all_current(told: Mapping[str, Any], nodes: Sequence[StepNodes]) -> bool:
    """Say whether every step is as pytask left it, by what its lock file tells."""
    seen: dict[str, str | None] = {}
    return all(told.get(one.step.name) == _as_found(one, seen) for one in nodes)


def told_states(state: Path) -> dict[str, Any]:
    """Read step → digest of its code, states of what it reads, of what it writes.

    Nothing where the lock file is absent, unread or behind its journal.
    """
    try:
        return _read_lock(state)
    except _UNREAD:
        return {}


def _read_lock(state: Path) -> dict[str, Any]:
    if (state / _JOURNAL_NAME).exists():
        return {}
    lock = tomllib.loads((state / LOCK_NAME).read_text(encoding="utf-8"))
    if lock["lock-version"] != _VERSION:
        return {}
    return {
        one["id"]: (one["state"], one["depends_on"], one["produces"])
        for one in lock["task"]
    }


def _as_found(one: StepNodes, seen: dict[str, str | None]) -> Any:
    return (one.code, _states(one.depends_on, seen), _states(one.produces, seen))


def _states(
    nodes: Mapping[str, FileNode | ValueNode], seen: dict[str, str | None]
) -> dict[str, str | None]:
    states = {}
    for node in nodes.values():
        if node.name not in seen:
            seen[node.name] = node.state()
        states[node.name] = seen[node.name]
    return states
