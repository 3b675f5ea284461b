"""Declared resources on the line of toy.py: P ── 10 km ── Q ── 10 km ── R, S apart."""

from typing import Any

import pandas as pd

from eitgeo.flows.arisings.declared import declared_masses
from tests.flows.toy import P

NAN = float("nan")
SAWMILL = "73282932000074"
TEXTS = (
    "raison_sociale",
    "naf",
    "effectif",
    "interet",
    "besoin",
    "nature_precision",
    "mois_debut",
    "mois_fin",
    "disponible_des",
    "etat",
    "code_dechet",
    "qualite",
    "devenir_precision",
    "prix",
    "contrat_fin",
)
USUAL: dict[str, Any] = dict.fromkeys(TEXTS, "") | {
    "siret": SAWMILL,
    "commune": P,
    "sens": "disponible",
    "nature": "palettes",
    "quantite": 20.0,
    "unite": "t",
    "periode": "an",
    "devenir": "repris",
    "distance_km": NAN,
    "form_date": "2026-11-25",
    "consent_partage": True,
}


def declared(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return declarations: 20 t of pallets a year from the sawmill, unless said so."""
    made = []
    for rank, row in enumerate(rows or ({},)):
        made.append({"resource_id": f"r{rank}"} | USUAL | row)
    return pd.DataFrame(made)


def masses_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Convert declarations."""
    return declared_masses(rows)


def sites(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Return sites: name, SIRET, commune."""
    return pd.DataFrame(
        rows or [("scie", SAWMILL, P)], columns=["site_id", "siret", "code_insee"]
    )
