"""A comparison on screen: a table that fits, what must be said with it, the files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from eitgeo.words import EVIDENCE_NAMES, NBSP, typographic

if TYPE_CHECKING:
    from eitgeo.commands import compare as comparing

_TWO = 2
_FRAME = 3
"""Signs of a column beside its text; one more closes the table."""
_IN_NUMBER = re.compile(rf"{NBSP}(?![%\d])")


def show_comparison(console: Console, found: comparing.Comparison) -> None:
    """Show a comparison."""
    for note in found.notes:
        console.print(typographic(note), markup=False)
    letters = [chr(ord("A") + rank) for rank in range(len(found.names))]
    for letter, name in zip(letters, found.names, strict=True):
        console.print(f"{letter} : {name}", markup=False)
    heads = ["Indicateur", "Classe", *letters]
    heads += ["B − A"] if len(letters) == _TWO else []
    table = Table(show_lines=False)
    for rank, head in enumerate(heads):
        table.add_column(
            head, justify="left" if rank < _TWO else "right", overflow="fold"
        )
    for row in _broken(heads, found.rows, room=console.width):
        table.add_row(*row)
    console.print(table)
    classes = (f"{letter} : {name}" for letter, name in EVIDENCE_NAMES.items())
    console.print(" ; ".join(classes))
    for path in found.files:
        console.print(f"Écrit : {path}", markup=False, soft_wrap=True)


def _broken(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, room: int
) -> list[list[str]]:
    """Break cells at plain spaces, so that rich has no number to break.

    To rich a no-break space is a space like another: « 1 000 000 » became « 1 » and
    « 000 000 » on the next line.
    """
    cells = [[_IN_NUMBER.sub(" ", typographic(one)) for one in row] for row in rows]
    free = room - _FRAME * len(heads) - 1 - len(heads[1])
    columns = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    if sum(columns) - columns[1] <= free:
        return cells
    longest = max((len(word) for row in cells for word in row[0].split()), default=1)
    label = min(columns[0], max(longest, free // (len(heads) - 1)))
    figure = max(1, (free - label) // (len(heads) - _TWO))
    return [
        [_lines(row[0], label), row[1], *(_lines(one, figure) for one in row[2:])]
        for row in cells
    ]


def _lines(text: str, width: int) -> str:
    return "\n".join(wrap(text, width, break_long_words=False, break_on_hyphens=False))
