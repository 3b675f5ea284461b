"""Delimit, measure and compare candidate perimeters for industrial symbiosis.

The names that an analyst calls, imported when they are asked for ::

    import eitgeo as eg

    roads = eg.read_roads("extract.osm.pbf")
    minutes = eg.od_matrix(roads, sites, outlets)["time_s"].unstack() / 60

One that takes tables says which column it lacks, and of which table. The other modules
are imported by their names (``from eitgeo.roads.questions.criticality import ...``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "eitgeo.library.roads": (
        "Roads read_roads from_osmnx to_osmnx vehicle snap_places od_matrix isochrones"
    ),
    "eitgeo.library.zones": (
        "cluster_sites zone_outlines zone_stability m_function kd"
    ),
    "eitgeo.library.status": "status",
    "eitgeo.zones.sectors": "location_quotients",
    "eitgeo.library.flows": "arisings matches",
    "eitgeo.library.exchanges": "allocation",
    "eitgeo.library.perimeters": "contiguity unions_of certify compare",
    "eitgeo.library.contours": "core_and_fringe best_contour",
    "eitgeo.library.figures": "plot_layer map_layer offline_map",
    "eitgeo.tables.files": "read_table",
    "eitgeo.study.project": "open_project",
    "eitgeo.steps.what_if": "what_if",
}
"""Module → what it gives here."""
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted(["__version__", *_HOME])  # noqa: PLE0605 - one list, above


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - for whoever asks

    value = getattr(import_module(_HOME[name]), name)
    return _naming(value)


def _naming(value: Any) -> Callable[..., Any]:
    """Let a function of tables name the column that it lacks."""
    from eitgeo.asked import explain_missing_column, takes_tables  # noqa: PLC0415

    is_function = hasattr(value, "__code__") and takes_tables(value)
    return explain_missing_column(value) if is_function else value


def __dir__() -> list[str]:
    return __all__
