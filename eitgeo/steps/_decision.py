"""What may be published of differences and of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.released import release_derived, release_union_figures
from eitgeo.maps._decision_sheets import DecisionTables
from eitgeo.maps._union_sheets import UnionSheets
from eitgeo.maps.difference_map import DifferenceTables
from eitgeo.reference.criteria import ranking_criteria
from eitgeo.scenarios.decision.difference import figure_gaps, scenario_difference
from eitgeo.steps.ranking import TABLES
from eitgeo.tables.empty import empty_table
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.steps._released import Published
    from eitgeo.study.project import Project


def publish_difference(
    project: Project,
    published: Published,
    indicators: Released,
    *,
    pair: tuple[str, str],
) -> DifferenceTables:
    """Release what changes from one perimeter to another."""
    credit = project.study.sources.credits
    members = published.members.table
    first, second = (
        dict.fromkeys(members.loc[members["perimeter_id"] == name, "code_insee"], name)
        for name in pair
    )
    found = scenario_difference(first, second, communes=published.communes.table)
    gaps = release_derived(
        figure_gaps(indicators.table, pair=pair),
        sources=indicators.sources,
        demonstration=indicators.demonstration,
        secrecy=indicators.secrecy,
    )
    communes, epci = (
        release_derived(rows, sources=(credit.communes, credit.bodies))
        for rows in found
    )
    return DifferenceTables(pair, communes, epci, gaps)


def epci_names(published: Published) -> dict[str, str]:
    """Name each EPCI by its SIREN."""
    bodies = published.bodies.table
    epci = bodies[bodies["kind"] == "epci"]
    siren = epci["body_id"].str.removeprefix("epci_")
    return dict(zip(siren, epci["name"].astype(str), strict=True))


def publish_derived(project: Project, indicators: Released) -> UnionSheets:
    """Release what was computed from the indicators of unions of whole EPCI."""
    return UnionSheets(
        *(
            release_union_figures(
                read_table(project.processed, name), indicators=indicators
            )
            for name in ("epci_blocks", "union_ranks", "union_front", "phases")
        )
    )


def publish_decision(
    project: Project, *, tables: Mapping[str, pd.DataFrame] | None = None
) -> DecisionTables:
    """Release criteria, and orders unless an establishment may be made up."""
    study, credit = project.study, project.study.sources.credits
    parts: dict[str, pd.DataFrame]
    if tables is None:
        names = TABLES | {"stress": "stress_orders"}
        parts = {part: read_table(project.processed, n) for part, n in names.items()}
    else:
        parts = {**tables, "stress": empty_table("stress_orders")}
    if study.demonstration_reasons:
        parts["criteria"] = _without_assumed_ranks(parts["criteria"])
    return DecisionTables(
        **{
            part: release_derived(
                rows,
                sources=(credit.bodies, credit.sites, credit.roads),
                demonstration=study.demonstration_reasons,
                withhold=part != "criteria" and study.has_synthetic_sites,
            )
            for part, rows in parts.items()
        }
    )


def _without_assumed_ranks(criteria: pd.DataFrame) -> pd.DataFrame:
    """Keep in the ranks among unions that rest on assumptions, as indicators do."""
    measure = criteria["indicator_id"].map(ranking_criteria()["measure"])
    held = measure.eq("percentile") & criteria["evidence"].eq("H")
    numbers = criteria[["measured", "score"]].mask(held)
    return criteria.assign(measured=numbers["measured"], score=numbers["score"])
