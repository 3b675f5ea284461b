"""PDF: the stamp over each page, as real text and out of the reading order."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.sax.saxutils import escape, unescape

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
)

from eitgeo.maps.private_stamp._ink import stamp_pdf
from eitgeo.maps.private_stamp._words import WORDS, told

_NAME = "/NePasDiffuser"
_OLDEST = "%PDF-1.4"
"""The first version with transparency."""
_XMP_TITLE = re.compile(
    rb"(<dc:title>\s*<rdf:Alt>\s*<rdf:li[^>]*>)(.*?)(</rdf:li>)", re.DOTALL
)
# Turns of the page, clockwise → where its upper left corner goes.
_TURNS = {
    0: "1 0 0 1 {left:g} {low:g} cm",
    90: "0 1 -1 0 {right:g} {low:g} cm",
    180: "-1 0 0 -1 {right:g} {high:g} cm",
    270: "0 -1 1 0 {left:g} {high:g} cm",
}


def stamp_document(content: bytes) -> bytes:
    """Stamp every page of a PDF."""
    reader = PdfReader(io.BytesIO(content))
    title = str(reader.metadata.title or "") if reader.metadata else ""
    if WORDS in title:
        return content
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = max(reader.pdf_header, _OLDEST)
    forms: dict[tuple[float, float], Any] = {}
    for page in writer.pages:
        _stamp_page(writer, page, forms)
    _name(writer, told(title))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _stamp_page(
    writer: PdfWriter, page: PageObject, forms: dict[tuple[float, float], Any]
) -> None:
    box = page.cropbox
    turn = page.rotation % 360
    size = (float(box.width), float(box.height))
    shown = size if turn % 180 == 0 else size[::-1]
    if shown not in forms:
        forms[shown] = _form(writer, *shown)
    # Pages may share their resources: each gets a dictionary of its own.
    resources = _copied(page, "/Resources")
    drawings = _copied(resources, "/XObject")
    drawings[NameObject(_NAME)] = forms[shown]
    resources[NameObject("/XObject")] = drawings
    page[NameObject("/Resources")] = resources
    place = _TURNS[turn].format(
        left=float(box.left),
        right=float(box.right),
        low=float(box.bottom),
        high=float(box.top),
    )
    after = f"Q\n/Artifact <</Type /Pagination>> BDC q {place} {_NAME} Do Q EMC\n"
    page[NameObject("/Contents")] = ArrayObject(
        [_stream(writer, "q\n"), *_contents(page), _stream(writer, after)]
    )


def _copied(parent: DictionaryObject, name: str) -> DictionaryObject:
    held: Any = parent.get(name)
    return DictionaryObject(held.get_object() if held is not None else {})


def _contents(page: PageObject) -> list[Any]:
    if "/Contents" not in page:
        return []
    held = page["/Contents"]
    return list(held) if isinstance(held, ArrayObject) else [page.raw_get("/Contents")]


def _stream(writer: PdfWriter, text: str) -> Any:
    made = DecodedStreamObject()
    made.set_data(text.encode("ascii"))
    return writer._add_object(made)  # noqa: SLF001 - no public way


def _form(writer: PdfWriter, width: float, height: float) -> Any:
    """Bring the drawing into the document as one object that all pages show."""
    page = PdfReader(io.BytesIO(stamp_pdf(width, height))).pages[0]
    drawing = page.get_contents()
    made = DecodedStreamObject()
    made.set_data(drawing.get_data() if drawing is not None else b"")
    made[NameObject("/Type")] = NameObject("/XObject")
    made[NameObject("/Subtype")] = NameObject("/Form")
    made[NameObject("/BBox")] = ArrayObject(
        [FloatObject(0), FloatObject(0), FloatObject(width), FloatObject(height)]
    )
    made[NameObject("/Resources")] = page["/Resources"].clone(writer)
    return writer._add_object(made)  # noqa: SLF001 - no public way


def _name(writer: PdfWriter, title: str) -> None:
    """Write the title where each reader looks for it."""
    writer.add_metadata({"/Title": title})
    described = writer.root_object.get("/Metadata")
    if described is None:
        return
    packet = described.get_object()
    packet.set_data(
        _XMP_TITLE.sub(
            lambda found: found[1] + _xml(told(_text(found[2]))) + found[3],
            packet.get_data(),
        )
    )


def _xml(text: str) -> bytes:
    return escape(text).encode()


def _text(xml: bytes) -> str:
    return unescape(xml.decode())
