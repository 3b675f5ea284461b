"""Files that changed since they were listed in ``data/sources.csv``: told, not refused.

An analyst edits files, and a file cut between two rows reads like a whole one: the
digest of the register is the only witness.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from eitgeo.sources.files.csv import csv_dicts
from eitgeo.store import digest, relative_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from eitgeo.study.project import Project

_log = logging.getLogger(__name__)


def tell_changed_files(project: Project, files: Iterable[Path]) -> None:
    """Warn of the files whose digest is not that of the register."""
    known = listed_digests(project.base / "data" / "sources.csv")
    for path in files:
        name = relative_name(path, project.base)
        if known.get(name, "") not in {"", digest(path)}:
            _log.warning("%s : le fichier a changé depuis l'inventaire", name)


def listed_digests(register: Path) -> dict[str, str]:
    """Read the digests of a register."""
    if not register.is_file():
        return {}
    rows = csv_dicts(register, errors="replace")
    return {row["name"]: row.get("sha256") or "" for row in rows if row.get("name")}
