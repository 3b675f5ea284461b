"""The set of maps is one table: what the run writes, what the docs say."""

from pathlib import Path

import pytest

from eitgeo.reference.map_sheets import map_sheets, map_title
from eitgeo.steps.declared import STEPS
from eitgeo.study.project import open_project
from tests.scripts.load import load_script

ROOT = Path(__file__).resolve().parents[2]


def test_every_map_of_the_run_is_in_the_table(tmp_path: Path) -> None:
    project = open_project(ROOT / "study.yaml", out=tmp_path)
    written = {
        path.name.removeprefix("DEMO_").removesuffix("_A4.png")
        for step in STEPS
        for path in step.products(project)
        if path.name.endswith("_A4.png")
    }
    known = map_sheets().index
    named = {
        stem: [one for one in known if stem == one or stem.startswith(f"{one}_")]
        for stem in written
    }
    assert [stem for stem, found in named.items() if not found] == []
    met = {max(found, key=len) for found in named.values()}
    assert set(known) == met


def test_the_docs_tell_each_map_as_the_table_does() -> None:
    builder = load_script("build_map_table")
    written = builder.PAGE.read_text(encoding="utf-8")
    assert written == builder.page(written), "run scripts/build_map_table.py"


def test_a_new_map_has_its_row_and_names_stay(monkeypatch, tmp_path: Path) -> None:
    builder = load_script("build_map_table")
    rows = builder.SHEETS.read_text(encoding="utf-8").splitlines()
    kept = [one for one in rows if not one.startswith("carte_zones,")]
    short = tmp_path / "map_sheets.csv"
    short.write_text(
        "\n".join([*kept, "carte_x,Titre,Où ?,points,deux"]) + "\n", encoding="utf-8"
    )
    monkeypatch.setattr(builder, "SHEETS", short)
    told = builder.page(builder.PAGE.read_text(encoding="utf-8"))
    assert "\n| `carte_x` | Où ? | points | deux |\n" in told.replace("\u202f", " ")
    assert "| `carte_zones` | Où sont les zones" not in told
    assert "\n| `ecart_<A>_<B>` |" in told


@pytest.mark.parametrize("sheet", ["carte_zones", "ecart", "carte_echanges"])
def test_titles_are_those_of_the_table(sheet: str) -> None:
    assert map_title(sheet) == map_sheets().loc[sheet, "title"] != ""
