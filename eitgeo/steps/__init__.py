"""The steps of a study: the table of contents of what ``eitgeo run`` does."""

from eitgeo.steps._engine import Facts, Step
from eitgeo.steps._lock import BusyError
from eitgeo.steps._run import plan_steps, run_steps
from eitgeo.steps._tasks import StepReport

STEPS: tuple[Step, ...] = ()

__all__ = [
    "STEPS",
    "BusyError",
    "Facts",
    "Step",
    "StepReport",
    "plan_steps",
    "run_steps",
]
