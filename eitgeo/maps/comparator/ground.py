"""Communes, blocks of EPCI, borders and places of the pages, as plain lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.errors import SchemaError
from eitgeo.maps.paper.charter import outlet_symbol
from eitgeo.maps.paper.ground import Ground, short_epci_name
from eitgeo.tables.public import Released

_LABEL_PLACES = 14
_LABEL_STEP_M = 2_500.0
OUTSIDE = -1
"""In place of a commune, beyond the outer border."""
_SIDES = 2
TOLERANCE_M = 60.0
"""Tolerance with which shared borders are simplified, both sides alike [m]."""


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
    inside = contiguity[
        contiguity["code_a"].isin(rank) & contiguity["code_b"].isin(rank)
    ]
    ordered = inside.sort_values(["code_a", "code_b"])
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


class Frame(NamedTuple):
    """Whole metres from the top left corner, downwards as on a screen."""

    x0: int  # Top left corner, EPSG:2154 [m]
    y0: int
    width: int  # Extent [m]
    height: int

    def place(self, points: np.ndarray) -> np.ndarray:
        """Move points into the frame."""
        away = np.asarray(points, dtype=float) - (self.x0, self.y0)
        moved: np.ndarray = np.rint(away * (1.0, -1.0)).astype("int64")
        return moved


class Arcs(NamedTuple):
    """Borders between communes."""

    # The two communes of each arc, by rank; :data:`OUTSIDE` beyond the border
    sides: list[tuple[int, int]]
    lines: list[list[int]]  # Each arc: first point, then steps, flat [m]


def frame_of(shapes: Iterable[shapely.Geometry]) -> Frame:
    """Return the frame that holds polygons."""
    bounds = shapely.total_bounds(np.asarray(list(shapes), dtype=object))
    xmin, ymin = (int(np.floor(side)) for side in bounds[:2])
    xmax, ymax = (int(np.ceil(side)) for side in bounds[2:])
    return Frame(xmin, ymax, xmax - xmin, ymax - ymin)


def shared_arcs(shapes: Sequence[shapely.Geometry], frame: Frame) -> Arcs:
    """Cut the borders of a coverage into arcs, each with its two sides."""
    edges: dict[tuple[tuple[int, int], tuple[int, int]], set[int]] = {}
    for rank, shape in enumerate(shapes):
        for ring in shapely.get_rings(shapely.get_parts(shape)):
            points = frame.place(shapely.get_coordinates(ring)).tolist()
            for p, q in pairwise(points):
                if p != q:
                    first, last = sorted((tuple(p), tuple(q)))
                    # A spike of one polygon runs to and fro: it is no border.
                    edges.setdefault((first, last), set()).symmetric_difference_update(
                        {rank}
                    )
    return _merged(edges)


def _merged(edges: dict[tuple[tuple[int, int], tuple[int, int]], set[int]]) -> Arcs:
    """Join the edges that have the same sides."""
    by_sides: dict[tuple[int, int], list[shapely.LineString]] = {}
    for edge in sorted(edges):
        ranks = sorted(edges[edge])
        if len(ranks) > _SIDES:
            message = f"communes : {len(ranks)} polygones sur une même limite"
            raise SchemaError(message)
        if ranks:
            first = ranks[0] if len(ranks) == _SIDES else OUTSIDE
            by_sides.setdefault((first, ranks[-1]), []).append(shapely.LineString(edge))
    arcs = Arcs([], [])
    for sides, lines in sorted(by_sides.items()):
        merged = shapely.line_merge(shapely.MultiLineString(lines))
        for line in shapely.get_parts(merged):
            points = np.rint(shapely.get_coordinates(line)).astype("int64")
            steps = np.vstack([points[:1], np.diff(points, axis=0)])
            arcs.sides.append(sides)
            arcs.lines.append(steps.ravel().tolist())
    return arcs


def commune_postcodes(postcodes: Released, codes: Sequence[str]) -> list[str]:
    """Return the postcodes of each commune, joined by a space."""
    table = postcodes.table
    ordered = table.sort_values("postcode", kind="stable")
    by_commune = ordered.groupby("code_insee")["postcode"].agg(" ".join)
    return [str(by_commune.get(code, "")) for code in codes]


def epci_pieces(
    communes: pd.DataFrame,
    *,
    bodies: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    root_epci: str,
) -> list[dict[str, Any]]:
    """Group the EPCI that the same bodies hold, in the same départements."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    whole = communes[communes["epci_siren"] != ""].groupby("epci_siren")
    codes = {str(siren): frozenset(rows["code_insee"]) for siren, rows in whole}
    deps = {str(siren): tuple(sorted(set(rows["dep"]))) for siren, rows in whole}
    for siren in sorted(codes):
        holders = tuple(one["id"] for one in bodies if codes[siren] <= one["codes"])
        groups.setdefault((holders, deps[siren]), []).append(siren)
    pieces = [
        {
            "label": _label(
                members, bodies, codes, names, is_core=root_epci in members
            ),
            "epci": members,
            "deps": list(key[1]),
            "core": root_epci in members,
        }
        for key, members in groups.items()
    ]
    return sorted(pieces, key=lambda piece: (not piece["core"], piece["epci"]))


def _label(
    members: list[str],
    bodies: Sequence[Mapping[str, Any]],
    codes: Mapping[str, frozenset[str]],
    names: Mapping[str, str],
    *,
    is_core: bool,
) -> str:
    inside = frozenset().union(*(codes[siren] for siren in members))
    same = [str(one["name"]) for one in bodies if one["codes"] == inside]
    short = " et ".join(short_epci_name(names[siren]) for siren in members)
    if is_core:
        return f"Socle : {same[0] if same else short}"
    return short


def simplified_area(ground: Ground) -> gpd.GeoDataFrame:
    """Return the communes of the study area, shared borders simplified as one."""
    area = ground.area
    shapes = shapely.coverage_simplify(area.geometry.to_numpy(), TOLERANCE_M)
    return area.set_geometry(gpd.GeoSeries(shapes, index=area.index, crs=area.crs))
