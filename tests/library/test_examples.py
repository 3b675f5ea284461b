"""The examples of the documents run as they stand, in few lines."""

import ast
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "docs/exemples").glob("*.py"))
MOST_STATEMENTS = 5


def test_there_is_one_for_each_of_the_six_tasks():
    names = ["certificat", "concentration", "isochrones", "matrice", "unions", "zones"]
    assert [path.stem for path in EXAMPLES] == names


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_shown_by_the_page(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = [
        node
        for node in tree.body[1:]
        if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert len(told) <= MOST_STATEMENTS
    page = (ROOT / "docs/bibliotheque.md").read_text(encoding="utf-8")
    code = path.read_text(encoding="utf-8").partition("import eitgeo as eg\n")[2]
    assert code.strip() in page


def test_the_examples_run_offline_and_the_page_shows_what_they_print(
    capsys, monkeypatch
):
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs/bibliotheque.md").read_text(encoding="utf-8")
    for path in EXAMPLES:
        runpy.run_path(str(path))
        lines = (line.rstrip() for line in capsys.readouterr().out.splitlines())
        assert "```text\n" + "\n".join(lines) + "\n```" in page
