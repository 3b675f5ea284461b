"""What earlier runs left: records taken up, files that nothing claims removed.

Only what the records of the engine tell is removed, file by file, and only while the
file is what they tell: whatever else a user keeps in these folders stays.
"""

from __future__ import annotations

import json
import logging
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from eitgeo.errors import SourceError
from eitgeo.steps.engine.contract import (
    COMPARED,
    SHEETS_FOLDER,
    STATE_FOLDER,
    sidecar_path,
)
from eitgeo.steps.engine.keeper import remove_beside
from eitgeo.steps.engine.ledger import (
    FOLDERS,
    Written,
    has_digest,
    is_digest,
    is_of_a_run,
    read_ledger,
)
from eitgeo.steps.engine.nodes import LOCK_NAME
from eitgeo.store import SIDECAR_SUFFIX, digest, write_bytes
from eitgeo.study.prints import shelf_of
from eitgeo.study.project import STAMPED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from eitgeo.steps.engine.keeper import Edited
    from eitgeo.steps.engine.ledger import Ledger
    from eitgeo.study.project import Project

_log = logging.getLogger(__name__)
_OLD_SIDECAR = "fiche d'une version antérieure"
_ODD = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError),
    SourceError,
)


def open_ledger(project: Project, artefacts: Iterable[Path]) -> Ledger:
    """Take up the records of a study; those of an earlier version, where none is."""
    state = project.out / STATE_FOLDER
    ledger = read_ledger(project.out, state)
    if ledger.is_new:
        _take_up_state(ledger)
    listed = list(dict.fromkeys(artefacts))
    for path in (one for one in listed if ledger.name(one) not in ledger.written):
        sidecar = _told(sidecar_path(project, path), path.name)
        if sidecar is not None:
            ledger.written[ledger.name(path)] = _written(sidecar)
    _take_up_flat(ledger, project)
    compared = [
        path
        for path in _with_old_sidecar(project)
        if (sidecar := _told(_old(path), path.name)) and sidecar["step"] == COMPARED
    ]
    for path in (*listed, *compared):
        _take_up_old(ledger, path, known=listed)
    return ledger


def half_written(ledger: Ledger, claimed: Iterable[Path]) -> list[Path]:
    """List the final names of what a run that was cut may have been writing."""
    named = {*ledger.written, *ledger.beside, *ledger.begun}
    return sorted({*claimed, *(ledger.out / name for name in named)})


def remove_unclaimed(ledger: Ledger, claimed: Collection[Path]) -> None:
    """Remove what earlier runs wrote and nothing asks for; say what stays, and why."""
    n_sidecars, now = 0, {path.name: ledger.name(path) for path in claimed}
    for name, record in sorted(ledger.written.items()):
        path = ledger.out / name
        if path in claimed or record.step == COMPARED:
            continue
        remove_beside(ledger, path)
        del ledger.written[name]
        if has_digest(path, record.sha256):
            path.unlink()
            _drop_empty(path.parent, ledger)
            n_sidecars += record.step == _OLD_SIDECAR
        elif path.is_file() and ledger.is_published(path):
            place = now.get(path.name)
            said = f"calcule {place} à sa place" if place else "ne le demande plus"
            _log.warning("%s : modifié à la main, gardé ; l'étude %s", name, said)
    for path in {ledger.out / record.of for record in ledger.beside.values()}:
        signed = ledger.written.get(ledger.name(path))
        if signed is not None and has_digest(path, signed.sha256):
            remove_beside(ledger, path)
    ledger.save()
    if n_sidecars:
        _log.warning(
            "maps : %d fiche(s) .json d'une version antérieure retirée(s) ; celles de "
            "ce calcul sont dans data/processed/fiches",
            n_sidecars,
        )


def move_compared(ledger: Ledger) -> None:
    """Bring comparisons that an earlier version left flat to where they go now."""
    sheets = ledger.out.joinpath(*FOLDERS[0], SHEETS_FOLDER)
    flat = [path for path in _compared(ledger) if path.parent == ledger.out / "maps"]
    for path in flat:
        for moved in (path, sheets / f"{path.name}{SIDECAR_SUFFIX}"):
            _shelve(ledger, moved)
    if flat:
        ledger.save()


