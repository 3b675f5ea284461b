"""Sheets of what flows rest on: processes, rules, factors, what firms declare."""

from __future__ import annotations

import pandas as pd

from eitgeo.maps.paper.charter import outlet_symbol
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.words.counts import actor_count
from eitgeo.maps.workbooks.workbook import Column, view
from eitgeo.reference.labels import labels_of
from eitgeo.reference.rules import family_name, supported_first
from eitgeo.sources.survey.published_answers import answer_label
from eitgeo.sources.survey.published_weighings import (
    family_label,
    outlet_names,
    place_label,
)
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, french_number, french_period, round_significant

_ENDS = {"donor": "donors", "taker": "takers"}
"""End of a rule → column of those who could be there."""
_NO_TAKER = "sans preneur"
N_DIVISIONS = 4
"""Activities that a cell names: the others are counted."""
DESTINATIONS = "Exutoires déclarés"
WEIGHED = "Pesées"


def process_columns(
    sheets: pd.DataFrame, divisions: pd.Series[str], actors: Released
) -> list[Column]:
    """Lay out processes, and who could take part in each."""
    rows = sheets.reset_index()
    least = [
        f"{french_number(round_significant(low, 1))} à "
        f"{french_number(round_significant(high, 1))} {unit}"
        for low, high, unit in zip(
            rows["least_low"], rows["least_high"], rows["least_unit"], strict=True
        )
    ]
    local = {
        name: [_who((one, end), actors, divisions) for one in rows["sheet_id"]]
        for end, name in _ENDS.items()
    }
    return view("Procédés", rows.assign(least=least, **local))


def _who(
    sheet_end: tuple[str, str], actors: Released, divisions: pd.Series[str]
) -> str:
    """Name the activities that could take part, the most frequent first."""
    table = actors.table
    end_actors = table[
        (table["sheet_id"] == sheet_end[0]) & (table["end"] == sheet_end[1])
    ]
    if end_actors.empty:
        return "aucun établissement connu"
    ordered = end_actors.sort_values(["n_sites", "division"], ascending=[False, True])
    named = [
        f"{divisions.get(row['division'], row['division'])} ({actor_count(row)})"
        for row in ordered.head(N_DIVISIONS).to_dict("records")
    ]
    rest = len(ordered) - len(named)
    more = f" ; {rest} autres activités" if rest > 1 else ""
    more = " ; 1 autre activité" if rest == 1 else more
    return f"{' ; '.join(named)}{more}"


def rule_columns(rules: pd.DataFrame) -> list[Column]:
    """Lay out the rules, those that a page supports first."""
    rules = supported_first(rules)
    texts = rules.drop(columns=["dist_typ_km", "dist_max_km"]).fillna("").astype(str)
    takers = texts["taker_naf"].eq("").map({True: _NO_TAKER, False: ""})
    rows = texts.assign(
        family=texts["family"].map(family_name),
        dist_typ_km=rules["dist_typ_km"],
        dist_max_km=rules["dist_max_km"],
        takers=takers,
        attested_by=rules["attested_by"].str.replace(";", ", "),
    )
    return view("Règles", rows, table="synergy_rules", keys=texts["rule_id"])


def published_columns(published: pd.DataFrame) -> list[Column]:
    """Lay out the exchanges that were published, and who tells them."""
    return view("Échanges publiés", published)


def factor_columns(factors: pd.DataFrame) -> list[Column]:
    """Lay factors out by rank, in classes: a share would tell a total too finely."""
    rows = factors.sort_values("rank", kind="stable", ignore_index=True)
    keys = rows["factor_table"] + " / " + rows["row_key"] + " / " + rows["column"]
    amounts = {name: rows[name].map(french_number) for name in ("low", "mid", "high")}
    worth = rows["worth_class"].map(labels_of("factor_weight")).fillna(MISSING)
    rows = rows.assign(worth=worth, **amounts)
    return view("Facteurs", rows, table="factor_weights", keys=keys)


def answer_columns(answers: pd.DataFrame, ground: Ground) -> list[Column]:
    """Lay out the published sums of answers."""
    keys = zip(answers["subject"], answers["item"], strict=True)
    labels = [answer_label(str(subject), str(item)) for subject, item in keys]
    named = ground.epci["name"].astype(str).to_dict()
    sirens = answers["epci_siren"]
    where = sirens + " / " + answers["subject"] + " / " + answers["item"]
    rows = answers.assign(epci=sirens.map(named).fillna(sirens), label=labels, sure="O")
    return view("Enquête", rows, table="survey_public", keys=where)


def destination_columns(rows: pd.DataFrame) -> list[Column]:
    """Lay out what is declared, the largest quantities first."""
    ordered = rows.sort_values("mass_t", ascending=False, kind="stable")
    ordered = ordered.reset_index(drop=True)
    names = ["year", "chapter", "hazardous", "kind", "place", "dep"]
    where = ordered[names].astype("str").agg(" / ".join, axis=1)
    outlets = ordered["kind"].map(lambda kind: outlet_symbol(kind).label)
    ordered = ordered.assign(outlet=outlets, year=ordered["year"].astype("str"))
    return view(DESTINATIONS, ordered, table="declared_destinations", keys=where)


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
    where = rows[["place", "client", "family", "first_day"]].astype("str")
    shown = rows.assign(
        where=rows["place"].map(lambda place: place_label(place, named)),
        family=rows["family"].map(family_label),
        period=periods,
        used=used,
        sure="O",
    )
    keys = where.agg(" / ".join, axis=1)
    return view(WEIGHED, shown, table="weighed_public", keys=keys)
