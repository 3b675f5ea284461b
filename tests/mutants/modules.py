"""What is mutated, and the tests that judge it: six modules of the package.

A module is a list of files; its tests are files or folders, the nearest first. Of a
file under test, only tests that run the mutated line are run: ``covering.py``.
"""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "mutants"
N_MUTANTS = 100
SEEDS = (20261127, 20261128)
"""Fixed before any mutant ran: the first to work with, the second at the end."""


class Module(NamedTuple):
    """A part of the package, and the tests that hold it.

    Attributes
    ----------
    files
        Patterns of its files, from the root.
    near
        Test files that are about it; the examples of its own files count too.
    wide
        Patterns of test files that use it.
    """

    files: tuple[str, ...]
    near: tuple[str, ...]
    wide: tuple[str, ...] = ()


MODULES = {
    "disclosure": Module(
        ("eitgeo/disclosure/*.py", "eitgeo/disclosure/door/*.py"),
        (
            "tests/disclosure/test_a[cn]*.py",
            "tests/disclosure/test_[bcdeglmprwz]*.py",
            "tests/flows/test_total_checks.py",
        ),
        # Last what builds whole studies: attacks, hidden names.
        ("tests/audit/test_*.py", "tests/disclosure/test_*.py"),
    ),
    "certificate": Module(
        ("eitgeo/perimeters/contours/certificate.py",),
        ("tests/perimeters/test_certificate*.py",),
        ("tests/perimeters/test_*.py",),
    ),
    "unions": Module(
        (
            "eitgeo/perimeters/contours/candidate.py",
            "eitgeo/scenarios/decision/epci_blocks.py",
            "eitgeo/scenarios/decision/epci_blocks.py",
        ),
        (
            "tests/perimeters/test_unions.py",
            "tests/perimeters/test_refusals.py",
            "tests/perimeters/test_blocks.py",
            "tests/scenarios/test_union_[fl]*.py",
        ),
        (
            "tests/perimeters/test_*.py",
            "tests/scenarios/test_*.py",
            "tests/results/test_unions.py",
        ),
    ),
    "allocation": Module(
        ("eitgeo/flows/exchanges/allocation.py",),
        ("tests/flows/test_allocation*.py",),
        ("tests/flows/test_*.py", "tests/steps/test_allocation.py"),
    ),
    "router": Module(
        (
            "eitgeo/roads/matrix/router.py",
            "eitgeo/roads/matrix/engine.py",
            "eitgeo/roads/matrix/topology.py",
            "eitgeo/roads/network/graph.py",
            "eitgeo/roads/matrix/router.py",
            "eitgeo/roads/matrix/od_matrix.py",
        ),
        (
            "tests/roads/test_router_*.py",
            "tests/roads/test_paths.py",
            "tests/roads/test_od_matrix.py",
            "tests/roads/test_places.py",
        ),
        ("tests/roads/test_*.py",),
    ),
    "arisings": Module(
        (
            "eitgeo/flows/arisings/arising_draws.py",
            "eitgeo/flows/arisings/arising_*.py",
        ),
        ("tests/flows/test_arising*.py", "tests/flows/test_redraw.py"),
        (
            "tests/flows/test_*.py",
            "tests/results/test_arisings.py",
            "tests/steps/test_arisings.py",
        ),
    ),
}


def listed(patterns: tuple[str, ...], root: Path = ROOT) -> list[str]:
    """Return the files of some patterns, from the root, each once and in order."""
    found = (
        path.relative_to(root).as_posix()
        for pattern in patterns
        for path in sorted(root.glob(pattern))
    )
    return list(dict.fromkeys(found))


def judges_of(module: str, *, wide: bool) -> list[str]:
    """Return the files whose tests judge a module, the nearest first."""
    one = MODULES[module]
    paths = listed((*one.files, *one.near, *(one.wide if wide else ())))
    return [path for path in paths if path.startswith("tests/") or _is_shown(path)]


def _is_shown(path: str) -> bool:
    """Say whether a file has examples that are run."""
    return ">>> " in (ROOT / path).read_text(encoding="utf-8")
