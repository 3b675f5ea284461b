"""Calls that have room cost the same at any depth."""

from typing import Any

import pytest

from eitgeo.frames import call_with_large_stack_chunk

resource: Any = pytest.importorskip("resource", reason="needs POSIX")

DEPTHS = 400
"""Of frames of some 100 bytes: they take more than one chunk of 16 KB."""
CALLS = 500


def _most(n: int) -> int:
    # A frame that is larger than those above: one depth at least leaves no room for it.
    return max(n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n)


def _faults(depth: int) -> int:
    """Count the pages that calls ask of the system, so deep below this one."""
    if depth:
        return _faults(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    assert sum(map(_most, range(CALLS))) == sum(range(CALLS))
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_no_depth_asks_the_system_for_a_page_a_call() -> None:
    assert (
        max(call_with_large_stack_chunk(_faults, depth) for depth in range(DEPTHS))
        < CALLS / 5
    )


def test_values_and_errors_pass() -> None:
    assert call_with_large_stack_chunk(divmod, 7, 2) == (3, 1)
    assert call_with_large_stack_chunk(sorted, [1, 3, 2], reverse=True) == [3, 2, 1]
    with pytest.raises(ZeroDivisionError):
        call_with_large_stack_chunk(divmod, 1, 0)
