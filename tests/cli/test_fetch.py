"""What `eitgeo fetch` says, with which code it ends, and what the doctor then says."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from eitgeo.cli.app import app
from eitgeo.sources.fetch.register import COLUMNS, read_register
from tests.sources.fetch.official import csv_body, digest, file, serving, status, whole

ROOT = Path(__file__).resolve().parents[2]
BODY = csv_body(40_000)
DISK = "Disque nécessaire, archives dépliées et tables comprises :"


class Usage(NamedTuple):
    """What a disk holds."""

    total: int
    used: int
    free: int


@pytest.fixture
def official(monkeypatch):
    """Serve on this machine, whatever proxy the environment names."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as server:
        yield server


@pytest.fixture
def study(tmp_path, official) -> Path:
    """A folder of study with five rows in its register."""
    folder = tmp_path / "étude"
    (folder / "data/raw").mkdir(parents=True)
    rows = [
        {"name": "data/raw/livre.csv"},
        {"name": "Sites", "url": f"{official.url}/a.csv", "path": "data/raw/a.csv"},
        {
            "name": "ICPE {dep}",
            "url": f"{official.url}/{{dep}}.csv",
            "path": "data/raw/icpe_{dep}.csv",
        },
        {"name": "BANATIC", "url": "https://ici.fr", "note": "à la main"},
    ]
    with (folder / "data/sources.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({"licence": "LO", **row} for row in rows)
    for name in ("/a.csv", "/09.csv", "/31.csv", "/65.csv"):
        official.give(name, file(BODY))
    return Path(shutil.copy(ROOT / "study.yaml", folder / "study.yaml"))


def call(*arguments: object) -> tuple[int, str]:
    """Call the command line; non-breaking spaces become plain ones."""
    found = CliRunner().invoke(app, [str(item) for item in arguments])
    return found.exit_code, found.output.replace("\N{NO-BREAK SPACE}", " ")


def test_a_dry_run_says_state_size_licence_and_target(
    study, official, monkeypatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 0, 1_000_000_000))
    code, said = call("fetch", study, "--dep", "09", "--dry-run")
    assert code == 0
    assert said.splitlines() == [
        "Sites : à télécharger",
        "  40 ko, LO, data/raw/a.csv",
        f"  {official.url}/a.csv",
        "ICPE 09 : à télécharger",
        "  40 ko, LO, data/raw/icpe_09.csv",
        f"  {official.url}/09.csv",
        "BANATIC : à télécharger à la main (https://ici.fr)",
        "Livrés avec l'étude : 1 fichier.",
        "Total à télécharger : 2 fichiers, 80 ko annoncés.",
        # 2,5 times what comes, of one significant figure.
        f"{DISK} de l'ordre de 200 ko ; libres : 1 Go.",
    ]
    assert sorted(one.name for one in study.parent.rglob("*")) == [
        "data",
        "raw",
        "sources.csv",
        "study.yaml",
    ]


def test_a_total_counts_what_is_unknown_received_or_too_large(
    study, official, monkeypatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 0, 90_000))
    official.give("/09.csv", whole(gzip.compress(BODY), {"Content-Encoding": "gzip"}))
    (study.parent / "data/raw/.a.csv.part").write_bytes(BODY[:10_000])
    said = call("fetch", study, "--dep", "09", "--dry-run")[1].splitlines()
    assert "  taille inconnue, LO, data/raw/icpe_09.csv" in said
    assert said[-2:] == [
        (
            "Total à télécharger : 2 fichiers, 40 ko annoncés, dont 10 ko déjà reçus, "
            "1 de taille inconnue."
        ),
        f"{DISK} au moins 100 ko ; libres : 90 ko : libérer de la place d'abord.",
    ]
    monkeypatch.undo()
    call("fetch", study, "--only", "sites")
    said = call("fetch", study, "--only", "sites", "--dry-run")[1].splitlines()
    assert said[-1] == "Total à télécharger : rien."


def test_files_come_then_are_there(study) -> None:
    code, said = call("fetch", study, "--dep", "09")
    assert (code, said.splitlines()) == (
        0,
        [
            "[1/2] Sites : téléchargé, 40 ko → data/raw/a.csv",
            "[2/2] ICPE 09 : téléchargé, 40 ko → data/raw/icpe_09.csv",
            "BANATIC : à télécharger à la main (https://ici.fr)",
            "Livrés avec l'étude : 1 fichier.",
            "Total : 2 fichiers téléchargés, 0 déjà là, 0 en échec.",
        ],
    )
    assert (study.parent / "data/raw/a.csv").read_bytes() == BODY
    code, said = call("fetch", study, "--dep", "09")
    assert "[1/2] Sites : déjà là, 40 ko" in said
    assert "0 fichier téléchargé, 2 déjà là" in said
    said = call("fetch", study, "--only", "sites", "--force", "--dry-run")[1]
    assert "Sites : à télécharger de nouveau" in said


