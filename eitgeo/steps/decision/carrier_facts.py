"""What the rules of carriers read, perimeter by perimeter, laid out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from eitgeo.flows.arisings.answers import SIGNED_UP
from eitgeo.flows.exchanges.levers import disposal_ranks
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.exchange_terms import LANDFILL, landfill_tax, latest_tax_year
from eitgeo.reference.governance import departement_regions
from eitgeo.scenarios.carriers.carrier_facts import (
    body_facts,
    compared_alone_facts,
    departure_facts,
    derived_facts,
    firm_facts,
    landfill_facts,
    neighbour_distances,
    neighbour_facts,
    require_neighbours,
    share_facts,
    site_counts,
    site_facts,
    syndicate_facts,
)
from eitgeo.scenarios.carriers.carrier_ground import Ground
from eitgeo.scenarios.carriers.facts import Fact, Facts, indicator_facts, unknown
from eitgeo.scenarios.carriers.posts import post_facts
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.figures import COUNTED_NOTE
from eitgeo.scenarios.measures.governance import members_of
from eitgeo.steps.decision.activity import study_activity
from eitgeo.study.project import Project
from eitgeo.study.sections import Study
from eitgeo.tables.files import read_table
from eitgeo.tables.public import PublicTables

_COLUMNS = ["code_insee", "nom", "epci_siren", "epci_communes", "dep"]


@dataclass(frozen=True, eq=False)
class FactSources:
    """What facts are measured on; all that is counted comes from released figures.

    ``ground``: communes and bodies on its date. ``communes``: ``code_insee``, ``nom``,
    ``epci_siren``, ``epci_communes``, ``dep``. ``measured``: perimeter → facts from
    ``indicators_public``. ``activity``: facts of the study area. ``distances_km``: from
    `neighbour_distances`. ``signed_up``: SIREN of an EPCI → firms that signed up there,
    as it was published; None: nothing was. ``stress_orders``: table of the same name,
    released: empty where no order is. ``shared``: facts that are the same for every
    perimeter.
    """

    study: Study = field(repr=False)
    ground: Ground = field(repr=False)
    communes: pd.DataFrame = field(repr=False)
    measured: dict[str, Facts] = field(repr=False)
    activity: Activity = field(repr=False)
    distances_km: Mapping[str, Mapping[str, float]] = field(repr=False)
    signed_up: Mapping[str, int] | None = field(repr=False)
    stress_orders: pd.DataFrame = field(repr=False)
    shared: Facts = field(repr=False)


def fact_sources(project: Project) -> FactSources:
    """Read what facts are measured on."""
    folder, study = project.processed, project.study
    communes = read_table(folder, "communes")
    neighbours = study.governance.neighbours
    require_neighbours(neighbours, communes)
    return FactSources(
        study=study,
        ground=study_ground(project),
        communes=communes[_COLUMNS],
        measured=indicator_facts(
            read_table(folder, "indicators_public"),
            demonstration=bool(study.demonstration_reasons),
        ),
        activity=study_activity(project),
        distances_km=neighbour_distances(communes, neighbours=neighbours),
        signed_up=_signed_up(read_table(folder, "survey_public")),
        stress_orders=PublicTables(project.processed)["stress_orders"].table,
        shared=_shared_facts(project),
    )


def study_ground(project: Project) -> Ground:
    """Lay communes and bodies out on the date of the study."""
    folder, study = project.processed, project.study
    bodies = read_table(folder, "bodies")
    of_bodies = members_of(
        bodies, read_table(folder, "membership"), study.territory.on_date
    )
    communes = read_table(folder, "communes")
    return Ground(communes, bodies, of_bodies, study.comparison.waste_bodies)


def compared_facts(
    candidates: Sequence[Candidate], sources: FactSources
) -> dict[str, Facts]:
    """Gather all facts of the perimeters that the study compares."""
    return {
        one.perimeter_id: common
        | departure_facts(one, sources.ground, stress_orders=sources.stress_orders)
        for one, common in zip(candidates, _common(candidates, sources), strict=True)
    }


def union_facts(
    candidates: Sequence[Candidate], sources: FactSources
) -> dict[str, Facts]:
    """Gather the facts that the rules of carriers read on unions of whole EPCI."""
    alone = compared_alone_facts()
    every = zip(candidates, _common(candidates, sources), strict=True)
    return {one.perimeter_id: facts | alone for one, facts in every}


def _common(candidates: Sequence[Candidate], sources: FactSources) -> list[Facts]:
    """Gather what is measured of every perimeter alike."""
    study, communes = sources.study, sources.communes
    demonstration = bool(study.demonstration_reasons)
    siren_names = _siren_names(sources.ground)
    counts = site_counts(sources.activity.target, communes)
    regions = communes["dep"].map(departement_regions())
    region_of = dict(zip(communes["code_insee"], regions, strict=True))
    facts_by_perimeter = []
    for candidate in candidates:
        facts = sources.measured[candidate.perimeter_id] | body_facts(
            candidate, sources.ground
        )
        facts |= share_facts(
            candidate, sources.ground, shareholders=study.governance.shareholders
        )
        if sources.activity.in_cells:
            facts |= {"top_epci_sites_pct": unknown(COUNTED_NOTE)}
        else:
            facts |= site_facts(
                candidate, counts, epci_names=siren_names, demonstration=demonstration
            )
        facts |= firm_facts(candidate, communes, signed_up=sources.signed_up)
        facts |= neighbour_facts(
            candidate,
            sources.distances_km,
            neighbours=study.governance.neighbours,
            within_km=study.governance.neighbour_km,
        )
        own_regions = {region_of[code] for code in candidate.codes if code in region_of}
        facts |= derived_facts(facts, regions=own_regions)
        facts |= post_facts(facts, governance=study.governance)
        facts_by_perimeter.append(facts | sources.shared)
    return facts_by_perimeter


def _shared_facts(project: Project) -> Facts:
    """Gather what is the same for every perimeter."""
    study = project.study
    revenues = {"revenue_lines": Fact(float(study.governance.revenue_lines))}
    ranks = disposal_ranks(read_table(project.processed, "allocation"))
    return (
        revenues
        | _tax_facts(study.identity.edition.year)
        | landfill_facts(ranks, demonstration=study.demonstration_reasons)
        | syndicate_facts(
            PublicTables(project.processed)["syndicate_account"].table,
            demonstration=study.demonstration_reasons,
        )
    )


def _siren_names(ground: Ground) -> dict[str, str]:
    bodies = ground.bodies
    pairs = zip(bodies["body_id"], bodies["name"], strict=True)
    return {body.removeprefix("epci_"): name for body, name in pairs}


def _tax_facts(edition_year: int) -> Facts:
    year = latest_tax_year(edition_year)
    taxes = landfill_tax()
    of_year = taxes[(taxes["year"] == year) & (taxes["heading"] == LANDFILL)]
    # A year is a text: « 2026 », not « 2 026 ».
    rate = Fact(float(of_year["eur_per_t"].iloc[0]))
    return {"tgap_year": Fact(str(year)), "tgap_eur_per_t": rate}


def _signed_up(survey_public: pd.DataFrame) -> dict[str, int] | None:
    """Count the firms of each EPCI that signed up, as it was published."""
    if survey_public.empty:
        return None
    rows = survey_public[survey_public["subject"] == SIGNED_UP]
    return dict(zip(rows["epci_siren"], rows["n_firms"], strict=True))
