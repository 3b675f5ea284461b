"""What may be published of governance, in the shape that its documents want."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eitgeo.disclosure.released import release_register
from eitgeo.maps.epci_cards import EpciTables, perimeter_lines
from eitgeo.maps.governance_table import GovernanceReference, GovernanceTables
from eitgeo.reference.governance import carriers, governance_tasks, plan_actions
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.tables import indicator_catalogue
from eitgeo.steps._released import publish_indicators
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from eitgeo.disclosure.released import Released
    from eitgeo.steps._released import Published
    from eitgeo.study.project import Project

_ON_SITES = ("verdicts", "swot", "plan_options", "epci_facts", "perimeter_bodies")


class GovernanceParts(NamedTuple):
    """Tables of governance, those of the cards of the EPCI, and terms.

    Attributes
    ----------
    tables, cards, reference
        As the workbook of governance and the cards want them.
    """

    tables: GovernanceTables
    cards: EpciTables
    reference: GovernanceReference


def publish_governance(project: Project, public: Published) -> GovernanceParts:
    """Release the tables of governance."""
    facts = _release(project, "epci_facts")
    overlaps = _release(project, "perimeter_bodies")
    budget = _release(project, "animation_budget")
    tables = GovernanceTables(
        perimeters=public.perimeters,
        bodies=public.bodies,
        perimeter_bodies=overlaps,
        carrier_states=_release(project, "carrier_states"),
        carrier_reasons=_release(project, "carrier_reasons"),
        verdicts=_release(project, "verdicts"),
        swot=_release(project, "swot"),
        animation_budget=budget,
        plan_options=_release(project, "plan_options"),
        epci_facts=facts,
        indicators=publish_indicators(project),
    )
    cards = EpciTables(
        facts=facts,
        epci_bodies=_release(project, "epci_bodies"),
        perimeter_bodies=overlaps,
        perimeters=public.perimeters,
        bodies=public.bodies,
        budget=budget,
    )
    return GovernanceParts(tables, cards, _reference(project, public, cards))


def _release(project: Project, table: str) -> Released:
    """Release a table made of registers and of figures already released."""
    credit = project.study.sources.credits
    on_sites = table in _ON_SITES
    return release_register(
        read_table(project.processed, table),
        sources=(credit.bodies, *((credit.sites, credit.roads) if on_sites else ())),
        demonstration=project.study.demonstration_reasons if on_sites else (),
    )


def _reference(
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
    )
