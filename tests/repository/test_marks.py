"""A mark of evidence is that of a row; only what a source prints is written S."""

from __future__ import annotations

import ast
from pathlib import Path

import eitgeo

WRITTEN = {
    ("levers.py", "_space", "S"),  # marks of landfills, as sources print them
    ("matter.py", "_brought", "S"),  # national totals, scaled
    ("levers.py", "_of_case", "S"),  # pages of documented cases
    ("flow_table.py", "case_columns", "S"),
    ("levers.py", "_break_even", "O"),  # the reach that a rule states
    ("flow_table.py", "account_columns", "O"),  # as typed, not rounded
    ("flow_table.py", "answer_columns", "O"),  # what firms answered and weighed
    ("flow_table.py", "weighed_columns", "O"),
    ("table.py", "_card_cell", "O"),  # the exact value of a row of class O
    ("territory.py", "_area", "O"),  # communes, inhabitants, surface
    ("decision_sheets.py", "_indicator_figures", "O"),  # where all classes are O
    ("activity_tables.py", "_write_areas", "O"),  # declared economic areas
}


def written_marks() -> set[tuple[str, str, str]]:
    """List the functions that print the letter O or S by hand."""
    found = set()
    root = Path(eitgeo.__file__).parent
    for folder in ("dossier/chapters", "maps/workbooks", "maps/roads", "maps/prints"):
        for path in sorted((root / folder).glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    found |= {
                        (path.name, function.name, str(given.value))
                        for call in ast.walk(function)
                        if isinstance(call, ast.Call)
                        for given in (*call.args, *(one.value for one in call.keywords))
                        if isinstance(given, ast.Constant) and given.value in {"O", "S"}
                    }
    return found


def test_no_figure_of_a_model_is_marked_by_hand() -> None:
    assert written_marks() == WRITTEN
