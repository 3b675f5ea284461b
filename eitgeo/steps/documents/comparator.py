"""Make the comparator, which opens without a network."""

from __future__ import annotations

from eitgeo.flows.exchanges.participation import if_taking_part, taking_part_in
from eitgeo.maps.comparator.page import comparator_page
from eitgeo.maps.comparator.payload import ComparatorChoices, ComparatorThresholds
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.words.hypotheses import study_hypotheses, supposed_sentence
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.tables import ranking_criteria
from eitgeo.roads.questions.seats import no_seats
from eitgeo.scenarios.decision.orders import order_held
from eitgeo.scenarios.decision.ranking import criteria_weights
from eitgeo.scenarios.measures.access import UNNAMED_SEAT
from eitgeo.scenarios.measures.indicators import unread_indicators
from eitgeo.steps.maps.released import study_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from eitgeo.words import french_size


@step(
    "Comparateur hors ligne",
    files="hypothesis_files",
    publishes=("comparateur.html",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``comparateur.html``."""
    shown = ("communes", "bodies", "outlets", "places")
    content = comparator_page(
        study_ground(project, public),
        public,
        catalogue=indicator_catalogue(),
        choices=comparator_choices(project, public),
        sheet=make_sheet(
            project.study.identity,
            [public[name] for name in (*shown, "perimeters", "indicators_public")],
        ),
        refusals=project.stamped("si_un_conseil_dit_non.html"),
    )
    write_bytes(project.published("comparateur", ".html"), content)
    return {"taille": french_size(len(content))}


def comparator_choices(project: Project, public: PublicTables) -> ComparatorChoices:
    """Gather what the study says of the comparison."""
    study = project.study
    page = project.published("comparateur", ".html").relative_to(project.maps)
    return ComparatorChoices(
        address=study.prints.address(page.as_posix()),
        most_epci=study.methods.max_union_epci,
        study=study.identity.name,
        on_date=study.territory.on_date.isoformat(),
        root_epci=study.territory.root_epci,
        first_pair=study.first_pair,
        decided_pct=study.comparison.ranking.decided_from_pct,
        network=study.roads.network.dated,
        if_part=if_taking_part(taking_part_in(study)),
        supposed=supposed_sentence(study_hypotheses(project)),
        orders_held=order_held(
            public["decision_criteria"].table,
            demonstration=study.demonstration_reasons,
        ),
        no_seats=no_seats(public["road_checks"].table),
        unnamed_seat=UNNAMED_SEAT if study.has_synthetic_sites else "",
        weights=criteria_weights(
            ranking_criteria(),
            chosen=study.comparison.ranking.weights,
            include_estimates=True,
        ),
        thresholds=ComparatorThresholds(
            posts=study.governance.posts,
            seat_minutes=study.comparison.seat_minutes,
            diversity_min_sites=study.comparison.diversity_min_sites,
            families_min_donors=study.flows.families_min_donors,
            waste_bodies=study.comparison.waste_bodies,
            counted=not study.has_sites,
            unread=unread_indicators(study),
        ),
    )
