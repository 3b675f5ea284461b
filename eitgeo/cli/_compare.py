"""A comparison on screen: a table that fits, what must be said with it, the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from eitgeo.steps import compare as comparing

_TWO = 2


def show_comparison(console: Console, found: comparing.Comparison) -> None:
    """Show a comparison.

    Parameters
    ----------
    console
        Where to write.
    found
        The comparison.
    """
    for note in found.notes:
        console.print(note, markup=False)
    letters = [chr(ord("A") + rank) for rank in range(len(found.names))]
    for letter, name in zip(letters, found.names, strict=True):
        console.print(f"{letter} : {name}", markup=False)
    table = Table(show_lines=False)
    heads = ["Indicateur", "Classe", *letters]
    heads += ["B − A"] if len(letters) == _TWO else []
    for rank, head in enumerate(heads):
        table.add_column(head, justify="left" if rank < _TWO else "right")
    for row in found.rows:
        table.add_row(*row)
    console.print(table)
    console.print("O : observé ; S : source publiée ; H : hypothèse de travail")
    for path in found.files:
        console.print(f"Écrit : {path}", markup=False, soft_wrap=True)
