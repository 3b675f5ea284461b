"""PDF, PNG, SVG: the stamp drawn, a band along the top, letters across the page."""

from __future__ import annotations

import io
import math
import re
from functools import lru_cache
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, fromstring
from xml.sax.saxutils import escape, unescape

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
)

from eitgeo.errors import SchemaError
from eitgeo.maps.paper.canvas import drawing_style
from eitgeo.maps.private_stamp._text import INK, SHORT_WORDS, WORDS, told

_SCREEN_DPI = 96.0
_KEY = "Warning"
"""A keyword that the PNG specification names."""
PT_PER_INCH = 72.0
_PT_PER_UNIT = {"pt": 1.0, "mm": PT_PER_INCH / 25.4, "in": PT_PER_INCH}
_PT_PER_PIXEL = 0.75
_SVG = "{http://www.w3.org/2000/svg}svg"
_LENGTH = re.compile(r"\s*([\d.]+)\s*(\w*)\s*")
_END = "</svg>"
_LETTERS_PT = 9.5
_BAND_PT = 17.0
"""Six millimetres: the printed maps leave seven above their titles."""
_BASELINE_SHARE = 0.2
_WORDS_EM = 28.0
"""Length of the words in bold, a little over what DejaVu Sans takes."""
_SHORT_EM = 11.5
_DIAGONAL_SHARE = 0.75
_DIAGONAL_ALPHA = 0.12
_DATELESS = {"CreationDate": None, "Producer": None, "Creator": None}
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


def stamp_png(content: bytes) -> bytes:
    """Stamp a PNG."""
    with Image.open(io.BytesIO(content), formats=["PNG"]) as source:
        source.load()
        if not isinstance(source, PngImageFile):
            message = "ce n'est pas une image PNG → supprimer ce fichier"
            raise SchemaError(message)
        if source.text.get(_KEY) == WORDS:
            return content
        texts = _texts(source)
        dpi = source.info.get("dpi", (_SCREEN_DPI, _SCREEN_DPI))
        stamped = _stamped(source, float(dpi[1]) or _SCREEN_DPI)
        clear = "A" in source.getbands() or "transparency" in source.info
    written = io.BytesIO()
    picture = stamped if clear else stamped.convert("RGB")
    picture.save(written, format="PNG", dpi=dpi, pnginfo=texts)
    return written.getvalue()


def _texts(source: PngImageFile) -> PngInfo:
    """Keep what the picture says of itself, under a title that bears the words."""
    texts = {key: str(text) for key, text in source.text.items()}
    texts |= {"Title": told(texts.get("Title", "")), _KEY: WORDS}
    metadata = PngInfo()
    for key, text in texts.items():
        metadata.add_itxt(key, text, lang="fr")
    return metadata


def _stamped(source: Image.Image, dpi: float) -> Image.Image:
    picture = source.convert("RGBA")
    width, height = picture.size
    band = math.ceil(band_pt(width * PT_PER_INCH / dpi) * dpi / PT_PER_INCH)
    if not _is_blank(picture.crop((0, 0, width, band))):
        higher = Image.new("RGBA", (width, height + band), "white")
        higher.paste(picture, (0, band))
        picture = higher
    picture.alpha_composite(stamp_image(*picture.size, dpi=dpi))
    return picture


def _is_blank(strip: Image.Image) -> bool:
    return len(strip.getcolors(maxcolors=1) or ()) == 1


class _Frame(NamedTuple):
    """What an SVG shows, in its own units, and how many points one of them is."""

    left: float
    top: float
    width: float
    height: float
    unit_pt: float


def stamp_svg(content: bytes) -> bytes:
    """Stamp an SVG."""
    text = content.decode()
    root = fromstring(content)  # noqa: S314 - written by this package
    if root.tag != _SVG or not text.rstrip().endswith(_END):
        message = "ce n'est pas un dessin SVG → supprimer ce fichier"
        raise SchemaError(message)
    if WORDS in text:
        return content
    before, _, after = text.rpartition(_END)
    return f"{before}{_drawn(_frame(root))}{_END}{after}".encode()


def _frame(root: Element) -> _Frame:
    width, unit = _length(root.get("width", ""))
    height, _ = _length(root.get("height", ""))
    box = root.get("viewBox", "").replace(",", " ").split()
    left, top, wide, high = map(float, box) if box else (0.0, 0.0, width, height)
    if min(wide, high) <= 0:
        message = "dessin SVG sans dimensions (viewBox) → lui en donner"
        raise SchemaError(message)
    shown_pt = width * _PT_PER_UNIT.get(unit, _PT_PER_PIXEL)
    return _Frame(left, top, wide, high, (shown_pt or wide * _PT_PER_PIXEL) / wide)


