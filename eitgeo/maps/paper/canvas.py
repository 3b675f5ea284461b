"""A page in millimetres: its text is measured, wrapped, and its fonts are embedded."""

from __future__ import annotations

import io
import textwrap
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, override

import matplotlib as mpl
import matplotlib.style
import numpy as np
from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends import backend_pdf
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from eitgeo.maps.paper.charter import DEMONSTRATION_INK, FONT, INK, STYLE, load_typeface
from eitgeo.maps.paper.formats import A4, FOOTER_MAX_MM, PageFormat
from eitgeo.maps.paper.sheet import Sheet, sheet_about
from eitgeo.words import french_number, typographic

_load_font = subset.load_font
_OUTLINES = frozenset(
    ("cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep")
)
"""Tables of a font that a PDF needs (ISO 32000, 9.9): it numbers and places glyphs."""


@contextmanager
def glyphs_alone() -> Iterator[None]:
    """Embed glyphs without their names and rules, which are long to read and to cut.

    Nor are they opened one by one where a PDF only places them.
    """
    # matplotlib hands no option on, and fonttools reads them before any is heard.
    pdf = vars(backend_pdf)
    usual, opening = subset.load_font, pdf["_text_helpers"]
    subset.load_font, pdf["_text_helpers"] = _outlines, SimpleNamespace(layout=_placed)
    try:
        yield
    finally:
        subset.load_font, pdf["_text_helpers"] = usual, opening


@contextmanager
def faces_by_name() -> Iterator[None]:
    """Embed typefaces by the names of their files, wherever these files lie.

    matplotlib sorts whole paths: a PDF would depend on where the package is.
    """
    file: Any = backend_pdf.PdfFile
    usual = file.writeFonts

    def write_fonts(document: Any) -> None:
        document._fontNames = {  # noqa: SLF001
            (_Face(path, path.face_index), letters): name
            for (path, letters), name in document._fontNames.items()  # noqa: SLF001
        }
        usual(document)

    file.writeFonts = write_fonts
    try:
        yield
    finally:
        file.writeFonts = usual


class _Face(FontPath):
    """A typeface that goes by the name of its file, then by its folder."""

    @override
    def __lt__(self, other: str) -> bool:
        return (Path(self).name, str(self)) < (Path(other).name, str(other))


@contextmanager
def images_like_text() -> Iterator[None]:
    """Compress the images of a PDF as the rest of it, three times as fast.

    matplotlib has no setting for them, and takes the slow default of PNG.
    """
    usual, level = Image.SAVE["PNG"], mpl.rcParams["pdf.compression"]

    def save(image: Image.Image, *given: Any) -> None:
        image.encoderinfo = {"compress_level": level} | image.encoderinfo
        usual(image, *given)

    Image.register_save("PNG", save)
    try:
        yield
    finally:
        Image.register_save("PNG", usual)


def _placed(text: str, font: FT2Font, **options: Any) -> Any:
    return font._layout(text, LoadFlags.NO_HINTING, **options)  # noqa: SLF001


def _outlines(*given: Any, **options: Any) -> TTFont:
    face = _load_font(*given, **options)
    for name in set(face.reader.keys()) - _OUTLINES:
        del face[name]
    return face


MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72
LINE_SPACING = 1.22
_LETTER_EM = 0.45
"""Width of a letter of French prose, as a rule."""
_MEASURE = TextToPath()
_OVER_SHEET = 50
"""Rank of drawing: more than what stands on a sheet has."""
HEADING = "Description"
"""Under which a picture keeps its heading, as the PNG specification names it."""
_PNG_LEVEL = 2
"""Of compression: the files of the slow default are no lighter on a map."""
_DATELESS = {"CreationDate": None, "Producer": None, "Creator": "eitgeo"}
_HEAD = "#e4e9ec"
_ROW_SIZE_PT = 8.2
FOOT_MM = 17.5
"""Notes of a card, whose body is long, take no more of its height."""


@contextmanager
def drawing_style() -> Iterator[None]:
    """Draw with the package's own settings, whatever the user's are."""
    with (
        mpl.style.context(["default", STYLE]),
        glyphs_alone(),
        faces_by_name(),
        images_like_text(),
    ):
        load_typeface()
        yield


