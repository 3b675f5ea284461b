"""The sheets of what firms tell: their answers, and what the register says of waste."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.maps.paper.palette import outlet_symbol
from eitgeo.maps.workbooks.workbook import Column
from eitgeo.reference.labels import labels_of
from eitgeo.sources.survey.published_answers import answer_label

if TYPE_CHECKING:
    from eitgeo.maps.paper.ground import Ground

DESTINATIONS = "Exutoires déclarés"


def answer_columns(answers: pd.DataFrame, ground: Ground) -> list[Column]:
    """Lay out the published sums of answers."""
    keys = zip(answers["subject"], answers["item"], strict=True)
    labels = [answer_label(str(subject), str(item)) for subject, item in keys]
    named = ground.epci["name"].astype(str).to_dict()
    sirens = answers["epci_siren"]
    return [
        Column("EPCI", 44, sirens.map(named).fillna(sirens)),
        Column("Réponse", 44, pd.Series(labels, index=answers.index)),
        Column("Entreprises", 12, answers["n_firms"], 0),
        Column("Quantité", 14, answers["mass_t"], 1, unit="t/an"),
        Column("Fiabilité", 9, pd.Series("O", index=answers.index)),
        Column("Publié le", 12, answers["published_on"]),
    ]


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