def test_departements_are_those_of_the_members_of_the_study(study) -> None:
    shutil.copy(ROOT / "data/raw/membership.csv", study.parent / "data/raw")
    said = call("fetch", study, "--only", "ICPE {dep}")[1]
    names = [line.split(" : ")[0] for line in said.splitlines()[:3]]
    assert names == ["[1/3] ICPE 09", "[2/3] ICPE 31", "[3/3] ICPE 65"]


def test_a_failure_ends_with_1_and_the_others_come(study, official) -> None:
    official.give("/a.csv", status(404))
    code, said = call("fetch", study, "--dep", "31")
    assert code == 1
    assert "[1/2] Sites : ÉCHEC" in said
    assert "[2/2] ICPE 31 : téléchargé" in said
    assert "a.csv : adresse introuvable (réponse 404)" in said
    assert "1 fichier téléchargé, 0 déjà là, 1 en échec." in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only", "Site"], "vouliez-vous dire « Sites » ?"),
        (["--dep", "9"], "code « 9 » mal formé"),
        (["--only", "sites", "--proxy", "moi:mot@ici"], "→ --proxy http://hôte:port"),
        (
            ["--only", "sites", "--proxy", "http://["],
            "adresse du mandataire mal écrite",
        ),
    ],
)
def test_what_makes_no_sense_ends_with_1(study, options, said) -> None:
    code, told = call("fetch", study, *options)
    assert code == 1
    assert said in told
    assert "Traceback" not in told


def test_a_row_by_hand_alone_is_told_and_is_no_failure(study) -> None:
    code, said = call("fetch", study, "--only", "banatic")
    assert code == 0
    assert said.splitlines()[0] == "BANATIC : à télécharger à la main (https://ici.fr)"


def test_the_register_is_written_only_when_asked(study) -> None:
    register = study.parent / "data/sources.csv"
    before = register.read_bytes()
    call("fetch", study, "--only", "Sites")
    assert register.read_bytes() == before
    said = call("fetch", study, "--only", "Sites", "--record")[1]
    assert "Empreintes inscrites dans data/sources.csv : Sites." in said
    recorded = {row.name: row.sha256 for row in read_register(register)}
    assert recorded["Sites"] == digest(BODY)


def test_a_busy_folder_ends_with_3(study) -> None:
    lock = study.parent / ".eitgeo/fetch.lock"
    lock.parent.mkdir()
    with FileLock(lock):
        code, said = call("fetch", study, "--only", "Sites")
    assert code == 3
    assert "un téléchargement y est déjà en cours" in said


def test_the_user_can_stop_and_go_on(study, monkeypatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eitgeo.cli.fetch.fetch_files", stop)
    code, said = call("fetch", study, "--only", "Sites")
    assert code == 130
    assert "La même commande reprendra" in said


def test_a_bar_moves_on_a_terminal(study, monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    code, said = call("fetch", study, "--only", "Sites")
    assert code == 0
    assert "\x1b[" in said
    assert "[1/1] Sites : téléchargé, 40 ko → data/raw/a.csv" in said


def doctor(study: Path) -> dict[str, str]:
    """Return what the doctor says of the files fetched."""
    told = json.loads(CliRunner().invoke(app, ["doctor", str(study), "--json"]).stdout)
    return told["Fichiers téléchargés"]


def test_the_doctor_lists_what_was_fetched(study) -> None:
    assert doctor(study) == {"fichiers": "aucun (« eitgeo fetch » les apporte)"}
    call("fetch", study, "--dep", "31")
    account = study.parent / "data/fetched.csv"
    (study.parent / "data/raw/a.csv").unlink()
    facts = doctor(study)
    assert facts["data/raw/a.csv"].startswith("ABSENT (40")
    assert "eitgeo fetch --only a.csv" in facts["data/raw/a.csv"]
    assert "téléchargé le 20" in facts["data/raw/icpe_31.csv"]
    (study.parent / "data/raw/icpe_31.csv").write_bytes(b"1")
    assert doctor(study)["data/raw/icpe_31.csv"].startswith("CHANGÉ depuis")
    account.write_bytes(b"\xff\xfe,")
    assert "illisible" in doctor(study)["fichiers"]
