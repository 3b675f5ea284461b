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
    """The cell that a value was read from."""

    table: str  # Name of the released or reference table
    row: str  # Key of its row; parts joined by « / »
    column: str  # Name of its column


@dataclass(frozen=True)
class Value:
    """What a table says, in words, rounded by its evidence class."""

    text: str  # As printed
    source: Source  # Where it was read
    # ``O``, ``S`` or ``H``, printed after it; empty for a name, a date, a sentence
    evidence: str = ""


type Run = str | Value
type Runs = tuple[Run, ...]
type Row = tuple[Runs, ...]
"""Cells of a row; a single one spans the table and opens a group."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    runs: Runs  # Its words
    # Which of the styles of the document it takes
    style: Literal["text", "lead", "note", "bullet", "number", "warning", "big"] = (
        "text"
    )


@dataclass(frozen=True)
class Table:
    """A table with its caption and its row of heads."""

    caption: Runs  # What it tells
    heads: tuple[Runs, ...]  # Names of the columns
    rows: tuple[Row, ...]  # Cells
    widths: tuple[float, ...]  # Relative width of each column
    note: Runs = ()  # Under it; may be empty


@dataclass(frozen=True)
class Figure:
    """A picture with its caption and what it shows in words."""

    caption: Runs  # Under it
    alt: str  # For those who do not see it
    png: bytes = field(repr=False)  # The picture
    width_pct: float = 100.0  # Share of the width of the text [%]
    is_drawn: bool = False  # Whether it shows figures of a demonstration


@dataclass(frozen=True)
class Pair:
    """Figures side by side."""

    figures: tuple[Figure, ...]  # From left to right


@dataclass(frozen=True)
class Wide:
    """Blocks on landscape pages."""

    blocks: tuple[Block, ...]  # In order


@dataclass(frozen=True)
class Section:
    """Blocks under a title of the second level."""

    title: Runs  # Its words, without number: writers number
    blocks: tuple[Block, ...]  # In order
    new_page: bool = False  # Whether it opens a page


type Block = Paragraph | Table | Figure | Pair | Wide | Section


@dataclass(frozen=True)
class Chapter:
    """Blocks under a title of the first level."""

    title: Runs  # Its words, without number: writers number
    blocks: tuple[Block, ...]  # In order
    results: tuple[str, ...] = ()  # Expected results that it answers, « R1 » …


@dataclass(frozen=True)
class Dossier:
    """A whole dossier."""

    title: str  # On the cover
    subtitle: str
    cover: tuple[Paragraph, ...]  # Under them: status, funders, date, contact
    summary: Chapter  # Chapter of one page for elected members
    warning: Chapter  # Chapter of one page: what is sure, where each result is
    chapters: tuple[Chapter, ...]  # In order
    annexes: tuple[Chapter, ...]
    running: str  # In the header of each page
    status: str  # In the footer of each page
    # Across each page that shows what is drawn, in a demonstration; empty otherwise
    stamp: str
    edition: dt.date  # Date of the study: that of the files
    # Cells whose figures are drawn, or rest on what is
    drawn: frozenset[Source] = frozenset()
    # Above each page, where answers of firms are inside; empty otherwise
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
