"""What the print maps draw on their axes, layer by layer; the roads under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, override

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.colors import LightSource
from matplotlib.image import AxesImage

from eitgeo.maps.paper.charter import (
    BUFFER,
    DEPARTEMENT,
    MOTORWAY,
    MUTED,
    OUTSIDE,
    TEXT_PT,
    outlet_symbol,
    styles,
)
from eitgeo.maps.paper.ground import Ground, Relief, dissolved
from eitgeo.maps.paper.labels import (
    Lettering,
    MapFrame,
    around,
    place_area_label,
    place_point_label,
)
from eitgeo.maps.paper.shapes import add_lines, add_polygons, shared_borders
from eitgeo.maps.paper.side import LegendItem
from eitgeo.words import first_upper, french_number

BORDERS = "limite de commune"
"""What stands for roads where they run from town hall to town hall."""
MAIN_ROADS = "autoroute ou voie express"
_MUTED = {"color": "#b3b2ab"}
_FINE_MM = 0.08
"""What no eye tells apart on paper."""
GROUND_ROADS = styles("ground_roads")
"""Classes under a map that is not about roads, the smallest first."""


class RoadClass(NamedTuple):
    """How roads of some classes are drawn."""

    classes: tuple[str, ...]  # Classes of ``road_edges``, their links included
    style: dict[str, Any]
    widest_m_per_mm: float = np.inf  # Scale beyond which they would cover the map


ROAD_CLASSES: dict[str, RoadClass] = {
    BORDERS: RoadClass((), {"color": "#8a8a86", "linewidth": 0.45}),
    "route locale": RoadClass(
        ("tertiary",), {"color": "#d3bd9c", "linewidth": 0.4}, 350.0
    ),
    "route secondaire": RoadClass(
        ("secondary",), {"color": "#c39b6b", "linewidth": 0.5}
    ),
    "route principale": RoadClass(("primary",), {"color": "#b8763a", "linewidth": 0.9}),
    MAIN_ROADS: RoadClass(("motorway", "trunk"), {"color": MOTORWAY, "linewidth": 1.5}),
}
"""By name, French, the smallest first: the larger is drawn over it."""
_RANKS = {label: rank for rank, label in enumerate(ROAD_CLASSES)}


def road_styles(
    labels: Sequence[str], *, is_muted: bool = False
) -> list[tuple[str, dict[str, Any]]]:
    """Return each class with its style, or all of them grey."""
    colour = _MUTED if is_muted else {}
    return [(label, ROAD_CLASSES[label].style | colour) for label in labels]


def seen_roads(
    roads: gpd.GeoDataFrame, frame: Sequence[float], *, m_per_mm: float
) -> gpd.GeoDataFrame:
    """Cut roads to a frame, the smallest class first, those too small for it left."""
    roads = roads.iloc[np.argsort(roads["label"].map(_RANKS), kind="stable")]
    widest = roads["label"].map(lambda label: ROAD_CLASSES[label].widest_m_per_mm)
    shown = roads[widest >= m_per_mm]
    cut = [shapely.clip_by_rect(shape, *frame) for shape in shown.geometry]
    fine = [_simplified(lines, tolerance_m=_FINE_MM * m_per_mm) for lines in cut]
    return shown.set_geometry(fine, crs=roads.crs)


def _simplified(lines: shapely.Geometry, *, tolerance_m: float) -> shapely.Geometry:
    """Simplify lines one by one: all at once, each is held against the others."""
    parts = shapely.simplify(shapely.get_parts(lines), tolerance_m)
    return shapely.multilinestrings(parts)


def draw_roads(view: MapFrame, ground: Ground, *, sketch: dict[str, Any]) -> None:
    """Draw roads by class, cut to the frame; motorways as a sketch where none are."""
    if ground.roads.empty:
        for line in ground.motorways.geometry:
            add_lines(view.axes, line, zorder=9, **sketch)
    for rank, (label, lines) in enumerate(roads_in(view, ground).items()):
        add_lines(view.axes, lines, zorder=5 + rank / 10, **GROUND_ROADS[label])


def roads_in(view: MapFrame, ground: Ground) -> dict[str, shapely.Geometry]:
    """Return the lines of each class in the frame, the smallest first."""
    frame = view.placer.frame
    if frame not in ground.cut:
        roads = ground.roads[ground.roads["label"].isin(GROUND_ROADS)]
        seen = seen_roads(roads, frame, m_per_mm=view.m_per_mm)
        lines = dict(zip(seen["label"], seen.geometry, strict=True))
        ground.cut.clear()
        ground.cut[frame] = {
            name: lines[name] for name in GROUND_ROADS if name in lines
        }
    shown: dict[str, shapely.Geometry] = ground.cut[frame]
    return shown


_EXAGGERATION = 2.0
_FLAT = float(np.sin(np.pi / 4))
"""Light of a flat ground under a sun at 45°."""
_SHADE, _LIGHT = 0.34, 0.22
_SMOOTH_M = 500.0
_SUNS = {225.0: 0.15, 270.0: 0.25, 315.0: 0.4, 360.0: 0.2}
"""Weight of the light from each side [degrees from north]."""
_LIT = "lit"
_KEPT = 3
"""The lit slopes, and their dots in the PDF and in the PNG of one frame."""


class _Shade(AxesImage):
    """An image of a relief, resampled once for all maps of one frame."""

    relief: Relief

    @override
    def make_image(
        self, renderer: Any, magnification: float = 1.0, unsampled: bool = False
    ) -> Any:
        """Resample the image, or take that of the map before."""
        place = (
            self.get_transform().get_matrix().tobytes(),
            tuple(self.axes.bbox.extents),
            magnification,
            unsampled,
        )
        kept = self.relief.shades
        if place not in kept:
            while len(kept) >= _KEPT:
                kept.pop(next(key for key in kept if key != _LIT))
            kept[place] = super().make_image(renderer, magnification, unsampled)
        return kept[place]


def shade(view: MapFrame, relief: Relief) -> None:
    """Shade the slopes over what is filled, lit from the north-west."""
    if _LIT not in relief.shades:
        relief.shades[_LIT] = _lit(relief)
    xmin, ymin, xmax, ymax = relief.bounds
    image = _Shade(
        view.axes,
        extent=(xmin, xmax, ymin, ymax),
        origin="upper",
        interpolation="bilinear",
        resample=True,
        zorder=3.5,
    )
    image.relief = relief
    image.set_data(relief.shades[_LIT])
    image.set_clip_path(view.axes.patch)
    view.axes.add_image(image)


def _lit(relief: Relief) -> npt.NDArray[np.float64]:
    """Light the slopes: white or black, each as far as it is lit or in the shade.

    The ground is smoothed first: what is left of the cells of its source would show as
    stains. Light comes from four sides, most from the north-west, so that no side of a
    valley is black.
    """
    xmin, ymin, xmax, ymax = relief.bounds
    rows, columns = relief.z.shape
    known = np.isfinite(relief.z)
    dx, dy = (xmax - xmin) / columns, (ymax - ymin) / rows
    smooth = np.where(known, relief.z, 0.0)
    for axis, cell_m in enumerate((dy, dx)):
        smooth = _smoothed(smooth, _SMOOTH_M / cell_m, axis=axis)
    light = sum(
        weight
        * LightSource(azdeg=azimuth, altdeg=45).hillshade(
            smooth, vert_exag=_EXAGGERATION, dx=dx, dy=dy
        )
        for azimuth, weight in _SUNS.items()
    )
    darker = np.clip(_FLAT - light, 0, 1) / _FLAT
    lighter = np.clip(light - _FLAT, 0, 1) / (1 - _FLAT)
    image = np.zeros((rows, columns, 4))
    image[..., :3] = (lighter > 0)[..., None]
    image[..., 3] = np.where(known, _SHADE * darker + _LIGHT * lighter, 0.0)
    return image


def _smoothed(
    z: npt.NDArray[np.float64], cells: float, *, axis: int
) -> npt.NDArray[np.float64]:
    """Average along an axis with the weights of a bell, the edge carried on."""
    reach = int(np.ceil(3 * cells))
    steps = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (steps / cells) ** 2)
    last = z.shape[axis] - 1
    rows = np.clip(np.arange(last + 1)[:, None] + steps, 0, last)
    total = np.zeros_like(z)
    for step, weight in enumerate(weights / weights.sum()):
        total += weight * np.take(z, rows[:, step], axis=axis)
    return total


_CHIEFS = {
    "all": "siège",
    "some": "siège (à défaut, plus grande commune)",
    "none": "plus grande commune",
}
"""What the town of an EPCI is, by whether a source tells its seat."""
_TOWN = Lettering(7.5, bold=True)
_ROOT = Lettering(8.5, bold=True)
_EPCI = Lettering(7.5, colour="#33414d")
_NUMBER = Lettering(TEXT_PT)
_DEPARTEMENT_NAME = Lettering(TEXT_PT, colour=DEPARTEMENT, bold=True)
_OUTLET_MM = 3.2
LINE_STYLES = styles("paper")
HATCH_STYLE, STAR = LINE_STYLES["hatch"], LINE_STYLES["root"]


class Town(NamedTuple):
    """A town on a map."""

    point: shapely.Point
    name: str
    is_root: bool
    is_far: bool


class Outlet(NamedTuple):
    """An outlet where it is drawn."""

    point: shapely.Point
    number: str
    kind: str


def draw_around(view: MapFrame, ground: Ground) -> None:
    """Draw the buffer and the study area in greys, only where the frame shows them."""
    seen = shapely.box(*view.placer.frame)
    shown = ground.communes[ground.communes.geometry.intersects(seen)]
    for part, colour in (
        (shown[~shown["in_area"]], BUFFER),
        (shown[shown["in_area"]], OUTSIDE),
    ):
        add_polygons(
            view.axes,
            part.geometry,
            facecolor=colour,
            edgecolor="#d2d1cc",
            linewidth=0.25,
            zorder=2,
        )
    if ground.relief is not None:
        shade(view, ground.relief)


def fill_by_epci(view: MapFrame, ground: Ground, members: gpd.GeoDataFrame) -> None:
    """Fill communes with the colour of their EPCI."""
    colours = members["epci_siren"].map(ground.epci["colour"]).fillna(OUTSIDE)
    add_polygons(
        view.axes,
        members.geometry,
        facecolors=colours.to_list(),
        edgecolor=LINE_STYLES["commune"]["color"],
        linewidth=LINE_STYLES["commune"]["linewidth"],
        zorder=3,
    )


def hatch(view: MapFrame, doubtful: gpd.GeoDataFrame) -> None:
    """Hatch the communes whose membership is « à confirmer »."""
    if not doubtful.empty:
        add_polygons(view.axes, [dissolved(doubtful)], zorder=4, **HATCH_STYLE)


def draw_limits(view: MapFrame, ground: Ground) -> None:
    """Draw roads, and the limits of EPCI and départements."""
    edges = shapely.union_all(shapely.boundary(ground.epci.geometry.to_numpy()))
    add_lines(view.axes, shapely.line_merge(edges), zorder=6, **LINE_STYLES["epci"])
    limits = shared_borders(ground.departements.geometry)
    view.placer.leave_clear(limits)
    add_lines(view.axes, limits, zorder=8, **LINE_STYLES["departement"])
    draw_roads(view, ground, sketch=LINE_STYLES["motorway"])


def name_motorways(view: MapFrame, ground: Ground) -> None:
    """Name each motorway in a cartouche on its line, where there is room."""
    names, lines = ground.motorways["name"], ground.motorways.geometry
    real = roads_in(view, ground).get(MAIN_ROADS)
    for name, line in zip(names, lines, strict=True):
        _shield(view, str(name), line, real)


def _shield(
    view: MapFrame, name: str, line: shapely.Geometry, real: shapely.Geometry | None
) -> None:
    """Name a motorway on its line, moved to the real road where one is drawn."""
    seen = shapely.intersection(line, shapely.box(*view.placer.frame))
    width, height = 7.0 * view.m_per_mm, 3.4 * view.m_per_mm
    spots = shapely.line_interpolate_point(
        shapely.line_merge(seen), np.linspace(0.08, 0.92, 22), normalized=True
    )
    spots = spots[~shapely.is_empty(spots)]
    if real is not None and not real.is_empty:
        spots = shapely.get_point(shapely.shortest_line(real, spots), 0)
    box = view.placer.place(around(p.x, p.y, width, height) for p in spots)
    if box is not None:
        view.axes.text(
            (box.xmin + box.xmax) / 2,
            (box.ymin + box.ymax) / 2,
            name,
            size=TEXT_PT,
            fontweight="bold",
            color="white",
            ha="center",
            va="center",
            zorder=22,
            parse_math=False,
            bbox={"facecolor": MOTORWAY, "edgecolor": "white", "pad": 1.2, "lw": 0.5},
        )


def draw_outline(view: MapFrame, members: gpd.GeoDataFrame) -> None:
    """Draw the outline of a perimeter: every piece, every hole."""
    outline = shapely.boundary(dissolved(members))
    view.placer.leave_clear(outline)
    add_lines(view.axes, outline, zorder=12, capstyle="round", **LINE_STYLES["outline"])


def mark_outlets(view: MapFrame, ground: Ground) -> list[Outlet]:
    """Draw outlets by kind, those of one commune side by side; return where."""
    seen = shapely.box(*view.placer.frame)
    shown = ground.outlets[ground.outlets.geometry.intersects(seen)]
    step = _OUTLET_MM * view.m_per_mm
    marked = []
    for _, group in shown.groupby("code_insee", sort=True):
        start = -(len(group) - 1) / 2
        for order, row in enumerate(group.itertuples()):
            x, y = row.geometry.x + (start + order) * step, row.geometry.y - 0.9 * step
            style = outlet_style(str(row.kind))
            view.axes.plot(x, y, linestyle="none", zorder=21, **style)
            view.placer.block(around(x, y, step, step))
            marked.append(Outlet(shapely.Point(x, y), str(row.rank), str(row.kind)))
    return marked


def number_outlets(view: MapFrame, outlets: list[Outlet]) -> None:
    """Write the number of each outlet beside it, where there is room."""
    for outlet in outlets:
        place_point_label(
            view,
            outlet.point,
            outlet.number,
            lettering=_NUMBER,
            gap_mm=_OUTLET_MM / 2 + 0.1,
        )


def outlet_legend(outlets: list[Outlet]) -> list[LegendItem]:
    """List the kinds of outlet that a map shows."""
    return [
        LegendItem("marker", outlet_style(kind), outlet_symbol(kind).label)
        for kind in sorted({outlet.kind for outlet in outlets})
    ]


def outlet_style(kind: str) -> dict[str, Any]:
    """Say how a kind of outlet is drawn."""
    symbol = outlet_symbol(kind)
    return {
        "marker": symbol.marker,
        "markersize": 6.2,
        "markerfacecolor": symbol.colour,
        "markeredgecolor": "white",
        "markeredgewidth": 0.7,
    }


def mark_towns(view: MapFrame, ground: Ground) -> None:
    """Mark and name the root commune, then towns; distant ones only if both fit."""
    towns = _seen_towns(view, ground)
    for town in towns:
        if not town.is_far:
            _mark_town(view, town)
    for town in towns:
        named = place_point_label(
            view,
            town.point,
            town.name,
            lettering=_ROOT if town.is_root else _TOWN,
            gap_mm=2.2 if town.is_root else 1.1,
        )
        if named and town.is_far:
            _mark_town(view, town)


def _seen_towns(view: MapFrame, ground: Ground) -> list[Town]:
    towns = []
    if ground.root_code:
        root = ground.communes.loc[ground.root_code]
        seat = shapely.Point(root["seat_x"], root["seat_y"])
        towns.append(Town(seat, str(root["nom"]), is_root=True, is_far=False))
    area_codes = set(ground.area["code_insee"])
    for row in ground.towns.itertuples():
        if row.code_insee != ground.root_code:
            is_far = row.code_insee not in area_codes
            towns.append(
                Town(row.geometry, str(row.name), is_root=False, is_far=is_far)
            )
    seen = shapely.box(*view.placer.frame)
    return [town for town in towns if seen.contains(town.point)]


def _mark_town(view: MapFrame, town: Town) -> None:
    style = STAR if town.is_root else LINE_STYLES["town"]
    x, y = town.point.x, town.point.y
    view.axes.plot(x, y, linestyle="none", zorder=23, **style)
    side = (4.0 if town.is_root else 1.8) * view.m_per_mm
    view.placer.block(around(x, y, side, side))


def name_areas(view: MapFrame, ground: Ground) -> None:
    """Name EPCI, the large ones last (they find room anywhere), then départements."""
    seen = shapely.box(*view.placer.frame)
    sized = ground.epci.assign(size=ground.epci.geometry.area)
    for row in sized.sort_values("size", kind="stable").itertuples():
        place_area_label(
            view,
            shapely.intersection(row.geometry, seen),
            str(row.short_name),
            lettering=_EPCI,
        )
    for number, shape in zip(
        ground.departements.index, ground.departements.geometry, strict=True
    ):
        part = shapely.intersection(shape, seen)
        if part.area > (25 * view.m_per_mm) ** 2:
            place_area_label(view, part, f"dép. {number}", lettering=_DEPARTEMENT_NAME)


def hatch_legend(label: str) -> list[LegendItem]:
    """Say what is hatched; nothing where nothing is."""
    style = HATCH_STYLE | {"linewidth": 0.4}
    return [LegendItem("patch", style, label)] if label else []


def base_legend(ground: Ground) -> list[LegendItem]:
    """List the lines of the legend that all maps share."""
    items = [
        LegendItem("line", LINE_STYLES["epci"], "Limite d’EPCI"),
        LegendItem("line", LINE_STYLES["departement"], "Limite de département"),
    ]
    items += [
        LegendItem("line", GROUND_ROADS[label], first_upper(label))
        for label in reversed(GROUND_ROADS)
        if label in set(ground.roads["label"])
    ]
    if ground.roads.empty and not ground.motorways.empty:
        label = "Autoroute (tracé schématique)"
        items.append(LegendItem("line", LINE_STYLES["motorway"], label))
    if ground.root_code:
        name = ground.communes.loc[ground.root_code, "nom"]
        star = STAR | {"markersize": 8.0}
        items.append(LegendItem("marker", star, f"{name}, commune de référence"))
    if not ground.towns.empty:
        least = french_number(ground.town_population, decimals=0)
        chief = _CHIEFS[ground.seats_told]
        label = f"Ville de plus de {least} habitants, ou {chief} d’un EPCI"
        items.append(LegendItem("marker", LINE_STYLES["town"], label))
    return items


def patch_item(colour: str, label: str, *, edge: str = MUTED) -> LegendItem:
    """Make a legend line for a fill."""
    style = {"facecolor": colour, "edgecolor": edge, "linewidth": 0.5}
    return LegendItem("patch", style, label)
