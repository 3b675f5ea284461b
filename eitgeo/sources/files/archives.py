"""Archives of the producers (.zip, .7z): names looked at, sizes summed, then unfolded.

Neither library writes more of a member than its announced size: the sum is a limit.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from eitgeo.check import Faults
from eitgeo.errors import EitgeoError, SchemaError, SourceError
from eitgeo.extras import from_extra
from eitgeo.sources.files.csv import require_file

ARCHIVE_SUFFIXES = (".zip", ".7z")
MAX_BYTES = 4_000_000_000
"""Limit of what one archive may unfold [bytes]: a national BD TOPO fits."""

_ENCRYPTED_FLAG = 0x1
_DEFECTIVE = "ne pas ouvrir : reprendre le fichier officiel"
Wanted = Callable[[str], bool] | Collection[str]


class _Member(NamedTuple):
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
    picks = wanted if callable(wanted) else _ends_with(wanted)
    if path.is_dir():
        paths = {at.relative_to(path).as_posix(): at for at in path.rglob("*")}
        names = sorted(name for name, at in paths.items() if at.is_file())
        yield _require_some({name: paths[name] for name in names if picks(name)}, path)
        return
    require_file(path)
    if path.suffix.lower() not in ARCHIVE_SUFFIXES:
        yield _require_some({path.name: path} if picks(path.name) else {}, path)
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            members = _unfold(path, picks, Path(folder), max_bytes)
        except EitgeoError:
            raise
        except Exception as error:
            # The two libraries meet hostile bytes with many an exception.
            raise _unreadable(path, error) from error
        try:
            yield members
        except (SchemaError, SourceError) as error:
            if str(error).startswith(path.name):
                raise
            raise type(error)(f"{path.name} : {error}") from error


def _ends_with(endings: Collection[str]) -> Callable[[str], bool]:
    folded = tuple(ending.casefold() for ending in endings)
    return lambda name: name.casefold().endswith(folded)


def _require_some(files: dict[str, Path], path: Path) -> dict[str, Path]:
    if not files:
        message = (
            f"{path.name} : aucun des fichiers nécessaires dans ce qui est fourni "
            "→ vérifier qu'il s'agit du bon téléchargement"
        )
        raise SourceError(message)
    return files


def _unreadable(path: Path, error: Exception) -> SourceError:
    if type(error).__name__ == "PasswordRequired":  # of py7zr
        return _locked(path)
    message = (
        f"{path.name} : archive illisible ou tronquée ({type(error).__name__}) "
        "→ la télécharger à nouveau, ou la décompresser et indiquer le dossier"
    )
    return SourceError(message)


def _locked(path: Path) -> SourceError:
    message = (
        f"{path.name} : archive protégée par un mot de passe "
        "→ la décompresser et indiquer le dossier"
    )
    return SourceError(message)


def _unfold(
    path: Path, picks: Callable[[str], bool], folder: Path, max_bytes: int
) -> dict[str, Path]:
    is_zip = path.suffix.lower() == ".zip"
    members = _zip_members(path) if is_zip else _seven_members(path)
    _require_safe(members, path)
    kept = sorted(member for member in members if picks(member.name))
    size_bytes = sum(member.size_bytes for member in kept)
    if size_bytes > max_bytes:
        message = (
            f"{path.name} : {size_bytes / 1e6:.0f} Mo une fois décompressée, plus que "
            f"la limite de {max_bytes / 1e6:.0f} Mo → vérifier l'origine de l'archive, "
            "ou la décompresser et indiquer le dossier"
        )
        raise SourceError(message)
    # Short numbered folders: the producers' own names pass the limits of Windows.
    parents = sorted({PurePosixPath(member.name).parent for member in kept})
    short = {parent: folder / str(rank) for rank, parent in enumerate(parents)}
    for target in short.values():
        target.mkdir()
    targets = {
        name: short[PurePosixPath(name).parent] / PurePosixPath(name).name
        for name, *_ in kept
    }
    _require_some(targets, path)
    if is_zip:
        with zipfile.ZipFile(path) as archive:
            for name, target in targets.items():
                with archive.open(name) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
        return targets
    with _Writers(targets) as writers, _opened_seven(path) as archive:
        archive.extract(targets=list(targets), factory=writers)
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


@contextlib.contextmanager
def _opened_seven(path: Path) -> Iterator[Any]:
    py7zr = from_extra("py7zr", extra="archives", purpose=f"{path.name} (archive 7z)")
    with path.open("rb") as handle, py7zr.SevenZipFile(handle) as archive:
        yield archive


def _seven_members(path: Path) -> list[_Member]:
    with _opened_seven(path) as archive:
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


def _require_safe(members: list[_Member], path: Path) -> None:
    faults = Faults(path.name)
    seen: set[str] = set()
    for name, _, is_link, _ in members:
        parts = PurePosixPath(name).parts
        is_plain = bool(parts) and not set(name) & {"\\", ":", "\0"}
        if not is_plain or parts[0] == "/" or ".." in parts:
            what = f"chemin « {name} » hors du dossier de l'archive"
            faults.add(what, remedy=_DEFECTIVE)
        elif is_link:
            faults.add(f"« {name} » est un lien et non un fichier", remedy=_DEFECTIVE)
        # Windows and macOS fold the case of names.
        if name.casefold() in seen:
            faults.add(f"« {name} » figure deux fois", remedy=_DEFECTIVE)
        seen.add(name.casefold())
    faults.raise_if_any(SourceError)
    if any(member.is_encrypted for member in members):
        raise _locked(path)


class _File(io.FileIO):
    """A member on its way to a file, with the method more that py7zr asks for."""

    def size(self) -> int:
        return self.tell()


class _Writers(contextlib.ExitStack):
    """Opens the targets of a 7z archive, as py7zr asks for them."""

    def __init__(self, targets: dict[str, Path]) -> None:
        super().__init__()
        self._targets = {
            PurePosixPath(name).as_posix(): at for name, at in targets.items()
        }

    def create(self, filename: str) -> _File:
        return self.enter_context(_File(self._targets[filename], "w+"))
