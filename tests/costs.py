"""What each family of tests costs: processor seconds, told at the end of a run.

A family is a file of tests. Set-up counts, and so do the processes that a test waits
for; collection does not.
"""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

SHOWN = 10


def _processor_s() -> float:
    return sum(os.times()[:4])


_last = [_processor_s()]


def pytest_collection_finish() -> None:
    """Start the clock: the first test does not pay for what came before."""
    _last[0] = _processor_s()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Note what a test took; its last report takes it to the main process."""
    report: Any = yield
    if report.when == "teardown":
        now = _processor_s()
        report.cpu_s = now - _last[0]
        _last[0] = now
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell the families that cost most."""
    reports = list(chain.from_iterable(terminalreporter.stats.values()))
    if lines := slowest(reports):
        terminalreporter.section("families that cost most")
        for line in lines:
            terminalreporter.write_line(line)


def slowest(reports: list[Any]) -> list[str]:
    """Return a line a family, the dearest first, then the sum of all."""
    costs: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for report in reports:
        if hasattr(report, "when"):
            family = report.nodeid.split("::")[0]
            taken: Any = getattr(report, "cpu_s", 0.0)
            costs[family] += taken
            tests[family] += report.when == "call"
    if len(costs) < 2:
        return []
    lines = [
        f"{cost:7.1f} s of processor  {tests[name]:4d} tests  {name}"
        for name, cost in costs.most_common(SHOWN)
    ]
    total = f"{costs.total():7.1f} s of processor  {tests.total():4d} tests"
    return [*lines, f"{total}  in {len(costs)} files"]
