"""Steps in processes: the bytes of one after the other, and as safe when cut."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from eitgeo.errors import SchemaError, SourceError
from eitgeo.steps.engine.contract import Step, StepReport
from eitgeo.steps.engine.ledger import JOURNAL_NAME, read_ledger
from eitgeo.steps.engine.run import run_steps, suitable_jobs
from eitgeo.store import digest
from eitgeo.study.project import PRIVATE_STUDY, Project
from tests.faults.driver import standing
from tests.steps.conftest import ROOT, Toy, names, open_toy, products, write_toy

SLOW = """
import os, time
from pathlib import Path
from eitgeo.store import write_bytes
def run(project):
    write_bytes(project.processed / 'alone.parquet', b'begun')
    partial = project.processed / '.partiel-alone.parquet'
    partial.write_bytes(b'half')
    Path(project.base / 'raw/going').write_text(str(os.getpid()))
    time.sleep(60)
"""
KILLED = """
import os, signal
from eitgeo.store import write_bytes
def run(project):
    write_bytes(project.processed / 'alone.parquet', b'begun')
    os.kill(os.getpid(), signal.SIGKILL)
"""
WARNS = """
import logging, os
from eitgeo.store import write_bytes
def run(project):
    logging.getLogger('eitgeo.toy').warning('%d ligne(s) de côté', 3)
    write_bytes(project.processed / 'alone.parquet', b'x')
    return {'processus': os.getpid()}
"""
MEETS = """
import time
from eitgeo.store import write_bytes
def run(project):
    (project.base / 'raw' / '{name}').write_text('')
    for _ in range(600):
        if (project.base / 'raw' / '{other}').is_file():
            break
        time.sleep(0.1)
    else:
        raise TimeoutError('{other}')
    write_bytes(project.processed / '{name}.parquet', b'{name}')
"""


@pytest.fixture
def toy(tmp_path, monkeypatch) -> Iterator[Toy]:
    write_toy(tmp_path)
    found = open_toy(tmp_path, monkeypatch)
    yield found
    found.forget()


def beside(toy: Toy, **options) -> list[StepReport]:
    return run_steps(toy.steps, toy.project, jobs=2, **options)


def leave_one_due(steps: Sequence[Step], project: Project) -> None:
    """Run here all but « alone »: a run side by side then starts one process."""
    others = [step for step in steps if step.name != "alone"]
    assert len(names(run_steps(others, project), "done")) == len(others) > 1


def test_the_bytes_are_those_of_one_after_the_other(toy, tmp_path) -> None:
    alone = toy.out(tmp_path / "autre")
    run_steps(toy.steps, alone)
    assert names(beside(toy), "done") == {"report", "doubled", "numbers", "alone"}
    assert products(toy.project.out) == products(alone.out)
    assert names(beside(toy), "current") == {"report", "doubled", "numbers", "alone"}
    ledgers = [
        read_ledger(one.out, one.out / ".calcul") for one in (toy.project, alone)
    ]
    assert ledgers[0].written == ledgers[1].written
    assert not list((toy.project.out / ".calcul").glob(f"{JOURNAL_NAME}*"))


def test_two_steps_run_at_once_and_are_told_so(toy) -> None:
    for name, other in (("alone", "numbers"), ("numbers", "alone")):
        text = MEETS.format(name=name, other=other)
        (toy.folder / f"{name}.py").write_text(text)
    told: list[tuple[str, str]] = []
    (toy.folder / "doubled.py").write_text(MEETS.format(name="doubled", other="alone"))
    reports = beside(toy, tell=lambda one: told.append((one.step.name, one.status)))
    assert names(reports, "done") == {"report", "doubled", "numbers", "alone"}
    assert {name for name, _ in told[:2]} == {"alone", "numbers"}
    assert {status for _, status in told[:2]} == {"running"}


def test_what_a_step_says_and_costs_comes_back(toy, caplog) -> None:
    leave_one_due(toy.steps, toy.project)
    (toy.folder / "alone.py").write_text(WARNS)
    with caplog.at_level(logging.WARNING, "eitgeo"):
        reports = {one.step.name: one for one in beside(toy)}
    assert caplog.messages == ["3 ligne(s) de côté"]
    assert reports["alone"].facts["processus"] != os.getpid()
    assert reports["alone"].cost.seconds > 0
    assert "\tdone\t" in (toy.project.out / ".calcul/run.log").read_text()


def test_a_step_that_fails_stops_what_needs_it_alone(toy) -> None:
    (toy.project.base / "raw/alone.csv").write_text("panne")
    reports = beside(toy)
    assert names(reports, "failed") == {"alone"}
    assert names(reports, "done") == {"report", "doubled", "numbers"}
    (error,) = (one.error for one in reports if one.error)
    assert "alone.py" in str(error)
    assert "ZeroDivisionError: panne" in str(error)
    assert not (toy.project.processed / "alone.parquet").exists()


def test_what_the_user_is_told_crosses_over(toy) -> None:
    leave_one_due(toy.steps, toy.project)
    (toy.project.base / "raw/alone.csv").write_text("faux")
    (error,) = (one.error for one in beside(toy) if one.error)
    assert isinstance(error, SchemaError)
    assert str(error) == "alone.csv : valeur « faux » → la corriger"


@pytest.mark.skipif(os.name != "posix", reason="a signal of POSIX")
def test_a_process_that_is_killed_leaves_nothing_half_made(toy) -> None:
    good = (toy.folder / "alone.py").read_text()
    (toy.folder / "alone.py").write_text(KILLED)
    reports = beside(toy)
    assert names(reports, "done") == {"report", "doubled", "numbers"}
    (error,) = (one.error for one in reports if one.error)
    assert isinstance(error, SourceError)
    assert "--jobs 1" in str(error)
    assert not (toy.project.processed / "alone.parquet").exists()
    (toy.folder / "alone.py").write_text(good)
    assert toy.run() == {"alone"}


def until(true: Callable[[], bool]) -> bool:
    """Wait a minute for something to be true."""
    for _ in range(600):
        if true():
            return True
        time.sleep(0.1)
    return False


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"


def interrupt_when(path: Path) -> threading.Thread:
    """Send what Ctrl+C sends once a file stands."""

    def wait() -> None:
        until(path.is_file)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.skipif(os.name != "posix", reason="a signal of POSIX")
def test_an_interruption_keeps_what_is_done_and_nothing_half_made(toy) -> None:
    good = (toy.folder / "alone.py").read_text()
    (toy.folder / "alone.py").write_text(SLOW)
    thread = interrupt_when(toy.project.base / "raw/going")
    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        beside(toy)
    assert time.perf_counter() - start < 50
    thread.join()
    assert not list(toy.project.processed.glob("*alone*"))
    assert not list(toy.project.processed.glob(".partiel*"))
    (toy.folder / "alone.py").write_text(good)
    assert "alone" in toy.run()
    assert set(standing(toy.project.out)) >= {"data/processed/alone.parquet"}


PASSES = """
import tempfile
from eitgeo.store import write_bytes
def run(project):
    write_bytes(project.processed / 'alone.parquet', b'x')
    return {'provisoire': tempfile.gettempdir()}
