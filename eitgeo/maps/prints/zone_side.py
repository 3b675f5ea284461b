"""The side column of the maps of zones: figures, how to read, some zones listed."""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import pandas as pd

from eitgeo.ledger import Place, plain, short
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.map_sheet import Block, listed, statement
from eitgeo.maps.paper.side import SideTable
from eitgeo.maps.words.counts import (
    zone_list_title,
    zone_sites,
    zone_stability,
    zones_in_order,
)
from eitgeo.maps.words.texts import sentences
from eitgeo.words import NBSP

_SAY = sentences("prints", "zone_side")
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
    return _SAY("assumed") if evidence == "H" else ""


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
    return _SAY(
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
    return _SAY("share", runs=_runs(settings))


def zone_list(
    named: gpd.GeoDataFrame, ground: Ground, *, what: str, evidence: str
) -> Block:
    """List numbered zones: number and commune, jobs, sites, and one figure more.

    `what` heads that figure: « t/an » or « stabilité ».
    """
    which = "zones" if what == TONNES else "zones stables"
    title = zone_list_title(which, evidence=evidence)
    if named.empty:
        return statement(title, _SAY("no_zone"))
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
