"""The machine around a run: its locale, its disk, its paths, what others broke."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from eitgeo.errors import SourceError
from eitgeo.steps.engine.run import run_steps
from eitgeo.store import write_bytes
from eitgeo.study.project import Project, open_project, read_study
from eitgeo.tables.files import read_table
from tests.faults.driver import STEPS, standing
from tests.faults.run_part import chosen
from tests.faults.tiny import write_tiny

ROOT = Path(__file__).resolve().parents[2]


def run_part(*arguments: object, **variables: str) -> tuple[str, str]:
    """Run steps in a process of its own; return what it says, on both ways."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.faults.run_part", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "Agg", **variables},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout, done.stderr


def turkish(folder: Path) -> dict[str, str]:
    """Return variables for a Turkish locale, made on the spot; none where it cannot."""
    made = folder / "tr_TR.UTF-8"
    command = ["localedef", "-i", "tr_TR", "-f", "UTF-8", str(made)]
    if shutil.which("localedef"):
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    where = {"LOCPATH": str(folder)} if made.exists() else {}
    variables = {"LC_ALL": "tr_TR.UTF-8", **where}
    code = "import locale; print(locale.setlocale(locale.LC_ALL, ''))"
    asked = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        env={**os.environ, **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return variables if asked.stdout.startswith("tr_TR") else {}


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """Write the tiny country; runs write elsewhere."""
    return write_tiny(tmp_path_factory.mktemp("tiny") / "country")


@pytest.fixture(scope="module")
def plain_run(study, tmp_path_factory) -> Callable[[str], Path]:
    """Return where steps ran alone, in this process: once for all tests."""

    @cache
    def run(which: str) -> Path:
        out = tmp_path_factory.mktemp("plain") / which
        reports = run_steps(chosen(which), open_project(study, out=out))
        assert {one.status for one in reports} == {"done"}
        return out

    return run


def far_from(folder: Path) -> Path:
    """Name a folder inside another by a path that no one would type."""
    # Long, with what Windows users put in names of folders.
    far = folder.joinpath(*["Étude n° 1 – façade d’été (copie) & Cie"] * 4, "ici là")
    assert len(str(far)) > 180
    return far


def run_elsewhere(study: Path, far: Path, which: str) -> dict[str, str]:
    """Run steps in Turkish, with other hashes; return the variables of the locale."""
    locale = turkish(far.parents[4])
    run_part(study, far, which, **locale, PYTHONHASHSEED="4242")
    return locale


def require_turkish(locale: dict[str, str]) -> None:
    """Skip where there is no such locale."""
    if not locale:
        pytest.skip("no Turkish locale (package « locales »); all the rest held")


@pytest.mark.slow
def test_locale_hash_seed_and_path_change_no_byte(study, plain_run, tmp_path) -> None:
    far = far_from(tmp_path)
    locale = run_elsewhere(study, far, "all")
    held, expected = standing(far), standing(plain_run("all"))
    assert held.keys() == expected.keys()
    assert [name for name in held if held[name] != expected[name]] == []
    require_turkish(locale)


def toy(base: Path) -> Project:
    """Return the toy study of ``driver``, its file written."""
    write_bytes(base / "numbers.csv", b"21")
    return Project(read_study(ROOT / "study.yaml"), base, base / "out")


def test_files_beyond_a_quota_are_told(tmp_path) -> None:
    resource = pytest.importorskip("resource", reason="needs POSIX")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    project = toy(tmp_path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        reports = run_steps(STEPS, project)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [one.status for one in reports] == ["done", "failed"]
    said = str(reports[1].error)
    assert "rapport.txt : écriture impossible (fichier trop grand" in said
    assert not list(project.out.rglob(".partiel-*"))
    assert [one.status for one in run_steps(STEPS, project)] == ["current", "done"]


@pytest.mark.parametrize("kept", [0, 1, 40, -3])
def test_a_state_cut_short_is_computed_again(tmp_path, kept) -> None:
    project = toy(tmp_path)
    run_steps(STEPS, project)
    expected = standing(project.out)
    state = project.out / ".calcul" / "ecrits.json"
    state.write_bytes(state.read_bytes()[:kept])
    assert [one.status for one in run_steps(STEPS, project)] == ["done"] * 2
    assert standing(project.out) == expected


@pytest.mark.parametrize("kept", [0, 3, 10])
def test_a_table_cut_short_is_made_again(tmp_path, kept) -> None:
    project = toy(tmp_path)
    run_steps(STEPS, project)
    expected = standing(project.out)
    table = project.processed / "numbers.parquet"
    moment = table.stat().st_mtime_ns - 10**12  # old: its digest is remembered
    os.utime(table, ns=(moment, moment))
    assert [one.status for one in run_steps(STEPS, project)] == ["current"] * 2
    table.write_bytes(b"PAR1 and no more"[:kept])
    os.utime(table, ns=(moment, moment))  # a disk that fails leaves the time as it was
    assert [one.status for one in run_steps(STEPS, project)] == ["done", "current"]
    assert standing(project.out) == expected


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_broken_table_is_told_to_who_reads_it(tmp_path, content) -> None:
    for table in ("bodies", "communes"):
        (tmp_path / f"{table}.parquet").write_bytes(content)
        with pytest.raises(SourceError, match="table illisible → la supprimer"):
            read_table(tmp_path, table)


def test_two_runs_at_once_leave_the_bytes_of_one(study, plain_run, tmp_path) -> None:
    out = tmp_path / "out"
    told, said = run_part(study, out, "first", 2, PYTHONUTF8="1")
    codes = json.loads(told)
    assert len(codes) == 2
    assert 0 in codes
    # The later one is refused, or comes after and finds all up to date.
    assert codes == [0, 0] or "un calcul y est déjà en cours" in said
    assert standing(out) == standing(plain_run("first"))
