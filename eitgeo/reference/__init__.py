"""Nomenclatures and factor tables: each row with its source, status and evidence."""

from eitgeo.reference.naf import expand_divisions, in_divisions, naf_divisions
from eitgeo.reference.tables import (
    indicator_catalogue,
    sector_mix,
    synergy_rules,
    waste_ratios,
)

__all__ = [
    "expand_divisions",
    "in_divisions",
    "indicator_catalogue",
    "naf_divisions",
    "sector_mix",
    "synergy_rules",
    "waste_ratios",
]
