"""A file on its way: its bytes so far, and what allows to go on with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eitgeo.store import write, write_json

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Part:
    """The bytes received of one file, hidden beside its target.

    Attributes
    ----------
    target
        The final name.
    """

    target: Path

    @property
    def path(self) -> Path:
        """The bytes received."""
        return self.target.with_name(f".{self.target.name}.part")

    @property
    def size_bytes(self) -> int:
        """How much was received."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def _notes(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def validator(self, url: str) -> str | None:
        """Say what the server called the version that the bytes come from."""
        if not self.size_bytes:
            return None
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
            return str(notes["validator"]) if notes["url"] == url else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def begin(self, *, url: str, validator: str) -> None:
        """Forget what was received and note what comes."""
        self.discard()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self._notes, {"url": url, "validator": validator})

    def discard(self) -> None:
        """Remove the bytes and the notes."""
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the bytes their final name, through the store.

        The bytes stay until the name is given: a target that is open in another
        program costs no new download.
        """
        write(self.target, self._lend)
        self.discard()

    def _lend(self, partial: Path) -> None:
        partial.unlink(missing_ok=True)
        try:
            partial.hardlink_to(self.path)
        except OSError:  # FAT, exFAT and some network drives have no hard links
            self.path.replace(partial)
