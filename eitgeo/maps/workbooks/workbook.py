"""The writer of workbooks: a sheet is its columns and its rows, nothing else.

Text stays text, numbers are rounded by their class and carry the French format, and
every sheet says on screen and on paper what it is worth.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from eitgeo.ledger import Place, apart
from eitgeo.maps.paper.sheet import CRS_NAME, Sheet
from eitgeo.reference.labels import labels_of
from eitgeo.words import EVIDENCE_NAMES, MISSING, NBSP, typographic

Formats = dict[str, Any]

_HEAD = "#2f4858"
_GREY = "#6b6b6b"
_STAMP = "#a3182d"
_WRAP = {"text_wrap": True, "valign": "top", "font_name": "Arial", "font_size": 10}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "head": {
        "bold": True,
        "font_color": "white",
        "bg_color": _HEAD,
        "border": 1,
        "border_color": "#b8b8b8",
    },
    "group": {"bold": True, "bg_color": "#e4e9ec"},
    "text": {},
    "bold": {"bold": True},
    "cell": {"bottom": 4, "bottom_color": "#b8b8b8"},
    "cell_bold": {"bold": True, "bottom": 4, "bottom_color": "#b8b8b8"},
    "grey": {"font_color": _GREY, "italic": True},
    "figure": {"align": "right"},
    "figure_grey": {"align": "right", "font_color": _GREY, "italic": True},
    "doubt": {"align": "right", "pattern": 14, "fg_color": "#c9c9c9"},
    "note": {"font_color": _GREY, "italic": True, "text_wrap": False},
    "band": {"font_color": _GREY, "text_wrap": False},
    "band_stamp": {
        "bold": True,
        "font_color": "white",
        "bg_color": _STAMP,
        "text_wrap": False,
    },
}
_HEAD_ROW = 1
"""Row of the labels, from 0: above them, what the workbook says of itself."""
_DECIMALS_MAX = 3
_LINE_PT, _ROW_PT = 13.0, 15.0
_PIXELS_PER_CHARACTER, _PIXELS_MORE = 7, 5
_PAPER_PIXELS = 1040
"""Width of an A4 page on its side within its margins, at 96 pixels an inch."""
_LEAST_SCALE_PCT = 70
"""Smaller letters than seven points are not read at a table."""
_NOTE_CHARACTERS = 120
_LETTERS_PER_DIGIT = 1.1
"""Widths are told in digits; letters are narrower on average."""
_A3, _A4 = 8, 9
_A4_WIDTH = 230.0
"""Characters across above which A4 is too small to read: a grid prints on A3."""


class Column(NamedTuple):
    """A column: label, width [characters], and its type: figures if it has decimals.

    `values` holds its cells, unless the sheet is given its rows. `evidence` says how
    sure its figures are, one letter for all or one a row; with `unit`, which the head
    tells, it rounds them. `source` names them for the ledger: table, keys, column; a
    column of figures has one (see :func:`sourced`).
    """

    label: str
    width: float
    values: pd.Series[Any] | None = None
    decimals: int | None = None
    evidence: str | pd.Series[str] = "O"
    unit: str = ""
    source: tuple[str, pd.Series[Any], str] | None = None

    @property
    def head(self) -> str:
        """What is written above its cells."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def sourced(
    columns: Sequence[Column], table: str, keys: pd.Series[Any]
) -> list[Column]:
    """Name for the ledger the figures of columns that do not say where they stand."""
    named_columns = []
    for column in columns:
        name = pd.Series(column.values).name
        name_text = " / ".join(name) if isinstance(name, tuple) else name
        source = (table, keys, column.label if name_text is None else str(name_text))
        is_told = column.decimals is None or column.source is not None
        named_columns.append(column if is_told else column._replace(source=source))
    return named_columns


def view(
    sheet: str,
    rows: pd.DataFrame | None = None,
    *,
    table: str = "",
    keys: pd.Series[Any] | None = None,
    several: Sequence[str] = (),
    **words: str,
) -> list[Column]:
    """Return the columns that `sheets.csv` declares of a sheet.

    A column holds the cells of `rows` that it names, in the words of a theme of labels
    where it names one; `table` and `keys` say where figures stand. `several`: heads of
    the columns that depend on the study, marked « * ».
    """
    columns: list[Column] = []
    for about in declared_sheets()[sheet]:
        if about["head"] == "*":
            columns += [Column(head, float(about["width"])) for head in several]
            continue
        column = Column(about["head"].format(**words), float(about["width"]))
        if rows is not None:
            values, evidence = rows[about["cell"]], about["evidence"]
            if about["words"]:
                values = values.astype(str).map(labels_of(about["words"]))
            column = column._replace(
                values=values,
                decimals=int(about["decimals"]) if about["decimals"] else None,
                evidence=rows[evidence] if evidence else "O",
                unit=about["unit"],
            )
        columns.append(column)
    return columns if keys is None else sourced(columns, table, keys)


