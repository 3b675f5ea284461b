"""No command writes over, or removes, what a user put or edited where it writes."""

import ast
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eitgeo.audit.auditing import audit_editions
from eitgeo.cli.app import app
from tests.audit.leaks import edition
from tests.cli.layer_toys import KEY, SUM, UNITS, write_toys
from tests.cli.test_survey import (
    MORE,
    SIRETS,
    answered,
    call,
    run_once,
    signed,
    write_study,
)
from tests.faults.driver import Saboteur
from tests.sources.survey_files import OTHER_SIRET, SIRET

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "study.yaml"
NEW = ("new", "essai", "--real", "--epci", "200072643", "--out")
MINE = b"name,x\nmine,1\n"
CONTACTS = "private/contacts.xlsx"

WRITERS = {"write", "write_bytes", "write_json", "write_private", "write_text"}
WRITERS |= {"write_private_bytes", "write_declarations", "to_csv", "to_parquet"}
GUARDED = {"new_files", "handing_over", "keeping"}
READ_BEFORE = {
    "cli/ask/kept.py:keep": "answers read back, those at hand in them",
    "cli/survey/publish.py:write_ledger": "the ledger, as it was read",
    "cli/survey/publish.py:write_publication": "refused unless the ledger knows it",
    "cli/survey/run.py:run_import": "answers, those at hand in them",
    "cli/survey/run.py:run_purge": "answers, as they were read",
    "commands/compare.py:draw": "within « write_compared »",
    "commands/new_study.py:_write_csv": "within « new_study »",
    "commands/new_study.py:require_study": "in a passing folder",
    "commands/study_text.py:ignore_in_git": "lines added to the user's own",
    "commands/batch.py:publish_national": "within « run_batch »",
}
"""Functions that write otherwise, and why nothing of the user's is lost."""


