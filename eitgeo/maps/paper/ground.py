"""The ground that every map stands on: communes, EPCI, départements, towns, outlets.

It is prepared once from released tables; each map only adds its perimeter. Rough
outlines of countries are never measured.
"""

from __future__ import annotations

import tomllib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from eitgeo.check import require_lambert93
from eitgeo.crs import to_metres
from eitgeo.errors import StudyError
from eitgeo.maps.paper.charter import spread_colours
from eitgeo.tables.public import Released
from eitgeo.words import first_upper

_RINGS: dict[str, Any] = tomllib.loads(
    resources.files("eitgeo.maps.paper").joinpath("france.toml").read_text("utf-8")
)
FRANCE_LON_LAT = tuple(tuple(map(tuple, ring)) for ring in _RINGS["france"])
NEIGHBOURS_LON_LAT = {
    name: tuple(map(tuple, ring)) for name, ring in _RINGS["neighbours"].items()
}
"""Where the name of a country may stand, to about 10 km; never drawn, never measured.
"""


@cache
def project_ring(ring: tuple[tuple[float, float], ...]) -> shapely.Polygon:
    """Put longitudes and latitudes in EPSG:2154."""
    x, y = to_metres().transform(*np.array(ring).T)
    return shapely.polygons(np.column_stack([x, y]))


TOWN_POPULATIONS = (2_500, 5_000, 10_000, 20_000, 50_000, 100_000)
"""From how many inhabitants towns are marked: the least that leaves them readable."""
MOST_TOWNS = 40
FAR_TOWN_MIN_POPULATION = 10_000
"""The same, outside the study area: towns there are landmarks only."""
_SUBURB_M = 15_000.0
_PREFIXES = ("CC ", "CA ", "CU ")
_ARTICLES = ("de la ", "de l'", "de l’", "des ", "du ", "de ")


@dataclass(frozen=True, eq=False)
class Relief:
    """Altitudes under maps."""

    # Shape (rows, columns) [m], the first row in the north; NaN where unknown
    z: npt.NDArray[np.float64]
    bounds: tuple[float, float, float, float]  # xmin, ymin, xmax, ymax, EPSG:2154 [m]
    credit: Released | None = None  # The released table that carries its source
    shades: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)
    """What was made of it for the last map: the next of a set has the same frame."""


@dataclass(frozen=True)
class Ground:
    """Layers in EPSG:2154 that maps share."""

    # ``code_insee``, ``nom``, ``epci_siren``, ``epci_name``, ``dep``, ``population``,
    # ``area_km2``, ``in_area``, polygons; indexed by code
    communes: gpd.GeoDataFrame = field(repr=False)
    # EPCI with a commune in the study area: ``name``, ``colour``, polygons of their
    # communes; indexed by SIREN
    epci: gpd.GeoDataFrame = field(repr=False)
    departements: gpd.GeoDataFrame = field(repr=False)
    # A commune an EPCI, at its town hall: its seat (``is_seat``) where a source tells
    # it, else the most populous
    chiefs: gpd.GeoDataFrame = field(repr=False)
    # Points: ``name``, ``population``; largest first
    towns: gpd.GeoDataFrame = field(repr=False)
    # Points: ``rank`` (from 1), ``name``, ``kind``, ``status``; empty if none
    outlets: gpd.GeoDataFrame = field(repr=False)
    # Lines from junction to junction: ``name``; empty if none. They are drawn where no
    # roads are at hand.
    motorways: gpd.GeoDataFrame = field(repr=False)
    # Lines by class, ``label``; empty where distances rest on none
    roads: gpd.GeoDataFrame = field(repr=False)
    root_code: str = ""  # INSEE code of the commune that is starred; may be empty
    # From how many inhabitants towns of the area are marked, whatever their EPCI
    town_population: int = TOWN_POPULATIONS[0]
    # Altitudes, shaded under the print maps; None: no shade
    relief: Relief | None = field(default=None, repr=False)
    cut: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)
    """Its roads as a frame shows them: the next map of a set has the same."""
    # The released table behind each layer: ``communes``, ``bodies``, ``places`` …
    tables: Mapping[str, Released] = field(default_factory=dict, repr=False)

    def made_of(self, *names: str) -> tuple[Released, ...]:
        """Return the released tables behind some layers, those that are at hand."""
        return tuple(self.tables[name] for name in names if name in self.tables)

    @property
    def seats_told(self) -> str:
        """Say whether chief communes are seats: ``all``, ``some`` or ``none``."""
        is_seat = self.chiefs["is_seat"]
        return "all" if is_seat.all() else "some" if is_seat.any() else "none"

    @property
    def area(self) -> gpd.GeoDataFrame:
        """Return the communes of the study area."""
        return self.communes[self.communes["in_area"]]


