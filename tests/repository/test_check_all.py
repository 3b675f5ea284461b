"""The static checks beside the tests: either one stops a change."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "check_all.sh"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX shell only")


def command(clone: Path, static: str, tests: str) -> list[str]:
    """Return the command that runs two stand-ins in a folder with odd letters."""
    (clone / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, clone / "scripts")
    return ["/bin/sh", str(clone / "scripts" / SCRIPT.name), static, tests]


def run(root: Path, static: str, tests: str) -> subprocess.CompletedProcess[str]:
    """Run the script on two stand-ins."""
    return subprocess.run(  # noqa: S603
        command(root / "dépôt d'essai", static, tests),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("static", "tests", "code", "verdict"),
    [
        ("true", "true", 0, "Tests passed, static checks passed"),
        ("false", "true", 1, "Tests passed, static checks FAILED"),
        ("true", "false", 1, "Tests FAILED, static checks passed"),
        ("no-such-command", "true", 1, "Tests passed, static checks FAILED"),
        ("true", "exit 5", 1, "Tests FAILED, static checks passed"),
    ],
)
def test_either_failure_fails(
    static: str, tests: str, code: int, verdict: str, tmp_path: Path
) -> None:
    done = run(tmp_path, static, tests)
    assert done.returncode == code
    assert verdict in done.stdout.splitlines()[-1]


def test_the_two_run_at_once_and_do_not_mix(tmp_path: Path) -> None:
    """Each waits for a file that the other writes; one shows all it said at the end."""
    static = "sh -c 'echo fault 1; touch a; until [ -e b ]; do :; done; echo fault 2'"
    tests = "until [ -e a ]; do :; done; echo test 1; touch b; echo test 2"
    lines = run(tmp_path, static, tests).stdout.splitlines()
    said = [line for line in lines if line.startswith(("fault ", "test "))]
    assert said == ["test 1", "test 2", "fault 1", "fault 2"]


def test_a_static_fault_is_said_before_the_tests_end(tmp_path: Path) -> None:
    tests = "until grep -q Took build/static.log 2>/dev/null; do :; done; echo test"
    lines = run(tmp_path, "sh -c 'echo fault; false'", tests).stdout.splitlines()
    assert lines[0].startswith("Static checks FAILED (see build/static.log)")
    assert lines.index("test") < lines.index("fault")


def test_the_budget_is_compared_and_does_not_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(tmp_path / "one", "true", "true").stdout.endswith(
        "(budget of 600 s: kept).\n"
    )
    monkeypatch.setenv("EITGEO_BUDGET_S", "-1")
    done = run(tmp_path / "two", "true", "true")
    assert done.stdout.endswith("(budget of -1 s: EXCEEDED).\n")
    assert done.returncode == 0


def test_an_interruption_stops_both(tmp_path: Path) -> None:
    """Ctrl-C reaches the group of the terminal; what runs behind ignores it."""
    clone = tmp_path / "clone"
    # A signal between the birth of a command and its first line would be lost.
    lasting = "sh -c 'echo $$ >{0}.new; mv {0}.new {0}; exec sleep 60'"
    # A shell cannot trap what whoever runs the tests in the background ignores.
    heard = (
        "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    words = command(clone, lasting.format("pid"), lasting.format("other"))
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", heard, *words], start_new_session=True
    )
    pid = clone / "pid"
    while not (pid.exists() and (clone / "other").exists()):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=30) == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
