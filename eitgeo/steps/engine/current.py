"""Whether nothing is due: the lock file of pytask read without pytask.

An unchanged study is the most frequent run, and pytask with its database costs two
seconds. Only « everything is as the lock file tells » is decided here, by the rule of
pytask; as soon as one state differs, pytask decides.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from eitgeo.steps.engine.nodes import FileNode, StepNodes, ValueNode

LOCK_NAME = "pytask.lock"
_JOURNAL_NAME = "pytask.lock.journal"
_VERSION = "1"
_ODD = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


def all_current(state: Path, nodes: Sequence[StepNodes]) -> bool:
    """Say whether every step is as pytask left it."""
    try:
        told = _told(state)
    except _ODD:
        return False
    seen: dict[str, str | None] = {}
    return all(told.get(one.step.name) == _found(one, seen) for one in nodes)


def _told(state: Path) -> dict[str, Any]:
    """Read step → digest of its code, states of what it reads, of what it writes."""
    if (state / _JOURNAL_NAME).exists():
        return {}
    lock = tomllib.loads((state / LOCK_NAME).read_text(encoding="utf-8"))
    if lock["lock-version"] != _VERSION:
        return {}
    return {
        one["id"]: (one["state"], one["depends_on"], one["produces"])
        for one in lock["task"]
    }


def _found(one: StepNodes, seen: dict[str, str | None]) -> Any:
    return (one.code, _states(one.depends_on, seen), _states(one.produces, seen))


def _states(
    nodes: Mapping[str, FileNode | ValueNode], seen: dict[str, str | None]
) -> dict[str, str | None]:
    states = {}
    for node in nodes.values():
        if node.name not in seen:
            seen[node.name] = node.state()
        states[node.name] = seen[node.name]
    return states