def make_ground(
    communes: Released,
    bodies: Released,
    *,
    places: Released | None = None,
    outlets: Released | None = None,
    motorways: Released | None = None,
    root_commune: str = "",
    relief: Relief | None = None,
) -> Ground:
    """Prepare what all maps of a study share; what is not given is not drawn."""
    layer = _communes(communes, bodies)
    area = layer[layer["in_area"]]
    if area.empty:
        message = (
            "communes : aucune dans le territoire d'étude → vérifier les périmètres"
        )
        raise StudyError(message)
    behind = {
        "communes": communes,
        "bodies": bodies,
        "places": places,
        "outlets": outlets,
        "motorways": motorways,
        "relief": relief.credit if relief else None,
    }
    chiefs = _chiefs(area, frozenset())
    marked_from = _marked_from(places, area)
    return Ground(
        communes=layer,
        epci=_epci(area),
        departements=_dissolve(layer, "dep"),
        chiefs=chiefs,
        towns=_towns(places, area, marked_from, chiefs),
        outlets=_outlets(outlets),
        motorways=_motorways(motorways, layer),
        roads=gpd.GeoDataFrame({"label": []}, geometry=[], crs=layer.crs),
        root_code=root_commune if root_commune in layer.index else "",
        town_population=marked_from,
        relief=relief,
        tables={name: one for name, one in behind.items() if one is not None},
    )


def at_seats(ground: Ground, seats: Released) -> Ground:
    """Put the seats of EPCI on a ground; maps say what stands in for others."""
    table = seats.table
    known_seats = frozenset(zip(table["body_id"], table["code_insee"], strict=True))
    chiefs = _chiefs(ground.area, known_seats)
    return replace(
        ground,
        chiefs=chiefs,
        towns=_towns(
            ground.tables.get("places"), ground.area, ground.town_population, chiefs
        ),
        tables={**ground.tables, "body_seats": seats},
    )


def on_roads(ground: Ground, roads: Released) -> Ground:
    """Put a ground on real roads, table ``drawn_roads``."""
    layer = gpd.GeoDataFrame(roads.table)
    require_lambert93(layer, where="drawn_roads")
    return replace(ground, roads=layer, tables={**ground.tables, "roads": roads})


def short_epci_name(name: str) -> str:
    """Shorten the name of an EPCI for a map.

    Examples
    --------
    >>> short_epci_name("CC du Volvestre"), short_epci_name("CA L'Agglo")
    ('Volvestre', "L'Agglo")
    """
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            rest = name.removeprefix(prefix)
            for article in _ARTICLES:
                rest = rest.removeprefix(article)
            return first_upper(rest)
    return name


def dissolved(layer: gpd.GeoDataFrame) -> shapely.Geometry:
    """Merge polygons that form a coverage."""
    if layer.empty:
        return shapely.MultiPolygon()
    merged = shapely.coverage_union_all(layer.geometry.to_numpy())
    return shapely.union_all(shapely.get_parts(merged))


def _communes(communes: Released, bodies: Released) -> gpd.GeoDataFrame:
    table = communes.table
    layer = gpd.GeoDataFrame(table)
    require_lambert93(layer, where="communes")
    known = bodies.table
    names = known.set_index("body_id")["name"]
    bare = layer["epci_siren"].where(layer["epci_siren"] != "", "sans EPCI")
    named = ("epci_" + layer["epci_siren"]).map(names)
    return (
        layer.assign(
            epci_name=named.fillna(bare).astype(str), area_km2=layer.geometry.area / 1e6
        )
        .sort_values("code_insee", kind="stable")
        .set_index("code_insee", drop=False)
    )


def _dissolve(layer: gpd.GeoDataFrame, by: str) -> gpd.GeoDataFrame:
    groups = {str(key): dissolved(part) for key, part in layer.groupby(by)}
    return gpd.GeoDataFrame(
        geometry=list(groups.values()), index=list(groups), crs=layer.crs
    )


