"""Indicators of perimeters, on the same data for all of them."""

from eitgeo.scenarios.activity import Activity, read_activity
from eitgeo.scenarios.indicators import contributions, measure_indicators

__all__ = ["Activity", "contributions", "measure_indicators", "read_activity"]
