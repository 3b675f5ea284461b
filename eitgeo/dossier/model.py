"""What a dossier holds: chapters of paragraphs, tables and figures, and nothing else.

A number never stands in a plain text: it is a :class:`Value`, which knows the cell of
the released table that it was read from. Both writers, Word and PDF, take this model.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal


@dataclass(frozen=True)
class Source:
    """The cell that a value was read from.

    Attributes
    ----------
    table
        Name of the released or reference table.
    row
        Key of its row; parts joined by « / ».
    column
        Name of its column.
    """

    table: str
    row: str
    column: str


@dataclass(frozen=True)
class Value:
    """What a table says, in words, rounded by its evidence class.

    Attributes
    ----------
    text
        As printed.
    source
        Where it was read.
    evidence
        ``O``, ``S`` or ``H``, printed after it; empty for a name, a date, a sentence.
    """

    text: str
    source: Source
    evidence: str = ""


type Run = str | Value
type Runs = tuple[Run, ...]
type Row = tuple[Runs, ...]
"""Cells of a row; a single one spans the table and opens a group."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes
    ----------
    runs
        Its words.
    style
        Which of the styles of the document it takes.
    """

    runs: Runs
    style: Literal["text", "lead", "note", "bullet", "number", "warning", "big"] = (
        "text"
    )


@dataclass(frozen=True)
class Table:
    """A table with its caption and its row of heads.

    Attributes
    ----------
    caption
        What it tells.
    heads
        Names of the columns.
    rows
        Cells.
    widths
        Relative width of each column.
    note
        Under it; may be empty.
    """

    caption: Runs
    heads: tuple[Runs, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    note: Runs = ()


@dataclass(frozen=True)
class Figure:
    """A picture with its caption and what it shows in words.

    Attributes
    ----------
    caption
        Under it.
    alt
        For those who do not see it.
    png
        The picture.
    width_pct
        Share of the width of the text [%].
    is_drawn
        Whether it shows figures of a demonstration.
    """

    caption: Runs
    alt: str
    png: bytes = field(repr=False)
    width_pct: float = 100.0
    is_drawn: bool = False


@dataclass(frozen=True)
class Pair:
    """Figures side by side.

    Attributes
    ----------
    figures
        From left to right.
    """

    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Wide:
    """Blocks on landscape pages.

    Attributes
    ----------
    blocks
        In order.
    """

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    """Blocks under a title of the second level.

    Attributes
    ----------
    title
        Its words, without number: writers number.
    blocks
        In order.
    new_page
        Whether it opens a page.
    """

    title: Runs
    blocks: tuple[Block, ...]
    new_page: bool = False


type Block = Paragraph | Table | Figure | Pair | Wide | Section


@dataclass(frozen=True)
class Chapter:
    """Blocks under a title of the first level.

    Attributes
    ----------
    title
        Its words, without number: writers number.
    blocks
        In order.
    results
        Expected results that it answers, « R1 » …
    """

    title: Runs
    blocks: tuple[Block, ...]
    results: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """A whole dossier.

    Attributes
    ----------
    title, subtitle
        On the cover.
    cover
        Under them: status, funders, date, contact.
    summary
        Chapter of one page for elected members.
    warning
        Chapter of one page: what is sure, where each result is.
    chapters, annexes
        In order.
    running
        In the header of each page.
    status
        In the footer of each page.
    stamp
        Across each page that shows what is drawn, in a demonstration; empty otherwise.
    private
        Above each page, where answers of firms are inside; empty otherwise.
    edition
        Date of the study: that of the files.
    drawn
        Cells whose figures are drawn, or rest on what is.
    """

    title: str
    subtitle: str
    cover: tuple[Paragraph, ...]
    summary: Chapter
    warning: Chapter
    chapters: tuple[Chapter, ...]
    annexes: tuple[Chapter, ...]
    running: str
    status: str
    stamp: str
    edition: dt.date
    drawn: frozenset[Source] = frozenset()
    private: str = ""


def all_chapters(dossier: Dossier) -> tuple[Chapter, ...]:
    """List all chapters, those before the contents and the annexes too."""
    front = (dossier.summary, dossier.warning)
    return (*front, *dossier.chapters, *dossier.annexes)


def runs_of(block: Block) -> Iterator[Run]:
    """Yield every piece of text of a block, in order; what pictures say too."""
    match block:
        case Paragraph():
            yield from block.runs
        case Table():
            cells = chain.from_iterable(block.rows)
            yield from chain(block.caption, *block.heads, *cells, block.note)
        case Figure():
            yield from (*block.caption, block.alt)
        case Pair():
            yield from chain.from_iterable(map(runs_of, block.figures))
        case Section() | Wide():
            yield from block.title if isinstance(block, Section) else ()
            yield from chain.from_iterable(map(runs_of, block.blocks))


def shows_drawn(blocks: Iterable[Block], drawn: frozenset[Source]) -> bool:
    """Say whether blocks show a figure of a demonstration, in words or in a picture."""
    return any(_is_drawn(block, drawn) for block in blocks)


def _is_drawn(block: Block, drawn: frozenset[Source]) -> bool:
    match block:
        case Figure():
            return block.is_drawn
        case Pair():
            return shows_drawn(block.figures, drawn)
        case Section() | Wide():
            return shows_drawn(block.blocks, drawn)
        case _:
            return any(
                isinstance(one, Value) and one.source in drawn for one in runs_of(block)
            )
