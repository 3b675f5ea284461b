"""The workbook of zones: what each is made of, official zones, sectors, settings."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from eitgeo.check import require_columns
from eitgeo.maps._read_me import write_read_me
from eitgeo.maps._workbook import make_formats, open_workbook
from eitgeo.maps._zone_sheets import (
    write_concentration,
    write_concordance,
    write_sectors,
    write_settings,
    write_zones,
)
from eitgeo.maps.sheet import require_released

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.maps.sheet import Sheet

_CONTENT = (
    "Zones d'activités et sites isolés majeurs, zones officielles, secteurs clés, "
    "concentration, réglages comparés : les mêmes chiffres que les cartes des zones."
)
_ROUNDING = (
    "Temps de route, quotients, distances de concentration : deux chiffres "
    "significatifs en classe S, un seul en classe H (hypothèses, réseau de "
    "substitution). Comptages, surfaces, altitudes, stabilité et accords : résultats "
    "du calcul, arrondis à ce qui est montré. Les emplois sont en classes."
)
_NEEDED = {
    "zones": ["zone_id", "code_insee", "size_class", "stability"],
    "profile": ["zone_id", "shannon", "n_rules_inside", "motorway_min", "outlet_name"],
    "concordance": ["zone_id", "official_id", "iou"],
    "sectors": ["division", "rank", "n_sites", "quotient", "n_rules"],
    "concentration": ["division", "measure", "p_value", "status"],
    "settings": ["setting_id", "agreement", "chosen"],
}


class ZoneTables(NamedTuple):
    """Released tables that the workbook of zones is made from.

    Attributes
    ----------
    zones, profile, concordance, sectors, concentration, settings
        Tables ``zones_public``, ``zone_profile``, ``zone_concordance``,
        ``key_sectors``, ``concentration`` and ``zone_settings``.
    """

    zones: Released
    profile: Released
    concordance: Released
    sectors: Released
    concentration: Released
    settings: Released


def zones_xlsx(
    tables: ZoneTables,
    *,
    commune_names: pd.Series[str],
    division_names: pd.Series[str],
    sentence: str,
    road_evidence: str,
    sheet: Sheet,
) -> bytes:
    """Lay out zones and sectors as a workbook that opens in French."""
    for name, released in tables._asdict().items():
        require_columns(
            require_released(released, name).table, _NEEDED[name], where=name
        )
    buffer = io.BytesIO()
    workbook = open_workbook(buffer, sheet)
    formats = make_formats(workbook)
    write_read_me(workbook, formats, sheet, content=_CONTENT, rounding=_ROUNDING)
    rows = tables.zones.table.merge(
        tables.profile.table, on="zone_id", how="left", suffixes=("", "_profile")
    )
    write_zones(
        workbook,
        formats,
        rows=rows.sort_values("zone_id", ignore_index=True),
        communes=commune_names,
        divisions=division_names,
        road_evidence=road_evidence,
        sheet=sheet,
    )
    if len(tables.concordance.table):
        write_concordance(workbook, formats, tables.concordance.table, sheet=sheet)
    write_sectors(workbook, formats, tables.sectors.table, sheet=sheet)
    write_concentration(
        workbook,
        formats,
        tables.concentration.table,
        divisions=division_names,
        sentence=sentence,
        sheet=sheet,
    )
    write_settings(workbook, formats, tables.settings.table, sheet=sheet)
    workbook.close()
    return buffer.getvalue()
