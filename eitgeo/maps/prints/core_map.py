"""Print the core and the fringe: how often methods put each commune in a contour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from eitgeo.errors import StudyError
from eitgeo.ledger import Place, headed, plain, short
from eitgeo.maps.paper.charter import BUFFER, SEQUENTIAL, styles
from eitgeo.maps.paper.ground import Ground, dissolved, short_epci_name
from eitgeo.maps.paper.labels import MapFrame
from eitgeo.maps.paper.layers import LINE_STYLES, draw_outline, hatch, patch_item
from eitgeo.maps.paper.map_sheet import Layer, MapSheet, identity, listed, statement
from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.maps.paper.side import LegendItem, SideTable
from eitgeo.maps.paper.study_map import area_sheet
from eitgeo.maps.prints.print_maps import surely_held
from eitgeo.maps.words.sentences import sentences
from eitgeo.perimeters.ensemble.core_fringe import (
    ALL_FAMILIES,
    CORE_ABOVE,
    FULL_VOICE,
    core_of,
)
from eitgeo.reference.map_sheets import map_title
from eitgeo.tables.public import Released
from eitgeo.words import NBSP

CORE_CLASSES = (
    (0.2, SEQUENTIAL[0], f"Jusqu’à 20{NBSP}%"),
    (0.4, SEQUENTIAL[1], f"De 20 à 40{NBSP}%"),
    (0.6, SEQUENTIAL[2], f"De 40 à 60{NBSP}%"),
    (CORE_ABOVE, SEQUENTIAL[3], f"De 60 à 80{NBSP}%"),
    (1.0, SEQUENTIAL[4], f"Plus de 80{NBSP}% (cœur)"),
)
"""Upper bound (included), fill, label."""
NOWHERE = "Dans aucun contour"
_NOWHERE = styles("core_map")["nowhere"]
"""Dots: a grey would pass for a class on a photocopy."""
_DOUBT = styles("core_map")["doubt"]
_ROUNDING = 1e-9
CORE_SUBJECT = map_title("carte_coeur_franges")
_RUNS = Place("membership_frequency", "tous", "contours")
VOTES_EVIDENCE = "H"
"""Class of how often contours hold a commune: methods choose them."""
_SAY = sentences("prints", "core_map")


class Poll(NamedTuple):
    """What the legend says of the vote."""

    families: Mapping[str, str]  # French name of each family that draws a contour
    left_out: str = ""  # What a quick study left out, French; empty when nothing


def core_map(
    ground: Ground,
    membership: Released,
    *,
    poll: Poll,
    perimeters: Released,
    members: Released,
) -> MapSheet:
    """Draw in which share of the contours each commune is."""
    table = membership.table
    everyone = table[table["family"] == ALL_FAMILIES]
    shares = everyone.set_index("code_insee")["share"]
    area = ground.area
    absent = sorted(set(area["code_insee"]) - set(shares.index))
    if absent:
        message = (
            f"membership_frequency : sans part pour {len(absent)} communes (dont "
            f"{absent[0]}) → vérifier que les tables viennent de la même étude"
        )
        raise StudyError(message)
    area = area.assign(share=shares.reindex(area["code_insee"]).to_numpy())
    core = area[area["code_insee"].isin(core_of(table))]
    doubtful = area[~area["code_insee"].isin(surely_held(perimeters, members))]
    n_runs = int(everyone["n_runs"].iloc[0])
    read = _reading(table, n_runs, poll) + _SAY("assumed")
    left_out = [statement("Laissés de côté", f"{poll.left_out}.")]
    return area_sheet(
        ground,
        Layer(
            (membership, perimeters, members),
            partial(_draw, area=area, core=core, doubtful=doubtful),
        ),
        under=[patch_item(BUFFER, "Communes voisines")],
        outline=False,
        subject=CORE_SUBJECT,
        heading=_heading(area, core),
        side=(
            identity(_identity(core, n_runs, poll)),
            statement("Comment lire", read),
            statement("Ce que ce n’est pas", _SAY("caution")),
            listed(_by_epci(area, core)),
            statement("Familles de méthodes", _families(table, poll)),
            *(left_out if poll.left_out else ()),
        ),
    )


def _heading(area: gpd.GeoDataFrame, core: gpd.GeoDataFrame) -> str:
    """Say how many communes come back in almost every contour."""
    if core.empty:
        return _SAY("no_core")
    place = Place("membership_frequency", "cœur", "communes")
    n_core = short(len(core), place, evidence=VOTES_EVIDENCE)
    every = plain(len(area), Place("communes", "in_area", "communes"))
    return _SAY("heading", core=n_core, every=every)


def _draw(
    view: MapFrame,
    *,
    area: gpd.GeoDataFrame,
    core: gpd.GeoDataFrame,
    doubtful: gpd.GeoDataFrame,
) -> Sequence[LegendItem]:
    _fill(view.axes, area)
    hatch(view, doubtful)
    draw_outline(view, core)
    nowhere = area["share"].eq(0).any()
    return _legend(hatched=not doubtful.empty, nowhere=bool(nowhere))


def core_label(share: float) -> str:
    """Name the class of a share of contours.

    Examples
    --------
    >>> core_label(0.0), core_label(0.2).replace(NBSP, " ")
    ('Dans aucun contour', 'Jusqu’à 20 %')
    """
    return CORE_CLASSES[int(_rank(share))][2] if share > 0 else NOWHERE


def _rank(shares: Any) -> Any:
    """Place shares among the classes."""
    tops = [top + _ROUNDING for top, _, _ in CORE_CLASSES]
    return np.searchsorted(tops, shares, side="left")


def _fill(axes: Axes, area: gpd.GeoDataFrame) -> None:
    rank = _rank(area["share"].to_numpy())
    is_voted = area["share"].to_numpy() > 0
    # One shape: a hatch is drawn polygon by polygon.
    add_polygons(axes, [dissolved(area[~is_voted])], zorder=2.9, **_NOWHERE)
    add_polygons(
        axes,
        area.geometry,
        facecolors=[
            CORE_CLASSES[at][1] if some else "none"
            for at, some in zip(rank, is_voted, strict=True)
        ],
        edgecolor=LINE_STYLES["commune"]["color"],
        linewidth=LINE_STYLES["commune"]["linewidth"],
        zorder=3,
    )


def _identity(core: gpd.GeoDataFrame, n_runs: int, poll: Poll) -> list[tuple[str, str]]:
    counts = {"communes": len(core), "habitants": float(core["population"].sum())}
    return [
        (plain(n_runs, _RUNS), "contours"),
        (str(len(poll.families)), "familles"),
        *(
            (
                short(
                    n,
                    Place("membership_frequency", "cœur", what),
                    evidence=VOTES_EVIDENCE,
                ),
                f"{what} du cœur",
            )
            for what, n in counts.items()
        ),
    ]


def _reading(table: pd.DataFrame, n_runs: int, poll: Poll) -> str:
    few = [
        poll.families[family]
        for family in poll.families
        if _runs(table)[family] < FULL_VOICE
    ]
    faint = _SAY("faint", least=FULL_VOICE, families=", ".join(few)) if few else ""
    return _SAY(
        "reading", runs=plain(n_runs, _RUNS), families=len(poll.families), faint=faint
    )


def _runs(table: pd.DataFrame) -> pd.Series[int]:
    return table.drop_duplicates("family").set_index("family")["n_runs"]


def _families(table: pd.DataFrame, poll: Poll) -> str:
    runs = _runs(table)
    parts = [f"{name} ({runs[family]})" for family, name in poll.families.items()]
    return f"{', '.join(parts)}."


def _by_epci(area: gpd.GeoDataFrame, core: gpd.GeoDataFrame) -> SideTable:
    """Count the communes of the core in each EPCI that has one, by name."""
    totals = area.groupby("epci_name").size()
    n_communes = core.groupby("epci_name").size()
    rows = []
    for name in sorted(n_communes.index):
        place = Place("membership_frequency", str(name), "communes du cœur")
        n_core = headed(
            int(n_communes[name]), place, evidence=VOTES_EVIDENCE, unit="nombre"
        )
        every = plain(int(totals[name]), Place("communes", str(name), "communes"))
        rows.append((short_epci_name(str(name)), n_core, every))
    heads = ("EPCI, ordre de", "au cœur", "en tout")
    return SideTable("Communes du cœur, par EPCI", heads, tuple(rows))


def _legend(*, hatched: bool, nowhere: bool) -> list[LegendItem]:
    doubt = [LegendItem("patch", _DOUBT, "Appartenance à confirmer")]
    return [
        *(patch_item(colour, label) for _, colour, label in reversed(CORE_CLASSES)),
        *([LegendItem("patch", _NOWHERE, NOWHERE)] if nowhere else ()),
        LegendItem("line", LINE_STYLES["outline"], "Limite du cœur"),
        *(doubt if hatched else ()),
    ]
