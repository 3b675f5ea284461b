"""The print map of arisings: what is thrown away where, and the classes of tonnes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.patches import Circle, Wedge

from eitgeo.exact import settled_values
from eitgeo.ledger import Place, headed, written
from eitgeo.maps.paper.canvas import Page, draw_stroke, line_height_mm, write
from eitgeo.maps.paper.charter import CATEGORICAL, INK, MUTED, PAPER, TEXT_PT, styles
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.labels import MapFrame, around
from eitgeo.maps.paper.layers import patch_item
from eitgeo.maps.paper.map_sheet import Layer, MapSheet, listed, statement
from eitgeo.maps.paper.side import LegendItem, SideTable
from eitgeo.maps.paper.study_map import area_sheet
from eitgeo.maps.words.sentences import sentences
from eitgeo.reference.labels import labels_of
from eitgeo.reference.map_sheets import map_title
from eitgeo.reference.waste import OTHER_STREAMS
from eitgeo.tables.public import Released
from eitgeo.words import NBSP, first_upper, french_number, published_value

ARISINGS_SUBJECT = map_title("carte_gisements")
BLOCK_BOUNDS_T = (30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0)
EPCI_BOUNDS_T = (1_000.0, 3_000.0, 10_000.0, 30_000.0, 100_000.0)
"""Classes of tonnes: each about three times the one before, as wide as an estimate."""
CIRCLES_MM = (5.0, 7.5, 10.5, 14.0, 18.0, 22.5)
"""Diameter by class of :data:`EPCI_BOUNDS_T`: area about doubles, tonnes triple."""
STREAM_FILLS = {
    "melange": CATEGORICAL[0],
    "bois": CATEGORICAL[4],
    "papiers": CATEGORICAL[6],
    "organiques": CATEGORICAL[2],
    "metaux": CATEGORICAL[5],
    "autres": PAPER,
}
"""Dark and light by turns: sectors side by side are told apart in grey."""
_KEY_GAP_MM = 2.0
_RING = styles("flow_maps")["ring"]
_OTHERS = {"plusieurs": "Plusieurs EPCI"}
_SAY = sentences("prints", "flow_maps")


def arisings_map(
    ground: Ground, sums: Released, *, streams: Released, evidence: str
) -> MapSheet:
    """Draw one circle an EPCI, by class of tonnes, its parts by family of streams."""
    added: Any = sums.table
    parts: Any = streams.table
    own = added[added["group"].isin(ground.epci.index) & (added["value"] > 0)]
    return area_sheet(
        ground,
        Layer(
            (sums, streams),
            partial(_draw, own=own, parts=parts, ground=ground, evidence=evidence),
        ),
        subject=ARISINGS_SUBJECT,
        heading=_heading(added, parts, evidence),
        side=(
            statement(*_tonnage_sentence(added, evidence)),
            listed(_tonnage_rows(added, ground, evidence)),
            partial(_circle_key, ranks=epci_ranks(own["value"], evidence)),
            statement("Comment lire", _SAY("parts")),
            statement(*method_sentence()),
        ),
    )


def _heading(sums: pd.DataFrame, parts: pd.DataFrame, evidence: str) -> str:
    """Say what there is in all, and what the family that weighs most makes of it."""
    whole = sums[sums["group"] == ""]
    named = parts[parts["family"] != OTHER_STREAMS]
    if not whole["value"].sum() or named.empty:
        return ARISINGS_SUBJECT
    first = named.groupby("family", sort=False)["tenths"].sum().idxmax()
    first_tenths = named[named["family"] == first].set_index("group")["tenths"]
    tenths = first_tenths.reindex(parts["group"].unique(), fill_value=0)
    least, most = (10 * int(n) for n in (tenths.min(), tenths.max()))
    share = f"{least} à {most}" if least < most else f"{most}"
    name = labels_of("stream_family")[str(first)].lower()
    return _SAY(
        "heading",
        whole=first_upper(_whole_text(whole, evidence)),
        family=name,
        share=share,
    )


def _whole_text(whole: pd.DataFrame, evidence: str) -> str:
    low, value, high = (float(whole[name].sum()) for name in ("low", "value", "high"))
    return written(
        value,
        Place("arising_sums", "tout"),
        bounds=(low, high),
        evidence=evidence,
        unit="t/an",
        decimals=0,
    )


def _draw(
    view: MapFrame,
    *,
    own: pd.DataFrame,
    parts: pd.DataFrame,
    ground: Ground,
    evidence: str,
) -> Sequence[LegendItem]:
    """Draw the largest first, so that the small ones stay in sight."""
    ordered = own.sort_values("value", ascending=False, kind="stable")
    ranks = epci_ranks(ordered["value"], evidence)
    for siren, rank in zip(ordered["group"], ranks, strict=True):
        spot = middle_of(ground.communes[ground.communes["epci_siren"] == siren])
        own_parts = parts[parts["group"] == siren]
        _pie(view, spot, CIRCLES_MM[rank], own_parts)
        side_m = CIRCLES_MM[rank] * view.m_per_mm
        view.placer.block(around(*spot, 0.9 * side_m, 0.9 * side_m))
    return _legend(parts)


def epci_ranks(values: pd.Series[float], evidence: str) -> list[int]:
    """Return the class of each tonnage of an EPCI, of the figure that is printed."""
    printed = [
        published_value(float(value), evidence=evidence, decimals=0, unit="")
        for value in values
    ]
    return tonnage_ranks(np.array(printed), EPCI_BOUNDS_T).tolist()


def _pie(
    view: MapFrame, spot: tuple[float, float], across_mm: float, parts: pd.DataFrame
) -> None:
    """Draw a circle and its sectors, clockwise from the top."""
    radius = across_mm * view.m_per_mm / 2
    start = 90.0
    for family, angle in sectors(parts):
        view.axes.add_patch(
            Wedge(
                spot,
                radius,
                start - angle,
                start,
                facecolor=STREAM_FILLS[family],
                edgecolor="white",
                linewidth=0.5,
                zorder=14,
            )
        )
        start -= angle
    rim = {"facecolor": "none" if len(parts) else STREAM_FILLS["autres"]}
    view.axes.add_patch(
        Circle(spot, radius, edgecolor=INK, linewidth=0.7, zorder=15, **rim)
    )


def sectors(parts: pd.DataFrame) -> list[tuple[str, float]]:
    """Turn tenths into angles [°]: those of a circle sum to a full turn.

    Examples
    --------
    >>> import pandas as pd
    >>> sectors(pd.DataFrame({"family": ["bois", "metaux"], "tenths": [7, 3]}))
    [('bois', 252.0), ('metaux', 108.0)]
    """
    seen = parts[parts["tenths"] > 0]
    total = int(seen["tenths"].sum())
    return [
        (str(family), 360.0 * int(n) / total)
        for family, n in zip(seen["family"], seen["tenths"], strict=True)
    ]


def _legend(parts: pd.DataFrame) -> list[LegendItem]:
    families = set(parts.loc[parts["tenths"] > 0, "family"])
    names = labels_of("stream_family")
    return [
        patch_item(colour, names[family])
        for family, colour in STREAM_FILLS.items()
        if family in families
    ]


def _circle_key(page: Page, y: float, *, ranks: list[int]) -> float:
    """Draw the classes that are met as circles in one another, at their true size."""
    ranks_drawn = sorted(set(ranks))
    if not ranks_drawn:
        return y
    room = CIRCLES_MM[ranks_drawn[-1]] / page.zoom
    y = page.keep(y, room + _KEY_GAP_MM) - _KEY_GAP_MM
    x, low = page.side_x + room / 2 + 0.5, y - room
    step = max(line_height_mm(TEXT_PT), room / len(ranks_drawn))
    for order, rank in enumerate(reversed(ranks_drawn)):
        across = CIRCLES_MM[rank]
        middle, foot = page.at(x, low)
        page.sheet.add_artist(Circle((middle, foot + across / 2), across / 2, **_RING))
        label_y, right = y - order * step, page.side_x + room + 5.0
        leader = [(x, low + across / page.zoom), (right - 1.0, label_y)]
        draw_stroke(page, leader, color=MUTED, lw=0.5)
        label = class_label(rank, EPCI_BOUNDS_T)
        write(page, right, label_y, label, size=TEXT_PT, va="center")
    return low - _KEY_GAP_MM


def tonnage_ranks(
    values: pd.Series[float] | np.ndarray, bounds: tuple[float, ...] = BLOCK_BOUNDS_T
) -> np.ndarray:
    """Return the class of each tonnage, from 0 for the smallest.

    Examples
    --------
    >>> tonnage_ranks(np.array([29.0, 30.0, 12_000.0])).tolist()
    [0, 1, 6]
    """
    return np.searchsorted(bounds, settled_values(values), side="right")


def class_label(rank: int, bounds: tuple[float, ...] = BLOCK_BOUNDS_T) -> str:
    """Name a class of tonnes."""
    low, high = (0.0, *bounds)[rank], (*bounds, np.inf)[rank]
    tail = f"{NBSP}t/an"
    if rank == 0:
        return f"Moins de {french_number(high)}{tail}"
    if rank == len(bounds):
        return f"{french_number(low)}{tail} ou plus"
    return f"{french_number(low)} à {french_number(high)}{tail}"


def middle_of(group: gpd.GeoDataFrame) -> tuple[float, float]:
    """Return where the people of a group live on average."""
    weight = group["population"].to_numpy(dtype=float) + 1.0
    seats = np.array([group["seat_x"], group["seat_y"]], dtype=float)
    x, y = seats @ weight / weight.sum()
    return float(x), float(y)


def method_sentence() -> tuple[str, str]:
    """Say how potentials are found, and what that is worth."""
    return _SAY.titled("method")


def _tonnage_sentence(sums: pd.DataFrame, evidence: str) -> tuple[str, str]:
    """Say what the territory throws away in all."""
    whole = sums[sums["group"] == ""]
    if not whole["value"].sum():
        return _SAY.titled("nothing")
    text = _whole_text(whole, evidence)
    chances = _SAY("chances" if "(" in text else "rounded")
    return _SAY.titled(
        "sum", whole=first_upper(text), chances=chances, evidence=evidence
    )


def _tonnage_rows(sums: pd.DataFrame, ground: Ground, evidence: str) -> SideTable:
    """List what each EPCI throws away."""
    names = ground.epci["short_name"].astype(str).to_dict() | _OTHERS
    rows = []
    for row in sums[sums["group"] != ""].to_dict("records"):
        low, value, high = (
            headed(
                float(row[level]),
                Place("epci_facts", f"{row['group']} / deposit_t", level),
                evidence=evidence,
                unit="",
            )
            for level in ("low", "value", "high")
        )
        name = names.get(str(row["group"]), str(row["group"]))
        rows.append((name, value, f"{low} à {high}"))
    title = "Gisement potentiel par EPCI (t/an)"
    return SideTable(title, ("EPCI", "ordre de", "entre"), tuple(sorted(rows)))
