"""Lay governance out as a workbook, and the card of each EPCI as a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure import release_register
from eitgeo.maps import (
    EpciTables,
    GovernanceReference,
    GovernanceTables,
    epci_cards_pdf,
    governance_xlsx,
    make_sheet,
    perimeter_lines,
)
from eitgeo.reference import (
    carriers,
    governance_tasks,
    indicator_catalogue,
    naf_divisions,
    plan_actions,
)
from eitgeo.steps._released import publish, publish_indicators
from eitgeo.store import write_bytes
from eitgeo.tables import read_table

if TYPE_CHECKING:
    from eitgeo.disclosure import Released
    from eitgeo.steps._released import Published
    from eitgeo.study import Project

_ON_SITES = ("verdicts", "swot", "plan_options", "epci_facts", "perimeter_bodies")


def run(project: Project) -> dict[str, object]:
    """Write ``gouvernance.xlsx`` and ``fiches_epci_A4.pdf``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    public = publish(project)
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
    reference = _reference(project, public, cards)
    sheet = make_sheet(project.study.identity, [public.communes, *tables])
    workbook = governance_xlsx(tables, reference, sheet=sheet)
    write_bytes(project.published("gouvernance", ".xlsx"), workbook)
    pages = epci_cards_pdf(
        cards,
        epci_names=reference.epci_names,
        division_names=reference.division_names,
        root_name=reference.root_name,
        sheet=make_sheet(project.study.identity, [public.communes, *cards]),
    )
    write_bytes(project.published("fiches_epci_A4", ".pdf"), pages)
    return {
        "périmètres": int(public.perimeters.table["compared"].sum()),
        "fiches": len(reference.epci_names),
    }


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
