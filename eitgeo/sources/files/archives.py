"""Archives of the producers (.zip, .7z), opened without trusting what they announce."""

from __future__ import annotations

import contextlib
import stat
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from eitgeo.check import Faults
from eitgeo.errors import EitgeoError, SourceError
from eitgeo.extras import from_extra
from eitgeo.sources.files.csv import require_file

ARCHIVE_SUFFIXES = (".zip", ".7z")
MAX_BYTES = 4_000_000_000
"""Limit of what one archive may unfold [bytes]: a national BD TOPO fits."""

_CHUNK_BYTES = 1 << 20
_ENCRYPTED_FLAG = 0x1

Wanted = Callable[[str], bool] | Collection[str]


@dataclass(frozen=True)
class _Member:
    """One file of an archive, as the archive announces it."""

    name: str
    size_bytes: int
    is_link: bool
    is_encrypted: bool


@contextlib.contextmanager
def extracted(
    path: Path, *, wanted: Wanted, max_bytes: int = MAX_BYTES
) -> Iterator[dict[str, Path]]:
    """Give the wanted files of an archive, of a folder, or the file itself.

    References
    ----------
    PKWARE, *.ZIP File Format Specification* (APPNOTE.TXT, 6.3.10), §4.4; 7-Zip,
    *7z Format description* (7zFormat.txt).
    """
    picks = _picker(wanted)
    if path.is_dir():
        yield _require_some(_in_folder(path, picks), path)
        return
    require_file(path)
    if path.suffix.lower() not in ARCHIVE_SUFFIXES:
        yield _require_some({path.name: path} if picks(path.name) else {}, path)
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield _unfold(path, picks, Path(folder), max_bytes)


def _picker(wanted: Wanted) -> Callable[[str], bool]:
    if callable(wanted):
        return wanted
    endings = tuple(ending.casefold() for ending in wanted)
    return lambda name: name.casefold().endswith(endings)


def _in_folder(folder: Path, picks: Callable[[str], bool]) -> dict[str, Path]:
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {name: paths[name] for name in sorted(paths) if picks(name)}


def _require_some(found: dict[str, Path], path: Path) -> dict[str, Path]:
    if not found:
        message = (
            f"{path.name} : aucun des fichiers nécessaires dans ce qui est fourni "
            "→ vérifier qu'il s'agit du bon téléchargement"
        )
        raise SourceError(message)
    return found


def _unfold(
    path: Path, picks: Callable[[str], bool], folder: Path, max_bytes: int
) -> dict[str, Path]:
    is_zip = path.suffix.lower() == ".zip"
    try:
        members = _zip_members(path) if is_zip else _seven_members(path)
    except Exception as error:
        raise _unreadable(path, error) from error
    _require_safe(members, path)
    kept = sorted((m for m in members if picks(m.name)), key=lambda m: m.name)
    _require_limit(sum(member.size_bytes for member in kept), max_bytes, path)
    targets = _targets([member.name for member in kept], folder)
    _require_some(targets, path)
    try:
        if is_zip:
            _unfold_zip(path, targets, max_bytes)
        else:
            _unfold_seven(path, targets, max_bytes)
    except Exception as error:
        raise _unreadable(path, error) from error
    return targets


def _zip_members(path: Path) -> list[_Member]:
    with zipfile.ZipFile(path) as archive:
        return [
            _Member(
                name=info.orig_filename,
                size_bytes=info.file_size,
                is_link=stat.S_ISLNK(info.external_attr >> 16),
                is_encrypted=bool(info.flag_bits & _ENCRYPTED_FLAG),
            )
            for info in archive.infolist()
            if not info.is_dir()
        ]


def _seven(path: Path) -> Any:
    return from_extra("py7zr", extra="archives", purpose=f"{path.name} (archive 7z)")


def _seven_members(path: Path) -> list[_Member]:
    with path.open("rb") as handle, _seven(path).SevenZipFile(handle) as archive:
        locked = archive.needs_password()
        return [
            _Member(
                name=member.filename,
                size_bytes=member.uncompressed,
                is_link=not (member.is_file or member.is_directory),
                is_encrypted=locked,
            )
            for member in archive.list()
            if not member.is_directory
        ]


