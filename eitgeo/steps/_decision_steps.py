"""The steps that measure perimeters, guard the figures and put them in order."""

from eitgeo.steps._engine import Step
from eitgeo.study.decision import CHOICES
from eitgeo.study.sections import Comparison

_MEASURING = tuple(
    f"comparison.{name}" for name in Comparison.model_fields if name not in CHOICES
)
"""What indicators depend on: not the choices that are made with them."""

DECISION_STEPS: tuple[Step, ...] = (
    Step(
        "indicators",
        "Indicateurs",
        tables=(
            "allocation",
            "arising_draws",
            "arisings",
            "bodies",
            "communes",
            "givers",
            "lever_totals",
            "membership",
            "membership_frequency",
            "mutual_groups",
            "od_matrix",
            "outlets",
            "perimeter_communes",
            "perimeters",
            "sites",
            "synergies",
        ),
        writes=("indicators", "register_counts"),
        sections=(
            *_MEASURING,
            "flows.families_min_donors",
            "roads.network.reader",
            "sources.sites",
            "territory.on_date",
        ),
    ),
    Step(
        "disclosure",
        "Secret statistique",
        tables=(
            "allocation",
            "arising_draws",
            "arisings",
            "borders",
            "communes",
            "exchange_ends",
            "indicators",
            "lever_totals",
            "perimeter_communes",
            "perimeters",
            "sites",
        ),
        writes=(
            "communes_public",
            "blocks_public",
            "block_draws_public",
            "exchanges_public",
            "indicators_public",
            "disclosure_report",
        ),
    ),
    Step(
        "epci_blocks",
        "Apport de chaque EPCI, rangs des unions, phases",
        tables=("bodies", "indicators_public", "perimeter_communes", "perimeters"),
        writes=("epci_blocks", "union_ranks", "union_front", "phases"),
        sections=(
            "comparison.phased",
            "roads.network.reader",
            "sources.sites",
            "territory.root_epci",
        ),
    ),
    Step(
        "ranking",
        "Critères et ordres",
        tables=("indicators_public",),
        writes=(
            "decision_criteria",
            "decision_methods",
            "decision_order",
            "decision_pairs",
            "decision_ranks",
            "decision_switches",
        ),
        sections=(
            "comparison.ranking",
            "comparison.sites_per_animator_band",
            "identity.seed",
            "methods.optimum",
            "methods.reach",
            "perimeters",
            "territory.perimeters",
        ),
    ),
    Step(
        "stress",
        "Variantes : un site, une route, un membre, des ratios",
        tables=(
            "arisings",
            "bodies",
            "closure_access",
            "communes",
            "decision_criteria",
            "exchange_ends",
            "givers",
            "membership",
            "mutual_groups",
            "od_matrix",
            "outlets",
            "perimeter_communes",
            "perimeters",
            "sites",
            "synergies",
        ),
        writes=("stress_criteria", "stress_orders"),
        sections=(
            *_MEASURING,
            "comparison.stress",
            "flows.families_min_donors",
            "methods.optimum",
            "methods.reach",
            "roads.network.reader",
            "sources.sites",
            "territory.on_date",
            "perimeters",
            "territory.perimeters",
        ),
    ),
)
