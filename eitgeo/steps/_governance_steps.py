"""The steps of governance: who could carry, what each EPCI gains, what is printed."""

from eitgeo.steps._dossier_pictures import dossier_files, dossier_inputs
from eitgeo.steps._engine import Step
from eitgeo.steps._print_steps import DECIDED, GROUND, MEASURED, PRINTED
from eitgeo.steps._study_files import governance_files
from eitgeo.study.decision import CHOICES
from eitgeo.study.sections import Comparison

_COMPARING = tuple(
    f"comparison.{name}" for name in Comparison.model_fields if name not in CHOICES
)
_MEASURED = (
    "arisings",
    "communes",
    "givers",
    "mutual_groups",
    "od_matrix",
    "outlets",
    "sites",
    "synergies",
)
_AREA = (
    "comparison.min_headcount",
    "comparison.target_naf",
    "comparison.seat_min_population",
)
_RELEASED = ("blocks_public", "communes_public")

GOVERNANCE_STEPS: tuple[Step, ...] = (
    Step(
        "governance",
        "Porteurs possibles, verdict, AFOM et budget",
        tables=(
            *_MEASURED,
            *_RELEASED,
            "allocation",
            "bodies",
            "indicators_public",
            "lever_totals",
            "membership",
            "perimeter_communes",
            "perimeters",
            "stress_orders",
            "survey_public",
        ),
        writes=(
            "perimeter_bodies",
            "carrier_reasons",
            "carrier_states",
            "union_carrier_reasons",
            "union_carrier_states",
            "verdicts",
            "swot",
            "animation_budget",
        ),
        sections=(
            *_COMPARING,
            "flows.families_min_donors",
            "governance",
            "identity.edition",
            "methods",
            "roads.network.reader",
            "sources.sites",
            "territory",
        ),
    ),
    Step(
        "epci_facts",
        "Ce que chaque EPCI réunit, pistes du plan d'action",
        tables=(
            *_MEASURED,
            *_RELEASED,
            "allocation",
            "block_draws_public",
            "bodies",
            "exchanges_public",
            "membership",
        ),
        writes=("epci_facts", "epci_bodies", "plan_options"),
        sections=(
            *_AREA,
            "roads.network.reader",
            "territory.on_date",
            "territory.root_commune",
        ),
    ),
)

GOVERNANCE_PRINTS: tuple[Step, ...] = (
    Step(
        "governance_workbook",
        "Classeur de la gouvernance et fiches des EPCI",
        tables=(
            "animation_budget",
            "bodies",
            "carrier_reasons",
            "carrier_states",
            "communes",
            "disclosure_report",
            "epci_bodies",
            "epci_facts",
            "indicators_public",
            "outlets",
            "perimeter_bodies",
            "perimeter_communes",
            "perimeters",
            "places",
            "plan_options",
            "swot",
            "verdicts",
        ),
        sections=(*PRINTED, "governance", "methods", "sources.sites", "territory"),
        products=governance_files,
    ),
)

DOSSIER_STEPS: tuple[Step, ...] = (
    Step(
        "dossier",
        "Dossier de l'étude",
        tables=(
            *GROUND,
            *MEASURED,
            *DECIDED,
            "allocation",
            "animation_budget",
            "break_even",
            "carrier_reasons",
            "carrier_states",
            "concentration",
            "epci_blocks",
            "epci_bodies",
            "epci_facts",
            "key_sectors",
            "lever_totals",
            "perimeter_bodies",
            "phases",
            "plan_options",
            "sites",
            "survey_public",
            "swot",
            "union_front",
            "union_ranks",
            "verdicts",
            "zones_public",
        ),
        sections=(
            *PRINTED,
            "arisings",
            "comparison",
            "flows",
            "governance",
            "methods",
            "sources.ceilings",
            "sources.sites",
            "territory",
            "zones",
        ),
        files=dossier_inputs,
        products=dossier_files,
    ),
)
"""What stands on all that is published."""
