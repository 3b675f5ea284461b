"""Write in each folder of the package the order in which to read its files.

Run it after a module was added, moved or summed up otherwise: the ``__init__`` of a
folder keeps its first paragraphs, and lists its files, each with its own first line. A
file comes after those of its folder that it imports: each rests on those above it.
"""

from __future__ import annotations

import ast
import re
import textwrap
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "eitgeo"
LISTING = "Each file rests on those above it:"
_LISTED = re.compile(r"^- ``(\w+)``:", re.MULTILINE)
_HOLDS_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


def rooms(root: Path = ROOT) -> list[Path]:
    """List the folders of modules below the package."""
    inits = sorted((root / PACKAGE).rglob("__init__.py"))
    return [path.parent for path in inits if path.parent != root / PACKAGE]


def summary(path: Path) -> str:
    """Return the first line of what a module, or a folder, says of itself."""
    file = path / "__init__.py" if path.is_dir() else path
    return _read(file.read_text(encoding="utf-8"))[0]


def files(room: Path) -> list[str]:
    """List files and rooms of a room in the order in which to read them."""
    inside = {path.stem: path for path in sorted(room.glob("*.py"))}
    inside |= {path.parent.name: path.parent for path in room.glob("*/__init__.py")}
    inside.pop("__init__")
    needs = {
        name: _needed(path, room) & (set(inside) - {name})
        for name, path in sorted(inside.items())
    }
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError as error:
        message = f"{room.name}: files import each other: {error.args[1]}"
        raise SystemExit(message) from None
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def listed(room: Path) -> list[str]:
    """Read the order that a room tells: that of :func:`files`, once this was run."""
    told = (room / "__init__.py").read_text(encoding="utf-8").partition(LISTING)[2]
    return _LISTED.findall(told)


def _needed(path: Path, room: Path) -> set[str]:
    """Name what a file or a room takes from the room that it is in."""
    own = ".".join(room.relative_to(ROOT).parts)
    named = set()
    for file in path.rglob("*.py") if path.is_dir() else [path]:
        text = file.read_text(encoding="utf-8")
        if own not in text:  # an import writes the name of the room
            continue
        named |= {
            name.removeprefix(f"{own}.").partition(".")[0]
            for name in _read(text)[1]
            if name.startswith(f"{own}.")
        }
    return named


@cache
def _read(text: str) -> tuple[str, frozenset[str]]:
    """Return the first line that a module says of itself, and what it imports."""
    tree = ast.parse(text)
    told = ast.get_docstring(tree) or ""
    named = (
        f"{node.module}.{alias.name}"
        for node in _run(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    )
    return told.partition("\n")[0], frozenset(named)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Walk over the statements of a module, what is imported for types left out."""
    yield node
    for child in ast.iter_child_nodes(node):
        is_typed = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(
            child.test
        )
        if isinstance(child, _HOLDS_STATEMENTS) and not is_typed:
            yield from _run(child)


def contents(room: Path) -> str:
    """Return the text that the ``__init__`` of a room should be."""
    path = room / "__init__.py"
    text = path.read_text(encoding="utf-8")
    told = ast.get_docstring(ast.parse(text)) or ""
    head = told.partition(LISTING)[0].strip()
    order = files(room)
    if not order:
        return text
    places = {name: room / name for name in order}
    lines = [
        textwrap.fill(
            f"- ``{name}``: {summary(at if at.is_dir() else at.with_suffix('.py'))}",
            width=88,
            subsequent_indent="  ",
            break_on_hyphens=False,
            break_long_words=False,
        )
        for name, at in places.items()
    ]
    body = "\n".join([head, "", LISTING, "", *lines])
    tree = ast.parse(text)
    rest = "".join(text.splitlines(keepends=True)[tree.body[0].end_lineno :])
    return f'"""{body}\n"""\n{rest}'


if __name__ == "__main__":
    for one in rooms():
        (one / "__init__.py").write_text(contents(one), encoding="utf-8")
