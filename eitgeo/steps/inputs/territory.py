"""Read communes and bodies, check the coverage, say what the study area is."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from eitgeo.sources.files.loaded import Loaded, dropped_rows
from eitgeo.sources.ground.elevation import heights
from eitgeo.sources.territory.bodies import BodyTables
from eitgeo.steps.engine.values import require_waste_bodies
from eitgeo.steps.files import commune_files
from eitgeo.steps.inputs.bodies import body_file_names, load_bodies, load_member_names
from eitgeo.steps.inputs.losses import tell_changed_files, write_losses
from eitgeo.steps.inputs.readers import load_communes
from eitgeo.steps.inputs.relief import load_elevation
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.territory.borders import within_ring
from eitgeo.territory.coverage import coverage_report, repair_coverage
from eitgeo.territory.membership import (
    epci_lists,
    epci_sizes,
    require_known,
    require_known_epci,
    require_lists,
    require_one_epci,
    study_area,
    within_layer,
)
from eitgeo.words import french_number


@step(
    "Communes, structures et couverture",
    writes=(
        "communes",
        "bodies",
        "membership",
        "body_seats",
        "coverage_report",
        "territory_dropped",
        "territory_remarks",
    ),
    files="commune_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write communes, bodies, their members and seats, faults of coverage, losses."""
    tell_changed_files(project, commune_files(project))
    territory = project.study.territory
    raw = load_communes(project)
    bodies, parts = load_bodies(project, raw.table)
    _require_agreement(project, bodies, raw.table)
    lists = epci_lists(bodies.table, on_date=territory.on_date)
    area = study_area(bodies.table, territory.perimeters, on_date=territory.on_date)
    require_lists(
        raw.table,
        lists,
        area=area,
        on_date=territory.on_date,
        file=body_file_names(project)[1],
    )
    report = coverage_report(raw.table, max_gap_m2=territory.max_coverage_gap_m2)
    communes = repair_coverage(raw.table, max_gap_m2=territory.max_coverage_gap_m2)
    inside = communes["code_insee"].isin(area)
    is_near = within_ring(communes, inside, buffer_km=_widest_km(project))
    around = communes[is_near]
    ground = heights(load_elevation(project, around.total_bounds))
    around = around.assign(
        area_km2=around.area / 1e6,
        altitude_m=ground(around["seat_x"].to_numpy(), around["seat_y"].to_numpy()),
        in_area=around["code_insee"].isin(area),
        epci_communes=epci_sizes(around, lists),
    )
    write_table(project.processed, around, table="communes")
    write_table(project.processed, bodies.bodies, table="bodies")
    write_table(project.processed, bodies.table, table="membership")
    write_table(project.processed, bodies.seats, table="body_seats")
    write_table(project.processed, report, table="coverage_report")
    beyond = _beyond(project, communes[~is_near])
    reader = project.study.sources.communes.reader
    losses = write_losses(
        project.processed,
        "territory",
        [(reader, raw), (reader, beyond), *parts],
    )
    return {
        "communes": len(around),
        "dont territoire": int(around["in_area"].sum()),
        "structures": len(bodies.bodies),
        "appartenances hors de la couche": len(bodies.table)
        - len(within_layer(bodies.table, around)),
        "anomalies de couverture": len(report),
        "réparées": int(report["repaired"].sum()),
        **losses,
    }


def _require_agreement(
    project: Project, bodies: BodyTables, communes: gpd.GeoDataFrame
) -> None:
    study = project.study
    bodies_file, members_file = body_file_names(project)
    require_known(
        bodies.bodies,
        bodies.table,
        communes,
        declared=study.territory.perimeters,
        files=(bodies_file, members_file),
        names=load_member_names(project),
    )
    if study.sources.communes.reader == "geojson":
        # A layer made for the study; those of the IGN or of INSEE reach beyond it.
        layer_file = study.sources.communes.path.name
        require_known_epci(communes, bodies.bodies, files=(layer_file, bodies_file))
    require_one_epci(
        bodies.table, communes, on_date=study.territory.on_date, file=members_file
    )
    require_waste_bodies(study, bodies.table["body_id"])


def _widest_km(project: Project) -> float:
    territory = project.study.territory
    return max(territory.buffer_km, territory.far_buffer_km or 0.0)


def _beyond(project: Project, away: pd.DataFrame) -> Loaded:
    buffer_km = french_number(_widest_km(project))
    reason = f"hors du territoire et de sa couronne ({buffer_km} km)"
    file = project.study.sources.communes.path.name
    rows = [
        (file, code, name, reason)
        for code, name in away[["code_insee", "nom"]].to_numpy()
    ]
    return Loaded(away, dropped_rows(rows))
