"""Documents that the animator edits: the new version never takes their place."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from eitgeo.store import digest, write_private_bytes

_MADE = ".faits.json"
"""In the private folder: name → SHA-256 of each document as it was written."""


def hand_over(path: Path, content: bytes, *, root: Path) -> list[str]:
    """Write a document of the private folder, beside the one that was edited."""
    record = path.with_name(_MADE)
    made = _read(record)
    if path.is_file() and made.get(path.name, "") not in {"", digest(path)}:
        beside = path.with_name(f"{path.stem}.nouveau{path.suffix}")
        write_private_bytes(beside, content, root=root)
        sentence = f"{path.name} a été modifié à la main : il reste, le nouveau est"
        return [
            f"{sentence} {beside.name} (ce qui doit en être effacé l'est à la main)."
        ]
    write_private_bytes(path, content, root=root)
    made[path.name] = hashlib.sha256(content).hexdigest()
    text = json.dumps(made, indent=1, sort_keys=True)
    write_private_bytes(record, f"{text}\n".encode(), root=root)
    return []


def _read(record: Path) -> dict[str, Any]:
    try:
        record_read = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record_read if isinstance(record_read, dict) else {}
