"""What the page on refusals says to who runs no script: one refusal, two refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.ledger import plain
from eitgeo.maps.pages.page_parts import html_text
from eitgeo.maps.refusal_page.payload import shown_perimeters
from eitgeo.maps.words.governance_words import named_epci
from eitgeo.maps.words.refusal_words import (
    carriers_told,
    cost_place,
    cost_text,
    refusal_place,
    refused_text,
    that_cut,
)
from eitgeo.reference.governance import carriers
from eitgeo.words import MISSING, french_count, french_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.maps.refusal_page.tables import RefusalTables

_MOST_PAIRS = 300
"""Pairs told in full; beyond, those that cut."""
_TWO = 2


def refusal_details(tables: RefusalTables, lines: Mapping[str, tuple[str, ...]]) -> str:
    """Write a part for each perimeter: its sentences, then its tables of refusals.

    `lines`: perimeter → its sentences.
    """
    return "".join(
        _part(about, tables, lines[str(about["perimeter_id"])])
        for about in shown_perimeters(tables).to_dict("records")
    )


def _part(
    about: Mapping[Any, Any], tables: RefusalTables, lines: tuple[str, ...]
) -> str:
    mine = tables.frame("refusals")
    mine = mine[mine["perimeter_id"].eq(about["perimeter_id"])]
    rows = mine.sort_values(["n_refused", "refused"], kind="stable")
    pairs = rows[rows["n_refused"].eq(_TWO)]
    title = "Deux refus ensemble"
    if len(pairs) > _MOST_PAIRS:
        cut = that_cut(rows, "border").index.union(that_cut(rows, "road").index)
        pairs = pairs.loc[pairs.index.intersection(cut)]
        title = "Deux refus ensemble : ceux qui coupent"
    alone = rows[rows["n_refused"].le(1)]
    told = "".join(f"<p>{html_text(one)}</p>" for one in lines)
    blocks = {"Chaque refus, seul": alone, title: pairs}
    return (
        f'<section class="tout"><h3>{html_text(str(about["name"]))}</h3>{told}'
        + "".join(
            _table(name, held, rows.iloc[0].to_dict(), tables)
            for name, held in blocks.items()
            if len(held)
        )
        + "</section>"
    )


def _table(
    title: str,
    rows: pd.DataFrame,
    whole: Mapping[Any, Any],
    tables: RefusalTables,
) -> str:
    names = named_epci(tables.bodies)
    called = {str(name): str(one) for name, one in carriers()["carrier"].items()}
    lines = "".join(
        f'<tr><th scope="row">{html_text(refused_text(row["refused"], names))}</th>'
        f"<td>{_left(row)}</td><td>{_means(row, whole, called)}</td></tr>"
        for row in rows.to_dict("records")
    )
    count = int(rows["n_refused"].gt(0).sum())
    heads = ("Qui dit non", "Ce qui reste", "Coût et porteurs possibles")
    return (
        f"<details><summary>{html_text(title)} ({french_count(count)})</summary>"
        "<table><thead><tr>"
        + "".join(f'<th scope="col">{head}</th>' for head in heads)
        + f"</tr></thead><tbody>{lines}</tbody></table></details>"
    )


def _left(row: Mapping[Any, Any]) -> str:
    """Say what is left, and in how many pieces."""
    if row["n_left"] == 0:
        return "rien"
    people, left = (
        plain(float(row[one]), refusal_place(row, one))
        for one in ("population", "n_left")
    )
    border, road = (int(row[f"n_pieces_{kind}"]) for kind in ("border", "road"))
    told = f"{left} EPCI, {people} habitants"
    if row["n_left"] == 1:
        return html_text(told)
    return html_text(f"{told} ; {pieces_text(border, road)}")


def pieces_text(border: int, road: int) -> str:
    """Say in how many pieces, by borders and by road.

    Examples
    --------
    >>> pieces_text(1, 1), pieces_text(3, 2)
    ("d'un seul tenant", 'en 3 morceaux par les frontières, en 2 morceaux par la route')
    """
    by_border, by_road = (
        "d'un seul tenant" if n == 1 else f"en {french_number(n)} morceaux"
        for n in (border, road)
    )
    if by_border == by_road:
        return by_border
    return f"{by_border} par les frontières, {by_road} par la route"


def _means(
    row: Mapping[Any, Any], whole: Mapping[Any, Any], called: Mapping[str, str]
) -> str:
    """Write what it would cost by inhabitant, and who could carry."""
    if row["n_left"] == 0:
        return MISSING
    told = carriers_told(row, whole, called) or ["aucun"]
    cost = cost_text(row, cost_place(row))
    return "<br>".join(
        html_text(one) for one in (f"{cost} ({row['evidence']})", *_carriers(told))
    )


def _carriers(told: list[str]) -> list[str]:
    """Say what they are: « en plus : … » or « en moins : … » where some change."""
    change = ("en plus", "en moins")
    return [
        f"porteurs {one}" if one.startswith(change) else f"porteurs : {one}"
        for one in told
    ]
