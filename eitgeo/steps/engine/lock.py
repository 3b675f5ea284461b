"""One run per folder, and who holds it."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from eitgeo.errors import EitgeoError, SourceError
from eitgeo.store import refused, write_json

LOCK_NAME = "eitgeo.lock"
HOLDER_NAME = "eitgeo.holder.json"


class BusyError(EitgeoError):
    """Another run is writing into the same folder."""


@contextmanager
def one_run(folder: Path) -> Iterator[None]:
    """Hold a folder for the length of a run."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        message = (
            f"{folder.parent} : vous n'avez pas le droit d'écrire ici "
            "→ vérifier vos droits, ou choisir un autre dossier (--out)"
        )
        raise SourceError(message) from error
    except OSError as error:
        raise refused(folder.parent, error) from error
    holder = folder / HOLDER_NAME
    lock = FileLock(folder / LOCK_NAME, timeout=0)
    try:
        lock.acquire()
    except OSError as error:
        if not isinstance(error, Timeout):
            raise refused(folder.parent, error) from error
        message = (
            f"{folder.parent} : un calcul y est déjà en cours ({_who(holder)}) "
            "→ attendre sa fin, l'arrêter, ou choisir un autre dossier (--out)"
        )
        raise BusyError(message) from error
    try:
        write_json(holder, _me())
        yield
    finally:
        # What stops the run is told, not that a note about it stays behind.
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _me() -> dict[str, str | int]:
    now = dt.datetime.now(tz=dt.UTC).astimezone()
    return {
        "machine": platform.node() or "machine inconnue",
        "pid": os.getpid(),
        "since": f"{now:%d/%m/%Y à %H:%M:%S}",
    }


def _who(holder: Path) -> str:
    try:
        run = json.loads(holder.read_text(encoding="utf-8"))
        return f"processus {run['pid']} sur {run['machine']}, depuis le {run['since']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "processus qui démarre à l'instant"
