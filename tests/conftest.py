"""Files that take minutes start first: two workers then end at nearly the same time.

Each file stays with one worker (``--dist loadfile``): what it computes once for all of
its tests is computed once indeed. Run alone, in this order, nothing else changes.
"""

import pytest

LONGEST_FIRST = (
    "tests/test_run_default.py",
    "tests/studies/",
    "tests/disclosure/",
    "tests/notebooks/",
    "tests/maps/",
    "tests/dossier/",
    "tests/faults/",
    "tests/sources/",
    "tests/perimeters/",
    "tests/steps/",
)


def _rank(item: pytest.Item) -> int:
    found = (
        n for n, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start)
    )
    return next(found, len(LONGEST_FIRST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by rank, then as collected."""
    items.sort(key=_rank)