@cache
def declared_sheets() -> dict[str, list[dict[str, str]]]:
    """Return the rows of `sheets.csv`, sheet by sheet."""
    path = resources.files("eitgeo.maps.workbooks").joinpath("sheets.csv")
    sheets: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            sheets.setdefault(row["sheet"], []).append(row)
    return sheets


def note_of(sheet: str, *, part: str = "notes", **words: str) -> str:
    """Return what stands under a sheet, or another text of `texts.toml`."""
    text = _texts()[part].get(sheet, "")
    return text.format(**words) if words else text


@cache
def _texts() -> dict[str, dict[str, str]]:
    path = resources.files("eitgeo.maps.workbooks").joinpath("texts.toml")
    return tomllib.loads(path.read_text("utf-8"))


class Figure(NamedTuple):
    """A number with its own class, decimals and unit; set back where `greyed`.

    `place` names it for the ledger: a sheet refuses a figure without one.
    """

    value: float
    evidence: str = "O"
    decimals: int = 0
    unit: str = "nombre"
    greyed: bool = False
    place: Place | None = None


class Printed(NamedTuple):
    """A number rounded already; no decimals: as many as it has, three at most."""

    value: float
    decimals: int | None
    greyed: bool = False


class Text(NamedTuple):
    """A text in a style of its own."""

    text: str
    style: str


class Group(NamedTuple):
    """A sentence across the first columns: the title of the rows below."""

    title: str
    style: str = "group"


Cell = str | Text | Figure | Printed | None
"""What a row holds under each column; None leaves the cell as it is."""
Row = Group | tuple[Cell, ...]
Layout = Literal["table", "list", "page", "letter", "grid"]
"""With filters; with filters, one page wide; as it stands; on white paper; ruled."""


class Book:
    """A workbook of sheets that all say what they are worth, without any formula."""

    def __init__(self, sheet: Sheet) -> None:
        """Open a workbook that says of itself what `sheet` says."""
        self.about = sheet
        self._buffer = io.BytesIO()
        self._workbook = open_workbook(
            self._buffer,
            edition=sheet.edition,
            title=sheet.title,
            subject=sheet.subtitle,
            comments=sheet.stamp,
        )
        self._formats = _make_formats(self._workbook)

    @property
    def demonstration(self) -> bool:
        """Whether an input of the study is synthetic or surrogate."""
        return bool(self.about.demonstration)

    def sheet(
        self,
        title: str,
        columns: Sequence[Column],
        rows: Sequence[Row] | None = None,
        *,
        note: str | Text = "",
        layout: Layout = "table",
        frozen: int = 1,
    ) -> None:
        """Write a sheet: labels if there are any, rows, then a note under a blank row.

        Without rows, they are made of the values of the columns. Filters stop at the
        first blank row.
        """
        page = self._open(title, columns, layout=layout)
        if rows is None:
            rows = self.rows(columns)
        first = _HEAD_ROW
        if any(column.label for column in columns):
            labels = tuple(Text(column.head, "head") for column in columns)
            _write_row(page, first, labels, self._formats, styles=("head", "head"))
            page.freeze_panes(first + 1, frozen)
            first += 1
        ruled = layout == "grid"
        styles = ("cell_bold", "cell") if ruled else ("text", "text")
        more = _note_rows(note)
        for place, row in enumerate([*rows, *more], start=first):
            _write_row(page, place, row, self._formats, styles=styles)
        if layout in {"table", "list"}:
            blank = [place for place, row in enumerate(rows) if not row]
            n_rows = min([len(rows), *blank])
            page.autofilter(_HEAD_ROW, 0, _HEAD_ROW + max(1, n_rows), len(columns) - 1)

    def rows(self, columns: Sequence[Column]) -> list[Row]:
        """Make the rows of columns that hold their values."""
        cells = [_column_cells(one, greyed=self.demonstration) for one in columns]
        return list(zip(*cells, strict=True))

    def content(self) -> bytes:
        """Close the workbook: the same bytes for the same sheets."""
        self._workbook.close()
        return self._buffer.getvalue()

    def _open(self, title: str, columns: Sequence[Column], *, layout: Layout) -> _Page:
        """Add a worksheet that says on screen and on paper what it is worth.

        Landscape: one page wide, or as many as letters of seven points need, its
        first column repeated on each. Stamp, status and edition stand in the first
        row, which is repeated with the labels on every printed page, in the header
        and the footer.
        """
        page = self._workbook.add_worksheet(typographic(title), worksheet_class=_Page)
        page.widths = [column.width for column in columns]
        for place, width in enumerate(page.widths):
            page.set_column(place, place, width)
        page.set_landscape()
        wide = layout == "grid" and sum(page.widths) > _A4_WIDTH
        page.set_paper(_A3 if wide else _A4)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        pixels = sum(_PIXELS_PER_CHARACTER * w + _PIXELS_MORE for w in page.widths)
        if layout == "list" or _LEAST_SCALE_PCT * pixels <= 100 * _PAPER_PIXELS:
            page.fit_to_pages(1, 0)
        else:
            page.set_print_scale(_LEAST_SCALE_PCT)
            page.repeat_columns(0)
            page.print_across()
        page.repeat_rows(0, _HEAD_ROW)
        if layout == "letter":
            page.hide_gridlines(2)
        self._write_band(page)
        return page

    def _write_band(self, page: _Page) -> None:
        about = self.about
        state = f"{about.status_stamp}, édition du {about.edition_text}"
        page.set_footer(f"&L{state}&C&A&RPage &P / &N")
        stamp = about.warning
        if about.private:
            page.set_tab_color(_STAMP)
        if stamp:
            text = stamp.replace("&", "&&")
            page.set_header(f'&C&"Arial,Bold"{text}', {"margin": 0.2})
        style = self._formats["band_stamp" if stamp else "band"]
        for column in range(len(page.widths)):
            page.write_blank(0, column, None, style)
        parts = filter(None, [stamp, state, about.effort_text])
        page.write_string(0, 0, f"{NBSP}· ".join(parts), style)


