"""Runs steps of a study into a folder: the first, those that write tables, or all."""

import sys
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


if __name__ == "__main__":
    study, out, which = sys.argv[1:]
    reports = run_steps(chosen(which), open_project(Path(study), out=Path(out)))
    failed = [
        f"{one.step.name}: {one.error}" for one in reports if one.status != "done"
    ]
    sys.exit("\n".join(failed) or 0)
