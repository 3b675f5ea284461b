"""What folders of the package take from each other: the names that they hand out."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "eitgeo"


def values_of(folder: str) -> Iterator[tuple[str, Any]]:
    """Give what a folder hands out, by its dotted name."""
    for module, name in sorted(set(_taken(folder))):
        yield f"{module}.{name}", getattr(importlib.import_module(module), name)


def _taken(folder: str) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of all that the other folders import from one."""
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(PACKAGE).parts[0]
        text = path.read_text(encoding="utf-8")
        if own == folder or f"eitgeo.{folder}" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts[:2] == ["eitgeo", folder]:
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