def open_workbook(
    buffer: io.BytesIO, *, edition: dt.date, title: str, **properties: str
) -> Any:
    """Open a workbook dated by its edition, where texts never become formulas."""
    never = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
    options = {"in_memory": True, **dict.fromkeys(never, False)}
    workbook = xlsxwriter.Workbook(buffer, options)
    created = dt.datetime.combine(edition, dt.time())
    about = {"title": title, "author": "", "created": created}
    workbook.set_properties(about | properties)
    return workbook


class _Page(Worksheet):  # type: ignore[misc] # it has no types
    """A worksheet whose texts are set as French, in rows high enough for them."""

    def __init__(self) -> None:
        super().__init__()
        self.widths: Sequence[float] = ()
        self.heights: dict[int, float] = {}

    def write_string(
        self, row: int, col: int, string: str, cell_format: Any = None
    ) -> Any:
        """Write a text, and make its row high enough."""
        text = typographic(string)
        if cell_format is not None and cell_format.text_wrap:
            self._fit(row, _line_count(text, self.widths[col]))
        return super().write_string(row, col, text, cell_format)

    def write_across(self, row: int, text: str, cell_format: Any) -> None:
        """Write a sentence across the first columns."""
        last, wide = 0, self.widths[0]
        while last + 1 < len(self.widths) and wide < _NOTE_CHARACTERS:
            last += 1
            wide += self.widths[last]
        if last:
            self.merge_range(row, 0, row, last, "", cell_format)
        self._fit(row, _line_count(text, wide))
        super().write_string(row, 0, typographic(text), cell_format)

    def _fit(self, row: int, n_lines: int) -> None:
        height = max(_ROW_PT, _LINE_PT * n_lines + 2)
        if height > self.heights.get(row, _ROW_PT):
            self.heights[row] = height
            self.set_row(row, height)


def _line_count(text: str, width: float) -> int:
    """Count the lines of a text in a cell; a no-break space does not break."""
    room = max(1, int(_LETTERS_PER_DIGIT * width))
    parts = text.expandtabs().split("\n")
    return sum(
        1 if len(part) <= room else len(textwrap.wrap(part, room)) or 1
        for part in parts
    )


def _make_formats(workbook: Any) -> Formats:
    """Make the cell formats; ``number0`` … ``number3`` have so many decimals."""
    formats = {
        name: workbook.add_format(_WRAP | style) for name, style in _STYLES.items()
    }
    for decimals in range(_DECIMALS_MAX + 1):
        tail = f".{'0' * decimals}" if decimals else ""
        style = _WRAP | {"align": "right", "num_format": f"#,##0{tail}"}
        formats[f"number{decimals}"] = workbook.add_format(style)
        grey = style | {"font_color": _GREY, "italic": True}
        formats[f"grey{decimals}"] = workbook.add_format(grey)
    return formats


