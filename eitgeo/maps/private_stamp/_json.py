"""JSON: a key of its own; in an RO-Crate, the name and description of the whole."""

from __future__ import annotations

import json
from typing import Any

from eitgeo.errors import SchemaError
from eitgeo.maps.private_stamp._words import WORDS, told

_KEY = "ne_pas_diffuser"
_GRAPH, _ROOT = "@graph", "./"


def stamp_json(content: bytes) -> bytes:
    """Stamp a JSON file."""
    held = json.loads(content)
    if not isinstance(held, dict):
        message = "JSON sans objet à sa racine → écrire un objet"
        raise SchemaError(message)
    if _GRAPH in held:
        _stamp_root(held)
    else:
        held[_KEY] = WORDS
    text = json.dumps(
        held, allow_nan=False, ensure_ascii=False, indent=1, sort_keys=True
    )
    return f"{text}\n".encode()


def _stamp_root(crate: dict[str, Any]) -> None:
    root = next((one for one in crate[_GRAPH] if one.get("@id") == _ROOT), None)
    if root is None:
        message = "manifeste RO-Crate sans jeu de données racine → refaire le manifeste"
        raise SchemaError(message)
    for key in ("name", "description"):
        root[key] = told(str(root.get(key, "")))
