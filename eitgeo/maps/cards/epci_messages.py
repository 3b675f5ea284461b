"""Pictures of EPCI, upright, read in a message on a phone; and their page."""

from __future__ import annotations

import io
import re
import unicodedata
from base64 import b64encode
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from eitgeo.maps.pages.page_parts import (
    accessibility_link,
    banner,
    fill_slots,
    html_text,
)
from eitgeo.maps.pages.policy import font_face, still_policy
from eitgeo.maps.paper.canvas import (
    Page,
    drawing_style,
    fill_box,
    line_height_mm,
    wrap,
    write,
    write_block,
)
from eitgeo.maps.paper.charter import MUTED
from eitgeo.maps.paper.formats import PageFormat
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.maps.words.council_words import CouncilLine, council_lines
from eitgeo.words import EVIDENCE_NAMES, EVIDENCE_SYMBOLS, NBSP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.sheet import Sheet
    from eitgeo.maps.words.council_words import CouncilTables


SIZE_PX: Final = (1080, 1350)
LEAST_PX: Final = 36
"""Height of the smallest letters [pixels of the em]."""
QUESTION: Final = "Ce qui serait soumis à votre conseil"
_MM = 10.0
"""Pixels of a millimetre."""
_DPI = 254
_FORMAT = PageFormat("message", "message", SIZE_PX[0] / _MM, SIZE_PX[1] / _MM)
_LEFT, _WIDE = 5.0, 98.0
_PT = 72 / 25.4
_SMALL = LEAST_PX / _MM * _PT
_TEXT, _FIGURE, _ASKED = 3.8 * _PT, 4.9 * _PT, 4.7 * _PT
_NAMES = tuple(size * _PT for size in (7.0, 6.4, 5.8, 5.2))
_BAND, _MINE, _OTHERS = "#2f4858", "#27407f", "#d9d8d2"
_MAP_MM = (42.0, 32.0)
_COLOURS = 64
_STEP_M = 250.0
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


class Message(NamedTuple):
    """The picture of an EPCI, and the words on it."""

    siren: str
    name: str
    picture: bytes  # PNG
    preview: bytes  # the same, a third as wide, WebP
    lines: tuple[CouncilLine, ...]


def epci_messages(
    ground: Ground,
    tables: CouncilTables,
    *,
    names: Mapping[str, str],
    root_name: str,
    sheet: Sheet,
) -> list[Message]:
    """Draw the picture of each EPCI of the study area, in the order of `names`."""
    area = ground.epci
    shapes = shapely.coverage_simplify(area.geometry.to_numpy(), _STEP_M)
    messages = []
    with drawing_style():
        for siren, name in names.items():
            if siren not in area.index:
                continue
            lines = tuple(council_lines(tables, siren, root_name=root_name))
            page = Page(_FORMAT)
            y = _draw_lines(page, lines, top=_draw_name(page, name, sheet))
            low = _draw_credits(page, sheet)
            is_in_epci = np.asarray(area.index == siren)
            _draw_map(page, shapes, is_in_epci, top=y, low=low)
            _draw_key(page, top=y)
            title = f"{name} – {sheet.title}"
            messages.append(Message(siren, name, *_pictures(page, title), lines))
    return messages


def _draw_name(page: Page, name: str, sheet: Sheet) -> float:
    """Write the name on a band, above status and date; return where it ends [mm]."""
    lines = {size: len(wrap(name, _WIDE, size_pt=size, bold=True)) for size in _NAMES}
    size = next((one for one in _NAMES if lines[one] == 1), _NAMES[-1])
    band = 9.0 + min(lines[size], 2) * line_height_mm(size)
    low = page.height_mm - band
    fill_box(page, (0, low, page.width_mm, band), facecolor=_BAND, linewidth=0)
    style = {"width": _WIDE, "size": size, "bold": True, "color": "white", "lines": 2}
    write_block(page, _LEFT, page.height_mm - 2.6, name, **style)
    edition = f"{sheet.status_stamp} · {sheet.edition_text}"
    write(page, _LEFT, low + 5.6, edition, size=_SMALL, color="white")
    return low


def _draw_lines(page: Page, lines: Sequence[CouncilLine], *, top: float) -> float:
    y = top - 2.8
    write(page, _LEFT, y, QUESTION, size=_ASKED, bold=True, color=_BAND)
    y -= 8.4
    for line in lines:
        symbol = EVIDENCE_SYMBOLS[line.evidence]
        write(page, _LEFT, y, symbol, size=_FIGURE, color=_MINE)
        x, width = _LEFT + 6.5, _WIDE - 6.5
        figure = {"width": width, "size": _FIGURE, "bold": True}
        y = write_block(page, x, y, line.figure, **figure)
        y = write_block(page, x, y, line.text, width=width, size=_TEXT) - 1.6
    return y


