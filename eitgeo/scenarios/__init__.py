"""Indicators of perimeters, on the same data for all of them."""

from eitgeo.scenarios.activity import Activity, drawn_tonnes, read_activity
from eitgeo.scenarios.amounts import firm_ids, site_amounts
from eitgeo.scenarios.indicators import measure_indicators, rank_same_size
from eitgeo.scenarios.matter import draw_levels

__all__ = [
    "Activity",
    "draw_levels",
    "drawn_tonnes",
    "firm_ids",
    "measure_indicators",
    "rank_same_size",
    "read_activity",
    "site_amounts",
]
