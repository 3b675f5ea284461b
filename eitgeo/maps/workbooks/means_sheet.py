"""The sheet of means: choices of posts, and parts of each EPCI under four keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.disclosure.door.rules import Released
from eitgeo.ledger import Place, plain
from eitgeo.maps.words.governance_words import ROUNDED_APART
from eitgeo.maps.words.means_words import (
    KEY_WORDS,
    PostLine,
    post_lines,
    share_cost_text,
    share_rows,
)
from eitgeo.maps.workbooks.workbook import Book, Column, Group, Row
from eitgeo.words import MISSING, NBSP

_CHOSEN = "choix de l’étude"
_POSTS = (
    "Les postes sont un choix. Chaque établissement est compté une fois : revoir les "
    "mêmes en laisse plus de côté. Ce qu’un poste rencontre par an est une hypothèse "
    "de travail (H), à confirmer auprès d’animateurs en poste ; la part est celle des "
    "établissements à mobiliser. Si les visites commencent au plus près du siège "
    "calculé, les plus lointains sont laissés les premiers."
)
_KEYS = (
    "La clé est à négocier entre les EPCI : quatre sont posées côte à côte, pour le "
    "reste à charge de la première année et les postes choisis. Dans un périmètre, les "
    "parts d’une clé font exactement le total, au centime, avant tout arrondi."
)


def write_posts(book: Book, perimeters: pd.DataFrame, posts: Released) -> None:
    """Write what each choice of posts does, perimeter by perimeter."""
    rows: list[Row] = [Group(_POSTS, "text")]
    missing = posts.table.drop_duplicates("perimeter_id").set_index("perimeter_id")
    for perimeter in perimeters.to_dict("records"):
        name = str(perimeter["perimeter_id"])
        rows.append(Group(str(perimeter["name"])))
        why = str(missing["missing"][name])
        rows += [_post_row(line, why) for line in post_lines(posts, name)]
    columns = [
        Column("Postes d’animation", 24),
        Column("Établissements rencontrés par an", 26),
        Column("Part rencontrée en trois ans", 26),
        Column("Non rencontrés", 28),
        Column("À mobiliser, loin du siège (seuil de l’étude)", 22),
        Column("Coût par an", 34),
        Column("Reste à charge par an", 34),
        Column("Remarque", 40),
    ]
    book.sheet("Postes", columns, rows, layout="grid")


def _post_row(line: PostLine, why: str) -> Row:
    remarks = [_CHOSEN] if line.chosen else []
    return (
        line.posts,
        line.meetings,
        line.met,
        line.left,
        line.far,
        line.cost,
        line.rest,
        " ; ".join([*remarks, why] if why else remarks),
    )


def write_cost_shares(
    book: Book,
    perimeters: pd.DataFrame,
    shares: Released,
    *,
    names: Mapping[str, str],
) -> None:
    """Write the part of each EPCI under each key, and by inhabitant beside."""
    rows: list[Row] = [Group(_KEYS, "text")]
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
    columns = [
        Column("EPCI", 40),
        Column("Habitants dans le périmètre", 16),
        *(
            Column(f"{label}{f' ({_CHOSEN})' if key in chosen else ''}", 38)
            for key, label in KEY_WORDS.items()
        ),
        Column("Par habitant et par an, clé choisie", 32),
        Column("Remarque", 36),
    ]
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