def _unreadable(path: Path, error: Exception) -> EitgeoError:
    # The two libraries meet hostile bytes with many an exception: all mean this.
    if isinstance(error, EitgeoError):
        return error
    if type(error).__name__ == "PasswordRequired":  # of py7zr
        return _locked(path)
    if isinstance(error, NotImplementedError):
        message = (
            f"{path.name} : compression non prise en charge ({error}) "
            "→ décompresser l'archive et indiquer le dossier"
        )
        return SourceError(message)
    message = (
        f"{path.name} : archive illisible ou tronquée ({type(error).__name__}) "
        "→ la télécharger à nouveau"
    )
    return SourceError(message)


def _locked(path: Path) -> SourceError:
    message = (
        f"{path.name} : archive protégée par un mot de passe "
        "→ la décompresser et indiquer le dossier"
    )
    return SourceError(message)


def _require_safe(members: list[_Member], path: Path) -> None:
    faults = Faults(path.name)
    met: set[str] = set()
    for member in members:
        if not _is_inside(member.name):
            what = f"chemin « {member.name} » hors du dossier de l'archive"
            faults.add(what, remedy="ne pas ouvrir : reprendre le fichier officiel")
        elif member.is_link:
            what = f"« {member.name} » est un lien et non un fichier"
            faults.add(what, remedy="ne pas ouvrir : reprendre le fichier officiel")
        # Windows and macOS fold the case of names.
        folded = member.name.casefold()
        if folded in met:
            what = f"« {member.name} » figure deux fois"
            faults.add(what, remedy="reprendre le fichier officiel")
        met.add(folded)
    faults.raise_if_any(SourceError)
    if any(member.is_encrypted for member in members):
        raise _locked(path)


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    is_plain = not set(name) & {"\\", ":", "\0"}
    return bool(parts) and is_plain and parts[0] != "/" and ".." not in parts


def _require_limit(size_bytes: int, max_bytes: int, path: Path) -> None:
    if size_bytes > max_bytes:
        message = (
            f"{path.name} : {size_bytes / 1e6:.0f} Mo une fois décompressée, plus que "
            f"la limite de {max_bytes / 1e6:.0f} Mo → vérifier l'origine de l'archive, "
            "ou la décompresser et indiquer le dossier"
        )
        raise SourceError(message)


def _targets(names: list[str], folder: Path) -> dict[str, Path]:
    # Short numbered folders: the producers' own names pass the limits of Windows.
    parents = sorted({PurePosixPath(name).parent for name in names})
    short = {parent: folder / str(rank) for rank, parent in enumerate(parents)}
    for target in short.values():
        target.mkdir()
    return {
        name: short[PurePosixPath(name).parent] / PurePosixPath(name).name
        for name in names
    }


def _unfold_zip(path: Path, targets: dict[str, Path], max_bytes: int) -> None:
    total_bytes = 0
    with zipfile.ZipFile(path) as archive:
        for name, target in targets.items():
            with archive.open(name) as source, target.open("wb") as copy:
                while chunk := source.read(_CHUNK_BYTES):
                    total_bytes += len(chunk)
                    _require_limit(total_bytes, max_bytes, path)
                    copy.write(chunk)


def _unfold_seven(path: Path, targets: dict[str, Path], max_bytes: int) -> None:
    by_path = {PurePosixPath(name).as_posix(): to for name, to in targets.items()}
    writers = _Writers(by_path, max_bytes, path)
    with (
        path.open("rb") as handle,
        _seven(path).SevenZipFile(handle) as archive,
        contextlib.closing(writers),
    ):
        archive.extract(targets=list(targets), factory=writers)


@dataclass
class _Writers:
    """Writes the members of a 7z archive, and counts the bytes of all of them.

    It and what it makes have the methods that py7zr asks of its own.
    """

    targets: dict[str, Path]
    max_bytes: int
    path: Path
    opened: list[_Writer] = field(default_factory=list)
    total_bytes: int = 0

    def create(self, filename: str) -> _Writer:
        writer = _Writer(self.targets[filename].open("w+b"), self.count)
        self.opened.append(writer)
        return writer

    def count(self, size_bytes: int) -> None:
        self.total_bytes += size_bytes
        _require_limit(self.total_bytes, self.max_bytes, self.path)

    def close(self) -> None:
        for writer in self.opened:
            writer.close()


@dataclass
class _Writer:
    """One member on its way to a file."""

    file: BinaryIO
    count: Callable[[int], None]

    def write(self, s: bytes | bytearray) -> int:
        self.count(len(s))
        return self.file.write(s)

    def read(self, size: int | None = None) -> bytes:
        return self.file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def flush(self) -> None:
        self.file.flush()

    def size(self) -> int:
        return self.file.tell()

    def close(self) -> None:
        self.file.close()
