"""Numbers are written in French by `eitgeo.words` alone: one rounding, one space."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "eitgeo"
THE_WRITER = PACKAGE / "words.py"
NO_TEXT = {
    "f'{Decimal(repr(number)):f}'.removesuffix('.0').replace('.', ',')": "read back",
}
"""What no reader reads: a cell that a file gives back, every digit."""


def test_only_words_writes_a_decimal_comma_or_parts_thousands() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {ast.unparse(node)}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != THE_WRITER
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call | ast.FormattedValue) and is_by_hand(node)
    ]
    assert found == []


def is_by_hand(node: ast.Call | ast.FormattedValue) -> bool:
    """Say whether an expression writes a number as French readers do, for readers."""
    return _writes_comma(node) and ast.unparse(node) not in NO_TEXT


def _writes_comma(node: ast.Call | ast.FormattedValue) -> bool:
    if isinstance(node, ast.FormattedValue):
        spec = ast.unparse(node.format_spec) if node.format_spec else ""
        return "," in spec or "_" in spec.split("{")[0]
    if isinstance(node.func, ast.Name) and node.func.id == "format":
        return len(node.args) > 1 and "," in ast.unparse(node.args[1])
    is_replace = isinstance(node.func, ast.Attribute) and node.func.attr == "replace"
    return is_replace and [ast.unparse(one) for one in node.args] == ["'.'", "','"]


def test_the_rule_sees_what_is_written_by_hand() -> None:
    by_hand = ["f'{n:,.0f}'", "f'{n:,}'", "str(n).replace('.', ',')", "format(n, ',')"]
    fine = ["f'{n:.0f}'", "text.replace(',', '.')", "french_number(n)", "format(n)"]
    seen = [
        any(
            is_by_hand(node)
            for node in ast.walk(ast.parse(text, mode="eval"))
            if isinstance(node, ast.Call | ast.FormattedValue)
        )
        for text in (*by_hand, *fine)
    ]
    assert seen == [True] * 4 + [False] * 4
