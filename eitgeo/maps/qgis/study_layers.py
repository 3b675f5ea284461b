"""The layers of a study: what the project holds, from released tables alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from eitgeo.ledger import Place, rounded
from eitgeo.maps.paper.charter import outlet_symbol, soften
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.qgis.decision_layers import decision_layers
from eitgeo.maps.qgis.layers import (
    THEMES,
    QgisLayer,
    Theme,
    declared_columns,
    declared_layer,
)
from eitgeo.maps.qgis.project import Extent
from eitgeo.maps.qgis.styles import Class, Fill, Mark, Style
from eitgeo.maps.words.cards import perimeter_rows
from eitgeo.maps.words.counts import arisings_as, counted_as
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import rounding_class

GROUND = ("communes", "bodies", "places", "outlets")
LAYER_TABLES = (
    *GROUND,
    "perimeters",
    "perimeter_communes",
    "indicators_public",
    "membership_frequency",
    "arising_blocks",
    "exchange_links",
    "bodies",
    "body_members",
    "zones_public",
)
"""Released tables that the layers are drawn from."""
_TO_CONFIRM = "a_confirmer"
_CONTOURS = (
    "#1f4e9c",
    "#c8500a",
    "#00796b",
    "#7b3fa0",
    "#8c6d00",
    "#a3182d",
    "#3d3d3d",
)
_LEVELS = ("value", "low", "high")


class StudyLayers(NamedTuple):
    """What the project of a study is made of."""

    layers: list[QgisLayer]  # From the top of the map down
    themes: list[Theme]  # Map themes that some layer is in
    extent: Extent


def study_layers(
    ground: Ground,
    public: ReleasedTables,
    *,
    paired: Sequence[str],
) -> StudyLayers:
    """Gather the layers of a study."""
    perimeters, indicators = public["perimeters"], public["indicators_public"]
    credit = tuple(
        dict.fromkeys(one for name in GROUND for one in public[name].sources)
    )
    compared = perimeter_rows(perimeters)
    shapes = _perimeter_shapes(ground, compared, public["perimeter_communes"])
    layers = [
        *_landmarks(ground, sources=credit),
        *_contours(shapes, perimeters, paired=paired),
        *_zones(public["zones_public"]),
        *decision_layers(ground, public, arisings=arisings_as(indicators.table)),
        *_territory(ground, sources=credit),
        _indicator_table(indicators, shapes["perimeter_id"]),
    ]
    themes_used = {name for layer in layers for name in layer.themes}
    themes = [theme for theme in THEMES if theme.name in themes_used]
    return StudyLayers(layers, themes, Extent(tuple(ground.area.total_bounds)))


def _perimeter_shapes(
    ground: Ground, compared: pd.DataFrame, members: Released
) -> gpd.GeoDataFrame:
    membership = members.table
    codes = membership.groupby("perimeter_id")["code_insee"].agg(list)
    communes = ground.communes
    shapes = [
        dissolved(communes[communes["code_insee"].isin(codes.get(perimeter_id, []))])
        for perimeter_id in compared["perimeter_id"]
    ]
    rows = compared[declared_columns("perimetres")].round({"area_km2": 1})
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=communes.crs)


def _contours(
    shapes: gpd.GeoDataFrame, perimeters: Released, *, paired: Sequence[str]
) -> list[QgisLayer]:
    """Draw each perimeter as a layer of its own, out of one table."""
    made = []
    for rank, (perimeter_id, name, status) in enumerate(
        zip(
            shapes["perimeter_id"],
            shapes["name"],
            shapes["membership_status"],
            strict=True,
        )
    ):
        colour = _CONTOURS[rank % len(_CONTOURS)]
        doubtful = status == _TO_CONFIRM
        hatch = soften(colour) if doubtful else ""
        words = "Appartenances à confirmer" if doubtful else "Contour"
        outline = Fill(outline=colour, width_mm=0.9, hatch=hatch)
        made.append(
            declared_layer(
                "perimetres",
                shapes,
                classes=[Class(words, outline)],
                name=f"perimetre_{perimeter_id}",
                title=str(name),
                shown=perimeter_id in paired,
                sources=perimeters.sources,
                to_confirm=tuple(
                    text for text in perimeters.to_confirm if text.startswith(name)
                ),
                themes=("perimetres",) if perimeter_id in paired else (),
                subset=f"\"perimeter_id\" = '{perimeter_id}'",
                table="perimetres",
            )
        )
    return made


def _zones(zones: Released) -> list[QgisLayer]:
    released = zones
    sure = counted_as(drawn=released.demonstration)
    table = gpd.GeoDataFrame(released.table)
    rows = table.assign(
        n_sites=[
            int(rounded(n, Place("zones_public", str(of), "n_sites"), evidence=sure))
            for of, n in zip(table["zone_id"], table["n_sites"], strict=True)
        ],
        stability=[
            rounded(
                100 * share,
                Place("zones_public", str(of), "stability"),
                evidence=sure,
                unit="%",
            )
            / 100
            for of, share in zip(table["zone_id"], table["stability"], strict=True)
        ],
        evidence=sure,
    )[[*declared_columns("zones"), "geometry"]]
    layer = declared_layer(
        "zones",
        rows,
        sources=released.sources,
        demonstration=released.demonstration,
    )
    kinds = set(rows["kind"])
    classes = [one for one in layer.style.classes if one.value in kinds]
    styled = replace(layer, style=replace(layer.style, classes=classes))
    return [styled] if len(rows) else []


def _indicator_table(indicators: Released, compared: pd.Series[str]) -> QgisLayer:
    released = indicators
    catalogue = indicator_catalogue()
    # Counts of URSSAF (ODbL) go into no base that holds layers of the IGN.
    others = catalogue.index[catalogue["rests_on"].ne("urssaf")]
    is_compared = released.table["perimeter_id"].isin(compared)
    is_compared &= released.table["indicator_id"].isin(others)
    shown = released.table[is_compared].reset_index(drop=True)
    labels = catalogue.reindex(shown["indicator_id"])
    rows = shown.assign(
        label=labels["label"].to_numpy(), unit=labels["unit"].to_numpy()
    )[declared_columns("indicateurs")]
    digits = labels["decimals"].to_numpy()
    levels = rows[list(_LEVELS)].astype(float).itertuples(index=False, name=None)
    marks = [
        rounding_class(*shown, evidence=mark, at_best=best)
        for shown, mark, best in zip(
            levels, rows["evidence"], labels["evidence"], strict=True
        )
    ]
    keys = shown["perimeter_id"] + " / " + shown["indicator_id"]
    for level in _LEVELS:
        rows[level] = [
            rounded(
                float(value),
                Place("indicators_public", key, level),
                evidence=mark,
                decimals=int(n),
                unit=unit,
            )
            for value, key, mark, n, unit in zip(
                rows[level], keys, marks, digits, rows["unit"], strict=True
            )
        ]
    return declared_layer(
        "indicateurs",
        rows,
        sources=released.sources,
        demonstration=released.demonstration,
    )


def _landmarks(ground: Ground, *, sources: tuple[str, ...]) -> list[QgisLayer]:
    """List towns, outlets and motorways."""
    is_centre = ground.towns["code_insee"].eq(ground.root_code)
    towns = ground.towns.assign(kind=is_centre.map({True: "centre", False: "ville"}))
    symbols = {kind: outlet_symbol(kind) for kind in ground.outlets["kind"]}
    outlets = ground.outlets.assign(
        label=[symbols[kind].label for kind in ground.outlets["kind"]]
    )
    outlet_classes = [
        Class(one.label, Mark(one.marker, one.colour, size_mm=3.2), value=kind)
        for kind, one in sorted(symbols.items())
    ]
    made = [
        _ground_layer("villes", towns, sources),
        replace(
            _ground_layer("exutoires", outlets, sources),
            style=Style(outlet_classes, column="kind"),
        ),
        _ground_layer("autoroutes", ground.motorways, sources),
    ]
    return [layer for layer in made if len(layer.rows)]


def _territory(ground: Ground, *, sources: tuple[str, ...]) -> list[QgisLayer]:
    """List EPCI, départements and communes."""
    communes = ground.area.assign(
        density=ground.area["population"] / ground.area["area_km2"]
    ).round({"area_km2": 2, "density": 1})
    around = ground.communes[~ground.communes["in_area"]].round({"area_km2": 2})
    rows = {
        "epci": ground.epci.rename_axis("epci_siren").reset_index(),
        "departements": ground.departements.rename_axis("dep").reset_index(),
        "communes": communes,
        "couronne": around,
    }
    return [_ground_layer(kind, held, sources) for kind, held in rows.items()]


def _ground_layer(
    kind: str, rows: gpd.GeoDataFrame, sources: tuple[str, ...]
) -> QgisLayer:
    columns = [*declared_columns(kind), "geometry"]
    return declared_layer(kind, rows[columns], sources=sources)
