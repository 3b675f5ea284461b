"""Runs a toy study over and over, with one fault at each change of the disk.

A fault is set off by the n-th time that the run opens a file for writing, renames or
removes one under its folder. After each: another run, undisturbed, and the bytes that
stand then. One JSON line for each n, until a run meets no n-th change.

A fault strikes in a process forked for it: series of faults share what is imported and
nothing else. With ``edited``, each run starts from a whole one of which the user edited
a product, and its source has changed since: his file must stand, whatever happens.
"""

import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from eitgeo.cli.progress import failure_text
from eitgeo.errors import EitgeoError
from eitgeo.steps.engine import due
from eitgeo.steps.engine.code import code_digests
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.run import run_steps
from eitgeo.store import write_bytes
from eitgeo.study.project import Project, read_study

ROOT = Path(__file__).resolve().parents[2]
FAULTS = {
    "kill": None,
    "full": errno.ENOSPC,
    "held": errno.EACCES,  # what Windows answers where another program holds a file
    "readonly": errno.EROFS,
}
_WRITING = os.O_WRONLY | os.O_RDWR


def source(project: Project) -> Path:
    """The file that the study reads."""
    return project.base / "numbers.csv"


STEPS = (
    Step(
        "first",
        "Nombres",
        files=lambda project: [source(project)],
        writes=("numbers",),
        module="tests.faults.steps_first",
    ),
    Step(
        "second",
        "Rapport",
        tables=("numbers",),
        products=lambda project: [
            project.maps / "rapport.txt",
            project.maps / "annexe.txt",
        ],
        module="tests.faults.steps_second",
    ),
)


class Saboteur:
    """Counts the changes under a folder; sets the fault off at the n-th."""

    def __init__(self, folder: Path, number: int, fault: str) -> None:
        self.folder = f"{folder}{os.sep}"
        self.number, self.fault = number, fault
        self.met = 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            changes = bool(flags & _WRITING)
        else:
            changes = event in {"os.rename", "os.remove", "os.mkdir"}
            path = arguments[0] if changes else ""
        if changes and str(path).startswith(self.folder):
            self.met += 1
            if self.met == self.number or (
                self.fault == "readonly" and self.met > self.number
            ):
                self._strike()

    def _strike(self) -> None:
        code = FAULTS[self.fault]
        if code is None:
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            raise OSError(code, os.strerror(code))


def run_once(project: Project) -> str:
    """Run; return what the user reads when it fails."""
    try:
        reports = run_steps(STEPS, project)
    except EitgeoError as error:
        return f"{type(error).__name__}: {error}"
    except BaseException as error:  # noqa: BLE001 - told, whatever it is
        return f"UNFORESEEN {error!r}"
    failed = [one for one in reports if one.status == "failed"]
    return " ; ".join(
        failure_text(one)
        if isinstance(one.error, EitgeoError)
        else f"UNFORESEEN {one.error!r}"
        for one in failed
    )


def disturbed(project: Project, number: int, fault: str) -> tuple[bool, str]:
    """Run in a process of its own; say whether the fault came, and what was told."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        saboteur = Saboteur(project.out, number, fault)
        sys.addaudithook(saboteur)
        said = run_once(project)
        os.write(writing, json.dumps([saboteur.met >= number, said]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        told = answer.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return True, "killed"
    came, said = json.loads(told)
    return came, said


def standing(folder: Path) -> dict[str, str]:
    """Return what a run left: artefacts, sidecars, and what should not be there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().hex()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".calcul" not in path.parts
    }


def begun(whole: Project, edited: str) -> Path:
    """Return the folder that each run starts from, and run the whole one."""
    start = whole.base / "start"
    if edited:
        run_once(whole)
        (whole.maps / "rapport.txt").write_bytes(b"edited by hand")
        write_bytes(whole.base / "numbers.csv", b"22")
        shutil.copytree(whole.out, start)
    else:
        start.mkdir()
    run_once(whole)
    return start


def main(base: Path, plays: list[str]) -> None:
    """Play series of faults: « kill 7 », « full 5 edited »; each in a folder."""
    _memoise()
    for play in plays:
        fault, stride, *edited = play.split()
        _play(play, base / play, fault, int(stride), edited="".join(edited))


def _play(play: str, base: Path, fault: str, stride: int, *, edited: str) -> None:
    """Set a fault off at every change, or at one in so many, one after the other."""
    study = read_study(ROOT / "study.yaml")
    write_bytes(base / "numbers.csv", b"21")
    whole = Project(study, base, base / "whole")
    start = begun(whole, edited)
    expected, before = standing(whole.out), standing(start)
    number, came = 1 - stride, True
    while came:
        number += stride
        project = Project(study, base, base / f"out {number}")
        shutil.copytree(start, project.out)
        came, said = disturbed(project, number, fault)
        left = standing(project.out)
        partial = {
            name: content
            for name, content in left.items()
            if not Path(name).name.startswith(".")
            and content not in (expected.get(name), before.get(name))
        }
        after = run_once(project)
        told = {
            "play": play,
            "n": number,
            "came": came,
            "said": said,
            "half_written": sorted(partial),
            "after": after,
            "same": standing(project.out) == expected,
            "edited": [
                held.get("maps/rapport.txt", "")
                for held in (left, standing(project.out))
            ],
        }
        sys.stdout.write(json.dumps(told) + "\n")
        shutil.rmtree(project.out)


def _memoise() -> None:
    # The code does not change meanwhile, and reading it takes most of a toy run.
    digests = code_digests(step.code for step in STEPS)
    mock.patch.object(due, "code_digests", return_value=digests).start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
