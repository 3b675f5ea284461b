"""Released tables in the shape of documents: orders, unions, governance."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from eitgeo.maps.cards.epci_cards import EpciTables, perimeter_lines
from eitgeo.maps.words.difference_words import DifferenceTables
from eitgeo.maps.workbooks.decision_sheets import DecisionTables
from eitgeo.maps.workbooks.governance_table import GovernanceReference, GovernanceTables
from eitgeo.maps.workbooks.union_sheets import UnionSheets
from eitgeo.reference.governance import carriers, governance_tasks, plan_actions
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.naf import naf_divisions
from eitgeo.scenarios.decision.difference import figure_gaps, scenario_difference
from eitgeo.steps.decision.ranking import TABLES
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables, Released


def perimeter_difference(
    public: PublicTables, indicators: Released, *, pair: tuple[str, str]
) -> DifferenceTables:
    """Say what changes from one perimeter to another, on released tables."""
    communes, members = public["communes"], public["perimeter_communes"]
    rows = members.table
    first, second = (
        dict.fromkeys(rows.loc[rows["perimeter_id"] == name, "code_insee"], name)
        for name in pair
    )
    change = scenario_difference(first, second, communes=communes.table)
    ground = replace(
        communes, sources=tuple(dict.fromkeys((*communes.sources, *members.sources)))
    )
    return DifferenceTables(
        pair,
        replace(ground, table=change.communes),
        replace(ground, table=change.epci),
        replace(indicators, table=figure_gaps(indicators.table, pair=pair)),
    )


def epci_names(public: PublicTables) -> dict[str, str]:
    """Name each EPCI by its SIREN."""
    bodies = public["bodies"].table
    epci = bodies[bodies["kind"] == "epci"]
    siren = epci["body_id"].str.removeprefix("epci_")
    return dict(zip(siren, epci["name"].astype(str), strict=True))


def union_tables(public: PublicTables) -> UnionSheets:
    """Take what was computed from the indicators of unions of whole EPCI."""
    names = ("epci_blocks", "union_ranks", "union_front", "phases")
    return UnionSheets(*(public[name] for name in names))


def decision_tables(public: PublicTables) -> DecisionTables:
    """Take criteria and orders."""
    names = TABLES | {"stress": "stress_orders"}
    return DecisionTables(**{part: public[name] for part, name in names.items()})


class GovernanceParts(NamedTuple):
    """Tables of governance, those of the cards of the EPCI, and terms.

    ``tables``, ``cards``, ``reference``: as the workbook of governance and the cards
    want them.
    """

    tables: GovernanceTables
    cards: EpciTables
    reference: GovernanceReference


def governance_parts(project: Project, public: PublicTables) -> GovernanceParts:
    """Take the tables of governance."""
    own = {"indicators": "indicators_public"}
    tables = GovernanceTables(
        **{name: public[own.get(name, name)] for name in GovernanceTables._fields}
    )
    own = {"facts": "epci_facts", "budget": "animation_budget"}
    cards = EpciTables(
        **{name: public[own.get(name, name)] for name in EpciTables._fields}
    )
    names = public["bodies"].table.set_index("body_id")["name"]
    sirens = sorted(
        set(cards.facts.table["epci_siren"]), key=lambda s: names[f"epci_{s}"]
    )
    communes = public["communes"].table.set_index("code_insee")["nom"]
    reference = GovernanceReference(
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
    return GovernanceParts(tables, cards, reference)
