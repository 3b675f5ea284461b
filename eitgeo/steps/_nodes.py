"""What each step rests on and makes, with the state of each; pytask is not imported."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eitgeo.steps._code import code_digests, libraries
from eitgeo.steps._engine import sidecar_path
from eitgeo.store import relative_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eitgeo.steps._engine import Step
    from eitgeo.steps._states import FileStates
    from eitgeo.study.project import Project

LIBRARIES = "bibliothèques"
STUDY_PREFIX = "étude:"
FILES_READ = "liste des fichiers lus"


@dataclass(kw_only=True)
class FileNode:
    """A file, known to pytask by a name that does not depend on the machine."""

    name: str
    file: Path
    states: FileStates = field(repr=False)
    attributes: dict[Any, Any] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """Identity of the node among those of a run."""
        return _sha256(f"file:{self.file.as_posix()}")

    def state(self) -> str | None:
        """Return the digest of the file, or None when it is absent."""
        return self.states.state(self.file)

    def load(self, is_product: bool = False) -> Path:  # noqa: FBT001, FBT002
        """Return the path, as pytask's protocol asks."""
        del is_product
        return self.file

    def save(self, value: bytes) -> None:
        """Refuse: only the store writes."""
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
        """Identity of the node among those of a run."""
        return _sha256(f"value:{self.name}")

    def state(self) -> str | None:
        """Return the digest of the value."""
        return _sha256(json.dumps(self.value, sort_keys=True, ensure_ascii=False))

    def load(self, is_product: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Return the value, as pytask's protocol asks."""
        del is_product
        return self.value

    def save(self, value: object) -> None:
        """Refuse: a parameter comes from the study."""
        message = f"{self.name}: a parameter is not a product ({value!r})"
        raise TypeError(message)


@dataclass(frozen=True)
class StepNodes:
    """A step, the digest of its code, and the nodes around it.

    Attributes
    ----------
    step
        The step.
    code
        Digest of everything of the package that it may run.
    depends_on
        Libraries, files and values that it reads; pytask calls them by these keys.
    produces
        Files that it writes, sidecars too.
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
    versions = ValueNode(name=LIBRARIES, value=libraries())
    return [
        StepNodes(
            step=step,
            code=codes[step.code],
            depends_on={"libraries": versions, **_inputs(step, project, states)},
            produces={
                f"p{rank}": _file(path, project, states)
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


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
