"""Kills the whole pipeline again and again in one folder, until it gets to its end.

``boundary``: between two steps, each run doing one. ``writes``: at changes of
the disk drawn at random, so that most kills fall in the middle of a write.
"""

import json
import os
import random
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine import due
from eitgeo.steps.engine.code import code_digests
from eitgeo.steps.engine.contract import StepReport
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, open_project
from tests.faults.driver import Saboteur, standing

KINDS = ("boundary", "writes")
SEED = 13
FURTHEST = 120
MOST_KILLS = 120


class Killer:
    """Ends the process between two steps: as the second of a run starts."""

    def __init__(self) -> None:
        self.started = 0

    def __call__(self, report: StepReport) -> None:
        self.started += report.status == "running"
        if self.started > 1:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(project: Project, kind: str, number: int) -> bool:
    """Run in a process of its own; say whether it was killed."""
    pid = os.fork()
    if pid == 0:
        options: dict[str, Any] = {"tell": Killer()} if kind == "boundary" else {}
        if kind == "writes":
            sys.addaudithook(Saboteur(project.out, number, "kill"))
        reports = run_steps(STEPS, project, **options)
        failed = [one for one in reports if one.status == "failed"]
        for one in failed:
            sys.stderr.write(f"{one.step.name}: {one.error!r}\n")
        sys.stderr.flush()
        os._exit(len(failed))
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        message = "a step failed"
        raise RuntimeError(message)
    return os.WIFSIGNALED(status)


def interrupted(kind: str, project: Project) -> int:
    """Kill a run until it gets to its end; return how many kills that took."""
    drawn = random.Random(SEED)  # noqa: S311 - no secret
    project.out.mkdir()
    n_kills = 0
    while killed(project, kind, drawn.randint(1, FURTHEST)):
        n_kills += 1
        if n_kills > MOST_KILLS:
            message = "kills without end: a run does not resume"
            raise RuntimeError(message)
    return n_kills


def main(study: Path, folder: Path) -> None:
    """Kill until the end, then run undisturbed elsewhere and compare."""
    # Once, before all forks: else each of a hundred processes takes three seconds.
    for step in STEPS:
        import_module(step.code)
    digests = code_digests(step.code for step in STEPS)
    mock.patch.object(due, "code_digests", return_value=digests).start()
    n_kills = {
        kind: interrupted(kind, open_project(study, out=folder / kind))
        for kind in KINDS
    }
    whole = open_project(study, out=folder / "whole")
    run_steps(STEPS, whole)
    expected = standing(whole.out)
    for kind in KINDS:
        held = standing(folder / kind)
        differ = sorted(
            name
            for name in held.keys() | expected.keys()
            if held.get(name) != expected.get(name)
        )
        told = {"kind": kind, "kills": n_kills[kind], "differ": differ}
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