def _draw_map(
    page: Page, shapes: np.ndarray, is_in_epci: np.ndarray, *, top: float, low: float
) -> None:
    """Draw the study area, the EPCI in ink."""
    width, height = _MAP_MM[0], min(_MAP_MM[1], top - low - 1)
    axes = page.axes(_LEFT, top - height, width, height)
    xmin, ymin, xmax, ymax = shapely.total_bounds(shapes)
    room = 1.04 * max((xmax - xmin) / width, (ymax - ymin) / height) / 2
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    axes.set(xlim=(x - room * width, x + room * width))
    axes.set(ylim=(y - room * height, y + room * height))
    axes.axis("off")
    edge = {"edgecolor": "white", "linewidth": 1.0}
    add_polygons(axes, shapes[~is_in_epci], facecolor=_OTHERS, **edge)
    add_polygons(axes, shapes[is_in_epci], facecolor=_MINE, zorder=3, **edge)


def _draw_key(page: Page, *, top: float) -> None:
    """Say what stands in ink, and how sure each figure is."""
    x, width = _LEFT + _MAP_MM[0] + 6, _WIDE - _MAP_MM[0] - 6
    key = {"width": width, "size": _SMALL}
    fill_box(page, (x, top - 4.0, 3.2, 3.2), facecolor=_MINE, linewidth=0)
    y = write_block(page, x + 5, top, "votre EPCI", **key)
    for letter, name in EVIDENCE_NAMES.items():
        write(page, x, y, EVIDENCE_SYMBOLS[letter], size=_SMALL, color=_MINE)
        y = write_block(page, x + 5, y, name, **key)


def _draw_credits(page: Page, sheet: Sheet) -> float:
    """Write the sources; return where they begin [mm]."""
    source_line = f"Sources{NBSP}: {' ; '.join(sheet.sources)}"
    lines = wrap(source_line, _WIDE, size_pt=_SMALL)
    top = 2.0 + len(lines) * line_height_mm(_SMALL)
    write_block(page, _LEFT, top, source_line, width=_WIDE, size=_SMALL, color=MUTED)
    return top


def _pictures(page: Page, title: str) -> tuple[bytes, bytes]:
    """Write the picture without a date, its colours few; and a small one."""
    page.figure.set_dpi(_DPI)
    canvas: Any = FigureCanvasAgg(page.figure)
    canvas.draw()
    dots = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])
    picture, metadata = Image.fromarray(dots), PngInfo()
    metadata.add_text("Title", title)
    light = picture.quantize(
        _COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    large, small = io.BytesIO(), io.BytesIO()
    light.save(large, format="PNG", pnginfo=metadata, compress_level=6)
    picture.reduce(3).save(small, format="WEBP", quality=70, method=2)
    return large.getvalue(), small.getvalue()


def messages_page(messages: Sequence[Message], *, sheet: Sheet) -> bytes:
    """Lay out the pictures, with the words of each beside it."""
    file = resources.files("eitgeo.maps.pages") / "messages.html"
    template = file.read_text(encoding="utf-8").replace("{{font}}", font_face())
    slots = {
        "policy": escape(still_policy(template, images="data:")),
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "banner": banner(sheet),
        "messages": "\n".join(map(_item, messages)),
        "notes": _notes(sheet),
    }
    return fill_slots(template, slots)


def _notes(sheet: Sheet) -> str:
    """Say whose data the pictures show, what is to confirm, whom to write to."""
    parts = [
        f"Sources et licences{NBSP}: {' ; '.join(sheet.sources)}.",
        f"À confirmer{NBSP}: {' ; '.join(sheet.to_confirm)}."
        if sheet.to_confirm
        else "",
        sheet.funders,
        f"Contact{NBSP}: {sheet.contact}" if sheet.contact else "",
        "Ce n’est pas une décision : c’est une aide à la discussion.",
    ]
    paragraphs = "".join(f"<p>{html_text(one)}</p>" for one in parts if one)
    return f"{paragraphs}<p>{accessibility_link()}</p>"


def _item(message: Message) -> str:
    data, small = (
        b64encode(image).decode("ascii") for image in (message.picture, message.preview)
    )
    name = html_text(message.name)
    words = "".join(
        f"<li><b>{html_text(line.figure)}</b>{NBSP}: {html_text(line.text)} "
        f"({EVIDENCE_NAMES[line.evidence]})</li>"
        for line in message.lines
    )
    return (
        f'<li id="epci-{html_text(message.siren)}"><h2>{name}</h2>'
        f'<a download="{_file_name(message.name)}" href="data:image/png;base64,{data}">'
        f'<img src="data:image/webp;base64,{small}" alt="Image à enregistrer{NBSP}: '
        f'{name}" width="360" height="450"></a><ul>{words}</ul></li>'
    )


def _file_name(name: str) -> str:
    """Name a picture as its EPCI, in letters that every disk takes.

    Examples
    --------
    >>> _file_name("CC du Cœur-de-l'Été")
    'message_cc_du_coeur_de_l_ete.png'
    """
    plain = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe"))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return f"message_{_NOT_A_NAME.sub('_', letters).strip('_')}.png"
