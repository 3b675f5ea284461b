"""A process that judges mutants in a copy of the repository, one fork each.

It has imported the libraries that the package imports, and nothing of the package:
a fork starts within milliseconds, and imports the mutated file as a user's process
would. One job a line on standard input, one answer a line on standard output.
``python -m tests.mutants.worker`` from the root of the copy: ``pool.py`` does so.
"""

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

import pytest

ROOT = Path.cwd()
OWN = ("eitgeo", "tests", "__main__", "sitecustomize")
MEMORY_BYTES = 12 << 30
WALL_TIMES = 6  # as long as the processor may take, on a machine that others share
HYPOTHESIS = "_hypothesis_pytestplugin"
ARGUMENTS = (
    "-x",
    "-q",
    "--tb=no",
    "--no-header",
    "-p",
    "no:cacheprovider",
    "-p",
    HYPOTHESIS,
)


def forked(work: Any, *, cpu_s: float) -> dict[str, Any]:
    """Do some work in a fork, for so many seconds at most."""
    answer = ROOT.with_name(f"{ROOT.name}-answer.json")
    answer.unlink(missing_ok=True)
    start = time.monotonic()
    if (child := os.fork()) == 0:
        _alone(work, answer, cpu_s)
    told: dict[str, Any] = {"is_late": False}
    while True:
        pid, status, used = os.wait4(child, os.WNOHANG)
        if pid:
            break
        told["is_late"] = time.monotonic() - start > WALL_TIMES * cpu_s
        if told["is_late"]:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # what it may have started
    told["code"] = os.waitstatus_to_exitcode(status)
    told["cpu_s"] = round(used.ru_utime + used.ru_stime, 2)
    if answer.exists():
        told |= json.loads(answer.read_text(encoding="utf-8"))
    return told


def _alone(work: Any, answer: Path, cpu_s: float) -> None:
    """Work in a group of its own, say what was found, end without cleaning up."""
    code = 70
    try:
        os.setsid()
        seconds = int(cpu_s) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        log = os.open(f"{ROOT}-log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(log, stream)
        found = work()
        answer.write_text(json.dumps(found), encoding="utf-8")
        code = 0
    except BaseException:  # noqa: BLE001 - nothing goes back to the parent's code
        traceback.print_exc()
    finally:
        os._exit(code)


def libraries() -> list[str]:
    """Return what the package imports that is not its own."""
    before = set(sys.modules)
    for path in sorted((ROOT / "eitgeo").glob("*/__init__.py")):
        importlib.import_module(f"eitgeo.{path.parent.name}")
    importlib.import_module("hypothesis.extra.numpy")
    new = [name for name in sys.modules if name not in before]
    return [name for name in new if name.partition(".")[0] not in OWN]


def load(names: list[str]) -> None:
    """Import libraries, in the order in which the package did."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def run_tests(job: dict[str, Any]) -> dict[str, Any]:
    """Run pytest as a job asks, in this process."""
    from tests.mutants import watching  # noqa: PLC0415 - of the copy, in the fork

    _shrink_nothing()
    plugin = (
        watching.First(job["asked"], job["known"], job["most_s"])
        if "changed" in job
        else watching.Lines(ROOT, job["watched"])
    )
    temporary = f"{ROOT}-tmp"
    arguments = [*ARGUMENTS, f"--basetemp={temporary}", *job["files"]]
    if "changed" not in job:
        arguments.remove("-x")
    code = pytest.main(arguments, plugins=[plugin])
    shutil.rmtree(temporary, ignore_errors=True)
    return {**plugin.answer(), "pytest": int(code)}


def _shrink_nothing() -> None:
    """Let a failing example be enough: a smaller one would kill no more."""
    from hypothesis import Phase, settings  # noqa: PLC0415 - in the fork

    phases = [Phase.explicit, Phase.generate]
    ci = settings.get_profile("ci")
    settings.register_profile("mutants", ci, phases=phases, report_multiple_bugs=False)
    settings.load_profile("mutants")


@contextlib.contextmanager
def changed(files: dict[str, str]) -> Any:
    """Write mutated files, then what they were; no compiled form outlives either."""
    before = {path: (ROOT / path).read_bytes() for path in files}
    try:
        for path, text in files.items():
            (ROOT / path).write_text(text, encoding="utf-8")
            _forget(path)
        yield
    finally:
        for path, content in before.items():
            (ROOT / path).write_bytes(content)
            _forget(path)


def _forget(path: str) -> None:
    compiled = importlib.util.cache_from_source(str(ROOT / path))
    Path(compiled).unlink(missing_ok=True)


def main() -> None:
    """Answer jobs until there is none."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # The one thread is Arrow's, which sees to forks itself.
    warnings.filterwarnings("ignore", message=".*multi-threaded", module=__name__)
    names = forked(lambda: {"names": libraries()}, cpu_s=120)["names"]
    load(names)
    _say({"ready": len(names)})
    for line in sys.stdin:
        job = json.loads(line)
        with changed(job.get("changed", {})):
            found = forked(lambda job=job: run_tests(job), cpu_s=job["cpu_s"])
        _say(found)


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
