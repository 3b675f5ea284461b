"""What docstrings hold beside a line is not lost: notes, references, examples."""

import ast
import re
from collections import Counter
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "eitgeo"
KEPT = {"Examples": 199, "Notes": 167, "References": 73}
"""How many there are; a function that goes takes its own along: lower it then."""
NAMED = re.compile(r"^[ \t]*(?:Examples|Notes|References)$", re.MULTILINE)
HEADING = re.compile(r"^(Examples|Notes|References)\n-+$", re.MULTILINE)
Told = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


def headings(source: str) -> Counter[str]:
    """Count the sections of the docstrings of a module."""
    if NAMED.search(source) is None:  # a heading stands alone on a line
        return Counter()
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, Told)]
    texts = [ast.get_docstring(node) or "" for node in nodes]
    return Counter(name for text in texts for name in HEADING.findall(text))


def test_sections_are_counted() -> None:
    source = 'def f():\n    """F.\n\n    Notes\n    -----\n    n\n    """\n'
    assert headings(source) == {"Notes": 1}


def test_notes_references_and_examples_are_kept() -> None:
    found: Counter[str] = Counter()
    for path in PACKAGE.rglob("*.py"):
        found += headings(path.read_text(encoding="utf-8"))
    assert {name: n for name, n in KEPT.items() if found[name] < n} == {}
