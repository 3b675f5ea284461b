"""Functions and modules keep the lengths that the house style allows.

A code line is a line that is neither blank, nor only a comment, nor part of a
docstring.
"""

import ast
import io
import tokenize
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES_MAX = 80
MODULE_LINES_MAX = 600
SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def statements(tree: ast.AST) -> list[ast.AST]:
    """List a tree and the statements inside it: no definition is in an expression."""
    found, ahead = list[ast.AST](), [tree]
    while ahead:
        found.append(node := ahead.pop())
        ahead += [
            one
            for part in vars(node).values()
            if isinstance(part, list)
            for one in part
            if isinstance(one, ast.stmt | ast.excepthandler | ast.match_case)
        ]
    return found


def docstring_lines(nodes: list[ast.AST]) -> set[int]:
    """Return the line numbers that docstrings cover."""
    lines: set[int] = set()
    for node in nodes:
        if isinstance(node, Function | ast.ClassDef | ast.Module) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                lines |= set(range(first.lineno, (first.end_lineno or 0) + 1))
    return lines


def code_lines(source: str) -> frozenset[int]:
    """Return the numbers of the code lines of a module's source."""
    return _measured(source)[0]


def function_lengths(source: str) -> dict[str, int]:
    """Return the code lines of each function, its signature included."""
    return _measured(source)[1]


@cache
def _measured(source: str) -> tuple[frozenset[int], dict[str, int]]:
    """Measure a module, once for all the tests; no tree is kept for it."""
    nodes = statements(ast.parse(source))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    lines -= docstring_lines(nodes)
    lengths = {}
    for node in nodes:
        if isinstance(node, Function):
            span = range(node.lineno, (node.end_lineno or 0) + 1)
            lengths[f"{node.name}:{node.lineno}"] = len(lines.intersection(span))
    return frozenset(lines), lengths


def sources() -> dict[str, str]:
    """Return the source of every module of the package by its path."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "eitgeo").rglob("*.py"))
    }


def test_lines_are_counted_as_drawn() -> None:
    source = (
        '"""Module."""\n'  # docstring
        "\n"
        "X = 1\n"  # 1
        "\n\n"
        "def f(a):\n"  # 2
        '    """Double.\n\n    Twice.\n    """\n'
        "    # why\n"
        "    return (\n"  # 3
        "        2 * a\n"  # 4
        "    )\n"  # 5
    )
    assert len(code_lines(source)) == 5
    assert function_lengths(source) == {"f:6": 4}


def test_modules_are_short() -> None:
    counts = {name: len(code_lines(text)) for name, text in sources().items()}
    assert {k: n for k, n in counts.items() if n > MODULE_LINES_MAX} == {}


def test_functions_are_short() -> None:
    long = {
        f"{name}::{function}": length
        for name, text in sources().items()
        for function, length in function_lengths(text).items()
        if length > FUNCTION_LINES_MAX
    }
    assert long == {}
