"""Sheet « Concentration » of the workbook of zones: curves against chance."""

from __future__ import annotations

import pandas as pd

from eitgeo.maps.workbooks.workbook import Book, Column, sourced

_CURVE = ["division", "measure"]
_MEASURES = {"M": "M de Marcon et Puech", "Kd": "Kd de Duranton et Overman"}
_CURVES = {
    "concentre": "concentré",
    "disperse": "dispersé",
    "aucun_ecart": "pas d'écart au hasard",
    "sans_voisin": "aucun voisin",
}


def write_concentration(
    book: Book,
    table: pd.DataFrame,
    *,
    divisions: pd.Series[str],
    sentence: str,
) -> None:
    """Write, sector by sector, at which distances it leaves its envelope."""
    first = table.drop_duplicates(_CURVE).reset_index(drop=True)
    gaps = _gaps(table).reindex(pd.MultiIndex.from_frame(first[_CURVE]))
    gaps = gaps.reset_index(drop=True)
    columns = [
        Column("Division NAF", 9, first["division"]),
        Column("Activité", 52, first["division"].map(divisions)),
        Column("Sites", 8, first["n_sites"], 0, first["evidence"]),
        Column("Mesure", 26, first["measure"].map(_MEASURES)),
        Column("p de la courbe entière", 12, first["p_value"], 3, first["evidence"]),
        Column(
            "Écart au hasard", 24, gaps["status"].fillna("aucun_ecart").map(_CURVES)
        ),
        Column("À partir de", 11, gaps["near_km"], 1, first["evidence"], "km"),
        Column("Jusqu'à", 11, gaps["far_km"], 1, first["evidence"], "km"),
        Column("Permutations", 12, first["n_permutations"], 0),
        Column("Fiabilité", 9, first["evidence"]),
    ]
    sourced_columns = sourced(
        columns, "concentration", first[_CURVE].agg(" / ".join, axis=1)
    )
    book.sheet("Concentration", sourced_columns, note=sentence)


def _gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Say how each curve first leaves its envelope, and between which distances."""
    out = table[table["status"].isin(["concentre", "disperse"])]
    out = out.sort_values([*_CURVE, "distance_m"])
    first = out.groupby(_CURVE)["status"].transform("first")
    same = out[out["status"].eq(first)].assign(km=out["distance_m"] / 1000)
    groups = same.groupby(_CURVE)
    return groups.agg(
        status=("status", "first"), near_km=("km", "min"), far_km=("km", "max")
    )