def layers(folder: Path) -> int:
    """Ask for a table and a layer of unions."""
    if not (folder / "units.gpkg").exists():
        write_toys(folder)
    units = {"path": str(folder / "units.gpkg"), "layer": "units", "key": KEY}
    task = {"task": "unions", "units": units, "root": UNITS[1], "sums": [SUM]}
    task |= {"table": str(folder / "u.csv"), "layer": str(folder / "u.gpkg")}
    (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
    return run("layers", folder / "task.json")


def run(*words: object) -> int:
    """Run a command; it may refuse, never break."""
    done = CliRunner().invoke(app, [*map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done
    return done.exit_code


def audit(folder: Path) -> int:
    """Audit into a file."""
    return run("audit", STUDY, "--csv", folder / "cases.csv")


def survey(folder: Path) -> int:
    """Bring an answer in, another each time."""
    siret = OTHER_SIRET if (folder / "private").is_dir() else SIRET
    return call(
        folder / "study.yaml", "import", signed(folder / "study.yaml", siret=siret)
    )[0]


def sheets(folder: Path) -> int:
    """Bring an answer into a study that was run."""
    run_once(folder / "study.yaml")
    return survey(folder)


def extract(folder: Path) -> int:
    """Give back what is kept of a firm."""
    return call(folder / "study.yaml", "extract", SIRET)[0]


CASES: dict[str, tuple[Callable[[Path], int], str]] = {
    "audit": (audit, "cases.csv"),
    "audit over a study": (
        lambda folder: run(
            "audit", ROOT / "study.yaml", "--csv", folder / "study.yaml"
        ),
        "study.yaml",
    ),
    "plugin": (lambda folder: run("qgis-plugin", folder / "p.zip"), "p.zip"),
    "layers, table": (layers, "u.csv"),
    "layers, types": (layers, "u.csvt"),
    "layers, layer": (layers, "u.gpkg"),
    "survey, contacts": (survey, CONTACTS),
    "survey, sheets": (
        sheets,
        "private/fiches_rapprochement.docx",
    ),
    "survey, account": (survey, "private/compte_rendu_import.csv"),
    "survey, extract": (
        lambda folder: (survey(folder), extract(folder))[1],
        f"private/extrait_{SIRET}.csv",
    ),
    "ask, letter": (
        lambda folder: run("ask", folder / "study.yaml"),
        "private/demandes/LISEZMOI.txt",
    ),
    "new": (
        lambda folder: run(*NEW, folder / "n"),
        "n/study.yaml",
    ),
}


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_what_a_user_has_under_a_name_stays(
    name, edited, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(
        "eitgeo.audit.auditing.audit_study", lambda *_, **__: audit_editions(edition())
    )
    folder = write_study(tmp_path / "étude").parent
    command, target = CASES[name]
    path = folder / target
    if edited:
        if name != "audit over a study":
            path.unlink(missing_ok=True)
            assert command(folder) == 0
        mine = path.read_bytes() + b" "
    else:
        mine = MINE
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mine)
    if target == "study.yaml" or target.startswith("private") or not edited:
        command(folder)
    else:
        assert command(folder) != 0
    command(folder)
    assert path.read_bytes() == mine


def test_an_edited_version_beside_stays_too(tmp_path) -> None:
    study = write_study(tmp_path / "étude")
    survey(study.parent)
    path = study.parent / CONTACTS
    beside = path.with_name("contacts.nouveau.xlsx")
    path.write_bytes(b"mine")
    survey(study.parent)
    beside.write_bytes(b"mine too")
    call(study, "import", signed(study, siret=MORE[0]))
    assert [path.read_bytes(), beside.read_bytes()] == [b"mine", b"mine too"]
    assert path.with_name("contacts.nouveau-2.xlsx").is_file()
    # What is erased says what is left, each time, until it is gone.
    for _ in range(2):
        code, said = call(study, "purge", "--siret", MORE[0])
        assert code == 1
        for name in (path.name, beside.name):
            assert f"RESTE À EFFACER À LA MAIN : {name}" in said
    path.unlink()
    beside.unlink()
    code, said = call(study, "purge", "--siret", OTHER_SIRET)
    assert code == 0
    assert "RESTE" not in said
    assert [one.name for one in path.parent.glob("contacts*")] == [path.name]


def test_commands_write_through_the_one_writer() -> None:
    found: set[str] = set()
    for path in sorted(ROOT.joinpath("eitgeo").glob("c[lo]*/**/*.py")):
        where = path.relative_to(ROOT / "eitgeo").as_posix()
        _note(ast.parse(path.read_text(encoding="utf-8")), where, "", found)
    assert found == set(READ_BEFORE)


def _note(node: ast.AST, where: str, function: str, found: set[str]) -> None:
    if isinstance(node, ast.FunctionDef):
        function = node.name
    if isinstance(node, ast.With):
        calls = {_called(one.context_expr) for one in node.items}
        if calls & GUARDED:
            return
    if isinstance(node, ast.Call) and _called(node) in WRITERS:
        is_text = _called(node) == "to_csv" or _of_stream(node)
        if not is_text:
            found.add(f"{where}:{function}")
    for child in ast.iter_child_nodes(node):
        _note(child, where, function, found)


def _called(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return ""
    name = node.func
    return name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")


def _of_stream(node: ast.Call) -> bool:
    """Say whether « write » is that of a page or a stream."""
    return isinstance(node.func, ast.Attribute) and node.func.attr == "write"


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """Return a study whose answers of four firms were published and given back."""
    if not hasattr(os, "fork"):
        pytest.skip("needs POSIX")
    study = write_study(tmp_path_factory.mktemp("purge") / "étude")
    run_once(study)
    answered(study, 20.0, 30.0, 41.7, 35.0)
    assert call(study, "publish", "--yes", "--date", "2026-12-01")[0] == 0
    assert call(study, "extract", SIRETS[0])[0] == 0
    partial = study.parent / f"private/.partiel-extrait_{SIRETS[1]}.csv"
    partial.write_text(SIRETS[1], encoding="utf-8")
    return study.parent


def state(folder: Path) -> dict[str, bytes]:
    """Return every file of the private folder, but for what the lock leaves."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "private").rglob("*"))
        if path.is_file() and not path.name.startswith("eitgeo.")
    }


def purged(folder: Path, *options: str, kill_at: int = 0) -> bool:
    """Purge in a process of its own; say whether it was killed."""
    pid = os.fork()
    if pid == 0:
        if kill_at:
            sys.addaudithook(Saboteur(folder / "private", kill_at, "kill"))
        call(folder / "study.yaml", "purge", *options)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_purge_killed_at_any_write_ends_the_same_once_run_again(
    published, tmp_path
) -> None:
    options = ("--before", "2027-01-01")
    whole = shutil.copytree(published, tmp_path / "whole")
    assert not purged(whole, *options)
    expected, number, came = state(whole), 0, True
    for content in expected.values():
        assert not any(one[:9].encode() in content for one in SIRETS)
    while came:
        number += 1
        folder = shutil.copytree(published, tmp_path / str(number))
        came = purged(folder, *options, kill_at=number)
        purged(folder, *options)
        assert state(folder) == expected, number
        shutil.rmtree(folder)
    assert number > 20
