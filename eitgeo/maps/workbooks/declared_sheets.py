"""The sheets of what firms tell: their answers, and what the register says of waste."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.maps.paper.palette import outlet_symbol
from eitgeo.maps.workbooks.workbook import Column, sourced
from eitgeo.reference.labels import labels_of
from eitgeo.sources.survey.published_answers import answer_label
from eitgeo.sources.survey.published_weighings import (
    client_label,
    family_label,
    outlet_names,
    place_label,
)
from eitgeo.words import french_period

if TYPE_CHECKING:
    from eitgeo.maps.paper.ground import Ground

DESTINATIONS = "Exutoires déclarés"
WEIGHED = "Pesées"


def answer_columns(answers: pd.DataFrame, ground: Ground) -> list[Column]:
    """Lay out the published sums of answers."""
    keys = zip(answers["subject"], answers["item"], strict=True)
    labels = [answer_label(str(subject), str(item)) for subject, item in keys]
    named = ground.epci["name"].astype(str).to_dict()
    sirens = answers["epci_siren"]
    where = sirens + " / " + answers["subject"] + " / " + answers["item"]
    columns = [
        Column("EPCI", 44, sirens.map(named).fillna(sirens)),
        Column("Réponse", 44, pd.Series(labels, index=answers.index)),
        Column("Entreprises", 12, answers["n_firms"], 0),
        Column("Quantité", 14, answers["mass_t"], 1, unit="t/an"),
        Column("Fiabilité", 9, pd.Series("O", index=answers.index)),
        Column("Publié le", 12, answers["published_on"]),
    ]
    return sourced(columns, "survey_public", where)


def destination_columns(rows: pd.DataFrame) -> list[Column]:
    """Lay out what is declared, the largest quantities first."""
    ordered = rows.sort_values("mass_t", ascending=False, kind="stable")
    ordered = ordered.reset_index(drop=True)
    hazardous = ordered["hazardous"].map({True: "oui", False: "non"})
    kinds = ordered["kind"].map(lambda kind: outlet_symbol(kind).label)
    columns = [
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
    names = ["year", "chapter", "hazardous", "kind", "place", "dep"]
    where = ordered[names].astype("str").agg(" / ".join, axis=1)
    return sourced(columns, "declared_destinations", where)


def weighed_columns(rows: pd.DataFrame, ground: Ground) -> list[Column]:
    """Lay out what was weighed, each sum with its days and the outlets that took it."""
    named = ground.epci["name"].astype(str).to_dict()
    days = zip(rows["first_day"], rows["last_day"], strict=True)
    periods = [french_period(str(first), str(last)) for first, last in days]
    outlets = ground.tables["outlets"].table if "outlets" in ground.tables else None
    names: dict[str, str] = {}
    if outlets is not None:
        names = dict(zip(outlets["outlet_id"], outlets["name"], strict=True))
    used = [outlet_names(str(told), names) for told in rows["outlets"]]
    columns = [
        Column(
            "Intercommunalité ou activité",
            44,
            rows["place"].map(lambda one: place_label(one, named)),
        ),
        Column("Clients", 16, rows["client"].map(client_label)),
        Column("Famille", 26, rows["family"].map(family_label)),
        Column("Période", 36, pd.Series(periods, index=rows.index)),
        Column("Nombre de clients", 11, rows["n_clients"], 0),
        Column("Quantité pesée", 14, rows["mass_t"], 2, unit="t"),
        Column("Fiabilité", 9, pd.Series("O", index=rows.index)),
        Column("Exutoires utilisés", 44, pd.Series(used, index=rows.index)),
        Column("Publié le", 12, rows["published_on"]),
    ]
    where = rows[["place", "client", "family", "first_day"]].astype("str")
    return sourced(columns, "weighed_public", where.agg(" / ".join, axis=1))
