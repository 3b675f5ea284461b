"""The steps that print the territory and the perimeters."""

from eitgeo.steps._engine import Step
from eitgeo.steps._study_files import (
    difference_files,
    form_files,
    ground_files,
    perimeter_map_files,
    prints_of,
    published_as,
    territory_page_files,
)

GROUND = (
    "bodies",
    "communes",
    "outlets",
    "perimeter_communes",
    "perimeters",
    "places",
)
"""Tables under every map."""

MEASURED = ("disclosure_report", "indicators_public")
DECIDED = (
    "decision_criteria",
    "decision_methods",
    "decision_order",
    "decision_pairs",
    "decision_ranks",
    "decision_switches",
    "stress_orders",
)
PRINTED = (
    "identity",
    "prints",
    "roads.network.reader",
    "sources.credits",
    "territory.root_commune",
)
"""What every sheet says of itself."""

_GUARDED = (
    "block_draws_public",
    "blocks_public",
    "communes_public",
    "disclosure_report",
    "exchanges_public",
    "indicators_public",
)
"""Released sums of estimates, and what secrecy did to them."""
_WAYS = (
    "arisings",
    "givers",
    "mutual_groups",
    "od_matrix",
    "sites",
    "synergies",
)
"""What the way to the nearest outlet is read from, beside communes and outlets."""

PRINT_STEPS: tuple[Step, ...] = (
    Step(
        "territory_map",
        "Carte du territoire",
        tables=GROUND,
        sections=(*PRINTED, "sources.sites"),
        files=ground_files,
        products=prints_of("carte_territoire"),
    ),
    Step(
        "body_map",
        "Carte des structures",
        tables=(*GROUND, "membership"),
        sections=(*PRINTED, "governance.neighbours", "territory.on_date"),
        files=ground_files,
        products=prints_of("carte_structures"),
    ),
    Step(
        "perimeter_maps",
        "Cartes des périmètres comparés",
        tables=(*GROUND, *MEASURED),
        sections=(*PRINTED, "sources.sites"),
        files=ground_files,
        products=perimeter_map_files,
    ),
    Step(
        "core_map",
        "Carte du cœur et des franges",
        tables=(*GROUND, "membership_frequency"),
        sections=(*PRINTED, "sources.sites"),
        files=ground_files,
        products=prints_of("carte_coeur_franges"),
    ),
    Step(
        "flow_maps",
        "Cartes des gisements, des exutoires et des échanges potentiels",
        tables=(*GROUND, *_GUARDED, *_WAYS),
        sections=(
            *PRINTED,
            "comparison.min_headcount",
            "comparison.seat_min_population",
            "comparison.target_naf",
            "sources.sites",
        ),
        files=ground_files,
        products=prints_of("carte_gisements", "carte_exutoires", "carte_echanges"),
    ),
    Step(
        "flow_workbook",
        "Tableau des gisements, des échanges et des procédés",
        tables=(
            *GROUND,
            *_GUARDED,
            "allocation",
            "break_even",
            "lever_totals",
            "sites",
            "survey_public",
        ),
        sections=(*PRINTED, "sources.sites"),
        files=ground_files,
        products=published_as("gisements_echanges", ".xlsx"),
    ),
    Step(
        "comparison_table",
        "Tableau de comparaison",
        tables=(
            *GROUND,
            *MEASURED,
            *DECIDED,
            "epci_blocks",
            "phases",
            "union_front",
            "union_ranks",
        ),
        sections=(*PRINTED, "comparison.first_pair", "sources.sites"),
        products=published_as("comparaison", ".xlsx"),
    ),
    Step(
        "difference_sheet",
        "Fiche d'écart entre deux périmètres",
        tables=(*GROUND, *MEASURED),
        sections=(*PRINTED, "comparison.first_pair", "sources.sites"),
        files=ground_files,
        products=difference_files,
    ),
    Step(
        "offline_page",
        "Page hors ligne",
        tables=(*GROUND, *MEASURED),
        sections=(*PRINTED, "sources.sites"),
        files=ground_files,
        products=published_as("perimetres", ".html"),
    ),
    Step(
        "qgis_project",
        "Données et projet QGIS",
        tables=(
            *GROUND,
            *_GUARDED,
            "membership",
            "membership_frequency",
            "zones_public",
        ),
        sections=(
            *PRINTED,
            "sources.sites",
            "zones.credit",
            "zones.distance",
            "territory.on_date",
            "territory.perimeters",
            "comparison.waste_bodies",
        ),
        files=ground_files,
        products=published_as("etude", ".gpkg", ".qgz"),
    ),
    Step(
        "comparator",
        "Comparateur hors ligne",
        tables=(
            *GROUND,
            *MEASURED,
            "block_draws_public",
            "blocks_public",
            "carrier_reasons",
            "carrier_states",
            "closure_access",
            "closures",
            "communes_public",
            "contiguity",
            "exchanges_public",
            "membership",
            "od_matrix",
            "register_counts",
            "union_carrier_reasons",
            "union_carrier_states",
        ),
        sections=(
            *PRINTED,
            "comparison.animator_fte",
            "comparison.diversity_min_sites",
            "comparison.first_pair",
            "comparison.ranking",
            "comparison.seat_min_population",
            "comparison.seat_minutes",
            "comparison.sites_per_animator_band",
            "comparison.waste_bodies",
            "flows.families_min_donors",
            "sources.sites",
            "territory.on_date",
            "territory.root_epci",
        ),
        files=ground_files,
        products=published_as("comparateur", ".html"),
    ),
    Step(
        "territory_page",
        "Page du territoire",
        tables=(*GROUND, "membership"),
        sections=(
            "comparison.waste_bodies",
            "form",
            "identity",
            "sources.credits",
            "territory.on_date",
            "territory.root_commune",
        ),
        files=ground_files,
        products=territory_page_files,
    ),
    Step(
        "sign_up_form",
        "Formulaire d'inscription",
        tables=("communes",),
        sections=("form", "identity", "sources.credits.communes"),
        products=form_files,
    ),
)
