"""A study or a folder of a former edition: the doctor names what it still bears."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.commands.former import NOTHING, former_facts
from eitgeo.study.prints import SHELVES, shelf_of
from eitgeo.study.project import open_project
from eitgeo.study.renamed import renamed
from eitgeo.study.sections import Study

ROOT = Path(__file__).resolve().parents[2]
KEYS = """\
  animator_fte: 1
  sites_per_animator_band: [80, 150]
"""
FLAT = {
    "DEMO_dossier.pdf": "maps",
    "comparateur.html": "maps",
    "manifest.json": "maps",
    "perimetres_a_tester.gpkg": "maps",
    "dossier.pdf.json": "maps/*.json",
    "DEMO_carte_stabilite_zones_A4.png": "carte_stabilite_zones",
    "carte_gisements_zones_A3_portrait.pdf": "carte_gisements_zones",
    "perimetres.html": "perimetres",
    "notebooks/01.html": "maps/notebooks",
}
"""Files as editions before the folders of ``maps`` left them → what names them."""


def write_old(folder: Path) -> Path:
    """Write a study of the first edition, and the files that it left."""
    new = (ROOT / "study.yaml").read_text(encoding="utf-8")
    assert new.count("\ncomparison:\n") == 1
    old = new.replace("\ncomparison:\n", f"\ncomparison:\n{KEYS}")
    # The first edition had no credits.
    head, _, rest = old.partition("\n  credits:")
    old = head + "\n\nterritory:" + rest.partition("\nterritory:")[2]
    path = folder / "study.yaml"
    path.write_text(old, encoding="utf-8")
    for name in FLAT:
        place = folder / "maps" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"")
    return path


def doctor(path: Path, *options: str):
    return CliRunner().invoke(app, ["doctor", str(path), *options])


def test_every_former_name_is_told_with_its_remedy(tmp_path) -> None:
    found = doctor(write_old(tmp_path))
    assert found.exit_code == 2
    assert [one.old for one in renamed() if f"→ {one.remedy}" not in found.output] == []
    # The refusal itself says the same of keys, word for word.
    keys = [one for one in renamed() if one.kind in {"key", "absent"}]
    assert len(keys) == 3
    for one in keys:
        assert f"« {one.old or one.new} »" in found.stderr
        assert one.remedy in found.stderr
    said = [line.strip() for line in found.stdout.splitlines()[1:]]
    assert len(said) == len(renamed())
    shown = next(line for line in said if line.startswith("dossier maps «"))
    assert "DEMO_carte_stabilite_zones_A4.png" in shown
    assert "(7 en tout)" in shown  # neither the sheet nor the notebook
    assert all("dossier.pdf.json" not in line for line in said if line is shown)


def test_a_machine_reads_the_same(tmp_path) -> None:
    found = doctor(write_old(tmp_path), "--json")
    (facts,) = json.loads(found.stdout).values()
    assert len(facts) == len(renamed())
    assert found.exit_code == 2


@pytest.mark.parametrize("name", FLAT)
def test_each_file_is_named_alone(tmp_path, name) -> None:
    place = tmp_path / "maps" / name
    place.parent.mkdir(parents=True)
    place.write_bytes(b"")
    facts = former_facts(ROOT / "study.yaml", tmp_path)
    (told,) = [t for label, t in facts.items() if place.name in label][-1:]
    (row,) = [one for one in renamed() if one.old == FLAT[name]]
    assert told.endswith(f"→ {row.remedy}")
    assert f"depuis le {row.since:%d/%m/%Y}" in told


def test_nothing_is_told_of_what_is_current_or_the_user_s(tmp_path) -> None:
    for shelf, stems in SHELVES.items():
        (tmp_path / "maps" / shelf).mkdir(parents=True)
        for stem in stems:
            (tmp_path / "maps" / shelf / f"{stem}_A4.pdf").write_bytes(b"")
    for name in ("index.html", "photo.jpg", "rapport.nouveau.txt", ".gitignore"):
        (tmp_path / "maps" / name).write_bytes(b"")
    assert former_facts(ROOT / "study.yaml", tmp_path) == NOTHING


def test_a_study_that_cannot_be_read_is_refused_as_before(tmp_path) -> None:
    found = doctor(tmp_path / "absent.yaml")
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.strip().endswith("fichier absent")


def has_key(place: str) -> bool:
    model: Any = Study
    *parents, last = place.split(".")
    for part in parents:
        model = model.model_fields[part].annotation
    return last in model.model_fields


def test_the_table_tells_what_is() -> None:
    """Former keys are keys no more; new ones, and new folders, are."""
    for one in renamed():
        if one.kind in {"key", "absent"}:
            assert has_key(one.new)
            assert not (one.old and has_key(one.old))
        if one.kind == "output":
            assert shelf_of(one.new) in SHELVES
    assert {one.kind for one in renamed()} == {
        *("key", "absent", "folder", "sidecar", "output")
    }


def test_studies_of_the_past_open_once_remedied(tmp_path) -> None:
    """Every edition of the delivered study, but for what the table names."""
    path = write_old(tmp_path)
    text = path.read_text(encoding="utf-8").replace(KEYS, "")
    told = (ROOT / "study.yaml").read_text(encoding="utf-8")
    told = told.partition("\n  credits:")[2].partition("\nterritory:")[0]
    text = text.replace("\n\nterritory:", f"\n  credits:{told}\nterritory:", 1)
    path.write_text(text, encoding="utf-8")
    (tmp_path / "maps" / "perimetres_a_tester.gpkg").unlink()  # it is empty
    assert open_project(path).study == open_project(ROOT / "study.yaml").study
    keys = {k for k in former_facts(path, tmp_path) if k.startswith("clé")}
    assert keys == set()
