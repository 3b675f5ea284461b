"""What the doctor finds wrong with a machine, each with its remedy."""

import os
import shutil
import tempfile
from collections import namedtuple
from dataclasses import replace
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path

import pyogrio
import pytest

from eitgeo.cli import doctor
from eitgeo.cli.doctor import diagnose, diagnosis_lines
from eitgeo.study.project import Project, open_project

ROOT = Path(__file__).resolve().parents[2]
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil's


@cache
def told_of_inputs() -> dict[str, str]:
    """What is said of the study's inputs, which no machine changes."""
    study = open_project(ROOT / "study.yaml", out=ROOT / "jamais fait")
    told: dict[str, str] = diagnose(study)["Données"]
    assert not study.out.exists()
    return told


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """The study, its inputs read once: what is said of them is its own affair."""
    told = told_of_inputs()
    monkeypatch.setattr(doctor, "_inputs", lambda _: told)
    return open_project(ROOT / "study.yaml", out=tmp_path / "jamais fait")


def line(project: Project, label: str) -> str:
    """Return the line of the diagnosis that begins with a label."""
    lines = [one.strip() for one in diagnosis_lines(diagnose(project))]
    (found,) = [one for one in lines if one.startswith(f"{label} :")]
    return found


def test_a_sound_machine_is_told_without_a_remedy(project, monkeypatch) -> None:
    for name in ("PROJ_LIB", "PROJ_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(doctor, "_memory_gb", lambda: 16.0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9e12, 0, 9e11))
    for label in ("GDAL", "données PROJ", "police DejaVu Sans", "mémoire (Go)"):
        assert "→" not in line(project, label), label
    assert line(project, "disque libre (Go)") == "disque libre (Go) : 900"
    assert line(project, "droit d'y écrire") == "droit d'y écrire : oui"
    assert not project.out.exists()


def test_a_form_without_an_address_is_not_to_be_given_out(project) -> None:
    assert "AUCUNE ADRESSE D'ENVOI, ne pas diffuser →" in line(project, "formulaire")
    form = project.study.form
    for given, met in (
        ({"contact_email": "a@essai.invalid"}, "aucun délai de réponse"),
        ({"post_url": "https://essai.invalid/x", "answer_days": 10}, "sous 10 jour"),
    ):
        study = project.study.model_copy(update={"form": form.model_copy(update=given)})
        assert met in line(replace(project, study=study), "formulaire")


@pytest.mark.parametrize("name", ["PROJ_LIB", "PROJ_DATA"])
def test_a_variable_of_qgis(project, monkeypatch, tmp_path, name) -> None:
    folder = tmp_path / "QGIS 3.40" / "share" / "proj"
    folder.mkdir(parents=True)
    monkeypatch.setenv(name, str(folder))
    said = line(project, f"variable {name}")
    assert "dossier sans proj.db : les coordonnées seront refusées" in said
    assert f"→ l'effacer avant de lancer eitgeo : unset {name}" in said
    (folder / "proj.db").write_bytes(b"")
    assert "posée par un autre logiciel (QGIS ?)" in line(project, f"variable {name}")


def test_an_old_gdal(project, monkeypatch) -> None:
    monkeypatch.setattr(pyogrio, "__gdal_version__", (3, 4, 1))
    said = line(project, "GDAL")
    assert said.startswith("GDAL : 3.4.1 : TROP ANCIENNE (3.8 au moins) → réinstaller")
    monkeypatch.setattr(pyogrio, "__gdal_version__", (3, 10, 0))
    assert line(project, "GDAL") == "GDAL : 3.10.0"


def test_missing_fonts(project, monkeypatch, tmp_path) -> None:
    spec = ModuleSpec("matplotlib", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(doctor, "find_spec", lambda _: spec)
    said = line(project, "police DejaVu Sans")
    assert "ABSENTE" in said
    assert "→ réinstaller matplotlib" in said
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    assert "matplotlib n'est pas installé" in line(project, "police DejaVu Sans")


def test_little_memory_and_little_disk(project, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "_memory_gb", lambda: 2.0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1e10, 0, 4e8))
    said = line(project, "mémoire (Go)")
    assert "2 : PEU (4 conseillés) → fermer d'autres logiciels" in said
    said = line(project, "disque libre (Go)")
    assert "0,4 : PEU (2 conseillés) → libérer de la place" in said
    monkeypatch.setattr(doctor, "_memory_gb", lambda: None)
    assert line(project, "mémoire (Go)").endswith(": inconnue")


def test_a_folder_that_cannot_be_written(project, monkeypatch) -> None:
    def refuse(**options: object) -> None:
        raise PermissionError(13, os.strerror(13), str(options["dir"]))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    assert "NON → vérifier vos droits" in line(project, "droit d'y écrire")
