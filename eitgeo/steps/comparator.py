"""Make the comparator, which opens without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.released import release_guarded, release_register
from eitgeo.maps.comparator._recipes import ComparatorThresholds
from eitgeo.maps.comparator.page import comparator_page
from eitgeo.maps.comparator.payload import ComparatorChoices, ComparatorTables
from eitgeo.maps.sheet import make_sheet
from eitgeo.reference.criteria import ranking_criteria
from eitgeo.reference.tables import indicator_catalogue
from eitgeo.roads.questions.towns import town_minutes
from eitgeo.scenarios.decision.criteria import criteria_weights
from eitgeo.steps._released import (
    publish,
    publish_current_members,
    publish_ground,
    publish_indicators,
)
from eitgeo.store import write_bytes
from eitgeo.tables.files import read_table
from eitgeo.words import french_size

if TYPE_CHECKING:
    from eitgeo.disclosure.released import Released
    from eitgeo.steps._released import Published
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``comparateur.html``."""
    public = publish(project)
    tables = comparator_tables(project, public)
    shown = [public.communes, public.bodies, public.outlets, public.places]
    content = comparator_page(
        publish_ground(project, public),
        tables,
        catalogue=indicator_catalogue(),
        choices=comparator_choices(project),
        sheet=make_sheet(
            project.study.identity, [*shown, public.perimeters, tables.indicators]
        ),
    )
    write_bytes(project.published("comparateur", ".html"), content)
    return {"taille": french_size(len(content))}


def comparator_choices(project: Project) -> ComparatorChoices:
    """Gather what the study says of the comparison."""
    study = project.study
    return ComparatorChoices(
        study=study.identity.name,
        on_date=study.territory.on_date.isoformat(),
        root_epci=study.territory.root_epci,
        first_pair=study.first_pair,
        decided_pct=study.comparison.ranking.decided_from_pct,
        weights=criteria_weights(
            ranking_criteria(),
            chosen=study.comparison.ranking.weights,
            include_estimates=True,
        ),
        thresholds=ComparatorThresholds(
            animator_fte=study.comparison.animator_fte,
            seat_minutes=study.comparison.seat_minutes,
            diversity_min_sites=study.comparison.diversity_min_sites,
            families_min_donors=study.flows.families_min_donors,
            animator_band=study.comparison.sites_per_animator_band,
            waste_bodies=study.comparison.waste_bodies,
        ),
    )


def comparator_tables(project: Project, public: Published) -> ComparatorTables:
    """Release what the comparator reads beside the ground."""
    study, folder = project.study, project.processed
    credit = study.sources.credits
    reasons = study.demonstration_reasons
    minutes = town_minutes(
        public.communes.table,
        read_table(folder, "od_matrix"),
        min_population=study.comparison.seat_min_population,
    )
    return ComparatorTables(
        bodies=public.bodies,
        body_members=publish_current_members(project),
        perimeters=public.perimeters,
        members=public.members,
        indicators=publish_indicators(project),
        counts=release_register(
            read_table(folder, "register_counts"),
            sources=(credit.sites,),
            demonstration=reasons,
        ),
        minutes=release_register(minutes, sources=(credit.roads,)),
        contiguity=release_register(
            read_table(folder, "contiguity"), sources=(credit.roads,)
        ),
        **_carriers(project),
        **_closures(project),
        **_guarded(project),
    )


def _carriers(project: Project) -> dict[str, Released]:
    """Release who could carry: registers, and figures already released."""
    return {
        name: release_register(
            read_table(project.processed, name),
            sources=(project.study.sources.credits.bodies,),
        )
        for name in (
            "carrier_states",
            "carrier_reasons",
            "union_carrier_states",
            "union_carrier_reasons",
        )
    }


def _closures(project: Project) -> dict[str, Released]:
    """Release what closed roads cost: lengths and minutes, never tonnes."""
    return {
        name: release_register(
            read_table(project.processed, name).drop(
                columns=["detour_tkm", "cut_t"], errors="ignore"
            ),
            sources=(project.study.sources.credits.roads,),
            demonstration=project.study.road_reasons,
        )
        for name in ("closures", "closure_access")
    }


def _guarded(project: Project) -> dict[str, Released]:
    """Release the guarded tables by name."""
    credit = project.study.sources.credits
    return {
        name: release_guarded(
            read_table(project.processed, name),
            sources=(credit.sites, credit.flows),
            demonstration=project.study.demonstration_reasons,
        )
        for name in (
            "communes_public",
            "blocks_public",
            "block_draws_public",
            "exchanges_public",
        )
    }
