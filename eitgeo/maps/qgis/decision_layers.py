"""Layers that a decision is read on: core and fringe, exchanges, arisings, bodies."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.ledger import Place, rounded
from eitgeo.maps.paper.charter import soften
from eitgeo.maps.paper.ground import Ground, dissolved
from eitgeo.maps.prints.body_map import BodyHere, bodies_here
from eitgeo.maps.prints.core_map import (
    CORE_CLASSES,
    NOWHERE,
    VOTES_EVIDENCE,
    core_label,
)
from eitgeo.maps.prints.exchange_map import LINK_BOUNDS_T
from eitgeo.maps.prints.flow_maps import (
    BLOCK_BOUNDS_T,
    class_label,
    middle_of,
    tonnage_ranks,
)
from eitgeo.maps.qgis.layers import QgisLayer, declared_columns, declared_layer
from eitgeo.maps.qgis.styles import Class, Fill, Line, Mark, Symbol
from eitgeo.perimeters.ensemble.core_fringe import ALL_FAMILIES
from eitgeo.tables.public import Released, ReleasedTables

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
