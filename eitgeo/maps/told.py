"""Words made of released tables, for documents that are written elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps._governance_words import epci_lines
from eitgeo.maps.difference_words import change_lines
from eitgeo.maps.sheet import require_released

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.difference_map import DifferenceTables


def told_changes(
    difference: DifferenceTables, *, names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Say by name which EPCI and communes change from A to B."""
    communes = require_released(difference.communes, "difference").table
    epci = require_released(difference.epci, "difference").table
    return change_lines(communes, epci, names=names)


def told_facts(
    facts: Released,
    *,
    siren: str,
    division_names: Mapping[str, str],
    root_name: str,
    only: str = "",
) -> list[tuple[str, str, str]]:
    """Word what is known of an EPCI."""
    table = require_released(facts, "epci_facts").table
    mine = table[table["epci_siren"] == siren]
    if only:
        mine = mine[mine["fact_id"] == only]
    return epci_lines(mine, division_names=division_names, root_name=root_name)
