"""Three studies, each computed once for all the tests that read it.

The folders are common to all workers: nobody writes into them, nor runs a step there
that would do anything.
"""

import json
from pathlib import Path

import pytest
from filelock import FileLock

from eitgeo.dossier.model import Dossier
from eitgeo.ledger import LEDGER
from eitgeo.steps.declared import STEPS
from eitgeo.steps.documents import dossier
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, open_project
from eitgeo.tables.public import PublicTables
from tests.disclosure.scan import SHELF
from tests.dossier.reading import bare_texts
from tests.producer.study import Real, make_real, real_in
from tests.studies.couserans import HERE, Ran, ran_in, run_new, write_couserans

ROOT = Path(__file__).resolve().parents[1]


def delivered_study(factory: pytest.TempPathFactory) -> Project:
    """Return the delivered study; who asks first computes it, the others wait."""
    place, done = _places(factory)
    project = open_project(ROOT / "study.yaml", out=place)
    with FileLock(f"{place}.lock"):
        if not done.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv(LEDGER, str(told_folder(project)))
                _keep_texts(patch, dossier_texts(project))
                reports = run_steps(STEPS, project)
            failed = {one.step.name: str(one.error) for one in reports if one.error}
            assert failed == {}
            assert {one.status for one in reports} == {"done"}
            place.with_suffix(SHELF).mkdir()
            done.touch()
    return project


def told_folder(project: Project) -> Path:
    """Name the folder where the steps of the delivered study told what they printed."""
    return project.out.with_suffix(".registre")


def dossier_texts(project: Project) -> Path:
    """Name the file of the texts that the dossier of the delivered study wrote bare."""
    return project.out.with_suffix(".dossier.json")


def _keep_texts(patch: pytest.MonkeyPatch, place: Path) -> None:
    """Note what the dossier writes while it is made: seconds each time it is."""
    write = dossier.study_dossier

    def keep(project: Project, public: PublicTables) -> Dossier:
        written = write(project, public)
        place.write_text(json.dumps(bare_texts(written)), encoding="utf-8")
        return written

    patch.setattr(dossier, "study_dossier", keep)


def couserans_study(factory: pytest.TempPathFactory) -> Ran:
    """Return the small study of a new territory; who asks first computes it."""
    place = common_folder(factory) / "couserans"
    done = place.with_suffix(".faite")
    with FileLock(f"{place}.lock"):
        if not done.exists():
            run_new(write_couserans(place), HERE)
            done.touch()
    return ran_in(place)


def real_study(factory: pytest.TempPathFactory) -> Real:
    """Return the study without a stamp; who asks first makes it, from its names."""
    place = common_folder(factory) / "reelle"
    done = place.with_suffix(".faite")
    with FileLock(f"{place}.lock"):
        if not done.exists():
            make_real(place)
            done.touch()
    return real_in(place)


def lent_tables(factory: pytest.TempPathFactory) -> Path | None:
    """Return the folder of the delivered study; None when no test asked for it yet."""
    place, done = _places(factory)
    with FileLock(f"{place}.lock"):
        return place if done.exists() else None


def _places(factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = common_folder(factory) / "livree"
    return place, place.with_suffix(".faite")


def common_folder(factory: pytest.TempPathFactory) -> Path:
    """Name the folder that parallel workers share."""
    base = factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base
