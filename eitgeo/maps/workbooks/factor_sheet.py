"""The sheet of factors: what hangs on each, and what each is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps.workbooks.workbook import Column, sourced
from eitgeo.reference.labels import labels_of
from eitgeo.words import MISSING, french_number

if TYPE_CHECKING:
    import pandas as pd

FACTORS_NOTE = (
    "Facteurs du calcul des flux, selon la plus grande part du gisement, des tonnes "
    "échangées ou des euros qui en dépend. Ce qu'il vaut : la part d'un total qui "
    "change quand il va de sa borne basse à sa borne haute, les autres restant au "
    "milieu et l'affectation étant tenue. Sans bornes, il est tenu pour sûr : ce qu'il "
    "vaut n'est pas connu. Un facteur dont le secret statistique tait les chiffres n'a "
    "pas de ligne."
)


def factor_columns(factors: pd.DataFrame) -> list[Column]:
    """Lay factors out by rank, in classes: a share would tell a total too finely."""
    rows = factors.sort_values("rank", kind="stable", ignore_index=True)
    classes = labels_of("factor_weight")
    keys = rows["factor_table"] + " / " + rows["row_key"] + " / " + rows["column"]
    amounts = {name: rows[name].map(french_number) for name in ("low", "mid", "high")}
    columns = [
        Column("Rang", 7, rows["rank"], 0),
        Column("Facteur", 60, rows["label"]),
        Column("Bas", 11, amounts["low"]),
        Column("Milieu", 11, amounts["mid"]),
        Column("Haut", 11, amounts["high"]),
        Column("Unité", 14, rows["unit"]),
        Column("Fiabilité", 9, rows["evidence"]),
        Column("Page ouverte", 9, rows["has_source"].map({True: "oui", False: "non"})),
        Column("Ce qui en dépend", 14, rows["share_class"].map(classes)),
        Column("Ce qu'il vaut", 14, rows["worth_class"].map(classes).fillna(MISSING)),
    ]
    return sourced(columns, "factor_weights", keys)
