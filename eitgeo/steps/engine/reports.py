"""What became of a step, for whoever runs a study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from eitgeo.steps.engine.costs import Cost

if TYPE_CHECKING:
    from eitgeo.steps.engine.contract import Facts, Step

type Status = Literal["running", "done", "current", "failed", "blocked", "pending"]


@dataclass(frozen=True)
class StepReport:
    """What became of a step.

    Attributes
    ----------
    step
        The step.
    status
        ``running``; ``done``; ``current``, nothing to do; ``failed``; ``blocked``, a
        step that it needs failed; ``pending``, it would run.
    cost
        What it cost.
    facts
        What it told of itself.
    error
        Why it failed.
    reasons
        Why it would run, in French.
    """

    step: Step
    status: Status
    cost: Cost = field(default_factory=Cost)
    facts: Facts = field(default_factory=dict)
    error: BaseException | None = None
    reasons: tuple[str, ...] = ()
