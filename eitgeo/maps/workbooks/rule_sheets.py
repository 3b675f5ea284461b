"""Sheets of processes, of the rules of exchange and of published exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.maps.words.counts import actor_count, counted_as
from eitgeo.maps.workbooks.workbook import Column, sourced
from eitgeo.reference.rules import family_name, supported_first
from eitgeo.words import french_number, round_significant

if TYPE_CHECKING:
    from eitgeo.disclosure.door.rules import Released

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
            lambda one, end=end: _who((one, end), actors, divisions)
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
        *(Column(f"Ici, {word} possibles", 40, one) for word, one in local.items()),
        Column("Premier appel", 30, rows["first_call"]),
        Column("Question à poser", 30, rows["question"]),
        Column("Exemples", 34, rows["examples"]),
        Column("Source des exemples", 24, rows["examples_source"]),
        Column("Fiabilité", 9, rows["evidence"]),
        Column("Source", 30, rows["source"]),
    ]


N_DIVISIONS = 4
"""Activities that a cell names: the others are counted."""


def _who(at: tuple[str, str], actors: Released, divisions: pd.Series[str]) -> str:
    """Name the activities that could take part, the most frequent first."""
    table = actors.table
    mine = table[(table["sheet_id"] == at[0]) & (table["end"] == at[1])]
    if mine.empty:
        return "aucun établissement connu"
    ordered = mine.sort_values(["n_sites", "division"], ascending=[False, True])
    sure = counted_as(drawn=actors.demonstration)
    named = [
        f"{divisions.get(row['division'], row['division'])} "
        f"({actor_count(row, evidence=sure)})"
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
