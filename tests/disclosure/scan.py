"""A reader of everything that is published, in search of what should not be there.

It opens HTML, CSV, JSON, XLSX, DOCX, PDF, PNG, SVG and GPKG, metadata, links, embedded
files and escaped letters included, and refuses a kind of file that it cannot open, or
a PDF without a word: what is not read is not known to be clean.
"""

import base64
import html
import os
import re
import shutil
import sqlite3
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from pypdf import PdfReader

EMAIL = re.compile(r"[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
BEFORE_AT = re.compile(r"[\w.+-]+$")
MOST_BEFORE_AT = 320
# What stands before is looked at after: a pattern that begins by letters is found
# ten times faster than one that begins by what must not be there.
PHONE = re.compile(
    r"(?:\+33\s?\(?0?\)?\s?|0033\s?|0)[1-9]"
    # Any space but the end of a line or a cell: columns of numbers are no telephone.
    r"(?:(?:[^\S\r\n\t\f]|[.-])?\d{2}){4}(?![\w.,]*\d)"
)
BEFORE_PHONE = re.compile(r"(?:(?<=tel:)|(?<![\w.,:/-]))")
WITHHELD = re.compile(r"\[ND\]")
EXAMPLES = ("nom@exemple.fr", "05 61 00 00 00")
"""What the form shows as examples: nobody's."""
TEXTS = {".html", ".csv", ".json", ".svg", ".txt", ".md", ".geojson", ".qml", ".xml"}
ARCHIVES = {".xlsx", ".docx", ".qgz", ".zip"}
PICTURES = {".jpg", ".jpeg"}
FONTS = (".ttf", ".otf", ".odttf")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
EMBEDDED = re.compile(r"data:[\w./+;=-]*;base64,([A-Za-z0-9+/=]+)")
_START = 6
"""Letters by which names begin: most texts hold no such beginning."""
PRINTABLE = re.compile(rb"[\x20-\x7e\x80-\xff]{6,}")


class Finding(NamedTuple):
    """Something that should not be published, and where it is."""

    file: str
    what: str
    text: str


def scan(
    folder: Path,
    *,
    names: Iterable[str] = (),
    allowed: Iterable[str] = (),
    texts: Iterable[str] | None = None,
) -> list[Finding]:
    """Read every file of a folder; return what should not be there.

    `names` are those of natural persons and non-diffusible firms; `allowed` what the
    study itself says of its contact. With `texts`, these alone are looked for.
    """
    hidden = by_start(name for name in names if len(name.strip()) > 3)
    exact = None if texts is None else sorted(texts)
    found: dict[Finding, None] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for text in texts_of(path):
                for written in ways_to_read(text):
                    if exact is not None:
                        met = [one for one in exact if one in written]
                        found |= dict.fromkeys(
                            Finding(path.name, "texte", one) for one in met
                        )
                        continue
                    found |= dict.fromkeys(
                        look(path.name, written, hidden, set(allowed))
                    )
    return list(found)


def ways_to_read(text: str) -> Iterator[str]:
    """Return a text as it is, without its tags, with its escapes read."""
    yield text
    # A text may be cut into runs: « a<b>@</b>b.fr »; two cells are two texts.
    cells = text.replace("</si>", "\n")
    bare = html.unescape(re.sub(r"<[^>]*>", "", cells))
    if bare != text:
        yield bare
    plain = ESCAPED.sub(lambda met: chr(int(met[1], 16)), html.unescape(text))
    plain = unquote(plain, errors="replace")
    if plain not in (text, bare):
        yield plain
    for met in EMBEDDED.finditer(text):
        content = base64.b64decode(met[1] + "=" * (-len(met[1]) % 4))
        if content.startswith(PNG):
            yield from notes_of(content)
        yield from strings_of(content)


def strings_of(content: bytes) -> Iterator[str]:
    """Return the runs of letters of a file that has no text."""
    yield "\n".join(met.decode("latin-1") for met in PRINTABLE.findall(content))


def by_start(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Sort names by what they begin with: beginning → name → how it is looked for."""
    found: dict[str, dict[str, str]] = {}
    for name in sorted(set(names)):
        folded = name.casefold()
        found.setdefault(folded[:_START], {})[name] = folded
    return found


def look(
    file: str, text: str, names: dict[str, dict[str, str]], allowed: set[str]
) -> Iterator[Finding]:
    """Look for the four kinds in one text."""
    for what, finds in (
        ("courriel", emails(text)),
        ("téléphone", phones(text)),
        ("[ND]", (met[0] for met in WITHHELD.finditer(text))),
    ):
        for found in finds:
            if (met := " ".join(found.split())) not in allowed:
                yield Finding(file, what, met)
    folded = text.casefold()
    near = [those for start, those in names.items() if start in folded]
    for those in near:
        for name, small in those.items():
            if small in folded:
                yield Finding(file, "nom", name)


def emails(text: str) -> Iterator[str]:
    """Return the addresses: what stands before and after each « @ »."""
    end = 0
    while (at := text.find("@", end)) >= 0:
        first = max(end, at - MOST_BEFORE_AT)
        local = BEFORE_AT.search(text[first:at])
        met = EMAIL.match(text, first + local.start()) if local else None
        if met:
            yield met[0]
        end = met.end() if met else at + 1


def phones(text: str) -> Iterator[str]:
    """Return the numbers that nothing goes before."""
    place = 0
    while met := PHONE.search(text, place):
        free = BEFORE_PHONE.match(text, met.start()) is not None
        if free:
            yield met[0]
        place = met.end() if free else met.start() + 1


def texts_of(path: Path) -> Iterator[str]:
    """Return all that a file says."""
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        yield path.read_text(encoding="utf-8-sig")
    elif suffix in ARCHIVES:
        yield from members_of(path)
    elif suffix == ".pdf":
        yield from pages_of(path)
    elif suffix == ".png":
        yield from notes_of(path.read_bytes())
    elif suffix in PICTURES:
        yield from strings_of(path.read_bytes())
    elif suffix == ".gpkg":
        yield from cells_of(path)
    else:
        message = f"{path.name}: no reader for this kind of file"
        raise AssertionError(message)


def members_of(path: Path) -> Iterator[str]:
    """Return the text of every part of an archive, the notes of its pictures too."""
    with zipfile.ZipFile(path) as archive:
        yield archive.comment.decode("utf-8")
        for name in archive.namelist():
            yield name
            content = archive.read(name)
            if content.startswith(PNG):
                yield from notes_of(content)
            elif name.lower().endswith((*PICTURES, ".bin")):
                yield from strings_of(content)
            elif not name.lower().endswith(FONTS):
                yield content.decode("utf-8")


def cells_of(path: Path) -> Iterator[str]:
    """Return every text of every table of a GeoPackage."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        names = [row[0] for row in base.execute("SELECT name FROM sqlite_master")]
        tables = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        yield "\n".join(names)
        for (name,) in tables.fetchall():
            rows = base.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608
            cells = (cell for row in rows for cell in row if isinstance(cell, str))
            yield "\n".join(cells)


def pages_of(path: Path) -> Iterator[str]:
    """Return the words of a PDF, its metadata, its links; refuse attached files."""
    words = said_by("pdftotext", str(path), "-", file=path)
    if not words.split():
        message = f"{path.name}: a PDF without a word is not known to be clean"
        raise AssertionError(message)
    yield words
    # Hyphenation and columns part words: in the order of the file, too.
    yield said_by("pdftotext", "-raw", str(path), "-", file=path)
    yield from beside_pages(path)


def beside_pages(path: Path) -> Iterator[str]:
    """Return what a PDF tells of itself, its notes and links; refuse attached files."""
    reader = PdfReader(path)
    yield from (f"{key} {told}" for key, told in (reader.metadata or {}).items())
    root: Any = reader.trailer["/Root"]
    if "/Metadata" in root:
        yield root["/Metadata"].get_data().decode("utf-8")
    notes = [
        note.get_object() for page in reader.pages for note in page.annotations or ()
    ]
    for note in notes:
        held = [*note.values(), *(note["/A"].values() if "/A" in note else ())]
        parts = (one.get_object() for one in held)
        yield "\n".join(part for part in parts if isinstance(part, str))
    kinds = {note.get("/Subtype") for note in notes}
    if reader.attachments or "/FileAttachment" in kinds:
        message = f"{path.name}: files are attached, nobody reads them"
        raise AssertionError(message)


def said_by(tool: str, *arguments: str, file: Path) -> str:
    """Return what a tool of poppler says."""
    command = shutil.which(tool)
    if command is None:
        message = f"{file.name}: {tool} is needed (poppler)"
        raise AssertionError(message)
    state = file.stat()
    asked = (command, *arguments, str(state.st_mtime_ns), str(state.st_size))
    return _said(asked, kept_words(file))


@cache
def _said(asked: tuple[str, ...], shelf: Path | None) -> str:
    """Ask once of a file in its present state: several tests read the same words.

    So do those of another worker, where a shelf keeps what is said of a study.
    """
    *command, _, _ = asked
    kept = shelf and shelf / sha256("\0".join(asked).encode()).hexdigest()
    if kept and kept.exists():
        return kept.read_bytes().decode("utf-8", errors="replace")
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
    if kept:
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(done.stdout)
        fresh.replace(kept)
    return done.stdout.decode("utf-8", errors="replace")


def kept_words(file: Path) -> Path | None:
    """Name the shelf beside the folder of a study that all workers read, if any."""
    shelves = (one.with_suffix(SHELF) for one in file.parents if one.name)
    return next((one for one in shelves if one.is_dir()), None)


SHELF = ".mots"


PNG = b"\x89PNG\r\n\x1a\n"


def notes_of(content: bytes) -> Iterator[str]:
    """Return the text chunks of a PNG: keyword, zero, what the kind adds, text."""
    place = 8
    while place < len(content):
        size, kind = (
            int.from_bytes(content[place : place + 4]),
            content[place + 4 : place + 8],
        )
        data = content[place + 8 : place + 8 + size]
        place += 12 + size
        if kind == b"tEXt":
            yield data.decode("latin-1")
        elif kind == b"zTXt":
            yield zlib.decompress(data.split(b"\0", 1)[1][1:]).decode("latin-1")
        elif kind == b"iTXt":
            packed, rest = data.split(b"\0", 1)[1][0], data.split(b"\0", 1)[1][2:]
            text = rest.split(b"\0", 2)[2]
            yield (zlib.decompress(text) if packed else text).decode("utf-8")
