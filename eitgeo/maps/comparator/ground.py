"""Communes, borders and places of the comparator, as plain lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from eitgeo.maps.comparator.topology import Frame, frame_of, shared_arcs
from eitgeo.maps.pages.features import simplified_area
from eitgeo.maps.paper.palette import outlet_symbol

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from eitgeo.maps.paper.ground import Ground

_LABEL_PLACES = 14
_LABEL_STEP_M = 2_500.0


def commune_lists(ground: Ground, frame: Frame) -> dict[str, Any]:
    """List the communes of the study area, sorted by code."""
    area = ground.area
    sirens, deps = epci_order(ground), dep_order(ground)
    seats = frame.place(area[["seat_x", "seat_y"]].to_numpy())
    return {
        "code": area["code_insee"].tolist(),
        "name": area["nom"].astype(str).tolist(),
        "epci": [sirens.index(s) if s else -1 for s in area["epci_siren"]],
        "dep": [deps.index(dep) for dep in area["dep"]],
        "pop": area["population"].astype(int).tolist(),
        "area": area["area_km2"].astype(float).tolist(),
        "seat": seats.ravel().tolist(),
    }


def epci_order(ground: Ground) -> list[str]:
    """Return the EPCI of the study area in the order of the page."""
    return sorted({str(siren) for siren in ground.area["epci_siren"]} - {""})


def dep_order(ground: Ground) -> list[str]:
    """Return the départements of the study area in the order of the page."""
    return sorted({str(dep) for dep in ground.area["dep"]})


def epci_lists(ground: Ground, frame: Frame) -> list[dict[str, Any]]:
    """List the EPCI with how many communes each has, and where its name may stand."""
    totals = ground.communes.groupby("epci_siren")["epci_communes"].first()
    return [
        {
            "siren": siren,
            "name": str(ground.epci.loc[siren, "name"]),
            "short": str(ground.epci.loc[siren, "short_name"]),
            "total": int(totals[siren]),
            "at": _roomy_places(ground.epci.loc[siren, "geometry"], frame),
        }
        for siren in epci_order(ground)
    ]


def _roomy_places(shape: shapely.Geometry, frame: Frame) -> list[int]:
    """Return points inside a polygon, those far from its border first."""
    xmin, ymin, xmax, ymax = shape.bounds
    columns = np.arange(xmin, xmax, _LABEL_STEP_M)
    rows = np.arange(ymin, ymax, _LABEL_STEP_M)
    grid = np.array(np.meshgrid(columns, rows)).reshape(2, -1).T
    middle = shapely.get_coordinates(shape.representative_point())
    points = np.vstack([grid, middle])
    points = points[shapely.contains_xy(shape, points[:, 0], points[:, 1])]
    room = shapely.distance(shapely.points(points), shapely.boundary(shape))
    order = np.argsort(-np.round(room, 3), kind="stable")[:_LABEL_PLACES]
    flat: list[int] = frame.place(points[order]).ravel().tolist()
    return flat


def border_lists(ground: Ground) -> tuple[Frame, dict[str, Any]]:
    """Cut the borders of the study area into shared arcs."""
    shapes = simplified_area(ground).geometry.to_numpy()
    frame = frame_of(shapes)
    arcs = shared_arcs(shapes, frame)
    flat = [rank for pair in arcs.sides for rank in pair]
    return frame, {"sides": flat, "lines": arcs.lines}


def link_list(contiguity: pd.DataFrame, codes: list[str]) -> list[int]:
    """List the pairs of neighbours of the study area."""
    rank = {code: place for place, code in enumerate(codes)}
    kept = contiguity[contiguity["code_a"].isin(rank) & contiguity["code_b"].isin(rank)]
    ordered = kept.sort_values(["code_a", "code_b"])
    return [
        number
        for a, b, minutes in zip(
            ordered["code_a"], ordered["code_b"], ordered["road_minutes"], strict=True
        )
        for number in (rank[a], rank[b], int(not np.isnan(minutes)))
    ]


def place_lists(ground: Ground, frame: Frame) -> dict[str, Any]:
    """List towns, motorways, outlets and the star."""
    return {
        "towns": [
            {
                "name": str(row.name_),
                "pop": int(row.population),
                "code": str(row.code_insee),
                "at": _at(row.geometry, frame),
            }
            for row in ground.towns.rename(columns={"name": "name_"}).itertuples()
        ],
        "motorways": [
            {
                "name": str(row.name_),
                "line": frame.place(shapely.get_coordinates(row.geometry))
                .ravel()
                .tolist(),
            }
            for row in ground.motorways.rename(columns={"name": "name_"}).itertuples()
        ],
        "outlets": outlet_lists(ground.outlets, frame),
        "root": ground.root_code,
    }


def outlet_lists(outlets: gpd.GeoDataFrame, frame: Frame) -> list[dict[str, Any]]:
    """List treatment sites."""
    return [
        {
            "name": str(row.name_),
            "sign": str(row.kind),
            "kind": outlet_symbol(str(row.kind)).label,
            "colour": outlet_symbol(str(row.kind)).colour,
            "code": str(row.code_insee),
            "sure": str(row.status) == "publie",
            "at": _at(row.geometry, frame),
        }
        for row in outlets.rename(columns={"name": "name_"}).itertuples()
    ]


def _at(point: shapely.Geometry, frame: Frame) -> list[int]:
    flat: list[int] = frame.place(shapely.get_coordinates(point)).ravel().tolist()
    return flat
