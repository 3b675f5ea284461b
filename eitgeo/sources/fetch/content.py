"""What a file is, by its first and last bytes, whatever the server calls it."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from pathlib import Path

from eitgeo.errors import SourceError

HEAD_BYTES = 1024
"""Enough to tell a page from data."""

_ZIP = (b"PK\x03\x04",)
_MAGIC = {
    ".zip": _ZIP,
    ".xlsx": _ZIP,
    ".ods": _ZIP,
    ".7z": (b"7z\xbc\xaf\x27\x1c",),
    ".gz": (b"\x1f\x8b",),
    ".parquet": (b"PAR1",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".tif": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".json": (b"{", b"["),
    ".geojson": (b"{", b"["),
    ".pdf": (b"%PDF",),
}
_TEXTS = (".csv", ".txt", ".asc", ".tsv")
_PBF = ".pbf"
_GRAPH = ".graphml"
KNOWN_SUFFIXES = (*_MAGIC, *_TEXTS, _PBF, _GRAPH)
"""Types of file that are told from their bytes."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PBF_HEADER = b"\x0a\x09OSMHeader"
_PBF_HEADER_BYTES = 64 * 1024
_DATASIZE = re.compile(
    rb"\x0a.OSM(?:Header|Data)(?:\x12.*)?\x18([\x80-\xff]*[\x00-\x7f])\Z", re.DOTALL
)
_PAGE = re.compile(
    rb"(?:\s|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body|script|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<[?!a-z]", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{])')
_TEXT_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13})


def require_kind(head: bytes, *, name: str, is_all: bool = False) -> None:
    """Refuse bytes that are not what the name of the file says.

    Examples
    --------
    >>> require_kind(b"<!DOCTYPE html><p>Maintenance</p>", name="a.csv")
    Traceback (most recent call last):
    eitgeo.errors.SourceError: a.csv : le serveur a envoyé une page web et non des ...
    """
    if not head:
        if is_all:
            message = (
                f"{name} : le serveur a envoyé un fichier vide → réessayer plus tard"
            )
            raise SourceError(message)
        return
    suffix = _suffix(name)
    met = _mismatch(_plain(head), head, suffix)
    if met is not None:
        message = (
            f"{name} : le serveur a envoyé {met} et non des données « {suffix} » "
            "→ ouvrir l'adresse dans un navigateur, corriger le registre ou réessayer"
        )
        raise SourceError(message)


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2].lower()


def _plain(head: bytes) -> bytes:
    """Return text without its mark; UTF-16 becomes one byte a sign."""
    if head.startswith(_UTF16_MARKS):
        return head[2:].replace(b"\x00", b"")
    return head.removeprefix(_BYTE_ORDER_MARK)


def _mismatch(text: bytes, head: bytes, suffix: str) -> str | None:
    if _PAGE.match(text):
        return "une page web"
    if suffix in _TEXTS:
        return _text_mismatch(text, head)
    if suffix == _PBF:
        return None if head[4:].startswith(_PBF_HEADER) else _named(text, head)
    if suffix == _GRAPH:
        return None if b"<graphml" in text else _named(text, head)
    magic = _MAGIC[suffix]
    start = text.lstrip() if magic == _MAGIC[".json"] else head
    return None if start.startswith(magic) else _named(text, head)


def _text_mismatch(text: bytes, head: bytes) -> str | None:
    if _XML.match(text) or _JSON.match(text):
        return _named(text, head)
    if _known_binary(head) or text.translate(None, _TEXT_CONTROLS) != text:
        return _named(text, head)
    return None


def _named(text: bytes, head: bytes) -> str:
    if kind_by_bytes := _known_binary(head):
        return f"un fichier « {kind_by_bytes} »"
    if _XML.match(text):
        return "un message XML"
    if _JSON.match(text):
        return "un message JSON"
    return "un contenu d'un autre type"


def _known_binary(head: bytes) -> str | None:
    binaries = {end: magic for end, magic in _MAGIC.items() if "json" not in end}
    return next(
        (end for end, magic in binaries.items() if head.startswith(magic)), None
    )


def require_whole(path: Path, *, name: str) -> None:
    """Refuse a file whose kind is wrong or whose end is missing."""
    with path.open("rb") as handle:
        require_kind(handle.read(HEAD_BYTES), name=name, is_all=True)
    suffix = _suffix(name)
    if suffix not in _ENDINGS or _ENDINGS[suffix](path):
        return
    message = (
        f"{name} : fichier tronqué, bien que le serveur le dise complet "
        "→ réessayer plus tard, puis signaler au producteur"
    )
    raise SourceError(message)


def _ends_as_parquet(path: Path) -> bool:
    with path.open("rb") as handle:
        handle.seek(max(path.stat().st_size - 4, 0))
        return handle.read() == _MAGIC[".parquet"][0]


def _ends_as_zip(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False


def _ends_as_seven(path: Path) -> bool:
    """Hold the size against the header (7zFormat.txt: offset, size at bytes 12, 20)."""
    with path.open("rb") as handle:
        header = handle.read(32)
    next_offset, next_size = (
        int.from_bytes(header[start : start + 8], "little") for start in (12, 20)
    )
    return path.stat().st_size >= 32 + next_offset + next_size > 32  # noqa: PLR2004


def _ends_as_gzip(path: Path) -> bool:
    try:
        with gzip.open(path) as unfolded:
            while unfolded.read(1 << 20):
                pass
    except (EOFError, OSError, zlib.error):
        return False
    return True


def _ends_as_sqlite(path: Path) -> bool:
    """Hold the size against the header (SQLite: size of a page, number of pages)."""
    with path.open("rb") as handle:
        header = handle.read(100)
    size, pages = (int.from_bytes(header[a:b]) for a, b in ((16, 18), (28, 32)))
    return path.stat().st_size >= (65_536 if size == 1 else size) * pages


def _ends_as_json(path: Path) -> bool:
    with path.open("rb") as handle:
        start = _plain(handle.read(HEAD_BYTES)).lstrip()
        handle.seek(max(path.stat().st_size - HEAD_BYTES, 0))
        end = handle.read().rstrip(b" \t\r\n\x00")
    return end.endswith(b"]" if start.startswith(b"[") else b"}")


def _ends_as_pbf(path: Path) -> bool:
    """Follow the blobs: length of a header, header with the size of its blob, blob."""
    size_bytes, at = path.stat().st_size, 0
    with path.open("rb") as handle:
        while at < size_bytes:
            handle.seek(at)
            length = int.from_bytes(handle.read(4))
            datasize = _DATASIZE.search(handle.read(min(length, _PBF_HEADER_BYTES)))
            if datasize is None:
                return False
            digits = enumerate(datasize[1])
            at += 4 + length + sum((byte & 0x7F) << 7 * rank for rank, byte in digits)
    return at == size_bytes


_ENDINGS = {
    ".gz": _ends_as_gzip,
    ".gpkg": _ends_as_sqlite,
    ".json": _ends_as_json,
    ".geojson": _ends_as_json,
    ".pbf": _ends_as_pbf,
    ".zip": _ends_as_zip,
    ".xlsx": _ends_as_zip,
    ".ods": _ends_as_zip,
    ".parquet": _ends_as_parquet,
    ".7z": _ends_as_seven,
}
