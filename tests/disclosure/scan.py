"""A reader of everything that is published, in search of what should not be there.

It opens HTML, CSV, JSON, XLSX, DOCX, PDF, PNG and SVG, metadata included, and
refuses a kind of file that it cannot open: what is not read is not known to be clean.
"""

import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

EMAIL = re.compile(r"[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
PHONE = re.compile(
    r"(?<![\w.,:/-])(?:\+33\s?\(?0?\)?\s?|0033\s?|0)[1-9](?:[ .  -]?\d{2}){4}"
    r"(?![\w.,]*\d)"
)
WITHHELD = re.compile(r"\[ND\]")
EXAMPLES = ("nom@exemple.fr", "05 61 00 00 00")
"""What the form shows as examples: nobody's."""
TEXTS = {".html", ".csv", ".json", ".svg", ".txt", ".md", ".geojson", ".qml", ".xml"}
ARCHIVES = {".xlsx", ".docx", ".qgz", ".zip"}


class Finding(NamedTuple):
    """Something that should not be published, and where it is."""

    file: str
    what: str
    text: str


def scan(
    folder: Path, *, names: Iterable[str] = (), allowed: Iterable[str] = ()
) -> list[Finding]:
    """Read every file of a folder; return what should not be there.

    `names` are those of natural persons and non-diffusible firms; `allowed` what the
    study itself says of its contact.
    """
    hidden = sorted({name for name in names if len(name.strip()) > 3})
    found: list[Finding] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for text in texts_of(path):
                found += look(path.name, text, hidden, set(allowed))
    return found


def look(
    file: str, text: str, names: list[str], allowed: set[str]
) -> Iterator[Finding]:
    """Look for the four kinds in one text."""
    for what, pattern in (
        ("courriel", EMAIL),
        ("téléphone", PHONE),
        ("[ND]", WITHHELD),
    ):
        for match in pattern.finditer(text):
            if (met := " ".join(match[0].split())) not in allowed:
                yield Finding(file, what, met)
    folded = text.casefold()
    for name in names:
        if name.casefold() in folded:
            yield Finding(file, "nom", name)


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
    else:
        message = f"{path.name}: no reader for this kind of file"
        raise AssertionError(message)


def members_of(path: Path) -> Iterator[str]:
    """Return the text of every part of an archive, with and without its tags."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.lower().endswith((".png", ".jpg", ".jpeg", ".bin", ".ttf")):
                continue
            text = content.decode("utf-8")
            yield text
            # A text may be cut into runs: « a<b>@</b>b.fr ».
            yield re.sub(r"<[^>]*>", "", text)


def pages_of(path: Path) -> Iterator[str]:
    """Return the words of a PDF and its metadata."""
    for tool in ("pdftotext", "pdfinfo"):
        command = shutil.which(tool)
        if command is None:
            message = f"{path.name}: {tool} is needed (poppler)"
            raise AssertionError(message)
        arguments = [command, str(path), *(["-"] if tool == "pdftotext" else [])]
        done = subprocess.run(arguments, capture_output=True, check=True)  # noqa: S603
        yield done.stdout.decode("utf-8")


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
