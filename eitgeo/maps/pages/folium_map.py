"""The map of the offline page: folium draws, its random names become ordinals."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import geopandas as gpd
import shapely
from folium.map import CustomPane

from eitgeo.maps.pages.features import (
    as_text,
    collection,
    commune_properties,
    simplified_area,
    to_degrees,
)
from eitgeo.maps.paper.ground import dissolved
from eitgeo.maps.paper.palette import DEPARTEMENT, outlet_symbol
from eitgeo.maps.paper.shapes import shared_borders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eitgeo.maps.paper.ground import Ground

# Okabe and Ito: told apart by colour-blind readers; letters tell them apart too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#333333")
_RANDOM_NAME = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_REPERE_STEP_PX = 26
_OUTLET_STEP_M = 1200.0
_FAR_TOLERANCE_M = 120.0
_CONTEXT_M = 12_000.0


class WebPerimeter(NamedTuple):
    """A compared perimeter on the page."""

    letter: str
    name: str
    colour: str
    codes: frozenset[str]
    doubtful: bool


def letter_of(rank: int) -> str:
    """Name the perimeters A, B … Z, AA, AB …."""
    head, tail = divmod(rank, len(_LETTERS))
    return (letter_of(head - 1) if head else "") + _LETTERS[tail]


def colour_of(rank: int) -> str:
    """Return the colour of a perimeter."""
    return COLOURS[rank % len(COLOURS)]


def draw_folium_map(
    ground: Ground, perimeters: Iterable[WebPerimeter]
) -> tuple[str, str]:
    """Return the division and the script of the map, the same for the same inputs."""
    shown = list(perimeters)
    area = simplified_area(ground)
    fmap = folium.Map(
        tiles=None,
        zoom_control=False,
        zoomSnap=0.1,
        zoomDelta=0.5,
    )
    fmap.default_js, fmap.default_css = [], []
    for name, z_index in (("fonds", 380), ("perimetres", 390), ("limites", 420)):
        CustomPane(name, z_index=z_index).add_to(fmap)
    _add_perimeters(fmap, area, shown)
    _add_communes(fmap, area, shown)
    _add_lines(fmap, ground, area)
    _add_points(fmap, ground)
    control = folium.LayerControl(collapsed=False)
    control.add_to(fmap)
    xmin, ymin, xmax, ymax = (float(side) for side in to_degrees(area).total_bounds)
    frame = [[ymin, xmin], [ymax, xmax]]
    fmap.fit_bounds(frame)
    root: Any = fmap.get_root()
    root.render()
    tail = _read_tail(
        CARTE=fmap.get_name(), COUCHES=control.get_name(), CADRE=json.dumps(frame)
    )
    return _settle(root.html.render(), root.script.render() + tail)


def _read_tail(**names: str) -> str:
    """Return the page's own script, its three names filled in."""
    text = resources.files("eitgeo.maps.pages").joinpath("page.js").read_text("utf-8")
    for name, value in names.items():
        text = text.replace(f"__{name}__", value)
    return text


def _settle(*texts: str) -> tuple[str, str]:
    """Replace random names by ordinals, in order of appearance."""
    ordinals: dict[str, str] = {}

    def ordinal(match: re.Match[str]) -> str:
        return ordinals.setdefault(match[0], str(len(ordinals) + 1))

    division, script = (_RANDOM_NAME.sub(ordinal, text) for text in texts)
    return division, script


