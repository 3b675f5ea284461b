"""The released tables of differences and of orders, in the shape of their prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.words.difference_words import DifferenceTables
from eitgeo.maps.workbooks.decision_sheets import DecisionTables
from eitgeo.maps.workbooks.union_sheets import UnionSheets
from eitgeo.steps.decision.ranking import TABLES
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.steps.maps.released import Published
    from eitgeo.study.project import Project


def publish_difference(
    project: Project,
    published: Published,
    indicators: Released,
    *,
    pair: tuple[str, str],
) -> DifferenceTables:
    """Release what changes from one perimeter to another."""
    tables = {
        "communes": published.communes.table,
        "perimeter_communes": published.members.table,
    }
    communes, epci = (
        released(project, name, pair=pair, given=tables)
        for name in ("changed_communes", "changed_epci")
    )
    gaps = released(
        project, "figure_gaps", pair=pair, given={"indicators_public": indicators}
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
    held = {"indicators_public": indicators}
    names = ("epci_blocks", "union_ranks", "union_front", "phases")
    return UnionSheets(*(released(project, name, given=held) for name in names))


def publish_decision(
    project: Project, *, tables: Mapping[str, pd.DataFrame] | None = None
) -> DecisionTables:
    """Release criteria, and orders unless an establishment may be made up."""
    given = {}
    if tables is not None:
        given = {name: tables[part] for part, name in TABLES.items()}
        given["stress_orders"] = empty_table("stress_orders")
    names = TABLES | {"stress": "stress_orders"}
    return DecisionTables(
        **{part: released(project, name, given=given) for part, name in names.items()}
    )
