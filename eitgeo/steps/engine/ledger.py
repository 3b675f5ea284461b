"""The records of the engine: what it wrote last, file by file.

Only what they tell may be replaced or removed: everything else in the folders of a
study is the user's. They are in the folder of the state, ``<out>/.calcul``: what was
signed in one file, what is being written in a journal beside it, a line before each
file takes its name, so that a run that is killed knows its own files again.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from eitgeo.errors import SourceError
from eitgeo.store import digest, write_json

RECORDS_NAME, JOURNAL_NAME = "ecrits.json", "ecrits.en_cours"
FOLDERS: tuple[tuple[str, ...], ...] = (("data", "processed"), ("maps",))
ANYWHERE: tuple[tuple[str, ...], ...] = ((),)
"""Folders of what a command writes beside a run: all of ``out``."""
_SHA256 = re.compile("[0-9a-f]{64}")
ODD = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


class Written(NamedTuple):
    """A file that the engine wrote, and signed.

    ``sha256``: its digest. ``step``: what wrote it.
    """

    sha256: str
    step: str


class Beside(NamedTuple):
    """A version written beside a file that the user edited.

    ``sha256``: its digest. ``of``: name of the file of the user.
    """

    sha256: str
    of: str


class Footing(NamedTuple):
    """What a step rests on, each by its digest (empty: absent), and what it wrote.

    ``code``, ``libraries``: of its modules, of versions. ``files``: what it declares to
    read. ``tables``, ``settings``: what it read beside. ``products``: what it wrote.
    """

    code: str
    libraries: str
    files: dict[str, str]
    tables: dict[str, str]
    settings: dict[str, str]
    products: dict[str, str]


@dataclass
class Ledger:
    """What the engine wrote under a folder; names are relative, with slashes.

    ``out``: folder under which the study writes. ``state``: folder of the records.
    ``written``: name → what was signed last. ``beside``: name → version beside a file
    of the user. ``begun``: name → digests of what was written and not signed yet.
    ``steps``: name of a step → what it rested on when it was signed. ``journal``:
    name of the journal that is written: a process beside others has its own.
    ``folders``: what may be written below ``out``; users edit in the last.
    """

    out: Path
    state: Path
    written: dict[str, Written] = field(default_factory=dict)
    beside: dict[str, Beside] = field(default_factory=dict)
    begun: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    steps: dict[str, Footing] = field(default_factory=dict)
    journal: str = JOURNAL_NAME
    folders: tuple[tuple[str, ...], ...] = FOLDERS

    def name(self, path: Path) -> str:
        """Name a file of the study."""
        return path.relative_to(self.out).as_posix()

    def is_published(self, path: Path) -> bool:
        """Say whether a file is among what is published, where users edit."""
        return path.is_relative_to(self.out.joinpath(*self.folders[-1]))

    def may_hold(self, name: Any) -> bool:
        """Say whether a name is one that may be written."""
        if not isinstance(name, str) or "\\" in name or ":" in name:
            return False
        parts = PurePosixPath(name).parts
        return ".." not in parts and any(
            parts[: len(folder)] == folder and len(parts) > len(folder)
            for folder in self.folders
        )

    def require(self, name: Any, sha256: Any) -> None:
        """Refuse a record of what may not be written."""
        if not self.may_hold(name) or not is_digest(sha256):
            raise ValueError(name)

    def own_digests(self, path: Path) -> set[str]:
        """List the contents under which a file is the engine's."""
        name = self.name(path)
        signed = {self.written[name].sha256} if name in self.written else set()
        return signed | self.begun.get(name, set())

    def made(self, path: Path) -> Path:
        """Say where the computed version of a product is."""
        versions = self.versions_beside(path)
        if not versions or not path.is_file():
            return path
        name = self.name(path)
        signed = self.written[name].sha256 if name in self.written else ""
        if digest(path) == signed:
            return path
        return next((one for one in versions if has_digest(one, signed)), path)

    def versions_beside(self, path: Path) -> list[Path]:
        """List the versions that were written beside a file."""
        if not self.beside or not self.is_published(path):
            return []
        of = self.name(path)
        return [
            self.out / one for one, told in sorted(self.beside.items()) if told.of == of
        ]

    def begin(self, path: Path, sha256: str, *, of: str = "") -> None:
        """Note that a file is about to take its name."""
        entry = {"name": self.name(path), "sha256": sha256, "of": of}
        line = json.dumps(entry, ensure_ascii=False)
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / self.journal).open("ab") as journal:
            journal.write(f"{line}\n".encode())
            journal.flush()
            os.fsync(journal.fileno())
        self._note(**entry)

    def _note(self, name: str, sha256: str, of: str) -> None:
        self.begun[name].add(sha256)
        if of:
            if name in self.beside:
                self.begun[name].add(self.beside[name].sha256)
            self.beside[name] = Beside(sha256, of)

    def recall(self, journal: str = JOURNAL_NAME) -> None:
        """Take up the journal of a step or a run that was cut."""
        try:
            lines = (self.state / journal).read_bytes().splitlines()
        except OSError:
            return
        for line in lines:
            with suppress(*ODD):  # the last one may be cut
                entry = json.loads(line)
                self.require(entry["name"], entry["sha256"])
                if entry["of"]:
                    self.require(entry["of"], entry["sha256"])
                self._note(entry["name"], entry["sha256"], entry["of"])

    def sign(self, step: str, digests: Mapping[Path, str]) -> None:
        """Record what a step wrote."""
        for path, sha256 in digests.items():
            name = self.name(path)
            self.written[name] = Written(sha256, step)
            self.begun.pop(name, None)

    def save(self, *journals: str) -> None:
        """Write the records; these journals, and our own, are in them."""
        content = {
            "written": {name: one._asdict() for name, one in self.written.items()},
            "beside": {name: one._asdict() for name, one in self.beside.items()},
            "begun": {name: sorted(one) for name, one in self.begun.items() if one},
            "steps": {name: one._asdict() for name, one in self.steps.items()},
        }
        write_json(self.state / RECORDS_NAME, content)
        for journal in (self.journal, *journals):
            with suppress(OSError):  # what it tells is known: it may stay
                (self.state / journal).unlink(missing_ok=True)


