"""The steps of a study: the table of contents of what ``eitgeo run`` does."""

from eitgeo.steps._brought import perimeter_faults
from eitgeo.steps._decision_steps import DECISION_STEPS
from eitgeo.steps._engine import Facts, Step
from eitgeo.steps._governance_steps import (
    DOSSIER_STEPS,
    GOVERNANCE_PRINTS,
    GOVERNANCE_STEPS,
)
from eitgeo.steps._leavings import edited_text
from eitgeo.steps._lock import BusyError
from eitgeo.steps._manifest_step import manifest_step
from eitgeo.steps._notebook_steps import NOTEBOOK_STEPS
from eitgeo.steps._print_steps import PRINT_STEPS
from eitgeo.steps._road_steps import GRAPH, ROAD_QUESTIONS, ROUTING
from eitgeo.steps._run import edited_products, plan_steps, run_steps
from eitgeo.steps._study_files import (
    answer_files,
    arising_files,
    brought_files,
    commune_files,
    outlet_files,
    road_files,
    road_map_files,
    site_and_survey_files,
)
from eitgeo.steps._tasks import StepReport
from eitgeo.steps._zone_steps import ZONE_PRINTS, ZONE_STEPS

_MADE: tuple[Step, ...] = (
    Step(
        "territory",
        "Communes, structures et couverture",
        writes=(
            "communes",
            "bodies",
            "membership",
            "coverage_report",
            "territory_dropped",
            "territory_remarks",
        ),
        sections=(
            "territory",
            "sources.communes",
            "sources.bodies",
            "comparison.waste_bodies",
        ),
        files=commune_files,
    ),
    Step(
        "borders",
        "Limites communes",
        tables=("communes",),
        writes=("borders",),
    ),
    Step(
        "sites",
        "Établissements",
        tables=("communes",),
        writes=("sites", "sites_dropped", "sites_remarks"),
        sections=(
            "sources.sites",
            "sources.movements",
            "identity.seed",
            "survey",
        ),
        files=site_and_survey_files,
    ),
    Step(
        "outlets",
        "Exutoires et villes",
        tables=("communes",),
        writes=("outlets", "places", "outlets_dropped", "outlets_remarks"),
        sections=("sources.outlets", "sources.outlet_aliases", "sources.movements"),
        files=outlet_files,
    ),
    Step(
        "roads",
        "Réseau routier et contiguïté par la route",
        tables=("communes", "borders"),
        writes=(
            "road_nodes",
            "road_edges",
            "road_lines",
            "road_turns",
            "road_report",
            "road_islands",
            "road_fit",
            "contiguity",
        ),
        sections=ROUTING,
        files=road_files,
    ),
    Step(
        "distances",
        "Temps et longueurs de route",
        tables=(
            "communes",
            "outlets",
            *GRAPH,
        ),
        writes=("od_matrix",),
        sections=ROUTING,
    ),
    *ZONE_STEPS,
    Step(
        "arisings",
        "Gisement potentiel par établissement",
        tables=("communes", "sites"),
        writes=("arisings", "arising_totals", "arising_draws", "byproducts"),
        sections=("arisings", "identity.seed", "survey"),
        files=arising_files,
    ),
    Step(
        "survey",
        "Réponses des entreprises",
        tables=("communes", "od_matrix", "outlets", "sites"),
        writes=("needs", "outlet_flows", "survey_public"),
        sections=("identity.edition", "survey"),
        files=answer_files,
    ),
    Step(
        "allocation",
        "Besoins, exutoires admis et affectation",
        tables=(
            "arisings",
            "byproducts",
            "communes",
            "membership",
            "needs",
            "od_matrix",
            "outlets",
            "sites",
        ),
        writes=(
            "receiver_needs",
            "allowed_flows",
            "unplaced_waste",
            "allocation",
            "missing_needs",
            "without_largest",
        ),
        sections=(
            "comparison.waste_bodies",
            "flows",
            "identity.edition",
            "roads",
            "territory",
        ),
    ),
    Step(
        "levers",
        "Leviers et mutualisation",
        tables=("allocation", "arising_draws", "communes", "od_matrix", "sites"),
        writes=("lever_totals", "break_even", "mutual_groups"),
        sections=(
            "arisings",
            "comparison.min_headcount",
            "flows.rules_excluded",
            "flows.syndicate",
            "identity.seed",
            "roads",
        ),
    ),
    Step(
        "synergies",
        "Échanges potentiels entre communes",
        tables=("allocation", "arisings", "communes", "od_matrix", "sites"),
        writes=("synergies", "exchange_ends", "givers", "affinity"),
        sections=("flows", "territory.buffer_km", "territory.far_buffer_km"),
    ),
    *ROAD_QUESTIONS,
    Step(
        "optimum",
        "Contour par les échanges",
        tables=("affinity", "communes", "contiguity", "sites"),
        writes=("optimum",),
        sections=("identity.effort", "methods.optimum", "territory.root_commune"),
    ),
    Step(
        "perimeters",
        "Périmètres candidats et certificats",
        tables=(
            "affinity",
            "bodies",
            "communes",
            "contiguity",
            "membership",
            "od_matrix",
            "optimum",
            "sites",
        ),
        writes=("perimeters", "perimeter_communes", "imported_cuts", "basin_cuts"),
        sections=(
            "territory",
            "methods.max_unions",
            "methods.optimum",
            "methods.reach",
            "methods.rules",
            "perimeters",
            "identity.seed",
            "roads.network.reader",
        ),
        files=brought_files,
    ),
    Step(
        "ensemble",
        "Cœur, franges et contours au hasard",
        tables=(
            "affinity",
            "arising_draws",
            "communes",
            "contiguity",
            "od_matrix",
            "optimum",
            "sites",
            "synergies",
        ),
        writes=("membership_frequency", "method_runs", "ensemble", "ensemble_mixing"),
        sections=(
            "territory.root_commune",
            "methods.rules",
            "methods.affinity",
            "methods.optimum",
            "methods.votes",
            "methods.ensemble",
            "comparison.seat_min_population",
            "identity.seed",
            "identity.effort",
        ),
    ),
    *DECISION_STEPS,
    *GOVERNANCE_STEPS,
    *ZONE_PRINTS,
    Step(
        "road_maps",
        "Cartes des routes",
        tables=(
            "animation_seats",
            "closed_roads",
            "closure_access",
            "closure_trips",
            "closures",
            "communes",
            "isochrones",
            "link_criticality",
            "od_matrix",
            "places",
            "reach_shares",
            "road_checks",
            "road_edges",
            "road_lines",
            "road_outliers",
        ),
        sections=(
            "identity",
            "prints",
            "roads",
            "sources.credits",
            "sources.sites",
            "methods.reach",
            "comparison.seat_minutes",
            "comparison.seat_min_population",
        ),
        products=road_map_files,
    ),
    *PRINT_STEPS,
    *GOVERNANCE_PRINTS,
    *DOSSIER_STEPS,
    *NOTEBOOK_STEPS,
)

STEPS: tuple[Step, ...] = (*_MADE, manifest_step(_MADE))

__all__ = [
    "STEPS",
    "BusyError",
    "Facts",
    "Step",
    "StepReport",
    "batch",  # a module, imported when it is asked for
    "compare",  # the same
    "edited_products",
    "edited_text",
    "new_study",  # the same
    "perimeter_faults",
    "plan_steps",
    "run_steps",
    "verify",  # the same
]
