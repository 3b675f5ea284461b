"""Plugins of pytest: which lines a test runs, and which test fails first."""

import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

# How long a test takes decides when it is run: what takes about as long stays in the
# order of its file, so that what a file computes once is computed once.
STEPS_S = (0.05, 0.5, 5.0)


def cpu_s() -> float:
    """Return seconds of processor, of this process and of those that it waited for."""
    return sum(os.times()[:4])


class Lines:
    """Notes the lines of some files that each test runs, and what each test takes.

    ``seen`` → test → file → lines; under ``""``, what imports run.
    """

    tool = sys.monitoring.COVERAGE_ID

    def __init__(self, root: Path, paths: list[str]) -> None:
        self.paths = {str(root / path): path for path in paths}
        self.now: dict[str, set[int]] = defaultdict(set)
        self.tests: dict[str, dict[str, Any]] = {}
        self.has_passed: dict[str, bool] = {}
        event = sys.monitoring.events.LINE
        sys.monitoring.use_tool_id(self.tool, "mutants")
        sys.monitoring.register_callback(self.tool, event, self._note)
        sys.monitoring.set_events(self.tool, event)

    def _note(self, code: CodeType, line: int) -> object:
        if (path := self.paths.get(code.co_filename)) is not None:
            self.now[path].add(line)
        return sys.monitoring.DISABLE

    def _keep(self, name: str, taken_s: float) -> None:
        told = {path: sorted(lines) for path, lines in self.now.items()}
        self.tests[name] = {"cpu_s": round(taken_s, 3), "lines": told}
        self.now.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note a test; what ran since the last one is an import."""
        if "" not in self.tests:
            self._keep("", 0.0)
        self.now.clear()
        sys.monitoring.restart_events()
        start = cpu_s()
        done = yield
        self._keep(item.nodeid, cpu_s() - start)
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what passes: a test that fails or is left out judges nothing."""
        is_well = report.outcome == "passed" and not hasattr(report, "wasxfail")
        before = self.has_passed.get(report.nodeid, True)
        self.has_passed[report.nodeid] = before and is_well

    def answer(self) -> dict[str, Any]:
        """Return what was noted, of tests that pass."""
        kept = {
            name: one
            for name, one in self.tests.items()
            if self.has_passed.get(name, name == "")
        }
        left = [name for name, is_well in self.has_passed.items() if not is_well]
        return {"tests": kept, "left": left}


class First:
    """Runs the tests asked for, the fastest first, and keeps the first that fails.

    A test may take what ``most_s`` says of its file, then the process dies: it may have
    to compute what another test of the file did.
    """

    def __init__(
        self,
        asked: dict[str, tuple[int, float]],
        known: list[str],
        most_s: dict[str, float],
    ) -> None:
        self.asked, self.known, self.most_s = asked, frozenset(known), most_s
        self.files = list(dict.fromkeys(name.partition("::")[0] for name in asked))
        self.failed = ""
        self.n_run = 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is known and not asked for: a new name may be a new case."""
        kept = [
            item
            for item in items
            if item.nodeid in self.asked or item.nodeid not in self.known
        ]
        items[:] = sorted(kept, key=self._rank)

    def _rank(self, item: pytest.Item) -> tuple[int, int, int]:
        turn, taken_s = self.asked.get(item.nodeid, (1, 0.0))
        step = sum(taken_s > limit for limit in STEPS_S)
        path = item.nodeid.partition("::")[0]
        return turn, step, self.files.index(path) if path in self.files else -1

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Let the test have its seconds of processor."""
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        most_s = self.most_s.get(nodeid.partition("::")[0], hard)
        soft = min(int(time.process_time() + most_s) + 1, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the first failure."""
        self.n_run += report.when == "call"
        if report.outcome == "failed" and not self.failed:
            self.failed = f"{report.nodeid} ({report.when})"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what can no longer be imported."""
        if report.outcome == "failed" and not self.failed:
            self.failed = f"{report.nodeid} (import)"

    def answer(self) -> dict[str, Any]:
        """Return which failed, or ``""``."""
        return {"failed": self.failed, "n_run": self.n_run}
