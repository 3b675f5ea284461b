"""The only writer: write beside, rename, and leave a sidecar that says from what.

A file appears whole or not at all: bytes go to a neighbour whose name starts with
a dot, reach the disk, and take the final name in one ``os.replace``. The sidecar of
an artefact lists the digests of its inputs, its parameters and the versions that made
it. Nothing written depends on the clock or on the machine. What is private is written
for its owner alone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from importlib import metadata
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from eitgeo.errors import SourceError, UndeclaredError, unread_reason

PARTIAL_PREFIX = ".partiel-"
SIDECAR_SUFFIX = ".json"
_FULL = ("disque plein", "libérer de la place, puis relancer")
_NO_FOLDER = (
    "un fichier ou un lien rompu porte le nom d'un de ses dossiers",
    "le déplacer, puis relancer",
)
_REASONS = {
    errno.EEXIST: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: (
        "fichier trop grand pour ce disque",
        "choisir un autre dossier (--out)",
    ),
    errno.EROFS: ("disque en lecture seule", "choisir un autre dossier (--out)"),
}
_OWNER_FOLDER, _OWNER_FILE = 0o700, 0o600
_RACY_NS, _TELLS_CHANGES = 2_000_000_000, os.name == "posix"
_VERSIONS_TOLD = ("eitgeo", "geopandas", "numpy", "pandas", "pyarrow", "shapely")


type _Look = tuple[int, int, int]
"""Size, times of the last change of the content and of the file [ns]."""
_read: dict[tuple[int, int], tuple[_Look, str]] = {}
"""Device and inode → what the file was, and its digest."""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file.

    A file that the process read already, and that nothing has touched since, is not
    read again: whoever writes into a file or puts back its time moves its ``ctime``,
    which nobody can set.
    """
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
        if is_file:  # a pipe or a device may have no end
            with path.open("rb") as handle:
                return _content_digest(handle)
    except OSError as error:
        message = f"{path.name} : lecture impossible ({unread_reason(error)})"
        raise SourceError(message) from error
    message = f"{path.name} : lecture impossible (ce n'est pas un fichier)"
    raise SourceError(message)


def _content_digest(handle: BufferedReader) -> str:
    # Open first: a network file system then asks its server what the file is.
    status = os.fstat(handle.fileno())
    inode = status.st_dev, status.st_ino
    look = status.st_size, status.st_mtime_ns, status.st_ctime_ns
    known = _read.get(inode)
    if known is not None and known[0] == look:
        return known[1]
    # Another write may fall on the same time as the last one. And elsewhere than on
    # POSIX, st_ctime is something else.
    is_settled = _TELLS_CHANGES and time.time_ns() - look[2] > _RACY_NS
    sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    if is_settled:
        _read[inode] = look, sha256
    return sha256


def forget_digests() -> None:
    """Let every file be read again, even one that nothing seems to have touched."""
    _read.clear()


class Keeper(Protocol):
    """Knows which files are the user's own, among those that a step writes."""

    def place(self, path: Path, partial: Path) -> Path:
        """Say where a whole file goes."""

    def made(self, path: Path) -> Path:
        """Say where the version of a product is that was computed."""


class Bounds(NamedTuple):
    """What a step may read and write under the folders of a study, and what it read.

    Attributes
    ----------
    folders
        Folders of tables and of what is published; elsewhere nothing is bounded.
    reads, writes
        Files that may be: those of the steps before it, those that it declares.
    read
        File of ``reads`` → its digest when the step first read it.
    """

    folders: tuple[Path, ...]
    reads: frozenset[Path]
    writes: frozenset[Path]
    read: dict[Path, str]


_keeper: ContextVar[Keeper | None] = ContextVar("keeper", default=None)
_bounds: ContextVar[Bounds | None] = ContextVar("bounds", default=None)


@contextmanager
def bounded(bounds: Bounds) -> Iterator[None]:
    """Hold what is read and written to what a step declares, for its length."""
    token = _bounds.set(bounds)
    try:
        yield
    finally:
        _bounds.reset(token)


