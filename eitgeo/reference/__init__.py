"""Nomenclatures and factor tables: each row with its source, status and evidence."""

from eitgeo.reference.closures import ready_closures
from eitgeo.reference.cnig import CNIG_CLASSES, cnig_fields
from eitgeo.reference.cog import MOVEMENT_COLUMNS, CogMovements, cog_movements
from eitgeo.reference.corine import corine_classes
from eitgeo.reference.declared_mass import DeclaredMass, declared_mass_t, has_mass
from eitgeo.reference.naf import (
    expand_divisions,
    in_divisions,
    naf_divisions,
    naf_subclasses,
)
from eitgeo.reference.siret import siret_fault
from eitgeo.reference.survey import (
    FORM_FORMAT,
    LIST_SEPARATOR,
    choice_code,
    survey_choices,
    survey_fields,
    survey_natures,
    survey_outcomes,
    survey_periods,
    survey_units,
)
from eitgeo.reference.tables import (
    indicator_catalogue,
    sector_mix,
    synergy_rules,
    waste_ratios,
)
from eitgeo.reference.vehicles import SPEED_PREFIX, vehicle_table
from eitgeo.reference.waste import (
    icpe_headings,
    low_ewc,
    outlet_kinds,
    waste_operations,
)

__all__ = [
    "CNIG_CLASSES",
    "FORM_FORMAT",
    "LIST_SEPARATOR",
    "MOVEMENT_COLUMNS",
    "SPEED_PREFIX",
    "CogMovements",
    "DeclaredMass",
    "choice_code",
    "cnig_fields",
    "cog_movements",
    "corine_classes",
    "declared_mass_t",
    "expand_divisions",
    "has_mass",
    "icpe_headings",
    "in_divisions",
    "indicator_catalogue",
    "low_ewc",
    "naf_divisions",
    "naf_subclasses",
    "outlet_kinds",
    "ready_closures",
    "sector_mix",
    "siret_fault",
    "survey_choices",
    "survey_fields",
    "survey_natures",
    "survey_outcomes",
    "survey_periods",
    "survey_units",
    "synergy_rules",
    "vehicle_table",
    "waste_operations",
    "waste_ratios",
]