def _epci(area: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    merged = _dissolve(area, "epci_siren")
    names = area.drop_duplicates("epci_siren").set_index("epci_siren")["epci_name"]
    return merged.assign(
        name=names.reindex(merged.index),
        short_name=names.reindex(merged.index).map(short_epci_name),
        colour=spread_colours(merged.geometry),
    )


def _marked_from(places: Released | None, area: gpd.GeoDataFrame) -> int:
    """Say from how many inhabitants the towns of the area are few enough."""
    if places is None:
        return TOWN_POPULATIONS[0]
    table: Any = places.table
    people = table.loc[table["code_insee"].isin(area["code_insee"]), "population"]
    few = (one for one in TOWN_POPULATIONS if people.ge(one).sum() <= MOST_TOWNS)
    return next(few, TOWN_POPULATIONS[-1])


def _towns(
    places: Released | None,
    area: gpd.GeoDataFrame,
    marked_from: int,
    main: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    columns = ["name", "population", "code_insee", "geometry"]
    if places is None:
        return gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=area.crs)
    table = places.table
    layer = gpd.GeoDataFrame(table)
    require_lambert93(layer, where="places")
    is_in_area = layer["code_insee"].isin(area["code_insee"])
    least = is_in_area.map({True: marked_from, False: FAR_TOWN_MIN_POPULATION})
    large = layer["population"].ge(least) & (is_in_area | ~_is_suburb(layer))
    added = main[~main["code_insee"].isin(layer.loc[large, "code_insee"])]
    return pd.concat([layer.loc[large, columns], added[columns]]).sort_values(
        ["population", "code_insee"], ascending=[False, True], ignore_index=True
    )


def _chiefs(
    area: gpd.GeoDataFrame, seats: frozenset[tuple[str, str]]
) -> gpd.GeoDataFrame:
    """Return the seat of each EPCI that has one here, else its most peopled commune."""
    members = area[area["epci_siren"].ne("")].reset_index(drop=True)
    keys = zip("epci_" + members["epci_siren"], members["code_insee"], strict=True)
    ordered = (
        members.assign(is_seat=[key in seats for key in keys])
        .sort_values(
            ["is_seat", "population", "code_insee"], ascending=[False, False, True]
        )
        .drop_duplicates("epci_siren")
    )
    points = gpd.points_from_xy(ordered["seat_x"], ordered["seat_y"], crs=area.crs)
    return ordered.set_geometry(points).assign(name=ordered["nom"])


def _is_suburb(layer: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Say which towns lie near a larger one that stands for them."""
    ordered = layer.sort_values(
        ["population", "code_insee"], ascending=[False, True]
    ).geometry
    centres: list[shapely.Geometry] = []
    is_suburb = {}
    for row, point in ordered.items():
        is_suburb[row] = bool(np.any(shapely.dwithin(centres, point, _SUBURB_M)))
        if not is_suburb[row]:
            centres.append(point)
    return pd.Series(is_suburb, dtype=bool).reindex(layer.index)


def _outlets(outlets: Released | None) -> gpd.GeoDataFrame:
    columns = ["outlet_id", "name", "kind", "status", "code_insee", "geometry"]
    if outlets is None:
        empty = gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=2154)
        return empty.assign(rank=[])
    table = outlets.table
    layer = gpd.GeoDataFrame(table)
    require_lambert93(layer, where="outlets")
    ordered = layer[columns].sort_values(["kind", "outlet_id"], ignore_index=True)
    return ordered.assign(rank=range(1, len(ordered) + 1))


def _motorways(
    motorways: Released | None, communes: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    empty = gpd.GeoDataFrame({"name": []}, geometry=[], crs=communes.crs)
    if motorways is None:
        return empty
    table = motorways.table
    known = table[table["code_insee"].isin(communes.index)]
    rows = []
    for name, junctions in known.sort_values(["motorway", "rank"]).groupby("motorway"):
        seats = communes.loc[junctions["code_insee"], ["seat_x", "seat_y"]].to_numpy()
        if len(seats) > 1:
            rows.append({"name": str(name), "geometry": shapely.LineString(seats)})
    return gpd.GeoDataFrame(rows, crs=communes.crs) if rows else empty
