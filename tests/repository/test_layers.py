"""Folders of the package meet only at their public names.

`import-linter` holds the direction of imports; this holds the doors: another
folder's module is never imported, only what its ``__init__`` lists in ``__all__``.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "eitgeo"


def public_names(folder: Path) -> set[str]:
    """Return the names of ``__all__`` in a folder's ``__init__.py``."""
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets):
                assert node.value is not None
                return set(ast.literal_eval(node.value))
    return set()


def absolute_module(node: ast.ImportFrom, module: tuple[str, ...]) -> tuple[str, ...]:
    """Return the dotted path a ``from`` import reads, relative dots resolved."""
    named = tuple(node.module.split(".")) if node.module else ()
    if node.level == 0:
        return named
    return module[: len(module) - node.level + 1] + named


def imported(tree: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield every imported path, the imported name last."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield tuple(alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            base = absolute_module(node, package)
            for alias in node.names:
                yield (*base, alias.name)


def intrusions(package: Path) -> list[str]:
    """Return ``file: import`` for each reach into another folder's modules."""
    folders = {p.parent.name: p.parent for p in package.glob("*/__init__.py")}
    found = []
    for path in sorted(package.rglob("*.py")):
        own = path.relative_to(package).parts[:-1]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for target in imported(tree, (package.name, *own)):
            if target[0] != package.name or len(target) < 3:
                continue
            other = target[1]
            if other not in folders or own[:1] == (other,):
                continue
            if len(target) > 3 or target[2] not in public_names(folders[other]):
                relative = path.relative_to(package).as_posix()
                found.append(f"{relative}: {'.'.join(target)}")
    return found


def write_package(root: Path, reader: str) -> Path:
    """Write two folders, ``roads`` (public: ``shortest``) and ``zones``."""
    package = root / PACKAGE
    for folder in ("roads", "zones"):
        (package / folder).mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "roads/__init__.py").write_text(
        'from eitgeo.roads.network.graph import shortest\n__all__ = ["shortest"]\n'
    )
    (package / "roads/graph.py").write_text("shortest = 1\nother = 2\n")
    (package / "zones/__init__.py").write_text("__all__: list[str] = []\n")
    (package / "zones/clustering.py").write_text(reader + "\n")
    return package


def test_nobody_reaches_into_another_folder() -> None:
    assert intrusions(ROOT / PACKAGE) == []


@pytest.mark.parametrize(
    ("line", "target"),
    [
        (
            "from eitgeo.roads.network.graph import shortest",
            "eitgeo.roads.network.graph.shortest",
        ),
        ("from eitgeo.roads.matrix.ready import graph", "eitgeo.roads.network.graph"),
        ("from eitgeo.roads import other", "eitgeo.roads.other"),
        ("import eitgeo.roads.network.graph", "eitgeo.roads.network.graph"),
        ("from ..roads.graph import other", "eitgeo.roads.network.graph.other"),
    ],
)
def test_an_intrusion_is_found(tmp_path: Path, line: str, target: str) -> None:
    package = write_package(tmp_path, line)
    assert intrusions(package) == [f"zones/clustering.py: {target}"]


@pytest.mark.parametrize(
    "line",
    [
        "from eitgeo.roads import shortest",
        "import eitgeo.roads",
        "from eitgeo.zones import anything",
        "from . import anything",
        "import numpy.linalg",
    ],
)
def test_public_names_and_own_modules_pass(tmp_path: Path, line: str) -> None:
    assert intrusions(write_package(tmp_path, line)) == []
