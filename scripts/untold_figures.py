"""List the figures that are written without telling the ledger where they stand.

``python scripts/untold_figures.py``: by folder, how many calls write a figure of a
table through `eitgeo.ledger`, how many through `eitgeo.words` alone, and where.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "eitgeo"
PRINTED = ("commands", "cli", "dossier", "maps", "steps")
"""Folders that write for readers."""
ALONE = {
    "figure_text",
    "french_count",
    "french_number",
    "published_value",
    "range_text",
}
TOLD = {"headed", "plain", "record", "short", "told", "written"}
HANDED = {"about", "count_text", "counted", "counted_in", "number", "sourced"}
"""Functions of other modules that hand a place to the ledger."""


def named(call: ast.Call) -> str:
    """Name the function that is called."""
    func = call.func
    return func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")


def imported(tree: ast.Module, source: str) -> set[str]:
    """List the names that a module takes from another."""
    return {
        one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == source
        for one in node.names
    }


def calls_in(path: Path) -> tuple[Counter[str], list[int]]:
    """Count the calls of a module that tell the ledger; list the lines that do not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = imported(tree, "eitgeo.words") & ALONE
    told = imported(tree, "eitgeo.ledger") & TOLD | HANDED
    found: Counter[str] = Counter()
    lines = []
    for node in ast.walk(tree):
        names = [named(node)] if isinstance(node, ast.Call) else []
        if isinstance(node, ast.Call):
            # A function that is mapped on a column is called there.
            names += [one.id for one in node.args if isinstance(one, ast.Name)]
        for name in names:
            if name in alone:
                found["alone"] += 1
                lines.append(node.lineno)
            elif name in told:
                found["told"] += 1
    return found, sorted(lines)


def may_be_alone(text: str) -> bool:
    """Tell whether a module names what writes alone: others need no parsing."""
    return "eitgeo.words" in text and any(name in text for name in ALONE)


def untold() -> dict[str, list[int]]:
    """List, module by module, the lines that write a figure without its place."""
    found = {
        path.relative_to(PACKAGE).as_posix(): calls_in(path)[1]
        for folder in PRINTED
        for path in sorted((PACKAGE / folder).rglob("*.py"))
        if may_be_alone(path.read_text(encoding="utf-8"))
    }
    return {name: lines for name, lines in found.items() if lines}


def main() -> None:
    """Print what is told and what is not, by folder, then where."""
    rows: dict[str, Counter[str]] = {}
    for folder in PRINTED:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            room = path.parent.relative_to(PACKAGE).as_posix()
            rows.setdefault(room, Counter()).update(calls_in(path)[0])
    rows["all"] = sum(rows.values(), Counter())
    lines = [f"{room:28} {n['told']:5} {n['alone']:5}" for room, n in rows.items()]
    where = [f"{name}: {', '.join(map(str, at))}" for name, at in untold().items()]
    sys.stdout.write("\n".join([f"{'':28}  told alone", *lines, "", *where, ""]))


if __name__ == "__main__":
    main()
