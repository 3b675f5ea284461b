"""What the commands say, and with which code they end."""

import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from filelock import FileLock
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.steps import declared
from eitgeo.steps.engine import states
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.files import brought_files

ROOT = Path(__file__).resolve().parents[2]
MODULE = """
from eitgeo.errors import SchemaError
from eitgeo.store import write_bytes

def run(project):
    effort = project.study.identity.effort
    title = project.study.identity.title
    if title == "refus":
        raise SchemaError("communes.csv : ligne 3 → la corriger")
    if title == "panne":
        raise ZeroDivisionError("panne")
    if title == "arrêt":
        raise KeyboardInterrupt
    write_bytes(project.maps / "carte.txt", effort.encode())
    return {"communes": 1605, "part": 0.25}
"""


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    """A study of one step, which writes maps/carte.txt."""
    package = f"cli_{abs(hash(str(tmp_path))) % 10**8}"
    (tmp_path / "code" / package).mkdir(parents=True)
    (tmp_path / "code" / package / "__init__.py").write_text("")
    (tmp_path / "code" / package / "only.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    step = Step(
        "only",
        "Carte [unique]",
        products=lambda project: [project.maps / "carte.txt"],
        module=f"{package}.only",
    )
    monkeypatch.setattr(declared, "STEPS", (step,))
    folder = tmp_path / "étude"
    folder.mkdir()
    return Path(shutil.copy(ROOT / "study.yaml", folder / "study.yaml"))


def call(*arguments: object):
    """Call the command line; non-breaking spaces become plain ones."""
    found = CliRunner().invoke(app, [str(item) for item in arguments])
    return found.exit_code, found.output.replace("\N{NO-BREAK SPACE}", " ")


def retitle(study: Path, title: str) -> None:
    """Give the study another title."""
    lines = study.read_text(encoding="utf-8").split("\n")
    lines = [f"  title: {title}" if "title: " in line[:9] else line for line in lines]
    study.write_text("\n".join(lines), encoding="utf-8")


def test_a_run_tells_its_steps_then_what_it_published(study) -> None:
    code, said = call("run", study)
    assert code == 0
    # How long it takes is the machine's affair.
    told = r"\[1/1\] Carte \[unique\] : 0,\d s ; communes 1 605 ; part 0,25\n"
    assert re.search(told, said)
    assert "\n  carte.txt\nTotal : 1 étape(s) exécutée(s), 0 à jour ; " in said
    code, said = call("run", study)
    assert code == 0
    assert "[1/1] Carte [unique] : à jour" in said


def test_the_effort_and_the_folder_are_options(study, tmp_path) -> None:
    out = tmp_path / "ailleurs"
    assert call("run", study, "--out", out, "--effort", "complet")[0] == 0
    assert (out / "maps/carte.txt").read_text() == "complet"
    assert not (study.parent / "maps").exists()


def test_a_dry_run_says_why_and_writes_nothing(study) -> None:
    code, said = call("run", study, "--dry-run")
    assert (code, said) == (
        0,
        "1 étape(s) à exécuter sur 1 :\n  Carte [unique]\n    - première exécution\n",
    )
    assert [path.name for path in study.parent.iterdir()] == ["study.yaml"]
    call("run", study)
    assert call("run", study, "--dry-run")[1] == "Tout est à jour : rien à exécuter.\n"
    said = call("run", study, "--dry-run", "--effort", "complet")[1]
    assert "    - paramètre changé : identity.effort\n" in said


def test_a_file_edited_by_hand_is_told_by_every_run(study) -> None:
    call("run", study)
    (study.parent / "maps/carte.txt").write_text("à moi")
    kept = "maps/carte.txt : modifié à la main, gardé tel quel"
    code, said = call("run", study, "--dry-run")
    assert code == 0
    assert "    - produit modifié à la main : maps/carte.txt\n" in said
    assert f"{kept} ; le calcul écrira sa version à côté, carte.nouveau.txt\n" in said
    for _ in range(2):
        code, said = call("run", study)
        assert code == 0
        assert f"  Attention – {kept} ; la version du calcul est à côté" in said
    assert (
        f"Tout est à jour : rien à exécuter.\n{kept}"
        in call("run", study, "--dry-run")[1]
    )
    assert (study.parent / "maps/carte.txt").read_text() == "à moi"


