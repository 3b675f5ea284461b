"""The stamp of a private study: a file is published with it, or not at all.

Each writer stamps what it writes, from :class:`eitgeo.maps.paper.sheet.Sheet`; here a
file is read back, by its kind, before it takes its name.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath

from PIL import Image

from eitgeo.errors import SchemaError
from eitgeo.study.asked import PRIVATE_STAMP


def _png(content: bytes) -> str:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
        return " ".join(str(text) for text in picture.info.values())


def _pdf(content: bytes) -> str:
    # Public studies do without it.
    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        about = PdfReader(io.BytesIO(content)).metadata
    except PyPdfError as error:
        raise ValueError(str(error)) from error
    return str(about.title) if about else ""


def _archive(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    return b"\n".join(parts).decode(errors="replace")


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


_READERS: dict[str, Callable[[bytes], str]] = {
    ".docx": _archive,
    ".geojson": _text,
    ".gpkg": _text,
    ".html": _text,
    ".json": _text,
    ".pdf": _pdf,
    ".png": _png,
    ".qgz": _archive,
    ".svg": _text,
    ".xlsx": _archive,
}


def require_stamp(name: str, path: Path) -> None:
    """Refuse a file that does not bear « NE PAS DIFFUSER », or cannot bear it."""
    read = _READERS.get(PurePath(name).suffix.lower())
    if read is None:
        message = f"{name} : ce genre de fichier ne sait pas porter « NE PAS "
        known = ", ".join(sorted(_READERS))
        raise SchemaError(f"{message}DIFFUSER » → l'écrire dans l'un de : {known}")
    try:
        text = read(path.read_bytes())
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        message = f"{name} : fichier abîmé, on ne sait pas s'il porte « NE PAS DIFFUSER"
        raise SchemaError(f"{message} » → le refaire") from error
    # Whatever the spaces: documents bind dashes to the word before.
    if "".join(PRIVATE_STAMP.split()) not in "".join(text.split()):
        message = f"{name} : ne porte pas « {PRIVATE_STAMP} » → à dire au mainteneur : "
        raise SchemaError(f"{message}ce qui l'écrit ne le tamponne pas")
