"""The layers of a study: what the project holds, from released tables alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.ledger import Place, rounded
from eitgeo.maps.paper.charter import outlet_symbol, soften
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.prints.body_map import BodyHere, bodies_here
from eitgeo.maps.prints.core_map import (
    CORE_CLASSES,
    NOWHERE,
    VOTES_EVIDENCE,
    core_label,
)
from eitgeo.maps.prints.destination_maps import LINK_BOUNDS_T
from eitgeo.maps.prints.flow_maps import (
    BLOCK_BOUNDS_T,
    class_label,
    middle_of,
    tonnage_ranks,
)
from eitgeo.maps.qgis.layers import (
    THEMES,
    Class,
    Fill,
    Line,
    Mark,
    QgisLayer,
    Style,
    Symbol,
    Theme,
    declared_columns,
    declared_layer,
)
from eitgeo.maps.qgis.project import Extent
from eitgeo.maps.words.cards import perimeter_rows
from eitgeo.maps.words.sentences import arisings_as, counted_as
from eitgeo.perimeters.ensemble.core_fringe import ALL_FAMILIES
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import rounding_class

_ARISING, _EXCHANGE = "#8c510a", "#01665e"
_SIZES_MM = (0.9, 1.3, 1.8, 2.5, 3.4, 4.4, 5.6)
_WIDTHS_MM = (0.2, 0.45, 0.9, 1.5, 2.3)
_SEE_THROUGH = 205
_BODY_INKS = ("#1f4e9c", "#c8500a", "#00796b", "#a3182d", "#7b3fa0", "#8c6d00")


def decision_layers(
    ground: Ground, public: ReleasedTables, *, arisings: str
) -> list[QgisLayer]:
    """List what is voted on, as layers; arisings are of some class of evidence."""
    made = [
        _exchanges(ground, public["exchange_links"]),
        _arisings(ground, public["arising_blocks"], arisings),
        *_bodies(ground, public["bodies"], public["body_members"]),
        _core(ground, public["membership_frequency"]),
    ]
    return [layer for layer in made if len(layer.rows)]


def _classes(
    ranks: np.ndarray,
    symbol: Callable[[int], Symbol],
    bounds: tuple[float, ...] = BLOCK_BOUNDS_T,
) -> list[Class]:
    labels = {rank: class_label(rank, bounds) for rank in sorted(set(ranks.tolist()))}
    return [Class(label, symbol(rank), value=label) for rank, label in labels.items()]


def _exchanges(ground: Ground, links: Released) -> QgisLayer:
    table = links.table
    known = ground.epci.index
    between = table[
        table["receiver"].isin(known)
        & table["donor"].isin(known)
        & table["donor"].ne(table["receiver"])
    ].sort_values(["donor", "receiver"], ignore_index=True)
    names = ground.epci["name"]
    spots = shapely.point_on_surface(ground.epci.geometry.to_numpy())
    place = dict(zip(known, spots, strict=True))
    ranks = tonnage_ranks(between["value"], LINK_BOUNDS_T)
    rows = gpd.GeoDataFrame(
        {
            "donor": names.reindex(between["donor"]).to_numpy(),
            "receiver": names.reindex(between["receiver"]).to_numpy(),
            "tonnes": [class_label(int(rank), LINK_BOUNDS_T) for rank in ranks],
            # Ties are made by rules, whatever arisings rest on.
            "evidence": "H",
        },
        geometry=[
            shapely.LineString([place[donor], place[receiver]])
            for donor, receiver in zip(
                between["donor"], between["receiver"], strict=True
            )
        ],
        crs=ground.communes.crs,
    )
    return declared_layer(
        "echanges",
        rows,
        classes=_classes(
            ranks, lambda rank: Line(_EXCHANGE, _WIDTHS_MM[rank]), LINK_BOUNDS_T
        ),
        sources=links.sources,
        demonstration=links.demonstration,
    )


def _arisings(ground: Ground, blocks: Released, evidence: str) -> QgisLayer:
    table = blocks.table
    shown = table[table["value"] > 0].sort_values(
        "codes", ignore_index=True, kind="stable"
    )
    groups = [ground.communes.loc[codes.split(";")] for codes in shown["codes"]]
    ranks = tonnage_ranks(shown["value"])
    spots = np.array([middle_of(group) for group in groups]).reshape(-1, 2)
    rows = gpd.GeoDataFrame(
        {
            "communes": [", ".join(group["nom"]) for group in groups],
            "n_communes": [len(group) for group in groups],
            "tonnes": [class_label(int(rank)) for rank in ranks],
            "evidence": evidence,
        },
        geometry=gpd.points_from_xy(spots[:, 0], spots[:, 1]),
        crs=ground.communes.crs,
    )
    return declared_layer(
        "gisements",
        rows,
        classes=_classes(
            ranks,
            lambda rank: Mark("o", _ARISING, _SIZES_MM[rank], _SEE_THROUGH),
        ),
        sources=blocks.sources,
        demonstration=blocks.demonstration,
    )


def _core(ground: Ground, membership: Released) -> QgisLayer:
    table = membership.table
    everyone = table[table["family"] == ALL_FAMILIES].set_index("code_insee")
    area = ground.area
    share = everyone["share"].reindex(area["code_insee"]).to_numpy()
    rows = area[["code_insee", "nom", "epci_name", "geometry"]].assign(
        share=[
            rounded(
                100 * frequency,
                Place("membership_frequency", code, "share"),
                evidence=VOTES_EVIDENCE,
                decimals=1,
                unit="%",
            )
            for frequency, code in zip(share, area["code_insee"], strict=True)
        ],
        # Of the share itself: a rounded one may pass a bound.
        level=[core_label(one) for one in share],
        evidence=VOTES_EVIDENCE,
    )
    classes = [Class(NOWHERE, Fill("#ffffff", "#b9b4a3", 0.1), value=NOWHERE)]
    classes += [
        Class(label, Fill(colour, "#b9b4a3", 0.1), value=label)
        for _, colour, label in CORE_CLASSES
    ]
    return declared_layer(
        "coeur_franges",
        rows.reset_index(drop=True),
        classes=classes,
        sources=membership.sources,
        demonstration=membership.demonstration,
    )


def _bodies(
    ground: Ground, bodies: Released, body_members: Released
) -> list[QgisLayer]:
    """Draw each body but EPCI as a layer of its own, out of one table."""
    bodies_found = bodies_here(ground, bodies, body_members)
    shapes = _body_rows(bodies_found, ground.area)
    return [
        declared_layer(
            "structures",
            shapes,
            classes=[_body_class(_BODY_INKS[rank % len(_BODY_INKS)], doubtful)],
            name=f"structure_{row.body_id}",
            title=f"Structure : {row.name}",
            sources=bodies.sources,
            to_confirm=(f"{row.name} : membres à confirmer",) if doubtful else (),
            subset=f"\"body_id\" = '{row.body_id}'",
            table="structures",
        )
        for rank, (row, _, doubtful) in enumerate(bodies_found)
    ]


def _body_class(ink: str, doubtful: bool) -> Class:  # noqa: FBT001
    hatch = soften(ink) if doubtful else ""
    words = "Membres à confirmer" if doubtful else "Membres publiés"
    return Class(words, Fill(outline=ink, width_mm=0.8, hatch=hatch))


def _body_rows(bodies_found: list[BodyHere], area: pd.DataFrame) -> gpd.GeoDataFrame:
    yes = {True: "oui", False: "non"}
    flags = ("legal_person", "economic_competence", "waste_competence")
    rows = [
        {name: getattr(body.row, name) for name in ("body_id", "name", "kind")}
        | {name: yes[bool(getattr(body.row, name))] for name in flags}
        | {
            "n_communes": len(body.communes),
            "population": int(body.communes["population"].sum()),
            "status": "à confirmer" if body.to_confirm else "publié",
        }
        for body in bodies_found
    ]
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=declared_columns("structures")),
        geometry=[dissolved(body.communes) for body in bodies_found],
        crs=area.crs,
    )


GROUND = ("communes", "bodies", "places", "outlets")
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
    membership = public["perimeter_communes"].table
    codes = membership.groupby("perimeter_id")["code_insee"].agg(list)
    communes = ground.communes
    outlines = [
        dissolved(communes[communes["code_insee"].isin(codes.get(perimeter_id, []))])
        for perimeter_id in compared["perimeter_id"]
    ]
    rows = compared[declared_columns("perimetres")].round({"area_km2": 1})
    shapes = gpd.GeoDataFrame(rows, geometry=outlines, crs=communes.crs)
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
