"""What runs again, and what does not."""

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from eitgeo.errors import SchemaError, SourceError
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.lock import BusyError
from eitgeo.steps.engine.run import plan_steps, run_steps
from eitgeo.study.project import Project
from tests.steps.conftest import ROOT, names, products

if TYPE_CHECKING:
    from eitgeo.steps.engine.contract import StepReport

ALL = {"numbers", "doubled", "report", "alone"}


def changed(project: Project, section: str, **values) -> Project:
    """Return a project with other parameters."""
    part = getattr(project.study, section).model_copy(update=values)
    study = project.study.model_copy(update={section: part})
    return Project(study, project.base, project.out)


def test_the_first_run_does_all_and_the_second_nothing(toy) -> None:
    assert toy.run() == ALL
    assert (toy.project.maps / "rapport.txt").read_text().endswith("42")
    before = products(toy.project.out)
    assert toy.run() == set()
    assert products(toy.project.out) == before


def test_a_step_runs_after_those_it_reads(toy) -> None:
    order = [report.step.name for report in run_steps(toy.steps, toy.project)]
    assert order.index("numbers") < order.index("doubled") < order.index("report")


def test_progress_is_told_as_it_goes(toy) -> None:
    told: list[StepReport] = []
    run_steps(toy.steps, toy.project, tell=told.append)
    assert [(r.step.name, r.status) for r in told if r.step.name == "numbers"] == [
        ("numbers", "running"),
        ("numbers", "done"),
    ]
    facts = {r.step.name: dict(r.facts) for r in told if r.status == "done"}
    assert facts["numbers"] == {"nombres": 1}
    again: list[StepReport] = []
    run_steps(toy.steps, toy.project, tell=again.append)
    assert {(r.step.name, r.status) for r in again} == {(n, "current") for n in ALL}


def test_a_parameter_moves_its_steps_only(toy) -> None:
    toy.run()
    # The title is read by the report alone.
    assert toy.run(changed(toy.project, "identity", title="Autre")) == {"report"}
    # The zones are read by « numbers », whose bytes stay the same: nothing follows,
    # except that its sidecar, read by nobody, tells the new radius.
    assert toy.run(changed(toy.project, "zones", radius_m=600.0)) == {
        "numbers",
        "report",  # its title is the first one again
    }
    sidecar = toy.project.processed / "numbers.parquet.json"
    assert json.loads(sidecar.read_text())["parameters"] == {"zones.radius_m": 600}
    # The radius is the first one again; the distance of flows is read by none.
    assert toy.run(changed(toy.project, "flows", max_km=1.0)) == {"numbers"}


def test_a_raw_file_moves_what_follows(toy) -> None:
    toy.run()
    (toy.project.base / "raw/numbers.csv").write_text("4")
    assert toy.run() == {"numbers", "doubled", "report"}
    assert (toy.project.maps / "rapport.txt").read_text().endswith("8")


def test_two_writes_at_the_same_time_are_told_apart(toy) -> None:
    toy.run()
    path = toy.project.base / "raw/numbers.csv"
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.write_text("22")
    os.utime(path, ns=times)
    assert toy.run() == {"numbers", "doubled", "report"}


def test_an_old_file_that_changes_is_seen(toy) -> None:
    path = toy.project.base / "raw/numbers.csv"
    os.utime(path, (1e9, 1e9))
    toy.run()
    assert toy.run() == set()
    path.write_text("22")
    os.utime(path, (1.1e9, 1.1e9))
    assert toy.run() == {"numbers", "doubled", "report"}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("alone.py", "\n# a remark\n", {"alone"}),
        ("helper.py", "\nUNUSED = 1\n", {"doubled"}),
        ("numbers.py", "\nUNUSED = 1\n", {"numbers"}),
    ],
)
def test_a_line_of_code_moves_the_steps_that_import_it(
    toy, name, text, expected
) -> None:
    toy.run()
    toy.edit(name, text)
    assert toy.run() == expected


def test_a_data_file_beside_the_code_moves_the_steps_beside_it(toy) -> None:
    toy.run()
    (toy.folder / "factors.csv").write_text("factor\n3\n")
    assert {"doubled", "report"} <= toy.run()
    assert (toy.project.maps / "rapport.txt").read_text().endswith("63")


@pytest.mark.parametrize("name", ["numbers.parquet", "numbers.parquet.json"])
def test_an_absent_or_edited_product_is_made_again(toy, name) -> None:
    toy.run()
    before = products(toy.project.out)
    path = toy.project.processed / name
    path.unlink()
    assert toy.run() == {"numbers"}
    path.write_bytes(b"by hand")
    assert toy.run() == {"numbers"}
    assert products(toy.project.out) == before


