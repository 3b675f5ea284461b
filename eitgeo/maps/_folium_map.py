"""The map of the offline page: folium draws, its random names become ordinals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import geopandas as gpd
import shapely
from folium.map import CustomPane

from eitgeo.maps._features import (
    as_text,
    collection,
    commune_properties,
    simplified_area,
    to_degrees,
)
from eitgeo.maps.ground import dissolved
from eitgeo.maps.palette import DEPARTEMENT, outlet_symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eitgeo.maps.ground import Ground

# Okabe and Ito: told apart by colour-blind readers; letters tell them apart too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#333333")
_RANDOM_NAME = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_REPERE_STEP_PX = 26
_TAIL = """
(function () {{
    var carte = {map}, couches = {control};
    carte.attributionControl.setPrefix(false);
    L.control.zoom({{zoomInTitle: 'Agrandir', zoomOutTitle: 'Réduire'}}).addTo(carte);
    L.control.scale({{imperial: false}}).addTo(carte);
    document.getElementById('couches').appendChild(couches.getContainer());
}})();
"""


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
        zoom_snap=0.25,
        zoom_delta=0.5,
        attribution_control=True,
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
    fmap.fit_bounds([[ymin, xmin], [ymax, xmax]])
    root = fmap.get_root()
    root.render()
    tail = _TAIL.format(map=fmap.get_name(), control=control.get_name())
    return _settle(root.html.render(), root.script.render() + tail)


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
        tooltip = folium.GeoJsonTooltip(
            ["lettre"],
            labels=False,
            sticky=False,
            permanent=True,
            direction="center",
            offset=[_REPERE_STEP_PX * (rank - len(perimeters) // 2), 0],
            class_name="repere",
        )
        folium.GeoJson(
            collection(outline, [{"lettre": one.letter}]),
            name=_layer_name(one),
            show=rank == 0,
            tooltip=tooltip,
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
    names = [
        {"nom": as_text(str(ground.epci.loc[siren, "short_name"]))}
        for siren, _ in groups
    ]
    _add_outlines(fmap, outlines, "Limites d’EPCI", color="#333333", weight=1.6)
    middles = outlines.set_geometry(outlines.geometry.map(_middle))
    _add_named_points(
        fmap, middles, names, name="Noms des EPCI", css="nom epci", radius=0
    )
    shapes = shapely.coverage_simplify(ground.departements.geometry.to_numpy(), 120.0)
    limits = gpd.GeoDataFrame(geometry=list(shapes), crs=area.crs)
    _add_outlines(
        fmap,
        limits,
        "Départements (communes voisines comprises)",
        color=DEPARTEMENT,
        weight=1.6,
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
    properties: list[dict[str, str]],
    **options: Any,
) -> None:
    """Add points with their names beside; needs `name`, `css`, `radius`."""
    is_bare = options["radius"] == 0
    folium.GeoJson(
        collection(layer, properties),
        name=options["name"],
        marker=folium.CircleMarker(
            radius=options["radius"],
            color="#222222",
            weight=0 if is_bare else 1.5,
            fill_color="#ffffff",
            fill_opacity=1,
            interactive=False,
        ),
        tooltip=folium.GeoJsonTooltip(
            ["nom"],
            labels=False,
            sticky=False,
            permanent=True,
            direction="center" if is_bare else "right",
            class_name=options["css"],
        ),
    ).add_to(fmap)


def _add_points(fmap: folium.Map, ground: Ground) -> None:
    towns = ground.towns[ground.towns["code_insee"].isin(ground.area["code_insee"])]
    if not towns.empty:
        names = [{"nom": as_text(str(name))} for name in towns["name"]]
        _add_named_points(fmap, towns, names, name="Villes", css="nom", radius=4)
    for kind, group in ground.outlets.groupby("kind", sort=True):
        symbol = outlet_symbol(str(kind))
        properties = [
            {"nom": as_text(str(name)), "genre": as_text(symbol.label)}
            for name in group["name"]
        ]
        folium.GeoJson(
            collection(group, properties),
            name=f"Exutoires : {as_text(symbol.label)}",
            marker=folium.CircleMarker(
                radius=6,
                color="#ffffff",
                weight=1.5,
                fill_color=symbol.colour,
                fill_opacity=1,
            ),
            tooltip=folium.GeoJsonTooltip(["nom", "genre"], labels=False),
        ).add_to(fmap)