def move_old_sidecars(project: Project) -> None:
    """Bring the sidecars of comparisons to where they are now."""
    for path in _with_old_sidecar(project):
        sidecar = _told(_old(path), path.name)
        if sidecar and sidecar["step"] == COMPARED:
            place = _shelved(sidecar_path(project, path))
            if not place.is_file():
                write_bytes(place, _old(path).read_bytes())


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


def _take_up_state(ledger: Ledger) -> None:
    """Read what an earlier version wrote in the state of pytask."""
    with suppress(*_ODD):
        text = (ledger.state / LOCK_NAME).read_text(encoding="utf-8")
        for task in tomllib.loads(text)["task"]:
            for name, sha256 in task.get("produces", {}).items():
                if is_of_a_run(name) and is_digest(sha256):
                    is_old = name.startswith("maps/") and name.endswith(SIDECAR_SUFFIX)
                    step = _OLD_SIDECAR if is_old else str(task["id"])
                    ledger.written.setdefault(name, Written(sha256, step))


def _take_up_flat(ledger: Ledger, project: Project) -> None:
    """Take up what an earlier version laid just under ``maps``, from its sidecars."""
    sheets = project.processed / SHEETS_FOLDER
    for sheet in sorted(sheets.glob(f"*.?*{SIDECAR_SUFFIX}")):
        path = project.maps / sheet.name.removesuffix(SIDECAR_SUFFIX)
        record = _told(sheet, path.name)
        if record is not None:
            ledger.written.setdefault(ledger.name(path), _written(record))
            own = Written(digest(sheet), record["step"])
            ledger.written.setdefault(ledger.name(sheet), own)


def _take_up_old(ledger: Ledger, path: Path, *, known: Collection[Path]) -> None:
    """Take up a sidecar that an earlier version left beside a file of ``maps/``."""
    if not ledger.is_published(path) or not path.is_file() or _old(path) in known:
        return
    record = _told(_old(path), path.name)
    if record is None:
        return
    ledger.written.setdefault(ledger.name(path), _written(record))
    with suppress(SourceError):
        old = Written(digest(_old(path)), _OLD_SIDECAR)
        ledger.written.setdefault(ledger.name(_old(path)), old)


def _with_old_sidecar(project: Project) -> list[Path]:
    """List the files just under ``maps`` that have a sidecar beside them."""
    sidecars = sorted(project.maps.glob(f"*.?*{SIDECAR_SUFFIX}"))
    return [
        path for path in (one.with_suffix("") for one in sidecars) if path.is_file()
    ]


def _compared(ledger: Ledger) -> list[Path]:
    """List what comparisons wrote and nobody edited."""
    signed = sorted(ledger.written.items())
    compared = [(ledger.out / n, told) for n, told in signed if told.step == COMPARED]
    return [path for path, told in compared if has_digest(path, told.sha256)]


def _shelve(ledger: Ledger, path: Path) -> None:
    """Move a file that we signed into its folder, unless its place is taken."""
    record, place = ledger.written.get(ledger.name(path)), _shelved(path)
    if record is not None and has_digest(path, record.sha256) and not place.exists():
        ledger.begin(place, record.sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
        ledger.sign(record.step, {place: record.sha256})
        del ledger.written[ledger.name(path)]


def _shelved(path: Path) -> Path:
    stem = path.name.partition(".")[0].removeprefix(STAMPED)
    return path.parent / shelf_of(stem) / path.name


def _drop_empty(folder: Path, ledger: Ledger) -> None:
    """Remove a folder below those of a run that held nothing else than its files."""
    if folder not in {ledger.out.joinpath(*one) for one in FOLDERS}:
        with suppress(OSError):  # something is in it
            folder.rmdir()


def _old(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR_SUFFIX)


def _written(told: dict[str, Any]) -> Written:
    return Written(told["sha256"], told["step"])


def _told(sidecar: Path, artefact: str) -> dict[str, Any] | None:
    """Read a sidecar; None when it is none, or that of another file."""
    with suppress(*_ODD):
        content = json.loads(sidecar.read_text(encoding="utf-8"))
        is_sound = is_digest(content["sha256"]) and isinstance(content["step"], str)
        if is_sound and isinstance(content["inputs"], dict):
            return dict(content) if content["artefact"] == artefact else None
    return None
