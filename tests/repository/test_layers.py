"""Folders of the package meet at public names, and re-export nothing.

`import-linter` holds the direction of imports; this holds the doors: nobody imports a
private module (``_layout``) of another folder, nor a private name; what a folder is
made of is told by its ``__init__``, which imports none of it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "eitgeo"
DOING = {"eitgeo"}
"""Folders whose ``__init__`` does something: the façade."""


def imported(tree: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield every imported path, relative dots resolved, the imported name last."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            named = tuple(node.module.split(".")) if node.module else ()
            above = package[: len(package) + 1 - node.level] if node.level else ()
            yield from ((*above, *named, alias.name) for alias in node.names)


def intrusions(package: Path) -> list[str]:
    """Return ``file: import`` for each reach into what another folder keeps."""
    found = []
    for path in sorted(package.rglob("*.py")):
        own = (package.name, *path.relative_to(package).parts[:-1])
        for target in imported(ast.parse(path.read_text(encoding="utf-8")), own):
            if target[0] != package.name:
                continue
            kept = [rank for rank, name in enumerate(target) if _is_private(name)]
            # Of a module, or of one beside it; files of a folder share what they keep.
            if kept and own not in {target[: kept[0]], target[: kept[0] - 1]}:
                relative = path.relative_to(package).as_posix()
                found.append(f"{relative}: {'.'.join(target)}")
    return found


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def write_package(root: Path, reader: str) -> Path:
    """Write two folders, ``roads`` (``graph``, ``_layout``) and ``zones``."""
    package = root / PACKAGE
    for folder in ("roads", "zones"):
        (package / folder).mkdir(parents=True)
        (package / folder / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "roads/graph.py").write_text("shortest = 1\n_other = 2\n")
    (package / "roads/_layout.py").write_text("places = 1\n")
    (package / "zones/clustering.py").write_text(reader + "\n")
    return package


def test_nobody_reaches_into_another_folder() -> None:
    assert intrusions(ROOT / PACKAGE) == []


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("from eitgeo.roads import _layout", "eitgeo.roads._layout"),
        ("from eitgeo.roads._layout import places", "eitgeo.roads._layout.places"),
        ("import eitgeo.roads._layout", "eitgeo.roads._layout"),
        ("from eitgeo.roads.graph import _other", "eitgeo.roads.graph._other"),
        ("from ..roads._layout import places", "eitgeo.roads._layout.places"),
    ],
)
def test_an_intrusion_is_found(tmp_path: Path, line: str, target: str) -> None:
    package = write_package(tmp_path, line)
    assert intrusions(package) == [f"zones/clustering.py: {target}"]


@pytest.mark.parametrize(
    "line",
    [
        "from eitgeo.roads.graph import shortest",
        "from eitgeo.roads import graph",
        "import eitgeo.roads",
        "from eitgeo.zones._own import anything",
        "from . import _anything",
        "import numpy._core",
        "from eitgeo import __version__",
    ],
)
def test_public_names_and_own_modules_pass(tmp_path: Path, line: str) -> None:
    assert intrusions(write_package(tmp_path, line)) == []


def test_folders_re_export_nothing() -> None:
    inits = {
        path.parent.relative_to(ROOT).as_posix(): path
        for path in (ROOT / PACKAGE).rglob("__init__.py")
    }
    doing = {
        name
        for name, path in inits.items()
        if len(ast.parse(path.read_text(encoding="utf-8")).body) > 1
    }
    assert doing == DOING
