"""Sheets of the syndicate's account, and of what it would renegotiate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.maps.paper.sheet import require_released
from eitgeo.maps.words.account_words import (
    account_clauses,
    account_rows,
    stream_name,
)
from eitgeo.maps.workbooks.workbook import Column, sourced
from eitgeo.reference.exchange_terms import syndicate_lines
from eitgeo.reference.labels import labels_of

if TYPE_CHECKING:
    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.words.account_words import Named

ACCOUNT, TERMS = "Syndicat", "À renégocier"
ACCOUNT_NOTE = (
    "Potentiel, par an, {if_part}, aux exutoires autorisés les plus proches (modèle), "
    "pas aux apports mesurés. Les lignes d'euros font le bilan dans chaque tirage ; "
    "leurs médianes et leurs bornes ne s'additionnent pas. Huit chances sur dix entre "
    "bas et haut, si les hypothèses disent vrai. Membres : les bornes couvrent toutes "
    "les listes à confirmer ; une borne à zéro dit un membre incertain."
)
_AS_PUBLISHED, _YEARS = "S", "ans"


def account_columns(account: Released, named: Named) -> list[Column]:
    """Lay out the account, a row a line, plant, category or member."""
    require_released(account, "account")
    rows = pd.DataFrame(list(account_rows(account).values()))
    about = syndicate_lines().reindex(rows["line"]).reset_index(drop=True)
    keys = pd.Series([" / ".join(filter(None, key)) for key in account_rows(account)])
    sure = rows["evidence"]
    exact = sure.eq(_AS_PUBLISHED) & rows["unit"].ne(_YEARS)
    rounding = sure.mask(exact, "O")
    columns = [
        Column("Ligne", 40, about["label"]),
        Column("Équipement", 34, rows["outlet_id"].map(named.outlets).fillna("")),
        Column("Flux", 26, rows["ewc_stat"].map(stream_name)),
        Column("Membre", 30, rows["member"].map(named.members).fillna("")),
        Column("Unité", 12, rows["unit"]),
        Column("Lecture", 18, _reading(rows)),
        Column("Valeur", 14, rows["mid"], 0, rounding),
        Column("Bas", 14, rows["low"], 0, rounding),
        Column("Haut", 14, rows["high"], 0, rounding),
        Column("Fiabilité", 9, sure),
        Column("Comment", 50, about["how"]),
        Column("Ce qui n'y est pas", 50, rows["left_out"]),
        Column("À demander", 40, about["ask"]),
        Column("À qui", 34, about["who"]),
    ]
    return sourced(columns, "syndicate_account", keys)


def _reading(rows: pd.DataFrame) -> pd.Series[str]:
    """Say how figures are read: « de l'ordre de » stands for class H alone."""
    read = rows["status"].map(labels_of("lever_status"))
    return read.mask(rows["status"].eq("chiffre") & rows["evidence"].ne("H"), "")


def term_columns(account: Released, named: Named) -> list[Column]:
    """Lay out what is to be renegotiated, how much hangs on it, and whom to ask."""
    clauses = account_clauses(account, named)
    sizes = [clause.size.text if clause.size else "" for clause in clauses]
    return [
        Column("Clause", 34, pd.Series([one.label for one in clauses])),
        Column("Enjeu", 60, pd.Series([one.stake for one in clauses])),
        Column("Ordre de grandeur", 34, pd.Series(sizes)),
        Column("Question", 44, pd.Series([one.question for one in clauses])),
        Column("Qui a la réponse", 40, pd.Series([one.who for one in clauses])),
    ]
