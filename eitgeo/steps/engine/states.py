"""The contents of files, as a run knows them: read whole, or trusted when large."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import time

from eitgeo.errors import SourceError
from eitgeo.steps.engine.ledger import Ledger, is_digest
from eitgeo.store import digest, forget_digests, input_digests, write_json

SEEN_NAME = "empreintes.json"
LARGE_BYTES = 16_000_000
_RACY_S = 3.0  # FAT keeps times to 2 s
_ODD = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)

type Look = tuple[int, int]
"""Size [bytes] and time of the last change [ns]."""


@dataclass
class FileStates:
    """Digests of files during a run.

    ``ledger``: the records of the engine: the computed version of a product is what
    counts, not the user's own in its place. ``reads_all``: whether a large file is read
    again though size and time are as they were. ``pinned``: file → digest of what a
    step read or wrote, verified: a change that comes after is for the next run to see.
    ``seen``: large file → size, time and digest when it was last read.
    """

    ledger: Ledger
    reads_all: bool = False
    pinned: dict[Path, str] = field(default_factory=dict)
    seen: dict[str, tuple[Look, str]] = field(default_factory=dict)
    _read_now: set[str] = field(default_factory=set)

    def state(self, path: Path) -> str | None:
        """Return the digest of a file, or None when it is absent."""
        if path in self.pinned:
            return self.pinned[path]
        try:
            return self.content(self.ledger.made(path))
        except FileNotFoundError:
            return None

    def digests(self, paths: Iterable[Path]) -> dict[Path, str]:
        """Return what steps read: large files are trusted no more than others."""
        return {path: digest(self.ledger.made(path)) for path in dict.fromkeys(paths)}

    def save(self) -> None:
        """Keep what is known of large files for the next run."""
        seen = {name: [*look, sha256] for name, (look, sha256) in self.seen.items()}
        path = self.ledger.state / SEEN_NAME
        if seen or path.is_file():
            write_json(path, seen)

    def content(self, path: Path) -> str:
        """Return the digest of what stands under a name, the user's own or not."""
        status = path.stat()
        # Two writes may fall on the same time, and a disk that fails may cut a file
        # and leave its time. Large files are spared.
        if status.st_size < LARGE_BYTES:
            return digest(path)
        look = (status.st_size, status.st_mtime_ns)
        is_young = time() - status.st_mtime < _RACY_S
        known = self.seen.get(path.as_posix())
        is_trusted = not self.reads_all or path.as_posix() in self._read_now
        if known is not None and known[0] == look and is_trusted and not is_young:
            return known[1]
        sha256 = digest(path)
        if not is_young:
            self.seen[path.as_posix()] = (look, sha256)
            self._read_now.add(path.as_posix())
        return sha256


def file_states(ledger: Ledger, *, reads_all: bool) -> FileStates:
    """Start a run with what the last one knew of large files."""
    states = FileStates(ledger, reads_all)
    if reads_all:
        forget_digests()
    with suppress(*_ODD):
        text = (ledger.state / SEEN_NAME).read_text(encoding="utf-8")
        for name, (size, changed_ns, sha256) in json.loads(text).items():
            if is_digest(sha256):
                states.seen[name] = ((size, changed_ns), sha256)
    return states


def require_unmoved(
    before: Mapping[Path, str], after: Mapping[Path, str], roots: Sequence[Path]
) -> None:
    """Refuse what was computed from a file that moved meanwhile."""
    then = input_digests(before, roots, read=before.__getitem__)
    now = input_digests(after, roots, read=after.__getitem__)
    moved = [name for name in then if then[name] != now.get(name)]
    if moved:
        message = (
            f"{', '.join(moved)} : modifié pendant le calcul de cette étape, rien "
            "n'en est gardé → relancer « eitgeo run » quand le fichier ne change plus"
        )
        raise SourceError(message)