"""


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_a_private_study_is_shut_there_too(toy) -> None:
    (toy.folder / "alone.py").write_text(PASSES)
    private = toy.out(toy.project.base / PRIVATE_STUDY)
    steps = [step for step in toy.steps if step.writes]
    leave_one_due(steps, private)
    reports = {one.step.name: one for one in run_steps(steps, private, jobs=2)}
    passing = reports["alone"].facts["provisoire"]
    assert Path(str(passing)).is_relative_to(private.out)
    for path in (toy.project.base / "private").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def run_apart(folder: str) -> None:
    """Run the toy in a process that the test may kill."""
    beside(open_toy(Path(folder), pytest.MonkeyPatch()))


@pytest.mark.skipif(os.name != "posix", reason="a signal of POSIX")
def test_processes_end_with_the_run_that_started_them(toy, tmp_path) -> None:
    leave_one_due(toy.steps, toy.project)
    good = (toy.folder / "alone.py").read_text()
    (toy.folder / "alone.py").write_text(SLOW)
    code = "import sys; from tests.steps.test_side_by_side import run_apart\n"
    code += "if __name__ == '__main__': run_apart(sys.argv[1])"
    told = toy.project.base / "raw/going"
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT) as run:  # noqa: S603
        assert until(told.is_file)
        child = int(told.read_text())
        assert is_alive(child)
        run.kill()
    assert until(lambda: not is_alive(child))
    left = {path.name for path in toy.project.processed.glob("*alone*")}
    assert left == {"alone.parquet", ".partiel-alone.parquet"}
    (toy.folder / "alone.py").write_text(good)
    assert toy.run() == {"alone"}
    assert not list(toy.project.processed.glob(".partiel*"))
    assert (toy.project.processed / "alone.parquet").read_bytes() == b"seul"
    assert not list((toy.project.out / ".calcul").glob(f"{JOURNAL_NAME}*"))


def test_one_step_needs_no_process(toy) -> None:
    (toy.folder / "alone.py").write_text(WARNS)
    steps = [step for step in toy.steps if step.name == "alone"]
    (report,) = run_steps(steps, toy.project, jobs=0)
    assert report.facts == {"processus": os.getpid()}


def test_at_least_one_fits() -> None:
    assert 1 <= suitable_jobs() <= (os.cpu_count() or 1)


def test_a_journal_of_a_step_that_was_cut_is_taken_up(toy) -> None:
    toy.run()
    state = toy.project.out / ".calcul"
    ledger = read_ledger(toy.project.out, state)
    ledger.journal = f"{JOURNAL_NAME}-alone"
    path = toy.project.processed / "alone.parquet"
    path.write_bytes(b"begun")
    ledger.begin(path, digest(path))
    assert digest(path) in read_ledger(toy.project.out, state).own_digests(path)
    toy.run()
    assert not (state / ledger.journal).exists()
    assert path.read_bytes() == b"seul"
