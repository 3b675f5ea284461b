"""Read communes and bodies, check the coverage, say what the study area is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.sources import heights, read_bodies, read_elevation, read_membership
from eitgeo.steps._inputs import load_communes
from eitgeo.tables import write_table
from eitgeo.territory import (
    coverage_report,
    repair_coverage,
    require_known,
    require_one_epci,
    study_area,
    within_layer,
)

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``communes``, ``bodies``, ``membership`` and ``coverage_report``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    sources, territory = project.study.sources, project.study.territory
    bodies = read_bodies(project.path(sources.bodies))
    raw = load_communes(project, bodies)
    membership = read_membership(project.path(sources.membership))
    require_known(bodies, membership, raw, declared=territory.perimeters)
    require_one_epci(membership, raw, on_date=territory.on_date)
    area = study_area(membership, territory.perimeters, on_date=territory.on_date)
    report = coverage_report(raw, max_gap_m2=territory.max_coverage_gap_m2)
    communes = repair_coverage(raw, max_gap_m2=territory.max_coverage_gap_m2)
    ground = heights(read_elevation(project.path(sources.elevation)))
    inside = communes["code_insee"].isin(area)
    outline = communes[inside].union_all().buffer(1000 * territory.buffer_km)
    kept = communes[inside | communes.intersects(outline)]
    kept = kept.assign(
        area_km2=kept.area / 1e6,
        altitude_m=ground(kept["seat_x"].to_numpy(), kept["seat_y"].to_numpy()),
        in_area=kept["code_insee"].isin(area),
    )
    write_table(project.processed, kept, table="communes")
    write_table(project.processed, bodies, table="bodies")
    write_table(project.processed, membership, table="membership")
    write_table(project.processed, report, table="coverage_report")
    return {
        "communes": len(kept),
        "dont territoire": int(kept["in_area"].sum()),
        "structures": len(bodies),
        "appartenances hors de la couche": len(membership)
        - len(within_layer(membership, kept)),
        "anomalies de couverture": len(report),
        "réparées": int(report["repaired"].sum()),
    }
