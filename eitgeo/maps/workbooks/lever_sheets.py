"""Sheets of levers, of the cases that tell of them, of the syndicate's account."""

from __future__ import annotations

import math

import pandas as pd

from eitgeo.disclosure.door.rules import Released
from eitgeo.flows.exchanges.realised import (
    SYNERGIES,
    Animation,
    above_text,
    animator_text,
    lever_realised,
    realised_text,
)
from eitgeo.maps.paper.sheet import require_released
from eitgeo.maps.words.account_words import (
    Named,
    account_clauses,
    account_rows,
    stream_name,
)
from eitgeo.maps.workbooks.workbook import Column, sourced
from eitgeo.reference.exchange_terms import syndicate_lines
from eitgeo.reference.labels import labels_of
from eitgeo.words import MISSING, first_upper

_READINGS = labels_of("lever_status")
LEVERS_NOTE = (
    "Potentiel de toute l'étude, par an, {if_part} ; jamais par périmètre. Huit "
    "chances sur dix entre bas et haut, si les hypothèses disent vrai. Une redevance "
    "qu'une entreprise ne paie plus est un gain pour elle et une perte pour le "
    "syndicat, dont le compte est à part. Le CO2e ne compte que les échanges dont la "
    "règle le dit. Ce qu'un animateur en réalise : d'après les cas de la feuille « Cas "
    "documentés », ramenés "
    "à autant d'entreprises qu'il en rencontre en trois ans, jamais grossis, jamais "
    "au-dessus du potentiel ; entre parenthèses, les cas des deux bouts, et un cas qui "
    "dépasse dix fois les autres, laissé à part (classe H)."
)
CASES_NOTE = (
    "Classe S : ce que des démarches disent d'elles-mêmes, sur des pages qui ont été "
    "lues ; personne ne l'a vérifié, et celles qui n'ont rien publié n'y sont pas. "
    "« – » : la page ne le dit pas. Leur transfert à ce territoire est une hypothèse "
    "(classe H)."
)
ACCOUNT, TERMS = "Syndicat", "À renégocier"
ACCOUNT_NOTE = (
    "Potentiel, par an, {if_part}, aux exutoires autorisés les plus proches (modèle), "
    "pas aux apports mesurés. Les lignes d'euros font le bilan dans chaque tirage ; "
    "leurs médianes et leurs bornes ne s'additionnent pas. Huit chances sur dix entre "
    "bas et haut, si les hypothèses disent vrai. Membres : les bornes couvrent toutes "
    "les listes à confirmer ; une borne à zéro dit un membre incertain."
)
_AS_PUBLISHED, _YEARS = "S", "ans"


def lever_columns(levers: pd.DataFrame, animation: Animation) -> list[Column]:
    """Lay out the levers of the study, and what animators make of each."""
    names = labels_of("lever")
    known = levers[levers["lever"].isin(list(names))].set_index("lever")
    rows = known.reindex([one for one in names if one in known.index]).reset_index()
    sure = rows["evidence"]
    realised = [
        lever_realised(animation, str(lever), float(mid))
        for lever, mid in zip(rows["lever"], rows["mid"], strict=True)
    ]
    texts = [
        realised_text(amount, unit) if math.isfinite(mid) else MISSING
        for amount, unit, mid in zip(realised, rows["unit"], rows["mid"], strict=True)
    ]
    columns = [
        Column("Levier", 34, rows["lever"].map(labels_of("lever"))),
        Column("Unité", 12, rows["unit"]),
        Column("Lecture", 18, reading(rows)),
        Column("Ordre de", 14, rows["mid"], 0, sure),
        Column("Bas", 14, rows["low"], 0, sure),
        Column("Haut", 14, rows["high"], 0, sure),
        Column("Face aux cas documentés", 40, pd.Series(map(above_text, realised))),
        Column(first_upper(animator_text(animation)), 40, pd.Series(texts)),
        Column("Part des tonnes comptée", 14, rows["covered_pct"], 0, sure, unit="%"),
        Column(
            "Ce qui reste sans les trois premiers donneurs (%)",
            16,
            rows["without_first_pct"],
            0,
            sure,
        ),
        Column("Fiabilité", 9, sure),
        Column("Ce qui n'y est pas", 60, rows["left_out"]),
    ]
    return sourced(columns, "lever_totals", rows["lever"])


def case_columns(cases: pd.DataFrame) -> list[Column]:
    """Lay out the documented cases, as their pages tell them."""
    heads = {
        "n_firms": "Entreprises",
        "n_meetings": "Rencontres",
        "n_leads": "Pistes",
        SYNERGIES: "Synergies réalisées",
        "t_per_year": "t/an",
        "eur_per_year": "€/an",
        "tco2e_per_year": "tCO2e/an",
        "fte": "Postes (ETP)",
    }
    rows = cases.reset_index()
    columns = [
        Column("Démarche", 40, rows["name"]),
        Column("Région, pays", 26, rows["region"]),
        Column("Années", 11, rows["years"]),
        # As printed by their page: two figures would not be those of the source.
        *(Column(head, 12, rows[name], 0) for name, head in heads.items()),
        Column("Fiabilité", 9, pd.Series("S", rows.index)),
        Column("Imprimé", 50, rows["value_printed"]),
        Column("Conversion", 36, rows["conversion"]),
        Column("Auteur", 34, rows["author"]),
        Column("Titre", 50, rows["title"]),
        Column("Année", 8, rows["year"]),
        Column("Endroit", 24, rows["place"]),
        Column("Adresse", 50, rows["url"]),
    ]
    return sourced(columns, "documented_cases", rows["case_id"])


def reading(rows: pd.DataFrame) -> pd.Series[str]:
    """Say how figures are read: « ≈ » stands for class H alone."""
    read = rows["status"].map(_READINGS)
    return read.mask(rows["status"].eq("chiffre") & rows["evidence"].ne("H"), "")


def account_columns(account: Released, named: Named) -> list[Column]:
    """Lay out the account, a row a line, plant, category or member."""
    require_released(account, "account")
    rows = pd.DataFrame(list(account_rows(account).values()))
    lines = syndicate_lines().reindex(rows["line"]).reset_index(drop=True)
    keys = pd.Series([" / ".join(filter(None, key)) for key in account_rows(account)])
    sure = rows["evidence"]
    exact = sure.eq(_AS_PUBLISHED) & rows["unit"].ne(_YEARS)
    rounding = sure.mask(exact, "O")
    columns = [
        Column("Ligne", 40, lines["label"]),
        Column("Équipement", 34, rows["outlet_id"].map(named.outlets).fillna("")),
        Column("Flux", 26, rows["ewc_stat"].map(stream_name)),
        Column("Membre", 30, rows["member"].map(named.members).fillna("")),
        Column("Unité", 12, rows["unit"]),
        Column("Lecture", 18, reading(rows)),
        Column("Valeur", 14, rows["mid"], 0, rounding),
        Column("Bas", 14, rows["low"], 0, rounding),
        Column("Haut", 14, rows["high"], 0, rounding),
        Column("Fiabilité", 9, sure),
        Column("Comment", 50, lines["how"]),
        Column("Ce qui n'y est pas", 50, rows["left_out"]),
        Column("À demander", 40, lines["ask"]),
        Column("À qui", 34, lines["who"]),
    ]
    return sourced(columns, "syndicate_account", keys)


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
