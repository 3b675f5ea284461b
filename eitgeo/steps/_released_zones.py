"""What may be published of zones, sites and sectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.released import release_register
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from eitgeo.disclosure.released import Released
    from eitgeo.study.project import Project

_INNER = (
    "anchors",
    "headcount_high",
    "headcount_in",
    "headcount_low",
    "headcount_mid",
    "headcount_out",
    "largest_share_pct",
)
"""Columns that would tell a firm, or what is left of a block once zones are out."""
_SITE_COLUMNS = ["site_id", "diffusible", "natural_person", "geometry"]


def publish_zone_table(project: Project, name: str) -> Released:
    """Release a table of zones or sectors, without jobs."""
    table = read_table(project.processed, name)
    kept = table.drop(columns=[one for one in _INNER if one in table])
    return release_register(
        kept, sources=_sources(project), demonstration=_reasons(project)
    )


def publish_zone_potentials(project: Project) -> Released:
    """Release the zones with the class of their potential waste."""
    folder = project.processed
    zones = read_table(folder, "zones_public")
    classes = read_table(folder, "zone_potentials").set_index("zone_id")
    return release_register(
        zones.assign(potential_class=zones["zone_id"].map(classes["potential_class"])),
        sources=(*_sources(project), project.study.sources.credits.flows),
        demonstration=_reasons(project),
    )


def publish_site_stability(project: Project) -> Released:
    """Release the sites that may be told, where they are and how stable."""
    folder = project.processed
    sites = read_table(folder, "sites")[_SITE_COLUMNS]
    table = sites.merge(read_table(folder, "site_stability"), on="site_id")
    return release_register(
        table, sources=_sources(project), demonstration=_reasons(project)
    )


def _sources(project: Project) -> tuple[str, ...]:
    credit = project.study.zones.credit
    return (project.study.sources.credits.sites, *([credit] if credit else []))


def _reasons(project: Project) -> tuple[str, ...]:
    study = project.study
    if study.zones.distance != "plane":
        return study.demonstration_reasons
    return study.site_reasons
