"""Print the maps that answer what the study asks of its roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.prints.reach_pictures import isochrone_picture, seat_picture
from eitgeo.maps.prints.road_maps import RoadGround, road_sheet
from eitgeo.maps.prints.road_pictures import (
    closure_picture,
    criticality_picture,
    outlier_picture,
)
from eitgeo.roads.questions.towns import town_minutes
from eitgeo.steps.files import road_map_stems
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.step import step
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.prints.road_maps import Picture
    from eitgeo.study.project import Project

_TABLES = (
    "animation_seats",
    "closed_roads",
    "closure_access",
    "closure_trips",
    "closures",
    "isochrones",
    "link_criticality",
    "reach_shares",
    "road_checks",
    "road_outliers",
)
_ENGINES = {"valhalla": "Valhalla", "osrm": "OSRM"}
_OUTLIERS_SHOWN = 8
_TOWNS_NAMED = 12
_BANDS_MIN = (15.0, 30.0, 45.0, 60.0)


class _Made(NamedTuple):
    """What every map of the study is made from."""

    project: Project
    public: dict[str, Released]
    ground: RoadGround
    towns: list[str]


@step(
    "Cartes des routes",
    reads=(
        "animation_seats",
        "closed_roads",
        "closure_access",
        "closure_trips",
        "closures",
        "drawn_roads",
        "isochrones",
        "link_criticality",
        "od_matrix",
        "places",
        "reach_shares",
        "road_checks",
        "road_outliers",
    ),
    settings=(
        "comparison.seat_min_population",
        "comparison.seat_minutes",
        "identity",
        "methods.reach",
        "prints",
        "roads",
        "sources.credits",
    ),
    products="road_map_files",
)
def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
    """Write each map in every format of the study."""
    stems = road_map_stems(project)
    if not stems:
        return {"fichiers": 0}
    made = _Made(
        project,
        {name: released(project, name) for name in _TABLES},
        _ground(project, communes),
        _towns(project, communes),
    )
    count = 0
    for stem, what in stems.items():
        question, _, key = what.partition(":")
        picture, used = _DRAWN[question](made, key)
        sheet = road_sheet(picture, [made.ground.seats, *used])
        count += print_sheet(project, stem, sheet)
    return {"fichiers": count}


def _ground(project: Project, communes: gpd.GeoDataFrame) -> RoadGround:
    network = project.study.roads.network
    seats = gpd.GeoDataFrame(
        {"code_insee": communes["code_insee"], "name": communes["nom"]},
        geometry=gpd.points_from_xy(communes["seat_x"], communes["seat_y"]),
        crs=2154,
    )
    limits = _epci_limits(communes)
    return RoadGround(
        released(project, "drawn_roads"),
        released(project, "town_halls", given={"town_halls": seats}),
        released(project, "epci_limits", given={"epci_limits": limits}),
        network.label,
        evidence=network.evidence,
    )


def _epci_limits(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Outline each EPCI."""
    mine = communes[communes["epci_siren"].ne("")]
    shapes = [
        shapely.boundary(shapely.coverage_union_all(part.to_numpy()))
        for _, part in mine.geometry.groupby(mine["epci_siren"])
    ]
    return gpd.GeoDataFrame({"geometry": shapes}, geometry="geometry", crs=2154)


def _towns(project: Project, communes: gpd.GeoDataFrame) -> list[str]:
    """Name the largest communes of the area, as many as a map can bear."""
    area = communes[communes["in_area"]]
    least = project.study.comparison.seat_min_population
    large = area[area["population"] >= least].sort_values(
        ["population", "code_insee"], ascending=[False, True]
    )
    return large["code_insee"].head(_TOWNS_NAMED).tolist()


def _isochrones(made: _Made, key: str) -> tuple[Picture, list[Released]]:
    used = [made.public["isochrones"], made.public["reach_shares"]]
    return isochrone_picture(
        *used, seat=key, towns=made.towns, ground=made.ground
    ), used


def _seats(made: _Made, key: str) -> tuple[Picture, list[Released]]:
    del key
    asked = made.project.study.roads.seats
    table = made.public["animation_seats"].table
    shown = table[table["n_seats"] <= (2 if asked is None else asked.shown)]
    two = (
        shown[shown["criterion"] == "median"]
        .sort_values("n_seats", kind="stable")
        .tail(1)
    )
    codes = [code for code in two[["seat_1", "seat_2"]].to_numpy().ravel() if code]
    zones = _seat_zones(made.project, codes)
    used = [
        made.public["animation_seats"],
        released(made.project, "seat_zones", given={"seat_zones": zones}),
    ]
    limit = made.project.study.comparison.seat_minutes
    return seat_picture(
        *used, seats_shown=codes, limit_min=limit, ground=made.ground
    ), used


def _seat_zones(project: Project, codes: list[str]) -> gpd.GeoDataFrame:
    """Join the communes by class of minutes to the nearest of some seats."""
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]].set_index("code_insee")
    minutes = town_minutes(
        communes,
        read_table(project.processed, "od_matrix"),
        min_population=project.study.comparison.seat_min_population,
    )
    nearest = minutes[codes].min(axis=1).reindex(area.index)
    rank = np.searchsorted(_BANDS_MIN, nearest.to_numpy(dtype=float), side="right")
    labels = [f"moins de {band:g} min" for band in _BANDS_MIN]
    last = f"{_BANDS_MIN[-1]:g} min ou plus, ou sans chemin"
    rows = [
        (label, shapely.union_all(area.geometry[rank == at].to_numpy()))
        for at, label in enumerate([*labels, last])
        if (rank == at).any()
    ]
    table = pd.DataFrame(rows, columns=["label", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=2154)


def _closure(made: _Made, key: str) -> tuple[Picture, list[Released]]:
    names = ("closures", "closed_roads", "closure_access", "closure_trips")
    used = {name: made.public[name] for name in names}
    picture = closure_picture(
        used, closure_id=key, towns=made.towns, ground=made.ground
    )
    return picture, [*used.values()]


def _links(made: _Made, key: str) -> tuple[Picture, list[Released]]:
    del key
    used, asked = made.public["link_criticality"], made.project.study.roads.criticality
    classes = 1 if asked is None else asked.classes
    picture = criticality_picture(
        used, classes=classes, towns=made.towns, ground=made.ground
    )
    return picture, [used]


def _outliers(made: _Made, key: str) -> tuple[Picture, list[Released]]:
    used = [made.public["road_checks"], made.public["road_outliers"]]
    picture = outlier_picture(
        *used, engine=_ENGINES[key], shown=_OUTLIERS_SHOWN, ground=made.ground
    )
    return picture, used


_DRAWN = {
    "isochrones": _isochrones,
    "seats": _seats,
    "closure": _closure,
    "criticality": _links,
    "outliers": _outliers,
}