def test_a_product_that_no_step_claims_is_removed(toy) -> None:
    toy.run()
    for name in ("notes.json", "notes.txt", "notes.txt.json"):
        (toy.project.maps / name).write_text("{}")
    steps = [step for step in toy.steps if step.name != "report"]
    run_steps(steps, toy.project)
    assert sorted(path.name for path in toy.project.maps.iterdir()) == [
        "notes.json",
        "notes.txt",
        "notes.txt.json",
    ]


def test_two_folders_share_nothing_and_hold_the_same_bytes(toy, tmp_path) -> None:
    first, second = toy.out(tmp_path / "a"), toy.out(toy.project.base / "b")
    assert toy.run(first) == ALL
    assert toy.run(second) == ALL
    assert toy.run(first) == set()
    found = products(tmp_path / "a")
    assert found == products(second.out)
    assert len(found) == 8  # four artefacts, four sidecars
    assert {path.name for path in toy.project.base.iterdir()} == {"b", "raw"}


def test_the_current_folder_does_not_matter(toy, tmp_path, monkeypatch) -> None:
    toy.run()
    monkeypatch.chdir(tmp_path)
    assert toy.run() == set()


def test_a_failed_step_leaves_nothing_and_stops_what_follows(toy) -> None:
    (toy.project.base / "raw/alone.csv").write_text("faux")
    reports = run_steps(toy.steps, toy.project)
    assert names(reports, "failed") == {"alone"}
    assert names(reports, "done") == ALL - {"alone"}
    (failed,) = [report for report in reports if report.status == "failed"]
    assert isinstance(failed.error, SchemaError)
    assert not list(toy.project.processed.glob("*alone*"))
    (toy.project.base / "raw/alone.csv").write_text("juste")
    assert toy.run() == {"alone"}


def test_a_failed_step_blocks_those_that_need_it(toy) -> None:
    (toy.project.base / "raw/numbers.csv").write_text("vingt")
    reports = run_steps(toy.steps, toy.project)
    assert names(reports, "done") == {"numbers", "alone"}
    assert names(reports, "failed") == {"doubled"}
    assert names(reports, "blocked") == {"report"}


def test_absent_files_are_all_told_and_nothing_runs(toy) -> None:
    for name in ("numbers", "alone"):
        (toy.project.base / f"raw/{name}.csv").unlink()
    with pytest.raises(SourceError, match=r"2 anomalies\n.*raw/alone.*\n.*raw/numbers"):
        run_steps(toy.steps, toy.project)
    assert not toy.project.processed.exists()


def test_a_step_that_does_not_write_what_it_says_fails(toy) -> None:
    step = Step("none", "Rien", writes=("alone", "none"), module=f"{toy.package}.alone")
    (report,) = run_steps([step], toy.project)
    assert report.status == "failed"
    assert "did not write none.parquet" in str(report.error)


def test_a_table_without_a_writer_is_refused(toy) -> None:
    step = Step("a", "A", tables=("nobody",), module=f"{toy.package}.alone")
    with pytest.raises(RuntimeError, match="no step writes the table nobody"):
        run_steps([step], toy.project)


def test_a_second_run_in_the_same_folder_is_refused(toy) -> None:
    state = toy.project.out / ".calcul"
    state.mkdir(parents=True)
    (state / "eitgeo.holder.json").write_text(
        '{"pid": 12, "machine": "poste-3", "since": "01/02/2026 à 10:00:00"}'
    )
    held = FileLock(state / "eitgeo.lock")
    with held, pytest.raises(BusyError, match=r"processus 12 sur poste-3, depuis"):
        run_steps(toy.steps, toy.project)
    assert toy.run() == ALL


# A tick of the kernel more than what is asked of the log.
SPENDS = """
from time import process_time
from eitgeo.store import write_bytes
def run(project):
    held, end = b"x" * 100_000_000, process_time() + 0.32
    while process_time() < end:
        pass
    write_bytes(project.processed / "alone.parquet", held[:1])
"""


def test_the_log_holds_what_a_step_costs(toy) -> None:
    (toy.folder / "alone.py").write_text(SPENDS)
    toy.run()
    log = toy.project.out / ".calcul/run.log"
    rows = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
    (alone,) = (row for row in rows if row[1] == "alone")
    _, _, status, seconds, processor, peak, facts = alone
    assert (status, facts) == ("done", "{}")
    spent = float(processor.removeprefix("processeur ").removesuffix(" s"))
    assert float(seconds.removesuffix(" s")) >= 0.3 <= spent
    assert float(peak.removesuffix(" Mo")) > 100


