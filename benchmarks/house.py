"""What a reader of the code meets: rooms, lines, and what each step executes of it.

``python benchmarks/house.py --out FOLDER`` runs the steps of the delivered study again,
one by one, over a folder where it has run, and counts for each the modules and
functions of the package that it executes, and how deep they call each other. Without a
folder, rooms and lines alone.
"""

from __future__ import annotations

import argparse
import ast
import csv
import importlib
import io
import sys
import tokenize
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "eitgeo"
CALLS_LOOKED_AT = 30
MOST_FILES = 20


class Executed(NamedTuple):
    """Own modules and functions that were executed, and the deepest stack of them."""

    modules: int
    functions: int
    depth: int


class Watch:
    """Counts own functions as they start; libraries are not looked at."""

    def __init__(self) -> None:
        self.calls: dict[CodeType, int] = {}
        self.depth = 0

    def start(self, code: CodeType, _: int) -> object:
        """Count a call; the stack of the first calls alone is looked at."""
        if not code.co_filename.startswith(str(PACKAGE)):
            return sys.monitoring.DISABLE
        self.calls[code] = self.calls.get(code, 0) + 1
        frame: Any = sys._getframe(1)  # noqa: SLF001 - the stack is what is measured
        depth = 0
        while frame is not None:
            depth += frame.f_code.co_filename.startswith(str(PACKAGE))
            frame = frame.f_back
        self.depth = max(self.depth, depth)
        enough = self.calls[code] >= CALLS_LOOKED_AT
        return sys.monitoring.DISABLE if enough else None

    def executed(self) -> Executed:
        """Sum up: functions by name, pieces of one (lambdas, generators) left out."""
        functions = {
            (code.co_filename, code.co_qualname)
            for code in self.calls
            if "<" not in code.co_name
        }
        return Executed(
            len({file for file, _ in functions}), len(functions), self.depth
        )


def watched(call: Callable[[], object]) -> Executed:
    """Call under watch."""
    watch, tool = Watch(), sys.monitoring.PROFILER_ID
    events = sys.monitoring.events
    sys.monitoring.use_tool_id(tool, "house")
    sys.monitoring.register_callback(tool, events.PY_START, watch.start)
    sys.monitoring.set_events(tool, events.PY_START)
    try:
        call()
    finally:
        sys.monitoring.set_events(tool, events.NO_EVENTS)
        sys.monitoring.free_tool_id(tool)
        sys.monitoring.restart_events()
    return watch.executed()


def lines() -> dict[str, float]:
    """Count modules, rooms, lines of code and of docstrings."""
    files = sorted(PACKAGE.rglob("*.py"))
    rooms: dict[Path, int] = {}
    code = told = 0
    for path in files:
        rooms[path.parent] = rooms.get(path.parent, 0) + 1
        text = path.read_text(encoding="utf-8")
        docs = _docstring_lines(ast.parse(text))
        told += len(docs)
        code += len(_code_lines(text) - docs)
    return {
        "modules": len(files),
        "rooms over 20 files": sum(n > MOST_FILES for n in rooms.values()),
        "largest room": max(rooms.values()),
        "lines of code": code,
        "lines of docstrings": told,
    }


def _docstring_lines(tree: ast.Module) -> set[int]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
    docs = [
        node.body[0]
        for node in ast.walk(tree)
        if isinstance(node, kinds) and ast.get_docstring(node) is not None
    ]
    return {
        line for doc in docs for line in range(doc.lineno, (doc.end_lineno or 0) + 1)
    }


def _code_lines(text: str) -> set[int]:
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT}
    silent |= {tokenize.DEDENT, tokenize.ENDMARKER}
    return {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in silent
        for line in range(token.start[0], token.end[0] + 1)
    }


def steps(out: Path) -> list[tuple[str, Executed]]:
    """Run every step over a folder where the delivered study has run."""
    from eitgeo.steps.declared import STEPS  # noqa: PLC0415
    from eitgeo.study.project import open_project  # noqa: PLC0415

    project = open_project(ROOT / "study.yaml", out=out)
    found = []
    for step in STEPS:
        importlib.import_module(step.code)
        found.append((step.name, watched(lambda step=step: step.run(project))))
    return found


def main() -> None:
    """Count, say, and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="where the delivered study has run")
    parser.add_argument("--state", default="now", help="what this state is called")
    asked = parser.parse_args()
    rows = [(asked.state, name, value) for name, value in lines().items()]
    if asked.out is not None:
        found = steps(asked.out)
        for rank, name in enumerate(Executed._fields):
            values = [counts[rank] for _, counts in found]
            ninth = quantiles(values, n=10)[-1]
            rows.append((asked.state, f"{name}, ninth decile of steps", ninth))
        for step, counts in found:
            told = "/".join(map(str, counts))
            rows.append((asked.state, f"step {step}", told))
    csv.writer(sys.stdout).writerows(rows)


if __name__ == "__main__":
    main()
