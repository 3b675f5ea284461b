"""Read a manifest that anybody may have written, and refuse one that is not sound."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eitgeo.errors import SourceError, unread_reason
from eitgeo.steps.records.crate import LIBRARY_PREFIX, STEP_PREFIX

if TYPE_CHECKING:
    from pathlib import Path

_ODD = (ValueError, LookupError, TypeError, AttributeError, RecursionError)

type Graph = dict[str, dict[str, Any]]

MAX_BYTES = 100_000_000
"""A thousand times the manifest of a study."""


def read_manifest(path: Path) -> Graph:
    """Read the manifest of a run."""
    try:
        graph = {one["@id"]: one for one in json.loads(_text(path))["@graph"]}
        is_crate = "./" in graph
        sound = is_crate and all(_is_sound(key, graph) for key in graph)
    except SourceError:
        raise
    except _ODD as error:
        message = f"{path.name} : manifeste illisible → relancer « eitgeo run »"
        raise SourceError(message) from error
    if not sound:
        message = (
            f"{path.name} : ce n'est pas un manifeste de calcul "
            "→ relancer « eitgeo run »"
        )
        raise SourceError(message)
    return graph


def _text(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size <= MAX_BYTES:
            return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{path.name} : lecture impossible ({unread_reason(error)})"
        raise SourceError(message) from error
    if path.exists():
        met = "ce n'est pas un manifeste de calcul (taille)"
    else:
        met = "manifeste absent"
    message = f"{path.name} : {met} → lancer « eitgeo run »"
    raise SourceError(message)


def ids(entity: dict[str, Any], key: str) -> list[str]:
    """List the entities that an entity points at."""
    found = entity.get(key, [])
    listed = found if isinstance(found, list) else [found]
    return [one["@id"] for one in listed]


def _is_sound(key: str, graph: Graph) -> bool:
    entity = graph[key]
    if "sha256" in entity and not isinstance(entity["name"], str):
        return False
    if key.startswith(LIBRARY_PREFIX):
        return isinstance(entity["version"], str)
    if not key.startswith(STEP_PREFIX):
        return isinstance(entity, dict)
    pointed = [*ids(entity, "object"), *ids(entity, "result")]
    told = [entity["name"], *(graph[one]["sha256"] for one in pointed)]
    return all(isinstance(one, str) for one in told)
