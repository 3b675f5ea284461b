"""Sheets of what flows rest on: processes, rules, factors, what firms declare."""

from __future__ import annotations

import pandas as pd

from eitgeo.disclosure.door.rules import Released
from eitgeo.maps.paper.charter import outlet_symbol
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.words.counts import actor_count
from eitgeo.maps.workbooks.workbook import Column, sourced
from eitgeo.reference.labels import labels_of
from eitgeo.reference.rules import family_name, supported_first
from eitgeo.sources.survey.published_answers import answer_label
from eitgeo.sources.survey.published_weighings import (
    client_label,
    family_label,
    outlet_names,
    place_label,
)
from eitgeo.words import MISSING, french_number, french_period, round_significant

_ENDS = {"donor": "donneurs", "taker": "preneurs"}
RULE_NOTES = {
    "Règles": (
        "D'abord les règles qu'une source ou un échange publié appuie (feuille "
        "« Échanges publiés »), puis celles qui viennent de la connaissance générale "
        "d'un secteur (classe H) : à vérifier avec l'établissement avant toute "
        "promesse. Les tonnes n'en dépendent pas. « Sans preneur » : une piste, qui ne "
        "compte aucune tonne."
    ),
    "Échanges publiés": (
        "Échanges lus sur une page : qui donne, quoi, à qui, où. Le code de déchet et "
        "les activités sont codés par le paquet. Une règle est appuyée quand elle "
        "propose le même code entre ces activités."
    ),
}
_NO_TAKER = "sans preneur"
N_DIVISIONS = 4
"""Activities that a cell names: the others are counted."""
FACTORS_NOTE = (
    "Facteurs du calcul des flux, selon la plus grande part du gisement, des tonnes "
    "échangées ou des euros qui en dépend. Ce qu'il vaut : la part d'un total qui "
    "change quand il va de sa borne basse à sa borne haute, les autres restant au "
    "milieu et l'affectation étant tenue. Sans bornes, il est tenu pour sûr : ce qu'il "
    "vaut n'est pas connu. Un facteur dont le secret statistique tait les chiffres n'a "
    "pas de ligne."
)
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
        word: rows["sheet_id"].map(
            lambda sheet_id, end=end: _who((sheet_id, end), actors, divisions)
        )
        for end, word in _ENDS.items()
    }
    return [
        Column("Procédé", 24, rows["title"]),
        Column("Principe", 44, rows["principle"]),
        Column("Quantité minimale", 16, pd.Series(least)),
        Column("Précision", 24, rows["least_note"]),
        Column("Autorisation", 34, rows["permit"]),
        Column("Maturité", 11, rows["maturity"]),
        *(
            Column(f"Ici, {word} possibles", 40, sheet_id)
            for word, sheet_id in local.items()
        ),
        Column("Premier appel", 30, rows["first_call"]),
        Column("Question à poser", 30, rows["question"]),
        Column("Exemples", 34, rows["examples"]),
        Column("Source des exemples", 24, rows["examples_source"]),
        Column("Fiabilité", 9, rows["evidence"]),
        Column("Source", 30, rows["source"]),
    ]


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
    hazardous = rules["hazardous"].map({"1": "oui", "0": "non"}).fillna("")
    columns = [
        Column("Règle", 9, _text(rules, "rule_id")),
        Column("Famille", 18, _text(rules, "family").map(family_name)),
        Column("Résidu", 30, _text(rules, "byproduct")),
        Column("Code déchet", 11, _text(rules, "low_code")),
        Column("Dangereux", 10, hazardous),
        Column("Usage", 34, _text(rules, "use")),
        Column("Préparation", 24, _text(rules, "processing")),
        Column("Distance type", 10, rules["dist_typ_km"], 0, unit="km"),
        Column("Distance la plus longue", 11, rules["dist_max_km"], 0, unit="km"),
        Column("Condition réglementaire", 34, _text(rules, "regulatory_gate")),
        Column("Preneurs", 13, _takers(rules)),
        Column("Échanges publiés", 22, rules["attested_by"].str.replace(";", ", ")),
        Column("Confiance", 10, _text(rules, "confidence")),
        Column("Fiabilité", 9, _text(rules, "evidence")),
        Column("Source", 30, _text(rules, "source")),
    ]
    return sourced(columns, "synergy_rules", _text(rules, "rule_id"))


def _takers(rules: pd.DataFrame) -> pd.Series[str]:
    """Say which rules are leads without anybody who takes."""
    return pd.Series("", index=rules.index).mask(rules["taker_naf"].eq(""), _NO_TAKER)


def published_columns(published: pd.DataFrame) -> list[Column]:
    """Lay out the exchanges that were published, and who tells them."""
    return [
        Column("Échange", 10, published["exchange_id"]),
        Column("Donneur (NAF)", 10, published["source_naf"]),
        Column("Résidu", 34, published["residue"]),
        Column("Code déchet", 11, published["low_code"]),
        Column("Preneur (NAF)", 10, published["target_naf"]),
        Column("Usage", 30, published["use"]),
        Column("Lieu", 24, published["place_name"]),
        Column("Pays", 12, published["country"]),
        Column("Auteur", 28, published["author"]),
        Column("Titre", 50, published["title"]),
        Column("Année", 8, published["year"]),
    ]


def _text(table: pd.DataFrame, name: str) -> pd.Series[str]:
    return table[name].fillna("").astype(str)


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
            rows["place"].map(lambda place: place_label(place, named)),
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