def _constant(**style: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda _: style


def _add_perimeters(
    fmap: folium.Map, area: gpd.GeoDataFrame, perimeters: list[WebPerimeter]
) -> None:
    """Add one layer a perimeter, the first one shown; dashes: « à confirmer »."""
    for rank, one in enumerate(perimeters):
        members = area[area["code_insee"].isin(one.codes)]
        outline = gpd.GeoDataFrame(geometry=[dissolved(members)], crs=area.crs)
        shift_px = _REPERE_STEP_PX * (rank - len(perimeters) // 2)
        folium.GeoJson(
            collection(outline, [{"nom": one.letter}]),
            name=_layer_name(one),
            show=rank == 0,
            on_each_feature=_permanent("center", "repere", dx_px=shift_px),
            style_function=_constant(
                color=one.colour,
                weight=4,
                opacity=1,
                fillColor=one.colour,
                fillOpacity=0.28,
                dashArray="9 6" if one.doubtful else None,
                interactive=False,
                pane="perimetres",
            ),
            pane="perimetres",
        ).add_to(fmap)


def _layer_name(one: WebPerimeter) -> str:
    letter = f'<b class="lettre" style="border-color:{one.colour}">{one.letter}</b>'
    return f"{letter} {as_text(one.name)}"


def _add_communes(
    fmap: folium.Map, area: gpd.GeoDataFrame, perimeters: list[WebPerimeter]
) -> None:
    """Add the communes, which tell their name, EPCI and inhabitants."""
    letters = {
        str(code): ", ".join(one.letter for one in perimeters if code in one.codes)
        or "–"
        for code in area["code_insee"]
    }
    folium.GeoJson(
        collection(area, commune_properties(area, letters)),
        name="Communes",
        control=False,
        smooth_factor=0.5,
        style_function=_constant(
            color="#8a8a86", weight=0.5, fillColor="#dddcd6", fillOpacity=0.12
        ),
        highlight_function=_constant(color="#222222", weight=2.5),
        tooltip=folium.GeoJsonTooltip(
            ["nom", "epci", "habitants", "dans"],
            aliases=["Commune", "EPCI", "Habitants", "Dans les périmètres"],
        ),
    ).add_to(fmap)


def _add_lines(fmap: folium.Map, ground: Ground, area: gpd.GeoDataFrame) -> None:
    groups = list(area.groupby("epci_siren", sort=True))
    outlines = gpd.GeoDataFrame(
        geometry=[dissolved(part) for _, part in groups], crs=area.crs
    )
    names = [str(ground.epci.loc[siren, "short_name"]) for siren, _ in groups]
    _add_outlines(fmap, outlines, "Limites d’EPCI", color="#333333", weight=1.6)
    middles = outlines.set_geometry(outlines.geometry.map(_middle))
    _add_named_points(
        fmap, middles, names, name="Noms des EPCI", css="nom epci", is_bare=True
    )
    shapes = shapely.coverage_simplify(
        ground.departements.geometry.to_numpy(), _FAR_TOLERANCE_M
    )
    near = shapely.buffer(dissolved(area), _CONTEXT_M)
    borders = shapely.intersection(shared_borders(shapes), near)
    limits = gpd.GeoDataFrame(geometry=[borders], crs=area.crs)
    _add_outlines(
        fmap,
        limits,
        "Limites de départements",
        color=DEPARTEMENT,
        weight=1.8,
        dash="6 3 1 3",
    )


def _middle(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the point of a shape that is farthest from its borders."""
    circle = shapely.maximum_inscribed_circle(shape, tolerance=100.0)
    return shapely.get_point(circle, 0)


def _add_outlines(
    fmap: folium.Map, layer: gpd.GeoDataFrame, name: str, **style: Any
) -> None:
    folium.GeoJson(
        collection(layer, [{} for _ in range(len(layer))]),
        name=name,
        style_function=_constant(
            color=style["color"],
            weight=style["weight"],
            dashArray=style.get("dash"),
            fill=False,
            interactive=False,
            pane="limites",
        ),
        pane="limites",
    ).add_to(fmap)


def _add_named_points(
    fmap: folium.Map,
    layer: gpd.GeoDataFrame,
    names: list[str],
    **options: Any,
) -> None:
    """Add points with their names; needs `name`, `css`, `is_bare` (no dot)."""
    is_bare = options["is_bare"]
    direction = "center" if is_bare else "right"
    folium.GeoJson(
        collection(layer, [{"nom": as_text(name)} for name in names]),
        name=options["name"],
        marker=folium.CircleMarker(
            radius=4,
            color="#222222",
            weight=1.5,
            opacity=0 if is_bare else 1,
            fill=True,
            fill_color="#ffffff",
            fill_opacity=0 if is_bare else 1,
            interactive=False,
        ),
        on_each_feature=_permanent(direction, options["css"]),
    ).add_to(fmap)


def _permanent(direction: str, css: str, *, dx_px: int = 0) -> folium.JsCode:
    """Write the property « nom » of each feature on the map for good."""
    return folium.JsCode(
        "function (feature, layer) { layer.bindTooltip(feature.properties.nom, "
        f"{{permanent: true, direction: '{direction}', className: '{css}', "
        f"offset: [{dx_px}, 0], interactive: false}}); }}"
    )


def _add_points(fmap: folium.Map, ground: Ground) -> None:
    towns = ground.towns[ground.towns["code_insee"].isin(ground.area["code_insee"])]
    if not towns.empty:
        names = [str(name) for name in towns["name"]]
        _add_named_points(fmap, towns, names, name="Villes", css="nom", is_bare=False)
    if ground.outlets.empty:
        return
    symbols = [outlet_symbol(str(kind)) for kind in ground.outlets["kind"]]
    properties = [
        {
            "nom": as_text(str(name)),
            "genre": as_text(symbol.label),
            "couleur": symbol.colour,
        }
        for name, symbol in zip(ground.outlets["name"], symbols, strict=True)
    ]
    folium.GeoJson(
        collection(_fanned_out(ground.outlets), properties),
        name="Exutoires (position à la commune)",
        marker=folium.CircleMarker(radius=6, fill=True),
        style_function=lambda feature: {
            "color": "#ffffff",
            "weight": 1.5,
            "fillColor": feature["properties"]["couleur"],
            "fillOpacity": 1,
        },
        tooltip=folium.GeoJsonTooltip(["nom", "genre"], labels=False),
    ).add_to(fmap)


def _fanned_out(outlets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Set the outlets of one commune side by side, so that each can be reached."""
    rank = outlets.groupby("code_insee").cumcount()
    count = outlets.groupby("code_insee")["code_insee"].transform("size")
    shift_m = (rank - (count - 1) / 2) * _OUTLET_STEP_M
    points = shapely.points(outlets.geometry.x + shift_m, outlets.geometry.y)
    return outlets.set_geometry(
        gpd.GeoSeries(points, index=outlets.index, crs=outlets.crs)
    )
