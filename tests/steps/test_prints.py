"""A map is drawn on every paper, and says what the study rests on."""

import datetime as dt
from pathlib import Path

import pytest

from eitgeo.maps.paper.sheet import Sheet
from eitgeo.steps.maps.prints import print_map
from eitgeo.study.project import Project, read_study

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("own", [(), ("établissements synthétiques",)])
def test_every_map_of_a_demonstration_is_stamped(tmp_path, own) -> None:
    project = Project(read_study(ROOT / "study.yaml"), ROOT, tmp_path)
    reasons = project.study.demonstration_reasons
    assert reasons, "the delivered study is a demonstration"
    drawn: list[Sheet] = []

    def draw(*, sheet: Sheet) -> dict[str, bytes]:
        drawn.append(sheet)
        return {"png": b"picture"}

    sheet = Sheet("Étude", "", dt.date(2026, 11, 26), demonstration=own)
    count = print_map(project, "carte_x", draw, sheet=sheet)
    formats = project.study.prints.formats
    assert count == len(drawn) == len(formats)
    assert [one.page_format for one in drawn] == list(formats)
    told = ", ".join(reasons)
    expected = own or (f"{told} (dans l’étude, non sur cette carte)",)
    assert {one.demonstration for one in drawn} == {expected}
    found = sorted(path.name for path in tmp_path.rglob("*.png"))
    assert found == sorted(f"DEMO_carte_x_{name}.png" for name in formats)
