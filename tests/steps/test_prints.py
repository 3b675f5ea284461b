"""A map is drawn on every paper, and its name says what the map says."""

from pathlib import Path

import pandas as pd
import pytest

from eitgeo.disclosure.door.rules import release_register
from eitgeo.errors import SchemaError
from eitgeo.maps.paper.map_sheet import BodySheet
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.study.project import Project, read_study

ROOT = Path(__file__).resolve().parents[2]
SITES = ("établissements tirés au sort dans les effectifs comptés",)


def printed(out: Path, stem: str, reasons: tuple[str, ...]) -> list[str]:
    """Print a map of the delivered study, whose establishments are drawn."""
    project = Project(read_study(ROOT / "study.yaml"), ROOT, out)
    assert project.study.reasons("sites") == SITES
    drawn: list[str] = []
    table = release_register(pd.DataFrame(), sources=(), demonstration=reasons)
    body = BodySheet(
        subject="Essai",
        heading="Essai",
        tables=(table,),
        body=lambda page, _: drawn.append(page.format.name),
    )
    count = print_sheet(project, stem, body)
    prints = project.study.prints
    assert drawn == list(prints.formats)
    assert count == len(prints.formats) * len(prints.files)
    return sorted(path.name for path in out.rglob("*.png"))


def test_a_map_of_what_is_drawn_is_named_and_stamped(tmp_path) -> None:
    assert printed(tmp_path, "carte_echanges", SITES) == ["DEMO_carte_echanges_A4.png"]


def test_a_map_of_what_is_real_bears_no_stamp_in_a_study_that_draws(tmp_path) -> None:
    assert printed(tmp_path, "carte_structures", ()) == ["carte_structures_A4.png"]


@pytest.mark.parametrize(
    ("stem", "reasons", "told"),
    [
        ("carte_structures", SITES, "portent « établissements tirés au sort"),
        ("carte_echanges", ("réseau de substitution",), "portent « réseau de subst"),
        ("carte_echanges", (), "portent « aucune donnée tirée »"),
    ],
)
def test_a_name_that_says_other_than_the_tables_is_refused(
    tmp_path, stem, reasons, told
) -> None:
    with pytest.raises(SchemaError, match=told):
        printed(tmp_path, stem, reasons)
    assert list(tmp_path.rglob("*.png")) == []
