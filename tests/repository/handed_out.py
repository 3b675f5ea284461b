"""What folders of the package take from each other: the names that they hand out."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "eitgeo"


@cache
def handed_out() -> frozenset[tuple[str, str]]:
    """Return (module, name) of all that another folder of the package imports."""
    return frozenset(_taken())


def values_of(folder: str) -> Iterator[tuple[str, Any]]:
    """Give what a folder hands out, by its dotted name."""
    for module, name in sorted(handed_out()):
        if module.split(".")[1] == folder:
            yield f"{module}.{name}", getattr(importlib.import_module(module), name)


def _taken() -> Iterator[tuple[str, str]]:
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(PACKAGE).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts[0] == "eitgeo" and len(parts) > 1 and parts[1] != own:
                    place = ROOT.joinpath(*parts)
                    names = [alias.name for alias in node.names]
                    yield from (
                        (node.module, name)
                        for name in names
                        if not [
                            *place.glob(f"{name}.py"),
                            *place.glob(f"{name}/__init__.py"),
                        ]
                    )