def _column_cells(column: Column, *, greyed: bool) -> Iterator[Cell]:
    values = pd.Series(column.values)
    letters = pd.Series(column.evidence, index=values.index)
    for rank, (value, letter) in enumerate(zip(values, letters, strict=True)):
        if column.decimals is None:
            yield "" if pd.isna(value) else str(value)
            continue
        if column.source is None:
            message = f"{column.label}: a figure without its place"
            raise ValueError(message)
        table, keys, name = column.source
        place = Place(table, str(keys.iloc[rank]), name)
        rules = (letter, column.decimals, column.unit)
        yield Figure(float(value), *rules, greyed, place)


def _note_rows(note: str | Text) -> list[Row]:
    if not note:
        return []
    return [(), Group(note, "text") if isinstance(note, str) else (note,)]


def _write_row(
    page: _Page, place: int, row: Row, formats: Formats, *, styles: tuple[str, str]
) -> None:
    """Write a row, texts in two styles: that of the first cell, that of the others."""
    if isinstance(row, Group):
        page.write_across(place, row.title, formats[row.style])
        return
    for column, cell in enumerate(row):
        if isinstance(cell, Figure):
            _write_printed(page, (place, column), _printed(cell, row), formats)
        elif isinstance(cell, Printed):
            _write_printed(page, (place, column), cell, formats)
        elif cell is not None:
            usual = styles[min(column, 1)]
            text = cell if isinstance(cell, Text) else Text(cell, usual)
            page.write_string(place, column, text.text, formats[text.style])


def _printed(figure: Figure, row: Sequence[Cell]) -> Printed:
    """Round a figure; a middle that this puts on a bound of its row is not written."""
    if figure.place is None:
        message = f"{figure.value}: a figure without its place"
        raise ValueError(message)
    how: Any = {n: getattr(figure, n) for n in ("evidence", "decimals", "unit")}
    levels = {one.place: one.value for one in row if isinstance(one, Figure)}
    value = apart(figure.value, figure.place, levels, **how)
    decimals = figure.decimals if figure.evidence == "O" else None
    return Printed(value, decimals, figure.greyed)


def _write_printed(
    page: _Page, place: tuple[int, int], number: Printed, formats: Formats
) -> None:
    """Write a rounded number, or « – » where there is none."""
    value, decimals, greyed = number
    if not math.isfinite(value):
        page.write_string(*place, MISSING, formats["figure"])
        return
    shown = decimals or 0
    if decimals is None:
        while shown < _DECIMALS_MAX and round(value, shown) != value:
            shown += 1
    page.write_number(
        *place, value, formats[f"{'grey' if greyed else 'number'}{shown}"]
    )


def write_read_me(
    book: Book, part: str, *, observed: tuple[str, ...] = (), **words: str
) -> None:
    """Write what the workbook holds, when, how sure, from what.

    `part`: its texts in `texts.toml`; `observed`: names of the figures that rest on
    observation alone.
    """
    content = note_of(part, part="contents", **words)
    usual = note_of("usual", part="rounding")
    rounding = note_of(part, part="rounding") or usual
    rows: list[Row] = [(Text(book.about.title, "title"),), ()]
    for label, texts in _lines(book.about, content, rounding, observed):
        labels = [label, *[""] * (len(texts) - 1)]
        pairs = zip(labels, texts, strict=True)
        rows += [(Text(name, "bold"), text) for name, text in pairs]
    columns = [Column("", 26), Column("", 110)]
    book.sheet("Lisez-moi", columns, rows, layout="letter")


def _lines(
    sheet: Sheet, content: str, rounding: str, observed: tuple[str, ...]
) -> list[tuple[str, tuple[str, ...]]]:
    classes = tuple(
        f"{letter}{NBSP}: {name}" for letter, name in EVIDENCE_NAMES.items()
    )
    lines = [
        ("Étude", (sheet.subtitle,)),
        ("Contenu", (content,)),
        ("Édition", (sheet.edition_text,)),
        ("Statut", (sheet.status_stamp,)),
        ("Calcul", (sheet.effort_text,)),
        ("Fiabilité", classes),
        ("Arrondis", (rounding,)),
        ("Observé seul, partout", observed),
        ("Valeur absente", ("« – » ; la raison est écrite à côté.",)),
        ("Chiffres retenus", (f"{sheet.withheld} (secret statistique)",)),
        ("Secret statistique", sheet.secrecy),
        ("À confirmer", sheet.to_confirm),
        ("Sources et licences", sheet.sources),
        ("Projection", (CRS_NAME,)),
        ("Financeurs", (sheet.funders,)),
        ("Contact", (sheet.contact,)),
        ("Limites", ("Ce n'est pas une décision : c'est une aide à la discussion.",)),
    ]
    return [(label, texts) for label, texts in lines if any(texts)]
