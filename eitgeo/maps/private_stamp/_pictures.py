"""PNG and SVG: the band along the top, the large letters across."""

from __future__ import annotations

import io
import math
import re
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring
from xml.sax.saxutils import escape

from PIL import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo

from eitgeo.errors import SchemaError
from eitgeo.maps.private_stamp._ink import (
    PT_PER_INCH,
    band_pt,
    letters_pt,
    stamp_image,
)
from eitgeo.maps.private_stamp._words import INK, SHORT_WORDS, WORDS, told

_SCREEN_DPI = 96.0
_KEY = "Warning"
"""A keyword that the PNG specification names."""
_PT_PER_UNIT = {"pt": 1.0, "mm": PT_PER_INCH / 25.4, "in": PT_PER_INCH}
_PT_PER_PIXEL = 0.75
_SVG = "{http://www.w3.org/2000/svg}svg"
_LENGTH = re.compile(r"\s*([\d.]+)\s*(\w*)\s*")
_END = "</svg>"


def stamp_png(content: bytes) -> bytes:
    """Stamp a PNG."""
    with Image.open(io.BytesIO(content), formats=["PNG"]) as source:
        source.load()
        if not isinstance(source, PngImageFile):
            message = "ce n'est pas une image PNG → supprimer ce fichier"
            raise SchemaError(message)
        if source.text.get(_KEY) == WORDS:
            return content
        about = _texts(source)
        dpi = source.info.get("dpi", (_SCREEN_DPI, _SCREEN_DPI))
        stamped = _stamped(source, float(dpi[1]) or _SCREEN_DPI)
        clear = "A" in source.getbands() or "transparency" in source.info
    written = io.BytesIO()
    picture = stamped if clear else stamped.convert("RGB")
    picture.save(written, format="PNG", dpi=dpi, pnginfo=about)
    return written.getvalue()


def _texts(source: PngImageFile) -> PngInfo:
    """Keep what the picture says of itself, under a title that bears the words."""
    held = {key: str(text) for key, text in source.text.items()}
    held |= {"Title": told(held.get("Title", "")), _KEY: WORDS}
    about = PngInfo()
    for key, text in held.items():
        about.add_itxt(key, text, lang="fr")
    return about


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
    found = _LENGTH.fullmatch(text)
    return (float(found[1]), found[2]) if found else (0.0, "")


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