def test_the_log_grows_by_a_line_a_step(toy) -> None:
    toy.run()
    toy.run()
    lines = (
        (toy.project.out / ".calcul/run.log").read_text(encoding="utf-8").split("\n")
    )
    assert len(lines) == 2 * len(ALL) + 1
    assert sum("\tdone\t" in line for line in lines) == len(ALL)


@pytest.mark.parametrize("text", ["[[", "{}", '{"written": {}, "steps": {"a": 1}}'])
def test_an_unreadable_state_is_computed_again(toy, text) -> None:
    toy.run()
    before = products(toy.project.out)
    (toy.project.out / ".calcul/ecrits.json").write_text(text)
    assert toy.run() == ALL
    assert products(toy.project.out) == before


DRIVER = """
import sys
from pathlib import Path
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, read_study
package, study, base = sys.argv[1:]
step = Step("killed", "Tuée", writes=("killed",), module=package + ".killed")
run_steps([step], Project(read_study(Path(study)), Path(base), Path(base)))
"""
KILLED = """
import os, signal
from eitgeo.store import write
def half(path):
    path.write_bytes(b"half of")
    if "KILL" in os.environ:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    path.write_bytes(b"half of it, then the rest")
def run(project):
    write(project.processed / "killed.parquet", half)
"""


def test_a_killed_run_leaves_no_half_file_and_starts_again(toy, tmp_path) -> None:
    (toy.folder / "killed.py").write_text(KILLED)
    python_path = os.pathsep.join([str(toy.folder.parent), str(ROOT)])
    bases = [tmp_path / name for name in ("killed", "whole")]
    killed, whole = (Project(toy.project.study, one, one) for one in bases)
    killed.base.mkdir()
    whole.base.mkdir()
    arguments = [toy.package, str(ROOT / "study.yaml"), str(killed.out)]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", DRIVER, *arguments],
        env={**os.environ, "PYTHONPATH": python_path, "KILL": "1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    left = {path.name for path in killed.processed.iterdir()}
    assert ".partiel-killed.parquet" in left
    assert "killed.parquet" not in left
    step = Step("killed", "Tuée", writes=("killed",), module=f"{toy.package}.killed")
    for project in (killed, whole):
        assert [one.status for one in run_steps([step], project)] == ["done"]
    assert products(killed.out) == products(whole.out)
    assert not list(killed.out.rglob(".partiel-*"))


def test_an_interrupted_run_is_told_and_resumes(toy) -> None:
    toy.edit(
        "report.py", "\n_run = run\n\ndef run(project):\n    raise KeyboardInterrupt\n"
    )
    with pytest.raises(KeyboardInterrupt):
        toy.run()
    assert not (toy.project.maps / "rapport.txt").exists()
    (toy.folder / "report.py").write_text(
        (toy.folder / "report.py")
        .read_text()
        .replace("raise KeyboardInterrupt", "_run(project)")
    )
    assert "report" in toy.run()


def test_the_plan_gives_reasons_and_writes_nothing(toy, tmp_path) -> None:
    def plan(project: Project) -> dict[str, tuple[str, ...]]:
        reports = plan_steps(toy.steps, project)
        return {r.step.name: r.reasons for r in reports if r.status == "pending"}

    elsewhere = toy.out(tmp_path / "vide")
    first = plan(elsewhere)
    assert first["numbers"] == ("première exécution",)
    assert first["doubled"] == ("en amont : Nombres",)
    assert not elsewhere.out.exists()

    toy.run()
    before = {p: p.read_bytes() for p in toy.project.base.rglob("*") if p.is_file()}
    assert plan(toy.project) == {}
    (toy.project.base / "raw/numbers.csv").write_text("5")
    toy.edit("alone.py", "\n# a remark\n")
    other = changed(toy.project, "identity", title="Autre")
    (toy.project.processed / "doubled.parquet").unlink()
    found = plan(changed(other, "zones", radius_m=1.0))
    assert found["numbers"] == (
        "entrée changée : raw/numbers.csv",
        "paramètre changé : zones.radius_m",
    )
    assert found["alone"] == ("code changé",)
    assert found["doubled"] == ("en amont : Nombres",)
    (toy.project.base / "raw/numbers.csv").write_text("21")
    found = plan(other)
    assert found["doubled"] == ("produit absent : data/processed/doubled.parquet",)
    for path, content in before.items():
        if path.name not in {"doubled.parquet", "alone.py"}:
            assert path.read_bytes() == content
    assert {p for p in toy.project.base.rglob("*") if p.is_file()} == set(before) - {
        toy.project.processed / "doubled.parquet"
    }
