"""Sheets of the rules of exchange, and of the published exchanges behind them."""

from __future__ import annotations

import pandas as pd

from eitgeo.maps.workbooks.workbook import Column
from eitgeo.reference.rules import family_name, supported_first

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


def rule_columns(rules: pd.DataFrame) -> list[Column]:
    """Lay out the rules, those that a page supports first."""
    rules = supported_first(rules)
    hazardous = rules["hazardous"].map({"1": "oui", "0": "non"}).fillna("")
    return [
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