class Paper:
    """The whole of a figure in millimetres from bottom left, under all its axes.

    Axes would do, but for the time that ticks and clips take which a page never has.
    """

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        self._scale = Affine2D().scale(1 / MM_PER_INCH) + figure.dpi_scale_trans

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Write a line."""
        self._figure.text(x, y, text, transform=self._scale, **style)

    def add_artist(self, artist: Artist) -> None:
        """Draw what is placed in millimetres."""
        artist.set_transform(self._scale)
        self._figure.add_artist(artist)


@dataclass
class Page:
    """A page; its sheet counts millimetres from bottom left."""

    format: PageFormat = A4
    # The figure, outside pyplot's global state
    figure: Figure = field(init=False, repr=False)
    sheet: Paper = field(init=False, repr=False)  # The whole page [mm]
    # How far what is written grows from the corner of the column, its width kept
    zoom: float = 1.0
    _column: int = field(init=False, repr=False, default=0)

    def __post_init__(self) -> None:
        """Make the figure."""
        size = (self.width_mm / MM_PER_INCH, self.height_mm / MM_PER_INCH)
        self.figure = Figure(figsize=size, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.sheet = Paper(self.figure)

    @property
    def width_mm(self) -> float:
        """Return its width."""
        return self.format.width_mm

    @property
    def height_mm(self) -> float:
        """Return its height."""
        return self.format.height_mm

    @property
    def side_x(self) -> float:
        """Return the left of the column of text that is being written."""
        first, here = (self.format.side_x_mm(one) for one in (0, self._column))
        return first + (here - first) / self.zoom

    @property
    def side_top(self) -> float:
        """Return where columns of text begin."""
        return self.format.side_top_mm

    @property
    def side_width(self) -> float:
        """Return the width of a column of text."""
        return self.format.side_width_mm / self.zoom

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the column is on the page [mm]."""
        left, top = self.format.side_x_mm(0), self.side_top
        return left + (x - left) * self.zoom, top + (y - top) * self.zoom

    def keep(self, y: float, needed_mm: float) -> float:
        """Go to the next column where there is no room for what comes."""
        last = self._column + 1 >= self.format.columns
        if last or self.at(0.0, y - needed_mm)[1] >= FOOTER_MAX_MM:
            return y
        self._column += 1
        return self.format.side_top_mm

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Add axes at a place given in millimetres, over what the sheet bears."""
        place = (
            x / self.width_mm,
            y / self.height_mm,
            width / self.width_mm,
            height / self.height_mm,
        )
        return self.figure.add_axes(place, zorder=_OVER_SHEET)


class Draft(Page):
    """A page that draws nothing, and says how far right what is written goes."""

    right_mm: float = 0.0

    @override
    def __post_init__(self) -> None:
        self.sheet: Any = self

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Measure a line that is written from its left."""
        del y
        if style["ha"] == "left":
            bold = style["fontweight"] == "bold"
            end = x + text_width_mm(text, style["size"], bold=bold)
            self.right_mm = max(self.right_mm, end)

    def add_artist(self, artist: object) -> None:
        """Leave a line or a patch out."""


def text_width_mm(text: str, size_pt: float, *, bold: bool = False) -> float:
    """Measure a line of text [mm], the same on every platform and at every dpi."""
    scale = size_pt / _MEASURE.FONT_SCALE
    return _width_at_scale(text, bold=bold) * scale * MM_PER_POINT


@lru_cache(maxsize=8192)
def _width_at_scale(text: str, *, bold: bool) -> float:
    """Measure a line at the size that matplotlib scales widths from [pt]."""
    font = _measuring("bold" if bold else "normal", threading.get_ident())
    width_pt, _, _ = _MEASURE.get_text_width_height_descent(text, font, ismath=False)
    return float(width_pt)


@lru_cache(maxsize=64)
def _measuring(weight: str, _thread: int) -> FontProperties:
    """Name the face that measures, known once a thread: matplotlib keeps fonts so."""
    load_typeface()
    return FontProperties(family=FONT, size=_MEASURE.FONT_SCALE, weight=weight)


def line_height_mm(size_pt: float) -> float:
    """Return the distance between two lines of text [mm]."""
    return size_pt * LINE_SPACING * MM_PER_POINT


def wrap(
    text: str, width_mm: float, *, size_pt: float, bold: bool = False
) -> list[str]:
    """Break a text at its plain spaces so that each line fits a width."""
    # Set before it is broken, so that no line begins with a sign.
    words = typographic(text.replace("\n", " ")).split(" ")
    lines = []
    while words:
        count = _fitting(words, width_mm, size_pt=size_pt, bold=bold)
        lines.append(" ".join(words[:count]))
        words = words[count:]
    return [line for line in lines if line]


