"""Print maps of zones: where work and waste gather, and which sites stay together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from matplotlib.path import Path

from eitgeo.check import require_lambert93
from eitgeo.disclosure.zones import HELD_BACK, POTENTIAL_CLASSES
from eitgeo.ledger import Place, plain, short
from eitgeo.maps.paper.charter import CATEGORICAL, INK, TEXT_PT, styles
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.labels import Lettering, MapFrame, around, place_point_label
from eitgeo.maps.paper.map_sheet import (
    Block,
    Layer,
    MapSheet,
    identity,
    listed,
    statement,
)
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.maps.paper.side import LegendItem, SideTable
from eitgeo.maps.paper.study_map import area_sheet
from eitgeo.maps.words.sentences import (
    counted_as,
    sentences,
    zone_list_title,
    zone_sites,
    zone_stability,
    zones_in_order,
)
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released
from eitgeo.words import NBSP, first_upper

_SIDE_SAY = sentences("prints", "zone_side")
N_LISTED = 14
"""Zones that are numbered on the map and listed beside it."""
N_STABLE_LISTED = 30
"""The same where only stable zones are shown."""

SITE_COLOURS = {"toujours": "#123f6d", "parfois": "#e08e2b", "isole": "#85857f"}
_METHODS = {"dbscan": "DBSCAN", "hdbscan": "HDBSCAN"}
TONNES, STABILITY = "t/an", "stabilité"
"""What the last column of a list of zones tells."""


def zone_number(zone_id: str) -> str:
    """Shorten the name of a zone for maps and workbooks.

    Examples
    --------
    >>> zone_number("Z012")
    'Z12'
    """
    return f"{zone_id[:1]}{zone_id[1:].lstrip('0')}"


def listed_zones(
    table: gpd.GeoDataFrame, ground: Ground, *, evidence: str, count: int = N_LISTED
) -> gpd.GeoDataFrame:
    """Choose the zones that a map names: the largest, or any where they are drawn."""
    zones = table[table["kind"].eq("zone")].sort_values("zone_id", kind="stable")
    names = ground.communes["nom"].to_dict()
    return zones_in_order(zones, names, evidence=evidence).head(count)


def zone_identity(
    table: gpd.GeoDataFrame, stable_from: float, *, evidence: str
) -> list[tuple[str, str]]:
    """Return the figures of the zones as words."""
    zones = table[table["kind"].eq("zone")]
    stable = int(zones["stability"].ge(stable_from).sum())
    counts = {
        "zones": len(zones),
        "zones stables": stable,
        "sites isolés majeurs": len(table) - len(zones),
    }
    return [
        (short(n, Place("zones_public", "toutes", what), evidence=evidence), what)
        for what, n in counts.items()
    ]


def site_identity(points: pd.DataFrame, *, evidence: str) -> list[tuple[str, str]]:
    """Return the figures of the sites as words."""
    words = {
        "toujours": "sites toujours réunis",
        "parfois": "parfois en zone",
        "isole": "jamais en zone",
    }
    counts = points["status"].value_counts()
    return [
        (
            short(
                int(counts.get(status, 0)),
                Place("site_stability", "tous", status),
                evidence=evidence,
            ),
            what,
        )
        for status, what in words.items()
    ]


def assumed_note(evidence: str) -> str:
    """Say what « ≈ » and « ordre de » stand for, where figures rest on a draw."""
    return _SIDE_SAY("assumed") if evidence == "H" else ""


def sweep_sentence(settings: pd.DataFrame, stable_from: float) -> str:
    """Say how zones were found, and what « stable » means."""
    best = settings[settings["chosen"]].iloc[0]
    number = partial(plain, decimals=None)
    in_metres = pd.notna(best["radius_m"])
    radius = (
        f"{number(best['radius_m'], _chosen('radius_m'))}{NBSP}m"
        if in_metres
        else f"{number(best['radius_min'], _chosen('radius_min'))}{NBSP}min de camion"
    )
    return _SIDE_SAY(
        "sweep",
        method=_METHODS[str(best["method"])],
        radius=radius,
        sites=number(best["min_sites"], _chosen("min_sites")),
        jobs=number(best["min_jobs"], _chosen("min_jobs")),
        stable=number(100 * stable_from, _chosen("stable")),
        runs=_runs(settings),
    )


def _chosen(column: str) -> Place:
    return Place("zone_settings", "retenu", column)


def _runs(settings: pd.DataFrame) -> str:
    return plain(
        int(settings["n_runs"].sum()), Place("zone_settings", "tous", "n_runs")
    )


def share_sentence(settings: pd.DataFrame) -> str:
    """Say what « toujours ensemble » means."""
    return _SIDE_SAY("share", runs=_runs(settings))


def zone_list(
    named: gpd.GeoDataFrame, ground: Ground, *, what: str, evidence: str
) -> Block:
    """List numbered zones: number and commune, jobs, sites, and one figure more.

    `what` heads that figure: « t/an » or « stabilité ».
    """
    which = "zones" if what == TONNES else "zones stables"
    title = zone_list_title(which, evidence=evidence)
    if named.empty:
        return statement(title, _SIDE_SAY("no_zone"))
    names = ground.communes["nom"]
    rows = []
    for row in named.drop(columns="geometry").to_dict("records"):
        code = row["code_insee"]
        name = f"{zone_number(str(row['zone_id']))} {names.get(code, code)}"
        last = (
            str(row["potential_class"])
            if what == TONNES
            else zone_stability(row, evidence=evidence)
        )
        sites = zone_sites(row, evidence=evidence)
        rows.append((name, str(row["size_class"]), last, sites))
    first = "N° et commune, ordre de" if evidence == "H" else "N° et commune"
    return listed(SideTable(title, (first, "emplois", what, "sites"), tuple(rows)))


ZONES_SUBJECT = map_title("carte_zones")
STABILITY_SUBJECT = "Zones d’activités : toujours ensemble, parfois, jamais"
_SAY = sentences("prints", "zone_maps")
_JOBS = {
    "moins de 50": "Moins de 50",
    "50 à 99": "50 à 99",
    "100 à 249": "100 à 249",
    "250 à 499": "250 à 499",
    "500 ou plus": "500 ou plus",
}
"""Class of jobs, the smallest first → its words."""
_TONNES = tuple(one for one in POTENTIAL_CLASSES if one != HELD_BACK)
_SIZES_PT = (4.4, 6.0, 8.0, 10.8, 14.5)
"""Diameter by class: the same for jobs and for tonnes."""
_SECRET_PT = 4.4
_JOBS_FILL, _TONNES_FILL, _ALONE_FILL = CATEGORICAL[0], CATEGORICAL[4], CATEGORICAL[1]
_HALVES = {"left": Path.wedge(90, 270), "right": Path.wedge(-90, 90)}
_SITE_SIZES_PT = {"isole": 1.3, "parfois": 2.1, "toujours": 2.1}
_SITE_LABELS = {
    "toujours": "Site toujours avec les mêmes voisins",
    "parfois": "Site parfois en zone",
    "isole": "Site jamais en zone",
}
_RING_PT = 10.0
_RING = styles("zone_maps")["ring"]
_ALONE = styles("zone_maps")["alone"]
_OR_MORE = " ou plus"
_NUMBER = Lettering(TEXT_PT, bold=True, colour="#123a68")
_HALF_MM_PER_PT = 25.4 / 72 / 2


def zones_map(
    ground: Ground, potentials: Released, *, settings: Released, stable_from: float
) -> MapSheet:
    """Draw zones by jobs and by potential waste, and isolated large sites."""
    table = _zone_table(potentials)
    sure = counted_as(drawn=potentials.demonstration)
    named = listed_zones(table, ground, evidence=sure)
    read = _SAY("reading", sweep=sweep_sentence(settings.table, stable_from))
    return area_sheet(
        ground,
        Layer(
            (potentials,),
            partial(_draw_zones, table=table),
            partial(_number, named=named, sizes=_sizes(named)),
        ),
        subject=ZONES_SUBJECT,
        heading=_zones_heading(table, sure),
        side=(
            identity(zone_identity(table, stable_from, evidence=sure)),
            statement("Comment lire", read + assumed_note(sure)),
            zone_list(named, ground, what=TONNES, evidence=sure),
        ),
        tables=(settings,),
    )


def stability_map(
    ground: Ground,
    zones: Released,
    *,
    sites: Released,
    settings: Released,
    stable_from: float,
) -> MapSheet:
    """Draw which sites are always together, which sometimes, which never in a zone."""
    table = _zone_table(zones)
    points: Any = sites.table
    require_lambert93(points, where="site_stability")
    stable = table[table["kind"].eq("zone") & table["stability"].ge(stable_from)]
    sure = counted_as(drawn=zones.demonstration)
    named = listed_zones(stable, ground, evidence=sure, count=N_STABLE_LISTED)
    return area_sheet(
        ground,
        Layer(
            (zones, sites),
            partial(_draw_stability, points=points, stable=stable),
            partial(_number, named=named, sizes=[_RING_PT] * len(named)),
        ),
        subject=STABILITY_SUBJECT,
        heading=STABILITY_SUBJECT,
        side=(
            identity(site_identity(points, evidence=sure)),
            statement(
                "Comment lire", share_sentence(settings.table) + assumed_note(sure)
            ),
            zone_list(named, ground, what=STABILITY, evidence=sure),
        ),
        tables=(settings,),
    )


def _zones_heading(table: gpd.GeoDataFrame, evidence: str) -> str:
    """Say how many zones there are, and how many of them are small."""
    zones = table[table["kind"].eq("zone")]
    if zones.empty:
        return ZONES_SUBJECT
    smallest = next(iter(_JOBS))
    few_pct = 100 * float(zones["size_class"].eq(smallest).mean())
    n_zones = short(
        len(zones), Place("zones_public", "toutes", "zones"), evidence=evidence
    )
    small = short(
        few_pct, Place("zones_public", "toutes", smallest), evidence=evidence, unit="%"
    )
    return f"{n_zones} zones d’activités, dont {small} de {smallest} emplois"


def _zone_table(zones: Released) -> gpd.GeoDataFrame:
    table: Any = zones.table
    require_lambert93(table, where="zones_public")
    return table.sort_values("zone_id", ignore_index=True, kind="stable")


def _draw_zones(view: MapFrame, *, table: gpd.GeoDataFrame) -> Sequence[LegendItem]:
    """Draw footprints, then symbols, the largest first: the small stay in sight."""
    add_polygons(
        view.axes,
        table.geometry,
        facecolor="#9d9c96",
        edgecolor=INK,
        linewidth=0.15,
        zorder=13,
    )
    points = shapely.point_on_surface(table.geometry.to_numpy())
    sizes = _sizes(table)
    for rank in sorted(range(len(table)), key=lambda row: (-sizes[row], row)):
        row, point = table.iloc[rank], points[rank]
        for style in _symbols(row):
            view.axes.plot(point.x, point.y, linestyle="none", zorder=14, **style)
    return _zone_legend(table)


def _symbols(row: Any) -> list[dict[str, Any]]:
    """Draw a zone as two halves; a site alone, which tells no tonne, as a diamond."""
    if row["kind"] == "site_isole":
        return [_ALONE | {"markersize": _jobs_pt(str(row["size_class"]))}]
    jobs, tonnes = str(row["size_class"]), str(row["potential_class"])
    return [
        _half("left", _JOBS_FILL, _jobs_pt(jobs), is_numbered=jobs in _JOBS),
        _half("right", _TONNES_FILL, _tonnes_pt(tonnes), is_numbered=tonnes in _TONNES),
    ]


def _half(side: str, fill: str, size_pt: float, *, is_numbered: bool) -> dict[str, Any]:
    return {
        "marker": _HALVES[side],
        "markersize": size_pt,
        "markerfacecolor": fill if is_numbered else "white",
        "markeredgecolor": "white" if is_numbered else INK,
        "markeredgewidth": 0.35,
    }


def _jobs_pt(name: str) -> float:
    return _SIZES_PT[list(_JOBS).index(name)] if name in _JOBS else _SECRET_PT


def _tonnes_pt(name: str) -> float:
    return _SIZES_PT[_TONNES.index(name)] if name in _TONNES else _SECRET_PT


def _sizes(table: gpd.GeoDataFrame) -> list[float]:
    """Return the diameter of the larger half of each symbol [pt]."""
    classes = zip(table["size_class"], table["potential_class"], strict=True)
    return [max(_jobs_pt(str(jobs)), _tonnes_pt(str(t))) for jobs, t in classes]


def _number(view: MapFrame, *, named: gpd.GeoDataFrame, sizes: list[float]) -> None:
    """Write the number of each listed zone beside its symbol, where there is room."""
    points = shapely.point_on_surface(named.geometry.to_numpy())
    for point, size in zip(points, sizes, strict=True):
        side_m = 1.6 * size * _HALF_MM_PER_PT * view.m_per_mm
        view.placer.block(around(point.x, point.y, side_m, side_m))
    for point, name, size in zip(points, named["zone_id"], sizes, strict=True):
        place_point_label(
            view,
            point,
            zone_number(str(name)),
            lettering=_NUMBER,
            gap_mm=size * _HALF_MM_PER_PT + 0.2,
        )


def _zone_legend(table: gpd.GeoDataFrame) -> list[LegendItem]:
    """Name the classes of each half that are met, then what is secret or alone."""
    zones = table[table["kind"].eq("zone")]
    jobs, tonnes = set(zones["size_class"]), set(zones["potential_class"])
    items = [
        LegendItem(
            "marker",
            _half("left", _JOBS_FILL, _jobs_pt(name), is_numbered=True),
            f"{label} emplois" if "plus" not in label else "500 emplois ou plus",
        )
        for name, label in _JOBS.items()
        if name in jobs
    ]
    items += [
        LegendItem(
            "marker",
            _half("right", _TONNES_FILL, _tonnes_pt(name), is_numbered=True),
            potential_label(name),
        )
        for name in _TONNES
        if name in tonnes
    ]
    if HELD_BACK in jobs | tonnes:
        style = _half("right", "white", _SECRET_PT, is_numbered=False)
        items.append(LegendItem("marker", style, "Tenu secret"))
    if table["kind"].eq("site_isole").any():
        style = _ALONE | {"markersize": 6.0}
        items.append(LegendItem("marker", style, "Site isolé majeur"))
    return items


def potential_label(name: str) -> str:
    """Write a class of tonnes with its unit.

    Examples
    --------
    >>> potential_label("1 000 ou plus").replace(NBSP, " ")
    '1 000 t/an ou plus'
    """
    if name.endswith(_OR_MORE):
        return f"{name.removesuffix(_OR_MORE)}{NBSP}t/an{_OR_MORE}"
    return f"{first_upper(name)}{NBSP}t/an"


def _draw_stability(
    view: MapFrame, *, points: gpd.GeoDataFrame, stable: gpd.GeoDataFrame
) -> Sequence[LegendItem]:
    for zorder, (status, size) in enumerate(_SITE_SIZES_PT.items(), start=13):
        part = points[points["status"].eq(status)]
        view.axes.plot(
            part.geometry.x,
            part.geometry.y,
            linestyle="none",
            zorder=zorder,
            **_site_style(status, size),
        )
    for point in shapely.point_on_surface(stable.geometry.to_numpy()):
        view.axes.plot(point.x, point.y, linestyle="none", zorder=17, **_RING)
    return _site_legend(points, stable)


def _site_style(status: str, size: float) -> dict[str, Any]:
    return {
        "marker": "o",
        "markersize": size,
        "markerfacecolor": SITE_COLOURS[status],
        "markeredgewidth": 0.0,
    }


def _site_legend(
    points: gpd.GeoDataFrame, stable: gpd.GeoDataFrame
) -> list[LegendItem]:
    statuses = set(points["status"])
    items = [
        LegendItem("marker", _site_style(status, 4.5), label)
        for status, label in _SITE_LABELS.items()
        if status in statuses
    ]
    if len(stable):
        small = _RING | {"markersize": 7.0}
        items.append(LegendItem("marker", small, "Zone stable"))
    return items
