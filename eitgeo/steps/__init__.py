"""The steps of a study, and what runs them; ``_catalogue`` lists what is done."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.steps._brought import perimeter_faults
    from eitgeo.steps._catalogue import STEPS
    from eitgeo.steps._engine import Facts, Step
    from eitgeo.steps._leavings import edited_text
    from eitgeo.steps._lock import BusyError
    from eitgeo.steps._reports import StepReport
    from eitgeo.steps._run import edited_products, plan_steps, run_steps

__all__ = [
    "STEPS",
    "BusyError",
    "Facts",
    "Step",
    "StepReport",
    "batch",  # a module, imported when it is asked for
    "compare",  # the same
    "edited_products",
    "edited_text",
    "new_study",  # the same
    "perimeter_faults",
    "plan_steps",
    "run_steps",
    "verify",  # the same
]

lend(__name__)
