"""Which files are there, whole, in part or changed; the account of what was fetched."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Literal

from eitgeo.check import Faults
from eitgeo.errors import EitgeoError, SchemaError, SourceError
from eitgeo.sources.fetch.register import COLUMNS, RAW_FOLDER, Download, read_register
from eitgeo.sources.files.rows import read_rows
from eitgeo.store import digest, write, write_bytes, write_json

FETCHED_NAME = "fetched.csv"


@dataclass(frozen=True)
class Fetched:
    """Where a file came from, and what it was when it came.

    Attributes
    ----------
    path
        Target, from the folder of the study.
    name, version, licence, url
        As in the register on that day.
    final_url
        The address that gave the bytes, after redirections, without its query (some
        producers sign theirs).
    retrieved
        Day of the download, ``AAAA-MM-JJ``.
    last_modified
        As the server says it; empty: it does not.
    size_bytes
        Size [bytes].
    sha256
        Digest found.
    """

    path: str
    name: str
    version: str
    licence: str
    url: str
    final_url: str
    retrieved: str
    last_modified: str
    size_bytes: int
    sha256: str


_COLUMNS = tuple(field.name for field in fields(Fetched))
_TEXTS = tuple(name for name in _COLUMNS if name != "size_bytes")


def read_fetched(path: Path) -> dict[str, Fetched]:
    """Read the account of the files fetched.

    Parameters
    ----------
    path
        ``fetched.csv``; it may be absent.

    Returns
    -------
    dict of str to Fetched
        By target; empty when nothing was fetched yet.
    """
    if not path.exists():
        return {}
    table = read_rows(path, columns=_COLUMNS)
    faults = Faults(path.name)
    for line, size in table["size_bytes"].items():
        if not str(size).isdecimal():
            remedy = f"supprimer {path.name} : il sera refait"
            faults.add(f"taille « {size} » illisible", row=str(line), remedy=remedy)
    faults.raise_if_any(SchemaError)
    return {
        row["path"]: Fetched(
            size_bytes=int(row["size_bytes"]), **{name: row[name] for name in _TEXTS}
        )
        for row in table.to_dict("records")
    }


def write_fetched(path: Path, rows: Iterable[Fetched]) -> None:
    """Write the account, sorted by target."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in sorted(rows, key=lambda row: row.path))
    write_bytes(path, text.getvalue().encode())


def record_digests(register: Path, fetched: Mapping[str, Fetched]) -> list[str]:
    """Write digest and day of the files fetched into the rows that lack a digest."""
    entries = {
        row.name: fetched[row.path]
        for row in read_register(register)
        if row.path in fetched and not row.sha256 and not row.is_template
        if fetched[row.path].url == row.url
    }
    if not entries:
        return []
    with register.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
        columns = list(reader.fieldnames or COLUMNS)
    for row in rows:
        if entry := entries.get(row["name"].strip()):
            row |= {"sha256": entry.sha256, "retrieved": entry.retrieved}
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(register, text.getvalue().encode())
    return list(entries)


type State = Literal[
    "missing", "partial", "present", "unrecorded", "changed", "outdated"
]
"""``unrecorded``: put there by hand. ``changed``: not what was fetched, or not what the
register says. ``outdated``: as fetched, and the register has changed since."""

_TO_FETCH = frozenset({"missing", "partial", "outdated"})


@dataclass(frozen=True)
class Planned:
    """A file of the register and what stands in its place.

    Attributes
    ----------
    item
        The file.
    state
        What stands there.
    size_bytes
        Size of the file, or of what was received of it [bytes].
    """

    item: Download
    state: State
    size_bytes: int


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes
    ----------
    item
        The file.
    status
        ``fetched``; ``present``, already there; ``unrecorded``, there by hand;
        ``failed``.
    size_bytes
        Size of the file [bytes]; 0 when it failed.
    sha256
        Digest of a fetched file; else empty.
    error
        Why it failed.
    """

    item: Download
    status: Literal["fetched", "present", "unrecorded", "failed"]
    size_bytes: int = 0
    sha256: str = ""
    error: EitgeoError | None = field(default=None, repr=False)


class Watch:
    """Told of what happens; this one keeps silent."""

    def started(
        self, item: Download, *, done_bytes: int, total_bytes: int | None
    ) -> None:
        """Hear that bytes are about to come."""

    def advanced(self, item: Download, n_bytes: int) -> None:
        """Hear that bytes came."""

    def waiting(self, item: Download, reason: str, *, wait_s: float) -> None:
        """Hear that a try brought nothing and another follows."""

    def ended(self, outcome: Outcome) -> None:
        """Hear that a file is there, or cannot be had."""


def inspect_files(
    downloads: Iterable[Download], *, base: Path, fetched: Mapping[str, Fetched]
) -> list[Planned]:
    """Say what stands in the place of each file; digests are computed again."""
    return [_inspect(item, base, fetched.get(item.path)) for item in downloads]


def planned_downloads(planned: Iterable[Planned], *, force: bool) -> list[Download]:
    """Pick the files to bring in."""
    return [one.item for one in planned if force or one.state in _TO_FETCH]


def _inspect(item: Download, base: Path, entry: Fetched | None) -> Planned:
    target = base / item.path
    _require_inside(target, base)
    if not target.is_file():
        size_bytes = Part(target).size_bytes
        return Planned(item, "partial" if size_bytes else "missing", size_bytes)
    return Planned(item, _state(item, target, entry), target.stat().st_size)


def _require_inside(target: Path, base: Path) -> None:
    # The folder may itself be a link to a larger disk; nothing leads out of it.
    if not target.resolve().is_relative_to((base / RAW_FOLDER).resolve()):
        message = f"{target.name} : un lien mène hors de {RAW_FOLDER} → le supprimer"
        raise SourceError(message)


def _state(item: Download, target: Path, entry: Fetched | None) -> State:
    if entry is None and not item.sha256:
        return "unrecorded"
    sha256 = digest(target)
    if sha256 == item.sha256:
        return "present"
    if entry is None or sha256 != entry.sha256:
        return "changed"
    return "outdated" if item.sha256 or entry.url != item.url else "present"


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