def note_reading(path: Path) -> None:
    """Note a file of the study that the step under way reads, or refuse it."""
    bounds = _bounds.get()
    if bounds is None or not any(map(path.is_relative_to, bounds.folders)):
        return
    if path in bounds.writes or path in bounds.read:
        return
    if path not in bounds.reads:
        below = parts_below(path.with_suffix(""), bounds.folders[0])
        message = f"{path.name} is not declared as read"
        if below is not None and path.suffix == ".parquet":
            table = "/".join(below)
            message = f'no step before it writes {table} → @step(reads=("{table}",))'
        raise UndeclaredError(message)
    if path.is_file():
        bounds.read[path] = digest(path)


@contextmanager
def keeping(keeper: Keeper) -> Iterator[None]:
    """Let a keeper say where files go, for the length of a step."""
    token = _keeper.set(keeper)
    try:
        yield
    finally:
        _keeper.reset(token)


class _NewFiles:
    """Keeps whatever stands: a file that the user names is written where none is."""

    def place(self, path: Path, partial: Path) -> Path:
        """Refuse a name that another content bears."""
        is_taken = path.is_symlink() or path.exists()
        if is_taken and not (path.is_file() and digest(path) == digest(partial)):
            message = f"{path.name} existe déjà → l'ôter, ou nommer un autre fichier"
            raise SourceError(message)
        return path

    def made(self, path: Path) -> Path:
        """Say where a product is: where it was written."""
        return path


def new_files() -> AbstractContextManager[None]:
    """Refuse, for a length, to write over anything but the very same bytes."""
    return keeping(_NewFiles())


def made(path: Path) -> Path:
    """Say where the computed version of a product of another step is."""
    keeper = _keeper.get()
    note_reading(path)
    return path if keeper is None else keeper.made(path)


def write(path: Path, writer: Callable[[Path], object]) -> Path:
    """Give a file its final name only once it is whole and on disk."""
    bounds = _bounds.get()
    if (
        bounds is not None
        and path not in bounds.writes
        and any(map(path.is_relative_to, bounds.folders))
    ):
        message = f"{path.name} is not declared as written"
        raise UndeclaredError(message)
    partial, keeper = partial_path(path), _keeper.get()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if partial.is_symlink():  # it would be written through, and take the name
            partial.unlink()
        writer(partial)
        with partial.open("rb+") as handle:
            os.fsync(handle.fileno())
        partial.replace(path if keeper is None else keeper.place(path, partial))
    except BaseException as error:
        _drop(partial)
        if isinstance(error, OSError) and not isinstance(error, SourceError):
            raise refused(path.name, error) from error
        raise
    return path


def partial_path(path: Path) -> Path:
    """Name the neighbour that holds a file while it is being written."""
    return path.with_name(f"{PARTIAL_PREFIX}{path.name}")


def refused(name: object, error: OSError) -> SourceError:
    """Say in French why a file or a folder cannot be written, and what to do."""
    if isinstance(error, PermissionError):
        return SourceError(
            f"{name} ne peut pas être remplacé : fermez-le dans Excel, QGIS ou "
            "votre lecteur PDF (ou vérifiez vos droits sur le dossier), puis relancez"
        )
    reason, remedy = _REASONS.get(
        error.errno or 0, (error.strerror or error, "vérifier le dossier")
    )
    return SourceError(f"{name} : écriture impossible ({reason}) → {remedy}")


def _drop(partial: Path) -> None:
    with suppress(OSError):  # no folder, or a name that no disk takes: nothing there
        partial.unlink()


