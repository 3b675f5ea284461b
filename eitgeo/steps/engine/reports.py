"""What became of a step, and what it cost, for whoever runs a study."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from eitgeo.steps.engine.contract import Facts, Step


type Status = Literal["running", "done", "current", "failed", "blocked", "pending"]


@dataclass
class Cost:
    """What a step cost.

    ``seconds``: how long it ran [s]. ``processor_s``: processor time of this process
    and of those it waited for [s]. ``peak_mb``: most memory that the process had held
    by the end of the step [MB]; None where the system does not tell.
    """

    seconds: float = 0.0
    processor_s: float = 0.0
    peak_mb: float | None = None


@contextmanager
def spent(cost: Cost) -> Iterator[None]:
    """Fill a cost with what the block spends, whether or not it fails."""
    start, used = perf_counter(), _processor_s()
    try:
        yield
    finally:
        cost.seconds = perf_counter() - start
        cost.processor_s = _processor_s() - used
        cost.peak_mb = _peak_mb()


def _processor_s() -> float:
    return sum(os.times()[:4])


def _peak_mb() -> float | None:
    if sys.platform == "win32":
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


@dataclass(frozen=True)
class StepReport:
    """What became of a step.

    ``status``: ``running``; ``done``; ``current``, nothing to do; ``failed``;
    ``blocked``, a step that it needs failed; ``pending``, it would run. ``cost``: what
    it cost. ``facts``: what it told of itself. ``error``: why it failed. ``reasons``:
    why it would run, in French.
    """

    step: Step
    status: Status
    cost: Cost = field(default_factory=Cost)
    facts: Facts = field(default_factory=dict)
    error: BaseException | None = None
    reasons: tuple[str, ...] = ()


if sys.platform != "win32":
    import resource
