"""What the user edited in ``maps/`` stays: the new version goes beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NamedTuple

from eitgeo.steps.engine.ledger import Ledger, has_digest
from eitgeo.steps.engine.stamp import require_stamp
from eitgeo.store import digest, keeping

NEW = "nouveau"


class Edited(NamedTuple):
    """A file that bears the name of a product and is the user's.

    ``name``: relative, with slashes. ``beside``: bare name of the new version; where it
    would be, when there is none yet. ``is_written``: whether the new version is there.
    """

    name: str
    beside: str
    is_written: bool


@dataclass
class StepKeeper:
    """Places the files that a step writes, and knows what became of each.

    ``private``: whether what is written under ``maps`` bears « NE PAS DIFFUSER ».
    ``digests``: file as the step names it → digest of what it wrote. ``places``: file
    as the step names it → where it was put.
    """

    ledger: Ledger
    private: bool = False
    digests: dict[Path, str] = field(default_factory=dict)
    places: dict[Path, Path] = field(default_factory=dict)

    def place(self, path: Path, partial: Path) -> Path:
        """Say where a whole file goes; note it first."""
        out = self.ledger.out
        ledger = self.ledger
        if not path.is_relative_to(out) or not ledger.may_hold(ledger.name(path)):
            return path  # what is kept to go faster is nobody's product
        if self.private and self.ledger.is_published(path):
            require_stamp(path.name, partial)
        sha256 = digest(partial)
        place = path
        if self.ledger.is_published(path) and not _is_free(self.ledger, path, sha256):
            place = _beside(self.ledger, path, sha256)
        self.ledger.begin(path, sha256)
        if place != path:
            self.ledger.begin(place, sha256, of=self.ledger.name(path))
        self.digests[path], self.places[path] = sha256, place
        return place

    def made(self, path: Path) -> Path:
        """Say where the computed version of a product is."""
        return self.places.get(path) or self.ledger.made(path)


@contextmanager
def handing_over(ledger: Ledger) -> Iterator[None]:
    """Place and record what a command writes as what a run does."""
    keeper = StepKeeper(ledger)
    with keeping(keeper):
        yield
    ledger.sign("", keeper.digests)
    settle(ledger, keeper.places)
    ledger.save()


def take_away(ledger: Ledger, path: Path) -> bool:
    """Remove a file and the versions beside it, if they are ours; forget them."""
    versions, is_own = ledger.versions_beside(path), is_ours(ledger, path)
    remove_beside(ledger, path)
    ledger.written.pop(ledger.name(path), None)
    for one in (path, *versions):
        ledger.begun.pop(ledger.name(one), None)
    if is_own:
        path.unlink()
    return is_own


def is_ours(ledger: Ledger, path: Path) -> bool:
    """Say whether a file is one that the records tell, as it was written."""
    version = ledger.beside.get(ledger.name(path))
    own = ledger.own_digests(path) | ({version.sha256} if version else set())
    return any(has_digest(path, sha256) for sha256 in own)


def settle(ledger: Ledger, places: Mapping[Path, Path]) -> None:
    """Remove the versions beside that signed ones, or the files themselves, replace."""
    for path, place in places.items():
        remove_beside(ledger, path, but=place)
        if place != path:
            ledger.begun.pop(ledger.name(place), None)


def remove_beside(ledger: Ledger, path: Path, *, but: Path | None = None) -> None:
    """Remove the versions beside a file, if they still are what was written."""
    for version in ledger.versions_beside(path):
        if version != but:
            record = ledger.beside.pop(ledger.name(version))
            if has_digest(version, record.sha256):
                version.unlink()


def edited_files(
    ledger: Ledger,
    artefacts: Iterable[Path],
    *,
    read: Callable[[Path], str] = digest,
) -> list[Edited]:
    """List the products in place of which the user has a file of his own."""
    edited = []
    for path in sorted(set(artefacts)):
        if not ledger.is_published(path) or not path.is_file():
            continue
        if read(path) in ledger.own_digests(path):
            continue
        made = ledger.made(path)
        name = made.name if made != path else _names_beside(path, 1).name
        edited.append(Edited(ledger.name(path), name, made != path))
    return edited


def _is_free(ledger: Ledger, path: Path, sha256: str) -> bool:
    """Say whether a name is free: nothing there, the same bytes, or our own file."""
    if path.is_symlink():
        return False
    if not path.is_file():
        return True
    return digest(path) in ledger.own_digests(path) | {sha256}


def _beside(ledger: Ledger, path: Path, sha256: str) -> Path:
    for rank in count(1):
        place = _names_beside(path, rank)
        if (
            not (place.exists() or place.is_symlink())
            or is_ours(ledger, place)
            or has_digest(place, sha256)
        ):
            break
    return place


def _names_beside(path: Path, rank: int) -> Path:
    tail = "" if rank == 1 else f"-{rank}"
    return path.with_name(f"{path.stem}.{NEW}{tail}{path.suffix}")
