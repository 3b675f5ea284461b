"""Runs steps of a study into a folder: the first, those that write tables, or all.

Alone, or in as many processes at once as a last argument says: they begin together,
from one that has imported what they need, and their exit codes are written.
"""

import json
import multiprocessing
import os
import sys
from importlib import import_module
from pathlib import Path

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import open_project

FIRST = ("territory", "borders", "counts")


def chosen(which: str) -> list[Step]:
    """Return the steps that ``first``, ``tables`` or ``all`` stand for."""
    if which == "first":
        return [step for step in STEPS if step.name in FIRST]
    return [step for step in STEPS if which == "all" or step.writes]


def run(study: str, out: str, which: str) -> None:
    """Run steps; end with what failed."""
    reports = run_steps(chosen(which), open_project(Path(study), out=Path(out)))
    failed = [
        f"{one.step.name}: {one.error}" for one in reports if one.status != "done"
    ]
    sys.exit("\n".join(failed) or 0)


def run_at_once(n: int, study: str, out: str, which: str) -> list[int | None]:
    """Run the same steps in processes that begin together; return their exit codes."""
    for module in [one.code for one in chosen(which)]:
        import_module(module)
    multiprocessing.set_start_method("fork" if hasattr(os, "fork") else "spawn")
    runs = [
        multiprocessing.Process(target=run, args=(study, out, which)) for _ in range(n)
    ]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    return [one.exitcode for one in runs]


if __name__ == "__main__":
    study, out, which, *times = sys.argv[1:]
    if not times:
        run(study, out, which)
    codes = run_at_once(int(times[0]), study, out, which)
    sys.stdout.write(json.dumps(codes))
