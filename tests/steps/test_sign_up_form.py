"""The step of the sign-up form: two files, or none, and never a draft made valid."""

from pathlib import Path

import pytest

from eitgeo.errors import StudyError
from eitgeo.steps.declared import STEPS
from eitgeo.study.project import Project, read_study
from eitgeo.tables.public import Released, write_released
from tests.maps.toy import squares

ROOT = Path(__file__).resolve().parents[2]
STEP = next(step for step in STEPS if step.name == "sign_up_form")
NAMES = ["inscription.html", "inscription.xlsx"]


def project(out: Path, **identity: str) -> Project:
    """Return the default study, written elsewhere, with the toy communes."""
    study = read_study(ROOT / "study.yaml")
    changed = study.identity.model_copy(update=identity)
    made = Project(study.model_copy(update={"identity": changed}), ROOT, out)
    communes = squares().assign(
        area_km2=25.0, altitude_m=400.0, seat_source="point_representatif"
    )
    write_released(made.processed, "communes", Released(communes))
    return made


def test_the_form_is_two_files_without_the_name_of_a_demonstration(tmp_path) -> None:
    made = project(tmp_path)
    assert made.study.demonstration_reasons
    assert [path.name for path in STEP.artefacts(made)] == NAMES
    facts = STEP.run(made)
    assert facts["communes proposées"] == 9
    assert "ne pas diffuser → form.contact_email" in str(facts["à savoir"])
    assert sorted(path.name for path in (made.maps / "1_elus").iterdir()) == NAMES


def test_a_study_without_the_section_has_no_form(tmp_path) -> None:
    made = project(tmp_path)
    bare = Project(made.study.model_copy(update={"form": None}), ROOT, tmp_path)
    assert STEP.artefacts(bare) == []
    assert "absente" in str(STEP.run(bare)["formulaire"])
    assert not bare.maps.exists()


def test_a_draft_notice_stops_a_validated_study(tmp_path) -> None:
    made = project(tmp_path, status="valide")
    with pytest.raises(StudyError, match="« à confirmer » figure dans"):
        STEP.run(made)
    assert not made.maps.exists()
