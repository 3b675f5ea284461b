"""The PDF of a dossier: its content as data, one fixed template, the compiler."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import matplotlib as mpl

from eitgeo.dossier.docx import printable
from eitgeo.dossier.model import (
    Block,
    Chapter,
    Dossier,
    Figure,
    Pair,
    Paragraph,
    Runs,
    Section,
    Source,
    Table,
    Value,
    Wide,
    all_chapters,
)
from eitgeo.errors import StudyError
from eitgeo.extras import from_extra

_NOON_S = 12 * 3600
_TEMPLATE = "dossier.typ"


def dossier_pdf(dossier: Dossier) -> bytes:
    """Lay a dossier out as a tagged PDF.

    Notes
    -----
    Texts reach the template as JSON: they are never read as code. Nothing is fetched:
    the template imports no package.
    """
    typst = from_extra("typst", extra="dossier", purpose="dossier en PDF")
    content = json.dumps(_content(dossier), ensure_ascii=False, sort_keys=True)
    template = resources.files("eitgeo.dossier").joinpath("texts", _TEMPLATE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / _TEMPLATE).write_bytes(template.read_bytes())
        (folder / "dossier.json").write_text(content, encoding="utf-8")
        for picture, png in _pictures_of(dossier).items():
            (folder / picture).write_bytes(png)
        try:
            pdf: bytes = typst.compile(
                folder / _TEMPLATE,
                root=folder,
                font_paths=[Path(mpl.get_data_path()) / "fonts" / "ttf"],
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards="ua-1",
                timestamp=_seconds(dossier.edition),
            )
        except typst.TypstError as error:
            message = f"dossier : le PDF n'a pas pu être composé ({error})"
            raise StudyError(message) from error
    return pdf


def _seconds(edition: dt.date) -> int:
    """Return noon of a day in seconds since 1970, without any clock or zone."""
    days = edition.toordinal() - edition.replace(1970, 1, 1).toordinal()
    return days * 86_400 + _NOON_S


def _content(dossier: Dossier) -> dict[str, Any]:
    return {
        "title": printable(dossier.title),
        "subtitle": printable(dossier.subtitle),
        "running": printable(dossier.running),
        "status": printable(dossier.status),
        "stamp": printable(dossier.stamp),
        "private": dossier.private,
        "drawn": {_cell_name(one): True for one in dossier.drawn},
        "edition": [
            dossier.edition.year,
            dossier.edition.month,
            dossier.edition.day,
        ],
        "cover": [_block(one) for one in dossier.cover],
        "front": [_chapter(dossier.summary), _chapter(dossier.warning)],
        "chapters": [_chapter(one) for one in dossier.chapters],
        "annexes": [_chapter(one) for one in dossier.annexes],
    }


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "title": _runs(chapter.title),
        "results": list(chapter.results),
        "blocks": _blocks(chapter.blocks),
    }


def _blocks(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    return [_block(one) for one in blocks]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": block.style, "runs": _runs(block.runs)}
        case Table():
            return {
                "kind": "table",
                "caption": _runs(block.caption),
                "heads": [_runs(one) for one in block.heads],
                "rows": [[_runs(cell) for cell in row] for row in block.rows],
                "widths": list(block.widths),
                "note": _runs(block.note),
            }
        case Figure():
            return _figure(block)
        case Pair():
            return {"kind": "pair", "figures": [_figure(one) for one in block.figures]}
        case Section():
            return {
                "kind": "section",
                "title": _runs(block.title),
                "new_page": block.new_page,
                "blocks": _blocks(block.blocks),
            }
        case Wide():
            return {"kind": "wide", "blocks": _blocks(block.blocks)}


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "kind": "figure",
        "file": _picture_name(figure.png),
        "caption": _runs(figure.caption),
        "alt": printable(figure.alt),
        "width_pct": figure.width_pct,
        "is_drawn": figure.is_drawn,
    }


def _runs(runs: Runs) -> list[dict[str, str]]:
    """Return pieces of text with their class; control characters are taken out."""
    return [
        {
            "text": printable(one.text),
            "evidence": one.evidence,
            "cell": _cell_name(one.source),
        }
        if isinstance(one, Value)
        else {"text": printable(one), "evidence": "", "cell": ""}
        for one in runs
    ]


def _cell_name(source: Source) -> str:
    return f"{source.table}\n{source.row}\n{source.column}"


def _picture_name(png: bytes) -> str:
    """Name a picture by its content."""
    return f"{hashlib.sha256(png).hexdigest()}.png"


def _pictures_of(dossier: Dossier) -> dict[str, bytes]:
    """Gather the pictures of a dossier."""
    blocks = (block for one in all_chapters(dossier) for block in one.blocks)
    return {_picture_name(one.png): one.png for one in _figures(blocks)}


def _figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    for block in blocks:
        match block:
            case Figure():
                yield block
            case Pair():
                yield from block.figures
            case Section() | Wide():
                yield from _figures(block.blocks)
            case _:
                continue
