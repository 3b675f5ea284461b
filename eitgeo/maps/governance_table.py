"""The workbook of governance: who could carry, on what condition, with what money."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from eitgeo.maps._governance_sheets import (
    Book,
    write_bodies,
    write_budget,
    write_carriers,
    write_reasons,
    write_structures,
    write_tasks,
)
from eitgeo.maps._plan_sheets import (
    write_epci,
    write_options,
    write_plan,
    write_swot,
    write_verdict,
    write_words,
)
from eitgeo.maps._read_me import write_read_me
from eitgeo.maps._workbook import make_formats, open_workbook
from eitgeo.maps.cards import perimeter_rows
from eitgeo.maps.sheet import require_released

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.sheet import Sheet

_CONTENT = (
    "Gouvernance : structures existantes et périmètres, porteurs possibles et leurs "
    "raisons, qui fait quoi, budget de l'animation, verdict, AFOM, plan d'action et "
    "feuille de route, fiches par EPCI. Périmètre, structure porteuse et animation "
    "sont trois choix distincts. Toute règle de droit est à faire valider par le "
    "service juridique."
)


class GovernanceTables(NamedTuple):
    """Released tables that the workbook is made from, by their names.

    Attributes
    ----------
    perimeters, bodies, perimeter_bodies, carrier_states, carrier_reasons
        Tables of the same names.
    verdicts, swot, animation_budget, plan_options, epci_facts, indicators
        Tables of the same names; ``indicators`` is ``indicators_public``.
    """

    perimeters: Released
    bodies: Released
    perimeter_bodies: Released
    carrier_states: Released
    carrier_reasons: Released
    verdicts: Released
    swot: Released
    animation_budget: Released
    plan_options: Released
    epci_facts: Released
    indicators: Released


class GovernanceReference(NamedTuple):
    """Reference tables and names that the workbook prints.

    Attributes
    ----------
    catalogue, carriers, tasks, actions
        Of :mod:`eitgeo.reference`: indicators, carriers, roles and actions.
    epci_names, division_names
        Name of each EPCI of the area by SIREN, in order; of each NAF division.
    root_name
        Town that minutes are counted to.
    places
        SIREN → what each perimeter asks of the EPCI, as
        `perimeter_lines` returns it.
    """

    catalogue: pd.DataFrame
    carriers: pd.DataFrame
    tasks: pd.DataFrame
    actions: pd.DataFrame
    epci_names: Mapping[str, str]
    division_names: Mapping[str, str]
    root_name: str
    places: Mapping[str, list[tuple[str, str, str, str]]]


def governance_xlsx(
    tables: GovernanceTables, reference: GovernanceReference, *, sheet: Sheet
) -> bytes:
    """Lay governance out as a workbook that opens in French."""
    for name, released in tables._asdict().items():
        require_released(released, name)
    compared = perimeter_rows(tables.perimeters)
    ids = compared["perimeter_id"].astype(str)
    names = dict(zip(ids, compared["name"].astype(str), strict=True))
    buffer = io.BytesIO()
    workbook = open_workbook(buffer, sheet)
    book = Book(workbook, make_formats(workbook), sheet, names)
    write_read_me(workbook, book.formats, sheet, content=_CONTENT)
    states, reasons = tables.carrier_states.table, tables.carrier_reasons.table
    catalogue, carriers = reference.catalogue, reference.carriers
    verdicts = tables.verdicts.table
    write_words(
        book,
        compared,
        indicators=tables.indicators,
        catalogue=catalogue,
        verdicts=verdicts,
    )
    write_bodies(book, tables.perimeter_bodies, tables.bodies)
    write_carriers(book, states, reasons, carriers)
    write_reasons(book, states, reasons, carriers)
    write_structures(book, carriers)
    write_tasks(book, reference.tasks, carriers)
    write_budget(book, tables.animation_budget.table, compared)
    write_verdict(book, verdicts)
    write_swot(book, tables.swot.table, catalogue)
    write_plan(book, reference.actions)
    write_options(book, tables.plan_options.table)
    write_epci(
        book,
        tables.epci_facts.table,
        places=reference.places,
        epci_names=reference.epci_names,
        division_names=reference.division_names,
        root_name=reference.root_name,
    )
    workbook.close()
    return buffer.getvalue()
