"""With which code « eitgeo verify » ends, and what it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eitgeo.audit.reading import checks
from eitgeo.audit.reading.opened import Finding
from eitgeo.cli.app import app
from eitgeo.commands import verify
from eitgeo.commands.verify import Verification
from eitgeo.errors import SourceError

ROOT = Path(__file__).resolve().parents[2]
CONFORM = Verification(
    "conforme", "maps/carte.pdf", "ab" * 32, "Carte", "Étude « x »", 3
)


def invoked(monkeypatch, answer: Any) -> Any:
    """Run the command over a verification that finds what is given."""

    def found(project: object, file: Path) -> Verification:
        assert project is not None
        assert file.name == "carte.pdf"
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(verify, "verify_file", found)
    study = str(ROOT / "study.yaml")
    return CliRunner().invoke(app, ["verify", "carte.pdf", "--study", study])


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (CONFORM, 0, "3 entrées comparées (fichiers et paramètres) : inchangées."),
        (Verification("modifié", "maps/carte.pdf"), 1, "MODIFIÉ : le calcul a écrit"),
        (Verification("inconnu"), 1, "INCONNU : aucun fichier du calcul"),
        (SourceError("manifest.json : manifeste absent"), 2, "manifeste absent"),
        (
            Verification("conforme", "maps/carte.pdf", n_inputs=3, changes=("x.csv",)),
            3,
            "CONFORME, MAIS SES ENTRÉES ONT CHANGÉ",
        ),
    ],
)
def test_codes_and_words(monkeypatch, answer, code, said) -> None:
    done = invoked(monkeypatch, answer)
    assert done.exit_code == code
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_long_list_of_changes_is_cut(monkeypatch) -> None:
    many = tuple(f"fichier changé : {rank}.csv" for rank in range(25))
    answer = Verification("conforme", "maps/carte.pdf", n_inputs=25, changes=many)
    output = invoked(monkeypatch, answer).output
    assert "19.csv" in output
    assert "20.csv" not in output
    assert "… et 5 autres" in output


def test_a_published_manifest_needs_no_study(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    manifest, card = tmp_path / "manifest.json", tmp_path / "carte.pdf"
    card.write_bytes(b"abc")
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    graph = [
        {"@id": "./", "description": "Étude « x »"},
        {"@id": "carte.pdf", "name": "maps/carte.pdf", "sha256": sha256},
        {"@id": "#etape/a", "name": "Carte", "result": [{"@id": "carte.pdf"}]},
    ]
    manifest.write_text(json.dumps({"@graph": graph}), encoding="utf-8")
    asked = ["verify", "carte.pdf", "--manifest", "manifest.json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0
    assert "CONFORME : c’est, octet pour octet, maps/carte.pdf" in done.output
    assert "Sans l’étude, rien n’est dit de ses entrées" in done.output
    card.write_bytes(b"abd")
    assert CliRunner().invoke(app, asked).exit_code == 1
    manifest.write_text("{")
    assert CliRunner().invoke(app, asked).exit_code == 2


def test_the_help_documents_the_codes() -> None:
    text = " ".join(CliRunner().invoke(app, ["verify", "--help"]).output.split())
    for told in ("0 conforme", "1 modifié ou inconnu", "2 vérification impossible"):
        assert told in text


@pytest.mark.parametrize(
    ("faults", "code", "said"),
    [
        ((), 0, "Lecture : rien qu’un lecteur ne doive voir."),
        (
            (Finding("zones.xlsx", "Zones F3", "clé interne montrée", "zone_id"),),
            1,
            "- Zones F3 : clé interne montrée : « zone_id »",
        ),
    ],
)
def test_reading_says_where_and_what(monkeypatch, faults, code, said) -> None:
    monkeypatch.setattr(checks, "read_study", lambda _: list(faults))
    study = str(ROOT / "study.yaml")
    result = CliRunner().invoke(app, ["verify", "--lecture", "--study", study])
    assert result.exit_code == code
    assert said in result.output


def test_a_file_or_all_that_is_published_is_to_be_named() -> None:
    result = CliRunner().invoke(app, ["verify"])
    assert result.exit_code == 2
    assert "--lecture" in result.output


def test_reading_nothing_is_refused(tmp_path) -> None:
    study = str(ROOT / "study.yaml")
    command = ["verify", "--lecture", "--study", study, "--out", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    assert "rien de publié" in result.output
