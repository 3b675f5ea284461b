"""The ``.gitignore`` of a study: nothing private or computed goes to a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import SourceError, unread_reason
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".gitignore"
LINES = ("private/", "data/processed/", "maps/", ".pytask/", ".eitgeo/")
"""``private/`` at any depth."""

_HEAD = "# eitgeo : réponses d'entreprises (jamais publiées), puis fichiers calculés"


def ignore_in_git(folder: Path) -> list[str]:
    """Write the file, or add to the user's own the lines that it lacks."""
    path = folder / NAME
    try:
        held = path.read_bytes() if _is_there(path) else b""
        known = {line.strip() for line in held.decode("utf-8-sig").splitlines()}
    except (OSError, UnicodeDecodeError) as error:
        told = unread_reason(error) if isinstance(error, OSError) else "encodage"
        message = (
            f"{path.name} : lecture impossible ({told}) → l'enregistrer en UTF-8, ou "
            "l'ôter"
        )
        raise SourceError(message) from error
    # A later « !private/ » would undo an earlier line: ours are then the last.
    lines = [one for one in LINES if one not in known or f"!{one}" in known]
    if lines:
        break_ = b"" if not held or held.endswith(b"\n") else b"\n"
        added = "\n".join([_HEAD, *lines, ""])
        write_bytes(path, held + break_ + added.encode())
    return lines


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no disk takes: told when it is written
        return False
