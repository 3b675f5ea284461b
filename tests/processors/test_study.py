"""A whole study says the same on three processors: `make processors` (15 CPU min).

Tables within 1e-9; every printed figure, word and pixel as it is. The light twin is
`test_cores.py`.
"""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.faults.tiny import write_tiny
from tests.processors.settings import PROCESSORS, ROOT, environment
from tests.scripts.load import load_script

pytestmark = pytest.mark.slow

STUDIES: dict[str, Callable[[Path], Path]] = {
    "tiny": write_tiny,
    "delivered": lambda _: ROOT / "study.yaml",
}
FIGURES = (
    *("tests/results", "tests/scenarios", "tests/disclosure", "tests/zones"),
    *("tests/perimeters/test_blocks.py", "tests/perimeters/test_optimum.py"),
    *("tests/flows/test_allocation.py", "tests/flows/test_market.py"),
    *("tests/test_words.py", "tests/test_exact.py", "tests/reference"),
    *("tests/maps/test_form_browser.py", "tests/maps/test_comparator.py"),
)


def done(*arguments: str, processor: str) -> None:
    """Run a command in a process of its own, on some processor."""
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment(processor),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-5000:]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return what runs a study on a processor, once."""

    @cache
    def inputs(study: str) -> Path:
        return STUDIES[study](tmp_path_factory.mktemp(study))

    @cache
    def run(study: str, processor: str) -> Path:
        out = tmp_path_factory.mktemp(f"{study}-{processor}")
        path = str(inputs(study))
        done("eitgeo", "run", path, "--out", str(out), processor=processor)
        return out

    return run


@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("study", STUDIES)
def test_a_study_says_the_same_on(study, processor, runs) -> None:
    here, there = (runs(study, name) for name in ("", processor))
    assert load_script("same").differences(here, there, close=1e-9) == []


@pytest.mark.parametrize("processor", PROCESSORS)
def test_the_tests_of_figures_pass_on(processor) -> None:
    done("pytest", "-q", "-n0", "-p", "no:cacheprovider", *FIGURES, processor=processor)