def _fitting(
    words: list[str], width_mm: float, *, size_pt: float, bold: bool = False
) -> int:
    """Count the first words that fit a width, one at least."""

    def fits(count: int) -> bool:
        line = " ".join(words[:count])
        return text_width_mm(line, size_pt, bold=bold) <= width_mm

    # Measuring is slow: a guess first, from how wide letters are as a rule.
    room = width_mm / (size_pt * MM_PER_POINT * _LETTER_EM)
    ends = accumulate(1 + len(word) for word in words)
    count = max(1, sum(1 for _ in takewhile(lambda end: end <= room + 1, ends)))
    while count > 1 and not fits(count):
        count -= 1
    while count < len(words) and fits(count + 1):
        count += 1
    return count


def clip_lines(lines: list[str], count: int) -> list[str]:
    """Keep so many lines, saying with « … » that more was there."""
    if len(lines) <= count:
        return lines
    return [*lines[: count - 1], f"{lines[count - 1]} …"]


def clip_text(text: str, width_mm: float, *, size_pt: float) -> str:
    """Cut a text that is too long for one line, saying so with « … ».

    Examples
    --------
    >>> clip_text("Saint-Remy-en-Bouzemont-Saint-Genest", 29.0, size_pt=6.5)
    'Saint-Remy-en-Bouzemo…'
    """
    if text_width_mm(text, size_pt) <= width_mm:
        return text
    clipped = text
    while clipped and text_width_mm(f"{clipped}…", size_pt) > width_mm:
        clipped = clipped[:-1].rstrip()
    return f"{clipped}…"


def write(page: Page, x: float, y: float, text: str, **options: Any) -> None:
    """Write a line on the sheet; `x`, `y` in mm; `bold`, `size` in points."""
    weight = "bold" if options.pop("bold", False) else "normal"
    style = {"color": INK, "va": "top", "ha": "left", "fontweight": weight} | options
    style["size"] = page.zoom * style["size"]
    page.sheet.text(*page.at(x, y), typographic(text), parse_math=False, **style)


def write_block(page: Page, x: float, y: float, text: str, **options: Any) -> float:
    """Write a wrapped text and return where it ends [mm]; needs `width`, `size`."""
    width, size = options.pop("width"), options["size"]
    most = options.pop("lines", 99)
    bold = options.get("bold", False)
    lines = clip_lines(wrap(text, width, size_pt=size, bold=bold), most)
    for line in lines:
        write(page, x, y, _within(line, width, size, bold=bold), **options)
        y -= line_height_mm(size)
    return y


def _within(line: str, width_mm: float, size_pt: float, *, bold: bool) -> str:
    """Give back a clipped line without the last words that « … » pushes out."""
    fitting = line
    while (
        fitting.endswith(" …") and text_width_mm(fitting, size_pt, bold=bold) > width_mm
    ):
        shorter = fitting.removesuffix(" …").rpartition(" ")[0]
        if not shorter:
            break
        fitting = f"{shorter} …"
    return fitting


def fill_box(page: Page, box: tuple[float, float, float, float], **style: Any) -> None:
    """Draw a rectangle on the sheet: `x`, `y`, width, height [mm]."""
    x, y, width, height = box
    size = (page.zoom * width, page.zoom * height)
    page.sheet.add_artist(Rectangle(page.at(x, y), *size, **style))


def draw_stroke(page: Page, ends: Sequence[tuple[float, float]], **style: Any) -> None:
    """Draw a line, or a marker at its only end, on the sheet [mm]."""
    x, y = zip(*(page.at(*end) for end in ends), strict=True)
    page.sheet.add_artist(Line2D(x, y, **style))


def render(
    page: Page, sheet: Sheet, subject: str, *, heading: str = ""
) -> dict[str, bytes]:
    """Render a page as its sheet asks, without a date or the name of a program.

    A picture keeps the `heading` that a reader may cut off.
    """
    texts = sheet_about(sheet, subject)
    picture = {"Title": texts["Title"]} | ({HEADING: heading} if heading else {})
    metadata: dict[str, dict[str, Any]] = {
        "pdf": {**texts, **_DATELESS},
        "svg": {"Title": texts["Title"], "Date": None, "Creator": "eitgeo"},
    }
    dpi, outputs = page.format.dpi or sheet.png_dpi, {}
    for kind in sheet.files:
        if kind == "png":
            outputs[kind] = _png(page.figure, dpi=dpi, texts=picture)
            continue
        buffer = io.BytesIO()
        page.figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata[kind])
        outputs[kind] = buffer.getvalue()
    return outputs


