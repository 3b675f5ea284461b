"""Layers under every map: towns, outlets, motorways, communes, EPCI."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import geopandas as gpd

from eitgeo.maps.paper.charter import (
    BUFFER,
    DEPARTEMENT,
    INK,
    MOTORWAY,
    MUTED,
    outlet_symbol,
)
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.qgis.layers import (
    COMMUNE_COLUMNS,
    EPCI_COLUMNS,
    OUTLET_COLUMNS,
    TOWN_COLUMNS,
    QgisLayer,
)
from eitgeo.maps.qgis.styles import Class, Fill, Label, Line, Mark, Style

LANDMARKS, TERRITORY = "Repères", "Territoire"
_DENSITIES = (0, 10, 25, 50, 100, 100_000)
_DENSITY_COLOURS = ("#f7f4ea", "#e5dcc0", "#cdbb8c", "#a8925a", "#7b6733")
_CENTRE, _TOWN = "centre", "ville"
_BORDER = "#444444"
_THIN = "#b9b4a3"
_NAMES_FROM = 150_000
_LOCAL = "territoire"


def landmark_layers(
    ground: Ground, *, sources: tuple[str, ...], themes: Sequence[str]
) -> list[QgisLayer]:
    """List towns, outlets and motorways."""
    made = [
        QgisLayer(
            name="villes",
            title="Villes",
            rows=_towns(ground),
            aliases=TOWN_COLUMNS,
            style=_town_style(),
            themes=themes,
            group=LANDMARKS,
            sources=sources,
        ),
        QgisLayer(
            name="exutoires",
            title="Exutoires",
            rows=_outlets(ground),
            aliases=OUTLET_COLUMNS,
            style=_outlet_style(set(ground.outlets["kind"])),
            themes=(_LOCAL,),
            group=LANDMARKS,
            sources=sources,
        ),
        QgisLayer(
            name="autoroutes",
            title="Autoroutes (schéma d’échangeur à échangeur)",
            rows=ground.motorways[["name", "geometry"]],
            aliases={"name": "Autoroute"},
            style=Style(
                [Class("Autoroute", Line(MOTORWAY, 0.8))],
                label=Label("name", 7, MOTORWAY, place="along"),
            ),
            themes=themes,
            group=LANDMARKS,
            sources=sources,
        ),
    ]
    return [layer for layer in made if len(layer.rows)]


def _towns(ground: Ground) -> gpd.GeoDataFrame:
    is_centre = ground.towns["code_insee"].eq(ground.root_code)
    towns = ground.towns.assign(kind=is_centre.map({True: _CENTRE, False: _TOWN}))
    return towns[[*TOWN_COLUMNS, "geometry"]]


def _town_style() -> Style:
    star = Mark(marker="*", colour="#a3182d", size_mm=4)
    return Style(
        [
            Class("Ville", Mark(colour=INK, size_mm=1.8), value=_TOWN),
            Class("Ville centre de l’étude", star, value=_CENTRE),
        ],
        column="kind",
        label=Label("name", size_pt=8, bold=True, place="around"),
    )


def _outlet_style(kinds: set[str]) -> Style:
    return Style(
        [
            Class(outlet_symbol(kind).label, _outlet_mark(kind), value=kind)
            for kind in sorted(kinds)
        ],
        column="kind",
    )


def _outlets(ground: Ground) -> gpd.GeoDataFrame:
    labels = [outlet_symbol(kind).label for kind in ground.outlets["kind"]]
    return ground.outlets.assign(label=labels)[[*OUTLET_COLUMNS, "geometry"]]


def _outlet_mark(kind: str) -> Mark:
    symbol = outlet_symbol(kind)
    return Mark(marker=symbol.marker, colour=symbol.colour, size_mm=3.2)


def territory_layers(
    ground: Ground, *, sources: tuple[str, ...], themes: Sequence[str]
) -> list[QgisLayer]:
    """List EPCI, départements and communes."""
    epci = ground.epci.rename_axis("epci_siren").reset_index()
    return [
        QgisLayer(
            name="epci",
            title="Intercommunalités (EPCI)",
            rows=epci[[*EPCI_COLUMNS, "geometry"]],
            aliases=EPCI_COLUMNS,
            style=Style(
                [Class("Limite d’EPCI", Fill(outline=_BORDER, width_mm=0.5))],
                label=Label("short_name", 8, _BORDER),
            ),
            themes=themes,
            group=TERRITORY,
            sources=sources,
        ),
        QgisLayer(
            name="departements",
            title="Départements",
            rows=ground.departements.rename_axis("dep").reset_index(),
            aliases={"dep": "Département"},
            style=Style([Class("Limite", Fill(outline=DEPARTEMENT, width_mm=0.7))]),
            themes=themes,
            group=TERRITORY,
            sources=sources,
        ),
        *_commune_layers(ground, sources=sources, themes=themes),
    ]


def _commune_layers(
    ground: Ground, *, sources: tuple[str, ...], themes: Sequence[str]
) -> list[QgisLayer]:
    communes = ground.area.assign(
        density=ground.area["population"] / ground.area["area_km2"]
    ).round({"area_km2": 2, "density": 1})
    around = ground.communes[~ground.communes["in_area"]].round({"area_km2": 2})
    outside = {k: v for k, v in COMMUNE_COLUMNS.items() if k != "density"}
    return [
        QgisLayer(
            name="communes",
            title="Communes du territoire d’étude",
            rows=communes[[*COMMUNE_COLUMNS, "geometry"]],
            aliases=COMMUNE_COLUMNS,
            style=Style(
                _density_classes(),
                column="density",
                graduated=True,
                label=Label("nom", 6, MUTED, least_scale=_NAMES_FROM),
            ),
            themes=(_LOCAL,),
            group=TERRITORY,
            sources=sources,
        ),
        QgisLayer(
            name="couronne",
            title="Couronne (repreneurs cherchés)",
            rows=around[[*outside, "geometry"]],
            aliases=outside,
            style=Style([Class("Commune", Fill(BUFFER, "#d0cec6", 0.1))]),
            themes=themes,
            group=TERRITORY,
            sources=sources,
        ),
    ]


def _density_classes() -> list[Class]:
    made = []
    for (lower, upper), colour in zip(
        pairwise(_DENSITIES), _DENSITY_COLOURS, strict=True
    ):
        last = upper == _DENSITIES[-1]
        words = f"{lower} et plus" if last else f"{lower} à moins de {upper}"
        fill = Fill(colour, _THIN, 0.1)
        made.append(Class(f"{words} hab./km²", fill, lower=lower, upper=upper))
    return made