def test_a_check_reads_large_files_again(study, monkeypatch) -> None:
    monkeypatch.setattr(states, "LARGE_BYTES", 2)
    card = study.parent / "maps/carte.txt"
    call("run", study)
    os.utime(card, (1e9, 1e9))
    call("run", study)
    card.write_text("rapidf")  # a bit flips
    os.utime(card, (1e9, 1e9))
    assert call("run", study, "--dry-run")[1] == "Tout est à jour : rien à exécuter.\n"
    said = call("run", study, "--dry-run", "--check")[1]
    assert "    - produit modifié à la main : maps/carte.txt\n" in said
    help_text = " ".join(call("run", "--help")[1].replace("│", " ").split())
    assert "garde sa taille et sa date est tenu pour inchangé" in help_text


def test_a_refusal_is_told_without_a_trace(study) -> None:
    retitle(study, "refus")
    code, said = call("run", study)
    assert code == 1
    assert "Étape « Carte [unique] » : communes.csv : ligne 3 → la corriger" in said
    assert "Traceback" not in said


def test_a_failure_lists_no_product_of_an_earlier_run(study) -> None:
    call("run", study)
    retitle(study, "refus")
    code, said = call("run", study)
    assert code == 1
    assert "carte.txt" not in said
    assert "Publié" not in said
    assert "Total" not in said
    assert "Conservé dans " in said
    assert "1 fichier(s) d'un calcul antérieur ou incomplet" in said
    assert (
        "Calcul inachevé : 1 étape(s) en échec, 0 non tentée(s) ; "
        "0 étape(s) exécutée(s), 0 à jour" in said
    )
    assert (study.parent / "maps/carte.txt").is_file()


def bring(study: Path, monkeypatch, **files: str) -> None:
    """Bring perimeters, which the one step of the study reads."""
    (step,) = declared.STEPS
    monkeypatch.setattr(declared, "STEPS", (replace(step, files=brought_files),))
    written = yaml.safe_load(study.read_text(encoding="utf-8"))
    written["perimeters"] = [
        {"name": f"Tracé {name}", "path": f"{name}.csv"} for name in files
    ]
    study.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    for name, content in files.items():
        (study.parent / f"{name}.csv").write_text(content, encoding="utf-8")


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_malformed_perimeter_is_refused_before_any_step(
    study, monkeypatch, options
) -> None:
    bring(
        study,
        monkeypatch,
        atelier="code_insee;nom\n9229;y\n",
        bon="code_insee;nom\n09229;y\n",
        vide="nom\ny\n",
    )
    code, said = call("run", study, *options)
    assert code == 1
    assert "atelier.csv" in said
    assert "9229" in said
    assert "vide.csv" in said
    assert "bon.csv" not in said
    assert "étape(s)" not in said
    assert not (study.parent / "maps").exists()


def test_a_well_formed_perimeter_lets_the_plan_be_told(study, monkeypatch) -> None:
    bring(study, monkeypatch, bon="code_insee\n09229\n")
    code, said = call("run", study, "--dry-run")
    assert (code, said.partition("\n")[0]) == (0, "1 étape(s) à exécuter sur 1 :")


def test_doctor_reads_the_perimeters_that_the_user_brings(study, monkeypatch) -> None:
    mauvais, bon = "code_insee\n9229\n", "code_insee\n09229\n"
    bring(study, monkeypatch, mauvais=mauvais, bon=bon)
    data = json.loads(call("doctor", study, "--json")[1])["Données"]
    assert data["périmètre apporté « Tracé mauvais »"].startswith(
        "REFUSÉ : mauvais.csv"
    )
    assert "9229" in data["périmètre apporté « Tracé mauvais »"]
    assert data["périmètre apporté « Tracé bon »"] == "lisible, bon.csv"
    (study.parent / "bon.csv").unlink()
    data = json.loads(call("doctor", study, "--json")[1])["Données"]
    assert data["périmètre apporté « Tracé bon »"] == "FICHIER ABSENT : bon.csv"