def _png(figure: Figure, *, dpi: int, texts: Mapping[str, str]) -> bytes:
    """Draw a figure as opaque dots: a page is white all over."""
    figure.set_dpi(dpi)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    dots = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    metadata, buffer = PngInfo(), io.BytesIO()
    for key, text in texts.items():
        metadata.add_itxt(key, text)
    dots.save(
        buffer, "PNG", pnginfo=metadata, dpi=(dpi, dpi), compress_level=_PNG_LEVEL
    )
    return buffer.getvalue()


def render_pages(pages: Sequence[Page], sheet: Sheet, subject: str) -> bytes:
    """Render pages as one PDF, without a date or the name of a program."""
    metadata, buffer = {**sheet_about(sheet, subject), **_DATELESS}, io.BytesIO()
    with PdfPages(buffer, metadata=metadata) as document:
        for page in pages:
            document.savefig(page.figure)
    return buffer.getvalue()


def card_title(page: Page, place: tuple[float, float, float], text: str) -> float:
    """Write the title of a block at x, y, on a width; return where it ends [mm]."""
    x, y, width = place
    fill_box(page, (x, y - 5.6, width, 5.6), facecolor=_HEAD, linewidth=0)
    write(page, x + 1.5, y - 1.2, text, size=9.5, bold=True)
    return y - 7.6


def card_row(
    page: Page,
    place: tuple[float, float],
    texts: Sequence[str],
    widths: Sequence[float],
    *,
    bold: bool = False,
    size: float = _ROW_SIZE_PT,
) -> float:
    """Write a row of cells at x, y; return where the tallest ends [mm]."""
    x, y = place
    lowest = y
    for text, width in zip(texts, widths, strict=True):
        lines = wrap(text, width - 2, size_pt=size, bold=bold)
        for rank, line in enumerate(lines):
            write(page, x, y - rank * line_height_mm(size), line, size=size, bold=bold)
        lowest = min(lowest, y - len(lines) * line_height_mm(size))
        x += width
    return lowest - 1.0


_WORD = "DÉMONSTRATION"
_STAMP_DEGREES = 20.0
_WIDTH_PER_POINT = 0.9
"""Room for a bold capital over its size."""
_LEAST_PT = 7.0
"""A reason takes more lines rather than smaller letters."""
_TICK_FIGURES = 6


def stamp_axes(axes: Axes, reasons: Iterable[str]) -> None:
    """Cross axes with the stamp of a demonstration.

    Parameters
    ----------
    axes
        Where synthetic or surrogate figures are drawn.
    reasons
        Why it is a demonstration, French, as
        :attr:`Study.demonstration_reasons` says; nothing is drawn when
        there is none.

    Notes
    -----
    The size follows that of the axes at the time of the call: lay out first.
    """
    told = list(reasons)
    if not told:
        return
    box = axes.get_window_extent().transformed(axes.figure.dpi_scale_trans.inverted())
    room_pt = 72 * min(box.width, 1.5 * box.height)
    style: dict[str, Any] = {
        "transform": axes.transAxes,
        "ha": "center",
        "rotation": _STAMP_DEGREES,
        "rotation_mode": "anchor",
        "color": DEMONSTRATION_INK,
        "fontweight": "bold",
        "parse_math": False,
        "zorder": 20,
        "in_layout": False,
    }
    size = room_pt / (_WIDTH_PER_POINT * len(_WORD))
    fits = max(len(_WORD), int(room_pt / (_WIDTH_PER_POINT * _LEAST_PT)))
    lines = [line for reason in told for line in textwrap.wrap(reason, fits)]
    small = min(0.45 * size, room_pt / (_WIDTH_PER_POINT * max(map(len, lines))))
    axes.text(0.5, 0.5, _WORD, size=size, alpha=0.24, va="bottom", **style)
    axes.text(0.5, 0.5, "\n".join(lines), size=small, alpha=0.38, va="top", **style)


def french_ticks(*axes: Axis) -> None:
    """Write the ticks of numeric axes as French readers do.

    Parameters
    ----------
    *axes
        ``axes.xaxis``, ``axes.yaxis``.
    """
    for axis in axes:
        axis.set_major_formatter(
            lambda value, _: french_number(float(f"{value:.{_TICK_FIGURES}g}"))
        )
