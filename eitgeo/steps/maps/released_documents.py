"""What changes between perimeters, and what governance is printed with."""

from __future__ import annotations

from dataclasses import replace

from eitgeo.maps.cards.epci_cards import perimeter_lines
from eitgeo.maps.words.cards import DifferenceTables
from eitgeo.maps.workbooks.governance_table import GovernanceReference
from eitgeo.reference.governance import carriers, governance_tasks, plan_actions
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.reference.naf import naf_divisions
from eitgeo.scenarios.decision.difference import figure_gaps, scenario_difference
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


def governance_reference(project: Project, public: PublicTables) -> GovernanceReference:
    """Gather the names and reference tables that governance is printed with."""
    names = public["bodies"].table.set_index("body_id")["name"]
    sirens = sorted(
        set(public["epci_facts"].table["epci_siren"]), key=lambda s: names[f"epci_{s}"]
    )
    communes = public["communes"].table.set_index("code_insee")["nom"]
    return GovernanceReference(
        catalogue=indicator_catalogue(),
        carriers=carriers(),
        tasks=governance_tasks(),
        actions=plan_actions(),
        epci_names={siren: str(names[f"epci_{siren}"]) for siren in sirens},
        division_names={str(k): str(v) for k, v in naf_divisions()["label"].items()},
        root_name=str(communes[project.study.territory.root_commune]),
        places={siren: perimeter_lines(public, siren) for siren in sirens},
        most_epci=project.study.methods.max_union_epci,
    )
