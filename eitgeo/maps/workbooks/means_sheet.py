"""The sheet of means: choices of posts, and parts of each EPCI under four keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.ledger import Place, plain
from eitgeo.maps.words.governance_words import ROUNDED_APART
from eitgeo.maps.words.means_words import (
    KEY_WORDS,
    PostLine,
    post_lines,
    share_cost_text,
    share_rows,
)
from eitgeo.maps.workbooks.workbook import Book, Group, Row, note_of, view
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, NBSP

_CHOSEN = "choix de l’étude"


def write_posts(book: Book, perimeters: pd.DataFrame, posts: Released) -> None:
    """Write what each choice of posts does, perimeter by perimeter."""
    rows: list[Row] = [Group(note_of("Postes"), "text")]
    missing = posts.table.drop_duplicates("perimeter_id").set_index("perimeter_id")
    for perimeter in perimeters.to_dict("records"):
        name = str(perimeter["perimeter_id"])
        rows.append(Group(str(perimeter["name"])))
        why = str(missing["missing"][name])
        rows += [_post_row(line, why) for line in post_lines(posts, name)]
    book.sheet("Postes", view("Postes"), rows, layout="grid")


def _post_row(line: PostLine, why: str) -> Row:
    remarks = [text for text in (_CHOSEN if line.chosen else "", why) if text]
    texts = (line.posts, line.meetings, line.met, line.left, line.far, line.cost)
    return (*texts, line.rest, " ; ".join(remarks))


def write_cost_shares(
    book: Book,
    perimeters: pd.DataFrame,
    shares: Released,
    *,
    names: Mapping[str, str],
) -> None:
    """Write the part of each EPCI under each key, and by inhabitant beside."""
    rows: list[Row] = [Group(note_of("Clés de partage"), "text")]
    if shares.table["evidence"].eq("H").any():
        rows.append(Group(ROUNDED_APART, "text"))
    for perimeter in perimeters.to_dict("records"):
        own_shares = share_rows(shares, str(perimeter["perimeter_id"]))
        rows.append(Group(str(perimeter["name"])))
        rows += [
            _share_row(names[str(siren)], by_key)
            for siren, by_key in own_shares.groupby("epci_siren", sort=True)
        ]
    chosen = set(shares.table.loc[shares.table["chosen"] == "oui", "cost_key"])
    heads = [
        f"{label}{f' ({_CHOSEN})' if key in chosen else ''}"
        for key, label in KEY_WORDS.items()
    ]
    columns = view("Clés de partage", several=heads)
    book.sheet("Clés de partage", columns, rows, layout="grid")


def _share_row(name: str, by_key: pd.DataFrame) -> Row:
    rows_by_key: dict[str, dict[Any, Any]] = {
        str(row["cost_key"]): row for row in by_key.to_dict("records")
    }
    texts = [
        MISSING if rows_by_key[key]["missing"] else share_cost_text(rows_by_key[key])
        for key in KEY_WORDS
    ]
    chosen = next(row for row in rows_by_key.values() if row["chosen"] == "oui")
    people = int(chosen["population"])
    head = (
        MISSING
        if chosen["missing"]
        else share_cost_text(chosen, unit="€/hab./an", per=float(people))
    )
    remarks = [
        f"{KEY_WORDS[key]}{NBSP}: {row['missing']}"
        for key, row in rows_by_key.items()
        if row["missing"]
    ]
    row = f"{chosen['perimeter_id']} / {chosen['epci_siren']}"
    place = Place("cost_shares", row, "population")
    return (name, plain(people, place), *texts, head, " ; ".join(remarks))
