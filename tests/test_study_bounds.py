"""A study file that is malformed, too long or made to last: refused, and soon."""

import os
import time
from pathlib import Path

import pytest

from eitgeo.errors import SourceError, StudyError
from eitgeo.study.project import open_project, read_study

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = (ROOT / "study.yaml").read_text(encoding="utf-8")
SEED, DATE = "seed: 20261124", "edition: 2026-11-24"
TITLE = next(
    line.strip() for line in DEFAULT.splitlines() if line.strip().startswith("title: ")
)
MOST_SECONDS = 5.0
"""Of processor; the worst took more than forty."""


CASES = {
    "digits": (SEED, f"seed: {'9' * 5000}", "nombre démesuré « 999"),
    "hexadecimal": (SEED, f"seed: 0x{'f' * 5000}", "nombre démesuré « 0xff"),
    "float": (SEED, "seed: !!float abc", "valeur « !!float » impossible « abc »"),
    "timestamp": (DATE, "edition: !!timestamp x", "date impossible « x »"),
    "binary": (TITLE, 'title: !!binary "abc"', "YAML invalide (failed to decode"),
    "int": (SEED, "seed: !!int x", "valeur « !!int » impossible « x »"),
    "empty_int": (SEED, 'seed: !!int ""', "valeur « !!int » impossible"),
    "bool": (SEED, "seed: !!bool x", "valeur « !!bool » impossible « x »"),
    "map": (SEED, "seed: !!map a", "YAML invalide (expected a mapping node"),
    "base_60": (SEED, 'seed: !!int "1:x:30"', "impossible « 1:x:30 »"),
    "long_base_60": (SEED, f"seed: 1{':30' * 3000}", "nombre démesuré « 1:30"),
    "date": (DATE, "edition: 2026-02-30", "date impossible « 2026-02-30 »"),
    "hour": (DATE, "edition: 2026-11-24T25:00:00", "date impossible"),
    "alias": (TITLE, "title: *a8", "renvoi (« *nom ») n'est pas admis"),
    "merge": (TITLE, "title: {<<: *a}", "renvoi (« *nom ») n'est pas admis"),
    "circle": (TITLE, "title: &a [*a]", "renvoi (« *nom ») n'est pas admis"),
    "surrogate": (TITLE, r'title: "a\ud800b"', "caractère qu'aucun document n'admet"),
    "bell": (TITLE, r'title: "a\x07b"', "caractère qu'aucun document n'admet"),
    "long_title": (
        TITLE,
        f"title: {'x' * 200_000}",
        "texte de plus de 5000 caract",
    ),
    "wide_title": (TITLE, f"title: {'x' * 300}", "au plus 200 caractères"),
    "long_key": (SEED, f'? "{"k" * 9000}"\n  : 1', "texte de plus de 5000 caract"),
    "large": (TITLE, f"{TITLE}  # {'x' * 1_100_000}", "fichier de plus de 1 Mo"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_made_to_last_is_refused_with_its_remedy(tmp_path, name) -> None:
    old, new, told = CASES[name]
    assert old in DEFAULT
    path = tmp_path / "étude.yaml"
    path.write_text(DEFAULT.replace(old, new, 1), encoding="utf-8")
    start = time.process_time()
    with pytest.raises(StudyError, match=r"étude\.yaml : ") as refused:
        read_study(path)
    assert time.process_time() - start < MOST_SECONDS
    said = str(refused.value)
    assert told in said
    assert "→" in said
    assert len(said) < 1000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
def test_a_pipe_or_a_device_is_no_study(tmp_path) -> None:
    os.mkfifo(tmp_path / "étude.yaml")
    for path in (tmp_path / "étude.yaml", Path("/dev/zero")):
        with pytest.raises(SourceError, match="ce n'est pas un fichier → donner"):
            read_study(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no current folder")
def test_a_current_folder_that_was_removed_is_told(tmp_path, monkeypatch) -> None:
    (tmp_path / "parti").mkdir()
    monkeypatch.chdir(tmp_path / "parti")
    (tmp_path / "parti").rmdir()
    with pytest.raises(SourceError, match=r"courant : absent .* → aller dans"):
        open_project(Path("study.yaml"))
