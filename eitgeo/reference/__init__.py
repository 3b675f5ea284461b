"""Nomenclatures and factor tables: each row with its source, status and evidence."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.reference.byproducts import (
        BYPRODUCT_AMOUNTS,
        BYPRODUCT_LIMIT,
        CODELESS,
        byproduct_ratios,
    )
    from eitgeo.reference.closures import ready_closures
    from eitgeo.reference.cnig import CNIG_CLASSES, cnig_fields
    from eitgeo.reference.cog import MOVEMENT_COLUMNS, CogMovements, cog_movements
    from eitgeo.reference.corine import corine_classes
    from eitgeo.reference.criteria import ranking_criteria
    from eitgeo.reference.declared_mass import DeclaredMass, declared_mass_t, has_mass
    from eitgeo.reference.divisions import expand_divisions
    from eitgeo.reference.exchange_terms import (
        LANDFILL,
        distance_checks,
        heading_wastes,
        input_needs,
        landfill_tax,
        latest_tax_year,
        marginal_tax_eur_per_t,
        public_service,
        residue_values,
    )
    from eitgeo.reference.freight import EVERY_VEHICLE, freight_factors
    from eitgeo.reference.governance import (
        EFFECTS,
        SWOT_SIDES,
        animation_costs,
        carrier_rules,
        carriers,
        departement_regions,
        eit_facts,
        governance_tasks,
        plan_actions,
        swot_cells,
        verdict_conditions,
    )
    from eitgeo.reference.map_sheets import map_sheets, map_title
    from eitgeo.reference.naf import (
        in_divisions,
        naf_divisions,
        naf_subclasses,
    )
    from eitgeo.reference.rules import (
        exchange_cells,
        expand_activities,
        family_name,
        mutualisation_rules,
        process_sheets,
        synergy_rules,
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
    "BYPRODUCT_AMOUNTS",
    "BYPRODUCT_LIMIT",
    "CNIG_CLASSES",
    "CODELESS",
    "EFFECTS",
    "EVERY_VEHICLE",
    "FORM_FORMAT",
    "LANDFILL",
    "LIST_SEPARATOR",
    "MOVEMENT_COLUMNS",
    "SPEED_PREFIX",
    "SWOT_SIDES",
    "CogMovements",
    "DeclaredMass",
    "animation_costs",
    "byproduct_ratios",
    "carrier_rules",
    "carriers",
    "choice_code",
    "cnig_fields",
    "cog_movements",
    "corine_classes",
    "declared_mass_t",
    "departement_regions",
    "distance_checks",
    "eit_facts",
    "exchange_cells",
    "expand_activities",
    "expand_divisions",
    "family_name",
    "freight_factors",
    "governance_tasks",
    "has_mass",
    "heading_wastes",
    "icpe_headings",
    "in_divisions",
    "indicator_catalogue",
    "input_needs",
    "landfill_tax",
    "latest_tax_year",
    "low_ewc",
    "map_sheets",
    "map_title",
    "marginal_tax_eur_per_t",
    "mutualisation_rules",
    "naf_divisions",
    "naf_subclasses",
    "outlet_kinds",
    "plan_actions",
    "process_sheets",
    "public_service",
    "ranking_criteria",
    "ready_closures",
    "residue_values",
    "sector_mix",
    "siret_fault",
    "survey_choices",
    "survey_fields",
    "survey_natures",
    "survey_outcomes",
    "survey_periods",
    "survey_units",
    "swot_cells",
    "synergy_rules",
    "vehicle_table",
    "verdict_conditions",
    "waste_operations",
    "waste_ratios",
]

lend(__name__)
