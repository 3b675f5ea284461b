"""A function reads top to bottom, a module is a subject: 80 and 600 lines of code.

Lines that are blank, or only a comment, or part of a docstring are not counted.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES_MAX = 80
MODULE_LINES_MAX = 600
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lengths(source: str) -> dict[str, int]:
    """Return the code lines of a module, and of each function, signature included."""
    tree = ast.parse(source)
    texts = source.splitlines()
    silent = {
        line
        for node in ast.walk(tree)
        if isinstance(node, Function | ast.ClassDef | ast.Module)
        if ast.get_docstring(node, clean=False) is not None
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }

    def counted(first: int, last: int) -> int:
        rows = (texts[line - 1].strip() for line in {*range(first, last + 1)} - silent)
        return sum(bool(row) and not row.startswith("#") for row in rows)

    found = {"": counted(1, len(texts))}
    for node in ast.walk(tree):
        if isinstance(node, Function):
            n_lines = counted(node.lineno, node.end_lineno or 0)
            found[node.name] = max(n_lines, found.get(node.name, 0))
    return found


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
    assert lengths(source) == {"": 5, "f": 4}


def test_modules_and_functions_are_short() -> None:
    long = {
        f"{path.relative_to(ROOT)} {name}": n
        for path in sorted((ROOT / "eitgeo").rglob("*.py"))
        for name, n in lengths(path.read_text(encoding="utf-8")).items()
        if n > (FUNCTION_LINES_MAX if name else MODULE_LINES_MAX)
    }
    assert long == {}