def write_bytes(path: Path, content: bytes) -> Path:
    """Write bytes whole or not at all."""
    return write(path, lambda partial: partial.write_bytes(content))


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write a mapping as sorted, indented UTF-8 JSON."""
    text = json.dumps(
        content, allow_nan=False, ensure_ascii=False, indent=1, sort_keys=True
    )
    return write_bytes(path, f"{text}\n".encode())


def write_sidecar(
    sidecar: Path,
    *,
    artefact: str,
    sha256: str,
    step: str,
    inputs: Mapping[str, str],
    parameters: Mapping[str, Any],
) -> Path:
    """Write the sidecar of an artefact: from what, with what, by what."""
    content = {
        "artefact": artefact,
        "sha256": sha256,
        "step": step,
        "inputs": dict(inputs),
        "parameters": dict(parameters),
        "versions": {name: _version(name) for name in _VERSIONS_TOLD},
    }
    return write_json(sidecar, content)


@cache
def _version(name: str) -> str:
    """Return the version of a library: that of the process, whatever is installed now.

    Each sidecar tells six of them, and each costs a millisecond to read.
    """
    return metadata.version(name)


def input_digests(
    inputs: Iterable[Path],
    roots: Sequence[Path],
    *,
    read: Callable[[Path], str] = digest,
) -> dict[str, str]:
    """Digest the files that something was made from, each under its own name."""
    named: Counter[str] = Counter()
    told = {}
    tops = [root.resolve() for root in roots]
    for item in dict.fromkeys(inputs):
        name = name_below(item, tops)
        named[name] += 1
        # Two files outside every root may bear the same bare name.
        rank = f" ({named[name]})" if named[name] > 1 else ""
        told[f"{name}{rank}"] = read(item)
    return told


def relative_name(path: Path, *roots: Path) -> str:
    """Name a file from a folder that holds it, with slashes on every platform."""
    return name_below(path, [root.resolve() for root in roots])


def name_below(path: Path, tops: Sequence[Path]) -> str:
    """Name a file from a folder, resolved already, that holds it."""
    full = path.resolve()
    for top in tops:
        if (parts := parts_below(full, top)) is not None:
            return "/".join(parts) or "."
    return path.name


def parts_below(path: Path, folder: Path) -> tuple[str, ...] | None:
    """Return the way from a folder to a path; None where it is not below.

    ``Path.relative_to`` makes a path of each parent first: four to ten times as long.
    """
    top, parts = folder.parts, path.parts
    is_below = path.root == folder.root and parts[: len(top)] == top
    return parts[len(top) :] if is_below else None


def remove_partials(paths: Iterable[Path]) -> int:
    """Remove what a killed run left half written."""
    found = sorted({partial_path(path) for path in paths})
    leftovers = [one for one in found if one.is_symlink() or one.is_file()]
    for leftover in leftovers:
        leftover.unlink()
    return len(leftovers)


def private_folder(folder: Path, *, root: Path) -> Path:
    """Make a private folder, or shut one that was there to all but its owner."""
    _require_inside(folder, root)
    inside, top = folder.resolve(), root.resolve()
    try:
        for one in [*reversed(inside.parents), inside]:
            if one != top and one.is_relative_to(top):
                one.mkdir(mode=_OWNER_FOLDER, exist_ok=True)
                one.chmod(_OWNER_FOLDER)
    except OSError as error:
        raise refused(folder.name, error) from error
    return folder


def write_private(path: Path, writer: Callable[[Path], object], *, root: Path) -> Path:
    """Write a file for its owner alone, from its first byte."""
    private_folder(path.parent, root=root)
    _require_inside(path, root)

    def closed(partial: Path) -> None:
        partial.unlink(missing_ok=True)  # a killed run may leave one, open to all
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        os.close(os.open(partial, flags, _OWNER_FILE))
        writer(partial)
        partial.chmod(_OWNER_FILE)  # a writer may have made the file again

    return write(path, closed)


def write_private_bytes(path: Path, content: bytes, *, root: Path) -> Path:
    """Write bytes for their owner alone."""
    return write_private(path, lambda partial: partial.write_bytes(content), root=root)


def _require_inside(path: Path, root: Path) -> None:
    if not path.resolve().is_relative_to(root.resolve()):
        message = (
            f"{path.name} : un lien mène hors du dossier de l'étude → le remplacer "
            "par un vrai dossier ou un vrai fichier : il contient des données privées"
        )
        raise SourceError(message)
