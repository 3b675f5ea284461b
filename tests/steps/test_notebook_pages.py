"""Notebooks run by a step, kept as pages: what they are set to, what comes out."""

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from eitgeo.errors import StudyError
from eitgeo.maps.pages.notebook_page import notebook_page
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.steps.declared import STEPS
from eitgeo.steps.documents import notebooks
from eitgeo.steps.documents.notebooks import (
    code_css,
    notebook_body,
    run_notebook,
    set_parameters,
    study_parameters,
)
from eitgeo.steps.files import NOTEBOOKS, notebook_page_files
from eitgeo.study.project import Project, open_project
from tests.notebooks.book import OWN_DATA

ROOT = NOTEBOOKS.parent
HOSTILE = "<script>alert(1)</script> & Fils"
(STEP,) = [one for one in STEPS if one.name == "notebook_pages"]


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT / "study.yaml")


def with_effort(project: Project, effort: str) -> Project:
    """Replace the effort, as the command line does."""
    identity = project.study.identity.model_copy(update={"effort": effort})
    return replace(
        project, study=project.study.model_copy(update={"identity": identity})
    )


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook of code cells; the first holds the parameters."""
    made = [nbformat.v4.new_code_cell(text, id=str(i)) for i, text in enumerate(cells)]
    made[0].metadata["tags"] = ["parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


def code_of(path: Path) -> list[ast.Module]:
    """Parse the code cells of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    code = [one.source for one in cells if one.cell_type == "code"]
    return [ast.parse(re.sub(r"^%.*$", "", text, flags=re.MULTILINE)) for text in code]


def page_of(node: Any, project: Project, **options: Any) -> str:
    """Write the page of an executed notebook."""
    sheet = make_sheet(project.study.identity, [])
    content = notebook_page(
        notebook_body(node), name="essai", code_css=code_css(), sheet=sheet, **options
    )
    return content.decode("utf-8")


def test_only_a_whole_run_writes_pages(project) -> None:
    assert notebook_page_files(with_effort(project, "rapide")) == []
    pages = notebook_page_files(with_effort(project, "complet"))
    assert [one.name for one in pages] == [
        f"DEMO_{one.stem}.html"
        for one in sorted(NOTEBOOKS.glob("*.ipynb"))
        if one.stem != OWN_DATA
    ]
    assert {one.parent for one in pages} == {project.maps / "5_donnees/carnets"}


def test_the_step_reads_all_that_notebooks_read() -> None:
    written = {table for step in STEPS for table in step.writes}
    named = {
        node.value.removesuffix(".parquet")
        for path in NOTEBOOKS.glob("*.ipynb")
        for tree in code_of(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named |= {f"{name}_public" for name in named}  # notebook 08 adds the ending
    assert named & written - set(STEP.tables) == set()


def test_each_parameter_of_the_study_is_one_of_a_notebook(project) -> None:
    values = study_parameters(project)
    found: dict[str, list[Any]] = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for tree in code_of(path):
            names = [
                ast.unparse(one.targets[0])
                for one in ast.walk(tree)
                if isinstance(one, ast.Assign)
            ]
            for name in set(names) & set(values):
                found.setdefault(name, []).append(path.stem)
    assert set(found) == set(values)


def test_a_cell_keeps_its_comments_and_its_other_parameters() -> None:
    cell = 'A = [  # noms\n    "x",\n]\nB = 2.5  # km\nC = "z"  # autre'
    told = set_parameters(cell, {"A": ["é", "è"], "B": 3.0, "D": 4})
    assert told == 'A = ["é", "è"]  # noms\nB = 3  # km\nC = "z"  # autre'


CELLS = (
    (
        "from pathlib import Path\nimport eitgeo as eg\n"
        "from eitgeo.study.project import open_project\n"
        'ETUDE = Path("absent.yaml")  # étude\n'
        "MINUTES = 1  # min"
    ),
    "opened = open_project(ETUDE), eg.open_project(ETUDE)",
    "print(*(one.study.identity.effort for one in opened), MINUTES)",
    (
        "import pandas as pd\n"
        'pd.set_option("styler.format.escape", "html")\n'
        f"pd.DataFrame({{'nom': [{HOSTILE!r}]}}).style"
    ),
    "import sys\nprint('taire'.upper(), file=sys.stderr)",
    "import folium\nfolium.Map(tiles=None)",
)
STOPS = ("raise ValueError('Dupont 40000000100011'.upper())", "print('jamais' * 2)")


def test_a_notebook_runs_on_the_project_of_the_run(project, tmp_path) -> None:
    """Whichever way it is opened.

    The page is the same, run again; where the notebook stops, it says so and not why.
    """
    whole = with_effort(project, "complet")
    path = write_notebook(tmp_path / "essai.ipynb", *CELLS)
    node, fault = run_notebook(path, whole)
    assert fault == ""
    page = page_of(node, whole)
    minutes = project.study.methods.reach.minutes
    told = f"<pre>complet complet {minutes:g}\n</pre>"
    assert told in page
    assert "<script" not in page
    assert "<iframe" not in page
    assert "&lt;script&gt;" in page
    assert "TAIRE" not in page
    for hidden in (str(tmp_path), str(ROOT), "pickle", "://"):
        assert hidden not in page

    path = write_notebook(tmp_path / "arret.ipynb", *CELLS, *STOPS)
    stopped, fault = run_notebook(path, whole)
    assert fault == "ValueError : DUPONT 40000000100011"
    part = page_of(stopped, whole, is_whole=False)
    assert "s’est arrêté avant la fin" in part
    assert "s’est arrêté avant la fin" not in page
    assert told in part
    assert "DUPONT" not in part
    assert "jamaisjamais" not in part
    del stopped.cells[-len(STOPS) :]
    assert page_of(stopped, whole) == page


def test_an_absent_library_is_named(project, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(notebooks, "ABSENT", "nbclient")
    with pytest.raises(
        StudyError, match=r"« nbclient » est absent.*extra « notebooks »"
    ):
        run_notebook(tmp_path / "essai.ipynb", project)


def test_the_page_escapes_and_forbids(project) -> None:
    identity = project.study.identity.model_copy(update={"title": HOSTILE})
    sheet = make_sheet(identity, [])
    body = '<style>#T_1a2b3c td {}</style><table id="T_1a2b3c"></table><img alt="x">'
    page = notebook_page(body, name="01_a", code_css="", sheet=sheet).decode("utf-8")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert page.count("T_0") == 2
    assert 'alt="Figure du carnet 01_a"' in page
