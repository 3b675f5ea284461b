"""Nomenclatures and factor tables: each row with its source, status and evidence."""

from eitgeo.reference.cnig import CNIG_CLASSES, cnig_fields
from eitgeo.reference.cog import MOVEMENT_COLUMNS, CogMovements, cog_movements
from eitgeo.reference.corine import corine_classes
from eitgeo.reference.naf import expand_divisions, in_divisions, naf_divisions
from eitgeo.reference.tables import (
    indicator_catalogue,
    sector_mix,
    synergy_rules,
    waste_ratios,
)
from eitgeo.reference.waste import icpe_headings, low_ewc, waste_operations

__all__ = [
    "CNIG_CLASSES",
    "MOVEMENT_COLUMNS",
    "CogMovements",
    "cnig_fields",
    "cog_movements",
    "corine_classes",
    "expand_divisions",
    "icpe_headings",
    "in_divisions",
    "indicator_catalogue",
    "low_ewc",
    "naf_divisions",
    "sector_mix",
    "synergy_rules",
    "waste_operations",
    "waste_ratios",
]
