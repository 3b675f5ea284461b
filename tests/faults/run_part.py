"""Runs the first steps of a study, or all of them, into a folder."""

import sys
from pathlib import Path

from eitgeo.steps import STEPS, run_steps
from eitgeo.study import open_project

FIRST = ("territory", "borders", "sites", "outlets", "concentration", "roads")

if __name__ == "__main__":
    study, out, which = sys.argv[1:]
    chosen = [one for one in STEPS if which == "all" or one.name in FIRST]
    reports = run_steps(chosen, open_project(Path(study), out=Path(out)))
    failed = [
        f"{one.step.name}: {one.error}" for one in reports if one.status != "done"
    ]
    sys.exit("\n".join(failed) or 0)
