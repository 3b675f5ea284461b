"""The set of maps is one table: what the run writes, what the docs say."""

from pathlib import Path

import pytest

from eitgeo.reference.map_sheets import map_sheets, map_title
from eitgeo.steps.declared import STEPS
from eitgeo.study.project import open_project

ROOT = Path(__file__).resolve().parents[2]


def plain(text: str) -> str:
    return " ".join(text.split())


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
    page = plain((ROOT / "docs" / "cartes.md").read_text(encoding="utf-8"))
    for sheet, row in map_sheets().iterrows():
        assert f"`{sheet}" in page
        for text in (row["question"], row["classes"]):
            assert text in page.replace("\u202f", " "), text


@pytest.mark.parametrize("sheet", ["carte_zones", "ecart", "carte_echanges"])
def test_titles_are_those_of_the_table(sheet: str) -> None:
    assert map_title(sheet) == map_sheets().loc[sheet, "title"] != ""
