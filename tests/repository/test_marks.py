"""A mark of evidence is that of a row; only what is published is written S."""

from __future__ import annotations

import ast
from pathlib import Path

import eitgeo

PUBLISHED = {
    ("account.py", "_space"),  # marks of landfills, as sources print them
    ("declared.py", "_brought"),  # national totals, scaled
    ("rule_sheets.py", "case_columns"),  # pages of documented cases
    ("levers.py", "_of_case"),
}


def written_marks() -> set[tuple[str, str]]:
    """List the functions that print the letter S by hand."""
    found = set()
    root = Path(eitgeo.__file__).parent
    for folder in ("dossier/chapters", "maps/workbooks", "maps/roads", "maps/prints"):
        for path in sorted((root / folder).glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    found |= {
                        (path.name, function.name)
                        for call in ast.walk(function)
                        if isinstance(call, ast.Call)
                        for given in (*call.args, *(one.value for one in call.keywords))
                        if isinstance(given, ast.Constant) and given.value == "S"
                    }
    return found


def test_no_figure_of_a_model_is_marked_by_hand() -> None:
    assert written_marks() == PUBLISHED