def journal_names(state: Path) -> list[str]:
    """List the journals that stand: those of a run that was cut, before one starts."""
    return sorted(path.name for path in state.glob(f"{JOURNAL_NAME}*"))


def read_ledger(
    out: Path, state: Path, *, folders: tuple[tuple[str, ...], ...] = FOLDERS
) -> Ledger:
    """Read the records of the engine."""
    ledger = Ledger(out, state, folders=folders)
    try:
        records = json.loads((state / RECORDS_NAME).read_text(encoding="utf-8"))
        for name, record in records["written"].items():
            ledger.require(name, record["sha256"])
            ledger.written[name] = Written(record["sha256"], str(record["step"]))
        for name, record in records["beside"].items():
            ledger.require(name, record["sha256"])
            ledger.require(record["of"], record["sha256"])
            ledger.beside[name] = Beside(record["sha256"], record["of"])
        for name, digests in records["begun"].items():
            for sha256 in digests:
                ledger.require(name, sha256)
                ledger.begun[name].add(sha256)
        ledger.steps = {n: _footing(one) for n, one in records["steps"].items()}
    except ODD:
        ledger = Ledger(out, state, folders=folders)
    for journal in journal_names(state):
        ledger.recall(journal)
    return ledger


def _footing(record: dict[str, Any]) -> Footing:
    footing = Footing(**record)
    digests = [footing.code, footing.libraries]
    for part in footing[2:]:
        digests += part.values()
    if not all(one == "" or is_digest(one) for one in digests):
        raise ValueError(record)
    return footing


def has_digest(path: Path, sha256: str) -> bool:
    """Say whether a file is there, no link, with a content."""
    try:
        is_plain = path.is_file() and not path.is_symlink()
        return is_plain and digest(path) == sha256
    except (OSError, SourceError):
        return False


def is_digest(told: Any) -> bool:
    """Say whether a value is a SHA-256."""
    return isinstance(told, str) and bool(_SHA256.fullmatch(told))
