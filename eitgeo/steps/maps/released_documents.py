"""Released tables in the shape of documents: differences, orders, governance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from eitgeo.disclosure.door.passing import released
from eitgeo.disclosure.door.rules import Released
from eitgeo.maps.cards.epci_cards import EpciTables, perimeter_lines
from eitgeo.maps.words.difference_words import DifferenceTables
from eitgeo.maps.workbooks.decision_sheets import DecisionTables
from eitgeo.maps.workbooks.governance_table import GovernanceReference, GovernanceTables
from eitgeo.maps.workbooks.union_sheets import UnionSheets
from eitgeo.reference.governance import carriers, governance_tasks, plan_actions
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.naf import naf_divisions
from eitgeo.steps.decision.ranking import TABLES
from eitgeo.study.project import Project
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    from eitgeo.steps.maps.released import Published


def publish_difference(
    project: Project,
    published: Published,
    indicators: Released,
    *,
    pair: tuple[str, str],
) -> DifferenceTables:
    """Release what changes from one perimeter to another."""
    members = published.members.table
    tables = {
        "communes": published.communes.table,
        "perimeter_communes": members[members["perimeter_id"].isin(pair)],
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
    given_tables = {"indicators_public": indicators}
    names = ("epci_blocks", "union_ranks", "union_front", "phases")
    return UnionSheets(*(released(project, name, given=given_tables) for name in names))


def publish_decision(
    project: Project, *, tables: Mapping[str, pd.DataFrame] | None = None
) -> DecisionTables:
    """Release criteria, and orders unless an establishment may be made up."""
    given_tables = {}
    if tables is not None:
        given_tables = {name: tables[part] for part, name in TABLES.items()}
        given_tables["stress_orders"] = empty_table("stress_orders")
    names = TABLES | {"stress": "stress_orders"}
    return DecisionTables(
        **{
            part: released(project, name, given=given_tables)
            for part, name in names.items()
        }
    )


class GovernanceParts(NamedTuple):
    """Tables of governance, those of the cards of the EPCI, and terms.

    ``tables``, ``cards``, ``reference``: as the workbook of governance and the cards
    want them.
    """

    tables: GovernanceTables
    cards: EpciTables
    reference: GovernanceReference


def publish_governance(project: Project, public: Published) -> GovernanceParts:
    """Release the tables of governance."""
    facts = released(project, "epci_facts")
    overlaps = released(project, "perimeter_bodies")
    budget = released(project, "animation_budget")
    shares = released(project, "cost_shares")
    tables = GovernanceTables(
        perimeters=public.perimeters,
        bodies=public.bodies,
        perimeter_bodies=overlaps,
        carrier_states=released(project, "carrier_states"),
        carrier_reasons=released(project, "carrier_reasons"),
        refusals=released(project, "refusals"),
        verdicts=released(project, "verdicts"),
        swot=released(project, "swot"),
        animation_budget=budget,
        posts=released(project, "posts"),
        cost_shares=shares,
        plan_options=released(project, "plan_options"),
        epci_facts=facts,
        indicators=released(project, "indicators_public"),
    )
    cards = EpciTables(
        facts=facts,
        epci_bodies=released(project, "epci_bodies"),
        perimeter_bodies=overlaps,
        perimeters=public.perimeters,
        bodies=public.bodies,
        budget=budget,
        cost_shares=shares,
    )
    return GovernanceParts(tables, cards, _governance_reference(project, public, cards))


def _governance_reference(
    project: Project, public: Published, cards: EpciTables
) -> GovernanceReference:
    names = public.bodies.table.set_index("body_id")["name"]
    sirens = sorted(
        set(cards.facts.table["epci_siren"]), key=lambda s: names[f"epci_{s}"]
    )
    communes = public.communes.table.set_index("code_insee")["nom"]
    return GovernanceReference(
        catalogue=indicator_catalogue(),
        carriers=carriers(),
        tasks=governance_tasks(),
        actions=plan_actions(),
        epci_names={siren: str(names[f"epci_{siren}"]) for siren in sirens},
        division_names={str(k): str(v) for k, v in naf_divisions()["label"].items()},
        root_name=str(communes[project.study.territory.root_commune]),
        places={siren: perimeter_lines(cards, siren) for siren in sirens},
        most_epci=project.study.methods.max_union_epci,
    )
