"""Numbers that texts print with the unit of an estimate: PDF, DOCX, QGZ, pages."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, NamedTuple

from eitgeo.audit.sheets import bare, workbook_pages
from eitgeo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PDF_TOOL = "pdftotext"
_NUMBER = r"[-+]?\d+(?: \d{3})*(?:,\d+)?"
_UNIT = r"(?:t/an|emplois?|k€/an|€/an|tCO2e(?:/an)?|t·km/an)"
_SAID = re.compile(
    rf"(?<![\d,])(?:(?P<from>{_NUMBER}) à )?(?P<value>{_NUMBER}) ?(?P<unit>{_UNIT})"
    rf"(?![a-zà-ÿ/])(?: ?\((?P<low>{_NUMBER}) à (?P<high>{_NUMBER})\))?"
)
_PARTS = (".xml", ".qgs", ".rels")
_TEXTS = (".svg", ".html")


class Said(NamedTuple):
    """A number and its unit, in a file.

    Attributes
    ----------
    file
        Name of the file.
    number
        The number.
    unit
        ``t/an``, ``emplois``, ``€/an``, ``k€/an``, ``tCO2e/an`` or ``t·km/an``.
    words
        What was read.
    """

    file: str
    number: float
    unit: str
    words: str


def numbers_said(path: Path) -> list[Said]:
    """List the numbers that a file prints with the unit of an estimate."""
    found: dict[Said, None] = {}
    for text in texts_of(path):
        found |= dict.fromkeys(said_in(path.name, text))
    return list(found)


def can_read(path: Path) -> bool:
    """Say whether this machine can read a file."""
    return path.suffix.lower() != ".pdf" or shutil.which(PDF_TOOL) is not None


def texts_of(path: Path) -> Iterator[str]:
    """Read the words of a file."""
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        yield bare(_pdf_text(path))
    elif suffix in {".docx", ".qgz"}:
        yield from _members(path)
    elif suffix == ".xlsx":
        for _, rows in workbook_pages(path):
            for row in rows:
                yield from (bare(cell) for cell in row if isinstance(cell, str))
    elif suffix in _TEXTS:
        page = path.read_text(encoding="utf-8")
        page = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
        yield bare(html.unescape(re.sub(r"<[^>]*>", " ", page)))


def _pdf_text(path: Path) -> str:
    tool = shutil.which(PDF_TOOL)
    if tool is None:
        message = f"{path.name} : {PDF_TOOL} absent → installer poppler-utils"
        raise SourceError(message)
    command = [tool, "-raw", str(path), "-"]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        message = f"{path.name} : PDF illisible → refaire « eitgeo run »"
        raise SourceError(message)
    return done.stdout.decode("utf-8", errors="replace")


def _members(path: Path) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(_PARTS):
                    text = archive.read(name).decode("utf-8", errors="replace")
                    for paragraph in re.split(r"</w:p>|</[a-z]+>\s*<[A-Z]", text):
                        # Runs cut words: tags go without leaving a space.
                        yield bare(html.unescape(re.sub(r"<[^>]*>", "", paragraph)))
    except (OSError, zipfile.BadZipFile) as error:
        message = f"{path.name} : archive illisible → refaire « eitgeo run »"
        raise SourceError(message) from error


def said_in(file: str, text: str) -> Iterator[Said]:
    """List the numbers of a text that bear the unit of an estimate.

    Examples
    --------
    >>> [one.number for one in said_in("", "de l'ordre de 200 emplois (100 à 300)")]
    [200.0, 100.0, 300.0]
    """
    for met in _SAID.finditer(text):
        unit = _unit(met["unit"])
        for part in ("from", "value", "low", "high"):
            if met[part]:
                yield Said(file, number(met[part]), unit, met[0].strip())


def _unit(written: str) -> str:
    if written.startswith("emploi"):
        return "emplois"
    return "tCO2e/an" if written.startswith("tCO2e") else written


def number(text: str) -> float:
    """Read a French number.

    Examples
    --------
    >>> number("1 234,5"), number("-20")
    (1234.5, -20.0)
    """
    return float(text.replace(" ", "").replace(",", "."))
