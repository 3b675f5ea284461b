"""The sheets of levers: what all exchanges would save, and how far they pay."""

from __future__ import annotations

import pandas as pd

from eitgeo.maps._table_sheet import Column
from eitgeo.reference.rules import family_name

_LEVERS = {
    "t": "Tonnes échangées",
    "landfill_t": "dont détournables de l'enfouissement (modèle)",
    "syndicate_t": "dont quittant un équipement du syndicat (modèle)",
    "tkm_avoided": "Transport évité",
    "tco2e_avoided": "Émissions évitées",
    "eur_firms": "Bilan des entreprises",
    "eur_syndicate": "Bilan du syndicat de traitement",
    "eur_total": "Ensemble (entreprises et syndicat)",
    "eur_tax": "dont TGAP de stockage qui n'est plus due",
}
"""In the order of the sheet."""
_STATUSES = {
    "chiffre": "de l'ordre de",
    "non_chiffre": "non chiffré",
    "secret": "secret statistique",
}
LEVERS_NOTE = (
    "Potentiel de toute l'étude, par an, si tous les échanges de l'affectation avaient "
    "lieu ; jamais par périmètre. Huit chances sur dix entre bas et haut, si les "
    "hypothèses disent vrai. Une redevance qu'une entreprise ne paie plus est un gain "
    "pour elle et une perte pour le syndicat : elle s'annule dans l'ensemble, où ne "
    "restent que la taxe et les coûts que plus personne ne paie. Chaque montant est "
    "arrondi seul : l'ensemble imprimé peut différer de la somme de ses parts. La "
    "médiane d'une somme n'est pas la somme des médianes. Le CO2e ne compte que les "
    "échanges dont la règle le dit."
)
DISTANCES_NOTE = (
    "Distance de route, aller, où le transport mange l'élimination évitée et la "
    "valeur de l'intrant remplacé : médiane des règles de la famille. Au-delà de la "
    "portée (la plus longue distance d'une règle), elle n'est pas donnée : ni le coût "
    "d'une tournée ni la règle n'y valent, aucun échange n'y est compté, et ce n'est "
    "plus le prix qui limite."
)
REACH_NOTE = (
    "Distance de route, aller, médiane sur les échanges, chacun compté une fois quel "
    "que soit son tonnage. Un contrôle : rien, dans le calcul, n'est calé sur la "
    "distance publiée. Un modèle qui affecte chaque tonne au mieux trouve plus près "
    "que des entreprises qui négocient ; un écart se discute, il ne se corrige pas."
)


def lever_columns(levers: pd.DataFrame) -> list[Column]:
    """Lay out the levers of the study."""
    known = levers[levers["lever"].isin(list(_LEVERS))].set_index("lever")
    rows = known.reindex([one for one in _LEVERS if one in known.index]).reset_index()
    sure = rows["evidence"]
    return [
        Column("Levier", 34, rows["lever"].map(_LEVERS)),
        Column("Unité", 12, rows["unit"]),
        Column("Lecture", 18, rows["status"].map(_STATUSES)),
        Column("Ordre de", 14, rows["mid"], 0, sure),
        Column("Bas", 14, rows["low"], 0, sure),
        Column("Haut", 14, rows["high"], 0, sure),
        Column("Part des tonnes comptée (%)", 14, rows["covered_pct"], 0, "S"),
        Column("Fiabilité", 9, sure),
        Column("Ce qui n'y est pas", 60, rows["left_out"]),
    ]


def distance_columns(distances: pd.DataFrame) -> list[Column]:
    """Lay out the distance at which each family stops paying."""
    rows = distances.sort_values("family", ignore_index=True)
    sure, longest = rows["evidence"], rows["longest_km"]
    told = {
        name: rows[name].mask(rows[name] > longest)
        for name in ("break_even_km", "break_even_km_low", "break_even_km_high")
    }
    beyond = longest.map(lambda km: f"au-delà de {km:.0f} km")
    reading = pd.Series("de l'ordre de", index=rows.index)
    reading = reading.mask(rows["break_even_km_high"] > longest, "haut : " + beyond)
    reading = reading.mask(rows["break_even_km"] > longest, beyond)
    return [
        Column("Famille", 18, rows["family"].map(family_name)),
        Column("Règles", 9, rows["n_rules"], 0),
        Column("Portée (km)", 12, longest, 0),
        Column("Lecture", 24, reading),
        Column("Ordre de (km)", 12, told["break_even_km"], 0, sure),
        Column("Bas (km)", 12, told["break_even_km_low"], 0, sure),
        Column("Haut (km)", 12, told["break_even_km_high"], 0, sure),
        Column("Fiabilité", 9, sure),
    ]


def reach_columns(reach: pd.DataFrame) -> list[Column]:
    """Lay out how far exchanges go, beside what others have published."""
    sure = reach["evidence"]
    return [
        Column("Repère", 60, reach["label"]),
        Column("Lecture", 18, reach["status"].map(_STATUSES)),
        Column("Distance médiane (km)", 14, reach["km"], 0, sure),
        Column("Fiabilité", 9, sure),
        Column("Source", 70, reach["source"]),
    ]