def test_an_unforeseen_error_shows_its_trace(study) -> None:
    retitle(study, "panne")
    code, said = call("run", study)
    assert code == 1
    assert "ZeroDivisionError: panne" in said
    assert "anomalie du logiciel" in said


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_bad_study_ends_with_2(tmp_path, command) -> None:
    code, said = call(command, tmp_path / "absent.yaml")
    assert code == 2
    assert "fichier absent" in said
    bad = tmp_path / "bad.yaml"
    bad.write_text("zone: {}\n")
    code, said = call(command, bad)
    assert code == 2
    assert "vouliez-vous dire « zones » ?" in said


def test_a_busy_folder_ends_with_3(study) -> None:
    lock = study.parent / ".calcul/eitgeo.lock"
    lock.parent.mkdir(parents=True)
    with FileLock(lock):
        code, said = call("run", study)
    assert code == 3
    assert "un calcul y est déjà en cours" in said


def test_the_user_can_stop(study) -> None:
    retitle(study, "arrêt")
    code, said = call("run", study)
    assert (code, said) == (
        130,
        (
            "[1/1] Carte [unique] : interrompue\n"
            "Interrompu. Relancez la même commande pour reprendre.\n"
        ),
    )


def test_a_console_of_western_europe_is_enough(study) -> None:
    found = CliRunner(charset="cp1252").invoke(app, ["doctor", str(study)])
    assert (found.exit_code, found.stderr) == (0, "")
    assert "Géodésie et polices" in found.stdout


def test_the_version_is_told() -> None:
    assert call("--version") == (0, "eitgeo 0.1.0\n")


def test_doctor_tells_parameters_and_the_nature_of_inputs(study, monkeypatch) -> None:
    raw = study.parent / "data/raw"
    raw.mkdir(parents=True)
    (raw / "membership.csv").write_text("status\na_confirmer\npublie\na_confirmer\n")
    monkeypatch.setenv("PROJ_LIB", "C:/QGIS/share/proj")
    text = study.read_text(encoding="utf-8").replace("radius_m: 500", "radius_m: 650")
    study.write_text(text, encoding="utf-8")
    code, said = call("doctor", study, "--json")
    assert code == 0
    told = json.loads(said)
    assert "QGIS" in told["Géodésie et polices"]["variable PROJ_LIB"]
    assert told["Machine"]["droit d'y écrire"] == "oui"
    (parameters,) = (told[title] for title in told if title.startswith("Paramètres"))
    assert parameters["zones.radius_m *"] == 650
    assert parameters["zones.min_sites"] == 3  # as by default
    assert parameters["roads.truck.road_kmh"] == 51.4
    data = told["Données"]
    assert data["établissements, source 3"] == "synthétique"
    missing = "FICHIER ABSENT : data/raw/osm_roads_2021.osm.pbf"
    assert data["réseau routier"] == missing
    assert data["appartenances"] == "réel, data/raw/membership.csv"
    assert data["appartenances à confirmer"] == "2 lignes sur 3"
    assert data["communes"] == "FICHIER ABSENT : data/raw/communes.geojson"
    lines = call("doctor", study)[1]
    assert "\n  zones.radius_m * : 650\n" in lines


def test_doctor_tells_a_section_that_the_study_leaves_out(study) -> None:
    written = yaml.safe_load(study.read_text(encoding="utf-8"))
    for name in ("form", "survey"):
        written.pop(name, None)
    study.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    code, said = call("doctor", study)
    assert code == 0
    assert "\n  survey : absente\n" in said
    assert "\n  form : absente\n" in said
