"""What earlier runs left: records read, files that nothing claims removed.

Only what the records of the engine tell is removed, file by file, and only while the
file is what they tell: whatever else a user keeps in these folders stays.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo.steps.engine.contract import COMPARED, STATE_FOLDER, sidecar_path
from eitgeo.steps.engine.keeper import Edited, remove_beside, take_away
from eitgeo.steps.engine.ledger import (
    ODD,
    Ledger,
    Written,
    has_digest,
    is_digest,
    read_ledger,
)

if TYPE_CHECKING:
    from eitgeo.study.project import Project

_log = logging.getLogger(__name__)


def open_ledger(project: Project, artefacts: Iterable[Path]) -> Ledger:
    """Read the records of a study; where they lack a file, its sidecar signs it."""
    ledger = read_ledger(project.out, project.out / STATE_FOLDER)
    for path in artefacts:
        if ledger.name(path) not in ledger.written:
            written = _signed(sidecar_path(project, path), path.name)
            if written is not None:
                ledger.written[ledger.name(path)] = written
    return ledger


def half_written(ledger: Ledger, claimed: Iterable[Path]) -> list[Path]:
    """List the final names of what a run that was cut may have been writing."""
    named = {*ledger.written, *ledger.beside, *ledger.begun}
    return sorted({*claimed, *(ledger.out / name for name in named)})


def remove_unclaimed(ledger: Ledger, claimed: Collection[Path]) -> None:
    """Remove what earlier runs wrote and nothing asks for; say what stays, and why."""
    now = {path.name: ledger.name(path) for path in claimed}
    for name, record in sorted(ledger.written.items()):
        path = ledger.out / name
        if path in claimed or record.step == COMPARED:
            continue
        if take_away(ledger, path):
            _drop_empty(path.parent, ledger)
        elif path.is_file() and ledger.is_published(path):
            place = now.get(path.name)
            said = f"calcule {place} à sa place" if place else "ne le demande plus"
            _log.warning("%s : modifié à la main, gardé ; l'étude %s", name, said)
    for path in {ledger.out / record.of for record in ledger.beside.values()}:
        signed = ledger.written.get(ledger.name(path))
        if signed is not None and has_digest(path, signed.sha256):
            remove_beside(ledger, path)
    ledger.save()


def tell_edited(found: Sequence[Edited]) -> None:
    """Say which files stayed as the user left them."""
    for edited in found:
        _log.warning("%s", edited_text(edited))


def edited_text(one: Edited) -> str:
    """Say that a file stays as the user left it."""
    if not one.is_written:
        return (
            f"{one.name} : modifié à la main, gardé tel quel ; le calcul écrira sa "
            f"version à côté, {one.beside}"
        )
    return (
        f"{one.name} : modifié à la main, gardé tel quel ; la version du calcul est à "
        f"côté, {one.beside} → pour la reprendre, renommer ou supprimer la vôtre, puis "
        "relancer"
    )


def _drop_empty(folder: Path, ledger: Ledger) -> None:
    """Remove a folder below those of a run that held nothing else than its files."""
    if folder not in {ledger.out.joinpath(*one) for one in ledger.folders}:
        with suppress(OSError):  # something is in it
            folder.rmdir()


def _signed(sidecar: Path, artefact: str) -> Written | None:
    """Read what a sidecar signs; None when it is none, or that of another file."""
    with suppress(*ODD):
        content = json.loads(sidecar.read_text(encoding="utf-8"))
        is_sound = is_digest(content["sha256"]) and isinstance(content["step"], str)
        if is_sound and content["artefact"] == artefact:
            return Written(content["sha256"], content["step"])
    return None
