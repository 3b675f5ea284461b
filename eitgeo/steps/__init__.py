"""The steps of a study: the table of contents of what ``eitgeo run`` does."""

from eitgeo.steps._engine import Facts, Step
from eitgeo.steps._lock import BusyError
from eitgeo.steps._run import plan_steps, run_steps
from eitgeo.steps._study_files import (
    commune_files,
    comparison_files,
    exit_files,
    outlet_files,
    page_files,
    perimeter_map_files,
    road_files,
    site_files,
    territory_map_files,
)
from eitgeo.steps._tasks import StepReport

_GROUND = (
    "bodies",
    "communes",
    "outlets",
    "perimeter_communes",
    "perimeters",
    "places",
)
_MEASURED = ("contributions", "indicators")
_PRINTED = ("identity", "sources.credits", "territory.root_commune")

STEPS: tuple[Step, ...] = (
    Step(
        "territory",
        "Communes, structures et couverture",
        writes=("communes", "bodies", "membership", "coverage_report"),
        sections=("territory", "sources.communes"),
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
        writes=("sites",),
        sections=("sources.sites", "identity.seed"),
        files=site_files,
    ),
    Step(
        "outlets",
        "Exutoires et villes",
        tables=("communes",),
        writes=("outlets", "places"),
        sections=("sources.outlets",),
        files=outlet_files,
    ),
    Step(
        "roads",
        "Réseau de substitution et contiguïté par la route",
        tables=("communes", "borders"),
        writes=("road_nodes", "road_edges", "road_fit", "contiguity"),
        sections=("roads",),
        files=road_files,
    ),
    Step(
        "distances",
        "Temps et longueurs de route",
        tables=("communes", "outlets", "road_nodes", "road_edges"),
        writes=("od_matrix",),
        sections=("roads",),
    ),
    Step(
        "zones",
        "Zones d'activités et sites isolés majeurs",
        tables=("communes", "sites"),
        writes=("zones", "site_zone"),
        sections=("zones",),
    ),
    Step(
        "arisings",
        "Gisement potentiel par établissement",
        tables=("sites",),
        writes=("arisings",),
    ),
    Step(
        "synergies",
        "Échanges potentiels entre communes",
        tables=("communes", "sites", "arisings", "od_matrix"),
        writes=("synergies", "givers", "affinity"),
        sections=("flows",),
    ),
    Step(
        "perimeters",
        "Périmètres candidats et certificats",
        tables=("communes", "bodies", "membership", "contiguity", "od_matrix"),
        writes=("perimeters", "perimeter_communes"),
        sections=(
            "territory",
            "methods",
            "comparison.seat_min_population",
            "identity.seed",
        ),
    ),
    Step(
        "indicators",
        "Indicateurs",
        tables=(
            "arisings",
            "bodies",
            "communes",
            "givers",
            "membership",
            "od_matrix",
            "perimeter_communes",
            "perimeters",
            "sites",
            "synergies",
        ),
        writes=("indicators", "contributions"),
        sections=(
            "comparison",
            "flows.families_min_donors",
            "sources.sites",
            "territory.on_date",
        ),
    ),
    Step(
        "territory_map",
        "Carte du territoire",
        tables=_GROUND,
        sections=(*_PRINTED, "sources.sites"),
        files=exit_files,
        products=territory_map_files,
    ),
    Step(
        "perimeter_maps",
        "Cartes des périmètres comparés",
        tables=(*_GROUND, *_MEASURED),
        sections=(*_PRINTED, "sources.sites"),
        files=exit_files,
        products=perimeter_map_files,
    ),
    Step(
        "comparison_table",
        "Tableau de comparaison",
        tables=(*_GROUND, *_MEASURED),
        sections=(*_PRINTED, "sources.sites"),
        products=comparison_files,
    ),
    Step(
        "offline_page",
        "Page hors ligne",
        tables=(*_GROUND, *_MEASURED),
        sections=(*_PRINTED, "sources.sites"),
        files=exit_files,
        products=page_files,
    ),
)

__all__ = [
    "STEPS",
    "BusyError",
    "Facts",
    "Step",
    "StepReport",
    "plan_steps",
    "run_steps",
]
