"""The French words of states, verdicts, facts of EPCI and costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from eitgeo.maps.sheet import require_released
from eitgeo.words import (
    EVIDENCE_SYMBOLS,
    MISSING,
    figure_text,
    french_number,
    published_value,
    round_share,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.door.rules import Released

STATE_WORDS = {
    "impossible": "✖ impossible",
    "peu_adapte": "▽ peu adapté",
    "sous_conditions": "◇ possible sous conditions",
    "favorable": "✔ favorable",
    "possible": "○ possible",
}
VERDICT_WORDS = {
    "confirme": "Intérêt confirmé",
    "possible": "Intérêt possible",
    "sous_conditions": "Intérêt possible sous conditions",
    "non_confirme": "Intérêt non confirmé à ce stade",
    "indecidable": "Les données de bureau ne permettent pas de trancher",
    "non_evaluable": "Non évaluable",
}
CONDITION_WORDS = {
    "sites_45min": "Établissements à mobiliser proches du siège calculé (45 min)",
    "synergy_families": "Familles de synergies à portée",
    "mutual_groups": "Groupes de mutualisation possibles",
    "without_top": "Les trois mêmes conditions sans le premier établissement",
    "firms_met": "Entreprises rencontrées",
    "firms_engaged": "Entreprises engagées",
    "workshop": "Atelier tenu",
    "carrier_agreement": "Accord écrit d’une structure porteuse",
}
BENEFIT_WORDS = {
    "plus_1000": "plus de 1 M€/an",
    "100_1000": "100 k€ à 1 M€/an",
    "10_100": "10 à 100 k€/an",
    "moins_10": "moins de 10 k€/an",
    "": "",
}
ANSWER_WORDS = {"oui": "oui", "non": "non", "non_evaluee": "non évaluée"}
SIDE_WORDS = {
    "atout": "Atouts",
    "faiblesse": "Faiblesses",
    "opportunite": "Opportunités",
    "menace": "Menaces",
}
OUTCOME_WORDS = {"retenu": "retenu", "ecarte": "écarté", "non_evalue": "non évalué"}
KIND_WORDS = {
    "epci": "Intercommunalités (EPCI)",
    "petr": "PETR",
    "syndicat": "Syndicats",
    "ti": "Territoires d'industrie (sans personnalité juridique)",
}
COST_WORDS = {
    "poste": "Poste d'animation (coût chargé)",
    "autres_frais": "Autres frais (déplacements, ateliers, outils)",
    "total": "Total",
    "aides": "Aides de la Région et de l'ADEME (à solliciter, jamais acquises)",
    "reste": "Reste à charge",
}
ROUNDED_APART = (
    "Montants de classe H arrondis un à un : un total imprimé peut différer de la "
    "somme de ses lignes ou des années."
)
EASE_WORDS = {
    "rapide": "moins de 6 mois",
    "moyen": "moins de 2 ans",
    "long": "plus de 2 ans",
    "eprouve": "procédé éprouvé",
    "cas_par_cas": "au cas par cas, ou en développement",
}
COST_CLASSES = "€ : moins de 5 000 € ; €€ : 5 000 à 25 000 € ; €€€ : plus de 25 000 €"
_FACT_LABELS = {
    "communes": ("Communes", "nombre", 0),
    "population": ("Habitants (population municipale)", "nombre", 0),
    "area_km2": ("Superficie", "km²", 0),
    "departements": ("Départements", "", 0),
    "target_sites": ("Établissements à mobiliser", "nombre", 0),
    "main_divisions": ("Premiers secteurs (3 établissements au moins)", "", 0),
    "industry_jobs": ("Emplois industriels (diffusables)", "emplois", 0),
    "deposit_t": ("Gisement potentiel estimé, hors inertes (diffusable)", "t/an", 0),
    "families": ("Familles de synergies qui ont 3 donneurs au moins", "nombre", 0),
    "outlets": ("Exutoires connus", "nombre", 0),
    "minutes_to_root": ("Temps en voiture", "min", 0),
}


def unsure_lists(bodies: Released, overlaps: Released) -> set[str]:
    """Name the bodies whose list of members is to confirm."""
    return {
        str(name)
        for one in (bodies, overlaps)
        for name in one.table.loc[one.table["status"] == "a_confirmer", "body_id"]
    }


def share_text(value: float, *, evidence: str = "O") -> str:
    """Write a share of a population or of jobs."""
    if not math.isfinite(value):
        return MISSING
    if evidence == "H":
        rounded = published_value(value, evidence="H", decimals=0, unit="%")
        return f"{EVIDENCE_SYMBOLS['H']} {french_number(rounded)} %"
    return f"{french_number(round_share(value, 2))} %"


def deliberations_text(least: float, most: float) -> str:
    """Write how many deliberations a carrier asks."""
    if math.isnan(least) or math.isnan(most):
        return ""
    if least == most:
        plural = "s" if least > 1 else ""
        return f"{french_number(least)} délibération{plural}"
    return f"{french_number(least)} à {french_number(most)} délibérations"


def told_facts(
    facts: Released,
    *,
    siren: str,
    division_names: Mapping[str, str],
    root_name: str,
    only: str = "",
) -> list[tuple[str, str, str]]:
    """Word what is known of an EPCI."""
    table = require_released(facts, "epci_facts").table
    mine = table[table["epci_siren"] == siren]
    if only:
        mine = mine[mine["fact_id"] == only]
    return epci_lines(mine, division_names=division_names, root_name=root_name)


def epci_lines(
    facts: pd.DataFrame, *, division_names: Mapping[str, str], root_name: str
) -> list[tuple[str, str, str]]:
    """Word what is known of an EPCI."""
    rows = {str(row["fact_id"]): row for row in facts.to_dict("records")}
    found = []
    for name, (label, unit, decimals) in _FACT_LABELS.items():
        if name not in rows:
            continue
        row: dict[Any, Any] = rows[name]
        text = (
            _names_of(str(row["told"]), division_names)
            if name == "main_divisions"
            else _fact_text(row, unit, decimals)
        )
        if name == "minutes_to_root":
            label = f"Temps en voiture de {row['told']} à {root_name}"  # noqa: PLW2901
        found.append((label, text, str(row["evidence"])))
    return found


def _names_of(told: str, division_names: Mapping[str, str]) -> str:
    names = [division_names.get(code, code) for code in told.split(";") if code]
    return " ; ".join(names) or MISSING


def _fact_text(row: Mapping[Any, Any], unit: str, decimals: int) -> str:
    told = str(row["told"])
    if row["fact_id"] == "departements":
        return told
    number = figure_text(
        float(row["value"]),
        bounds=(float(row["low"]), float(row["high"])),
        evidence=str(row["evidence"]),
        unit=unit,
        decimals=decimals,
    )
    return f"{number} : {told}" if row["fact_id"] == "outlets" and told else number