def _length(text: str) -> tuple[float, str]:
    parts = _LENGTH.fullmatch(text)
    return (float(parts[1]), parts[2]) if parts else (0.0, "")


def _drawn(frame: _Frame) -> str:
    left, top, width, height, unit_pt = frame
    size = letters_pt(width * unit_pt) / unit_pt
    band = band_pt(width * unit_pt) / unit_pt
    middle = left + width / 2
    turn = math.degrees(math.atan2(height, width))
    across = math.hypot(width, height)
    font = 'font-family="DejaVu Sans, sans-serif" font-weight="bold"'
    return (
        f'<g id="ne-pas-diffuser" text-anchor="middle" {font}>\n'
        f'<text transform="translate({middle:g} {top + height / 2:g}) '
        f'rotate({turn:.2f})" font-size="{across * 0.065:.2f}" fill="{INK}" '
        f'fill-opacity="0.12">{SHORT_WORDS}</text>\n'
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{band:.2f}" '
        f'fill="{INK}"/>\n'
        f'<text x="{middle:g}" y="{top + 0.8 * band:.2f}" font-size="{size:.2f}" '
        f'fill="#ffffff">{escape(WORDS)}</text>\n</g>\n'
    )


def letters_pt(width_pt: float) -> float:
    """Choose the size of the letters of the band.

    Examples
    --------
    >>> letters_pt(842)
    9.5
    >>> letters_pt(140)
    5.0
    """
    return min(_LETTERS_PT, width_pt / _WORDS_EM)


def band_pt(width_pt: float) -> float:
    """Return the height of the band.

    Examples
    --------
    >>> band_pt(842)
    17.0
    """
    return _BAND_PT * letters_pt(width_pt) / _LETTERS_PT


@lru_cache(maxsize=8)
def stamp_pdf(width_pt: float, height_pt: float) -> bytes:
    """Draw the stamp as a page with nothing under it."""
    with drawing_style():
        buffer = io.BytesIO()
        figure = _figure(width_pt, height_pt)
        figure.savefig(buffer, format="pdf", metadata=_DATELESS, transparent=True)
    return buffer.getvalue()


@lru_cache(maxsize=2)
def stamp_image(width_px: int, height_px: int, *, dpi: float) -> Image.Image:
    """Draw the stamp as a picture with nothing under it."""
    scale = PT_PER_INCH / dpi
    # A hundredth of a pixel more: the canvas drops what passes a whole number.
    wide, high = (width_px + 0.01) * scale, (height_px + 0.01) * scale
    with drawing_style():
        figure = _figure(wide, high)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="rgba", dpi=dpi, transparent=True)
    return Image.frombytes("RGBA", (width_px, height_px), buffer.getvalue())


def _figure(width_pt: float, height_pt: float) -> Figure:
    figure = Figure(figsize=(width_pt / PT_PER_INCH, height_pt / PT_PER_INCH))
    figure.patch.set_alpha(0.0)
    diagonal = math.hypot(width_pt, height_pt)
    figure.text(
        0.5,
        0.5,
        SHORT_WORDS,
        fontsize=_DIAGONAL_SHARE * diagonal / _SHORT_EM,
        rotation=-math.degrees(math.atan2(height_pt, width_pt)),
        rotation_mode="anchor",
        ha="center",
        va="center",
        color=INK,
        alpha=_DIAGONAL_ALPHA,
        weight="bold",
    )
    band = band_pt(width_pt) / height_pt
    figure.add_artist(
        Rectangle(
            (0, 1 - band),
            1,
            band,
            transform=figure.transFigure,
            facecolor=INK,
            linewidth=0,
        )
    )
    figure.text(
        0.5,
        1 - band * (1 - _BASELINE_SHARE),
        WORDS,
        fontsize=letters_pt(width_pt),
        ha="center",
        va="baseline",
        color="white",
        weight="bold",
    )
    return figure


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
    resources: Any = parent.get(name)
    return DictionaryObject(resources.get_object() if resources is not None else {})


def _contents(page: PageObject) -> list[Any]:
    if "/Contents" not in page:
        return []
    contents = page["/Contents"]
    return (
        list(contents)
        if isinstance(contents, ArrayObject)
        else [page.raw_get("/Contents")]
    )


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
            lambda element: element[1] + _xml(told(_text(element[2]))) + element[3],
            packet.get_data(),
        )
    )


def _xml(text: str) -> bytes:
    return escape(text).encode()


def _text(xml: bytes) -> str:
    return unescape(xml.decode())
