"""The workbook behind the maps: what is compared, all unions, certificates."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from eitgeo.maps._block_sheets import (
    UnionSheets,
    write_blocks,
    write_phases,
    write_ranks,
)
from eitgeo.maps._decision_sheets import (
    write_criteria,
    write_difference,
    write_orders,
)
from eitgeo.maps._read_me import write_read_me
from eitgeo.maps._unions import write_unions
from eitgeo.maps._workbook import make_formats, open_workbook
from eitgeo.maps._worksheets import (
    write_certificates,
    write_comparison,
    write_values,
)
from eitgeo.maps.cards import perimeter_rows
from eitgeo.maps.sheet import require_released

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps._decision_sheets import DecisionTables
    from eitgeo.maps.difference_map import DifferenceTables
    from eitgeo.maps.sheet import Sheet


def comparison_xlsx(  # noqa: PLR0913 - one argument a group of sheets
    indicators: Released,
    perimeters: Released,
    *,
    catalogue: pd.DataFrame,
    sheet: Sheet,
    difference: DifferenceTables | None = None,
    decision: DecisionTables | None = None,
    epci_names: Mapping[str, str] | None = None,
    derived: UnionSheets | None = None,
) -> bytes:
    """Lay out the comparison as a workbook that opens in French."""
    figures = require_released(indicators, "indicators")
    compared = perimeter_rows(perimeters)
    others = perimeter_rows(perimeters, compared=False)
    unions = others[others["method"] == "union_epci"]
    buffer = io.BytesIO()
    workbook = open_workbook(buffer, sheet)
    formats = make_formats(workbook)
    write_read_me(workbook, formats, sheet)
    shared: dict[str, Any] = {
        "indicators": figures,
        "catalogue": catalogue,
        "sheet": sheet,
    }
    write_comparison(workbook, formats, perimeters=compared, **shared)
    write_values(workbook, formats, perimeters=compared, **shared)
    names = dict(perimeters.table[["perimeter_id", "name"]].astype(str).to_numpy())
    if difference is not None:
        write_difference(
            workbook,
            formats,
            difference,
            names=names | dict(epci_names or {}),
            **shared,
        )
    if decision is not None:
        told: dict[str, Any] = {"names": names, "catalogue": catalogue, "sheet": sheet}
        write_criteria(workbook, formats, decision, **told)
        write_orders(workbook, formats, decision, **told)
    if not unions.empty:
        write_unions(workbook, formats, perimeters=unions, **shared)
    if derived is not None:
        about: dict[str, Any] = {"catalogue": catalogue, "sheet": sheet}
        _write_derived(workbook, formats, derived, perimeters=compared, **about)
    write_certificates(workbook, formats, perimeters=compared, sheet=sheet)
    workbook.close()
    return buffer.getvalue()


def _write_derived(
    workbook: Any,
    formats: Any,
    derived: UnionSheets,
    *,
    perimeters: pd.DataFrame,
    **about: Any,
) -> None:
    for name, table in derived._asdict().items():
        require_released(table, name)
    write_blocks(workbook, formats, blocks=derived.blocks, **about)
    write_ranks(workbook, formats, unions=derived, perimeters=perimeters, **about)
    if not derived.phases.table.empty:
        write_phases(workbook, formats, phases=derived.phases, **about)
