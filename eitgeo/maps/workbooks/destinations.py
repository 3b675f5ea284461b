"""The sheet of declared destinations: what goes where, as the register tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps.paper.palette import outlet_symbol
from eitgeo.maps.workbooks.workbook import Column
from eitgeo.reference.labels import labels_of

if TYPE_CHECKING:
    import pandas as pd

DESTINATIONS = "Exutoires déclarés"


def destination_columns(rows: pd.DataFrame) -> list[Column]:
    """Lay out what is declared, the largest quantities first."""
    ordered = rows.sort_values("mass_t", ascending=False, kind="stable")
    ordered = ordered.reset_index(drop=True)
    hazardous = ordered["hazardous"].map({True: "oui", False: "non"})
    kinds = ordered["kind"].map(lambda kind: outlet_symbol(kind).label)
    return [
        Column("Année", 8, ordered["year"].astype("str")),
        Column("Chapitre de la liste des déchets", 14, ordered["chapter"]),
        Column("Dangereux", 11, hazardous),
        Column("Exutoire", 30, kinds),
        Column("Destination", 34, ordered["place"].map(labels_of("waste_place"))),
        Column("Département", 13, ordered["dep"]),
        Column("Déclarants", 11, ordered["n_sites"], 0),
        Column("Quantité", 14, ordered["mass_t"], 1, unit="t/an"),
        Column("Fiabilité", 9, ordered["evidence"]),
    ]
