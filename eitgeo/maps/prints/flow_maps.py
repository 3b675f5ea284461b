"""Print maps of matter: what is thrown away where, and who could take it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from eitgeo.check import require_columns
from eitgeo.exact import settled_values
from eitgeo.flows.exchanges.realised import announced, lever_realised, made_text
from eitgeo.ledger import Place, headed, written
from eitgeo.maps.paper.canvas import Page, drawing_style, render
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.ground import dissolved
from eitgeo.maps.paper.layers import patch_item
from eitgeo.maps.paper.shapes import add_lines, add_polygons
from eitgeo.maps.paper.sheet import require_released, sheet_about
from eitgeo.maps.paper.side import (
    LegendItem,
    SideTable,
    draw_legend,
    draw_side_table,
    draw_statement,
)
from eitgeo.maps.paper.study_map import (
    finish_map,
    ground_legend,
    open_ground,
)
from eitgeo.reference.map_sheets import map_title
from eitgeo.words import NBSP, first_upper, french_number

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.flows.exchanges.realised import Animation
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.sheet import Sheet

ARISINGS_HEADING = map_title("carte_gisements")
EXCHANGES_HEADING = map_title("carte_echanges")
_BOUNDS_T = (30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0)
"""Classes of tonnes: each about three times the one before, as wide as an estimate."""
_SIZES_PT = (1.8, 2.8, 4.0, 5.6, 7.6, 10.0, 13.0)
_WIDTHS_PT = (0.5, 0.9, 1.5, 2.4, 3.8, 5.6, 8.0)
_CIRCLE: dict[str, Any] = {
    "marker": "o",
    "markerfacecolor": "#8c510acc",
    "markeredgecolor": "white",
    "markeredgewidth": 0.4,
}
_INNER: dict[str, Any] = _CIRCLE | {"markerfacecolor": "#01665ecc"}
_LINK = {"color": "#01665e", "alpha": 0.75, "capstyle": "round"}
_NO_BOUNDS = (math.nan, math.nan)
_OTHERS = {"plusieurs": "Plusieurs EPCI"}
_GROUP = {"facecolor": "none", "edgecolor": "#8f8f8a", "linewidth": 0.35}


def arisings_map(
    ground: Ground,
    blocks: Released,
    *,
    sums: Released,
    evidence: str,
    sheet: Sheet,
) -> dict[str, bytes]:
    """Draw one circle a group of communes, by class of tonnes, on one A4 sheet."""
    table: Any = require_released(blocks, "blocks").table
    require_columns(table, ["codes", "value"], where="blocks")
    added: Any = require_released(sums, "sums").table
    require_columns(added, ["group", "low", "value", "high"], where="sums")
    shown = table[table["value"] > 0].sort_values(
        "value", ascending=False, kind="stable"
    )
    with drawing_style():
        page = Page(FORMATS[sheet.page_format])
        view = open_ground(page, ground, sheet, ARISINGS_HEADING)
        groups = [_members(ground, codes) for codes in shown["codes"]]
        add_polygons(view.axes, map(dissolved, groups), zorder=5, **_GROUP)
        for group, rank in zip(groups, tonnage_ranks(shown["value"]), strict=True):
            point = middle_of(group)
            style = _CIRCLE | {"markersize": _SIZES_PT[rank]}
            view.axes.plot(*point, linestyle="none", zorder=14, **style)
        finish_map(view, ground, sheet)
        y = draw_statement(page, page.side_top, *_tonnage_sentence(added, evidence))
        y = draw_side_table(page, y, _tonnage_rows(added, ground, evidence))
        y = draw_statement(page, y, *method_sentence())
        legend = _class_legend(shown["value"], _CIRCLE)
        group = patch_item("none", "Groupe de communes (secret statistique)")
        draw_legend(page, y, [*legend, group, *ground_legend(ground)], columns=2)
        return render(page, sheet, about=sheet_about(sheet, ARISINGS_HEADING))


def exchanges_map(
    ground: Ground, links: Released, *, if_part: str, animation: Animation, sheet: Sheet
) -> dict[str, bytes]:
    """Draw what EPCI could exchange as desire lines, by class of tonnes.

    `if_part` says who takes part, as `if_taking_part` does.
    """
    table: Any = require_released(links, "links").table
    require_columns(table, ["donor", "receiver", "value"], where="links")
    here = table[table["receiver"].isin(ground.epci.index)]
    spots = {
        str(siren): shapely.point_on_surface(shape)
        for siren, shape in ground.epci.geometry.items()
    }
    between = _both_ways(here[here["donor"] != here["receiver"]])
    inner = here[here["donor"] == here["receiver"]].sort_values("value", kind="stable")
    with drawing_style():
        page = Page(FORMATS[sheet.page_format])
        view = open_ground(page, ground, sheet, EXCHANGES_HEADING)
        for (one, other), value in sorted(between.items(), key=lambda pair: -pair[1]):
            width = _WIDTHS_PT[int(tonnage_ranks(np.array([value]))[0])]
            line = _bow(spots[one], spots[other])
            add_lines(view.axes, line, zorder=13, linewidth=width, **_LINK)
        for siren, value in zip(inner["donor"], inner["value"], strict=True):
            style = _INNER | {
                "markersize": _SIZES_PT[int(tonnage_ranks(np.array([value]))[0])]
            }
            spot = spots[siren]
            view.axes.plot(spot.x, spot.y, linestyle="none", zorder=14, **style)
        finish_map(view, ground, sheet)
        y = draw_statement(
            page, page.side_top, *_exchange_sentence(table, ground, if_part, animation)
        )
        y = draw_side_table(page, y, _exchange_rows(table, ground))
        y = draw_statement(page, y, *method_sentence())
        legend = [
            *_line_legend(np.array(list(between.values()))),
            *_class_legend(inner["value"], _INNER, before="Dans l’EPCI : "),
        ]
        draw_legend(page, y, [*legend, *ground_legend(ground)], columns=2)
        about = sheet_about(sheet, EXCHANGES_HEADING)
        return render(page, sheet, about=about)


def tonnage_ranks(values: pd.Series[float] | np.ndarray) -> np.ndarray:
    """Return the class of each tonnage, from 0 for the smallest.

    Examples
    --------
    >>> tonnage_ranks(np.array([29.0, 30.0, 12_000.0])).tolist()
    [0, 1, 6]
    """
    return np.searchsorted(_BOUNDS_T, settled_values(values), side="right")


def class_label(rank: int) -> str:
    """Name a class of tonnes."""
    low, high = (0.0, *_BOUNDS_T)[rank], (*_BOUNDS_T, np.inf)[rank]
    tail = f"{NBSP}t/an"
    if rank == 0:
        return f"Moins de {french_number(high)}{tail}"
    if rank == len(_BOUNDS_T):
        return f"{french_number(low)}{tail} ou plus"
    return f"{french_number(low)} à {french_number(high)}{tail}"


def _class_legend(
    values: pd.Series[float], style: dict[str, Any], *, before: str = ""
) -> list[LegendItem]:
    return [
        LegendItem(
            "marker",
            style | {"markersize": _SIZES_PT[rank]},
            f"{before}{class_label(rank)}",
        )
        for rank in sorted(set(tonnage_ranks(values).tolist()))
    ]


def _line_legend(values: np.ndarray) -> list[LegendItem]:
    return [
        LegendItem(
            "line",
            {"color": _LINK["color"], "linewidth": _WIDTHS_PT[rank]},
            class_label(rank),
        )
        for rank in sorted(set(tonnage_ranks(values).tolist()))
    ]


def _both_ways(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Sum both ways between two groups."""
    found: dict[tuple[str, str], float] = {}
    columns = ["donor", "receiver", "value"]
    for donor, receiver, value in table[columns].itertuples(index=False):
        pair = (min(donor, receiver), max(donor, receiver))
        found[pair] = found.get(pair, 0.0) + float(value)
    return found


def _bow(start: shapely.Point, end: shapely.Point) -> shapely.LineString:
    """Draw a slight bow, so that lines in a row stay apart."""
    ends = np.array([[start.x, start.y], [end.x, end.y]])
    along = ends[1] - ends[0]
    top = ends.mean(axis=0) + 0.12 * np.array([-along[1], along[0]])
    t = np.linspace(0.0, 1.0, 25)[:, None]
    return shapely.LineString(
        (1 - t) ** 2 * ends[0] + 2 * t * (1 - t) * top + t**2 * ends[1]
    )


def _members(ground: Ground, codes: str) -> gpd.GeoDataFrame:
    return ground.communes.loc[codes.split(";")]


def middle_of(group: gpd.GeoDataFrame) -> tuple[float, float]:
    """Return where the people of a group live on average."""
    weight = group["population"].to_numpy(dtype=float) + 1.0
    seats = np.array([group["seat_x"], group["seat_y"]], dtype=float)
    x, y = seats @ weight / weight.sum()
    return float(x), float(y)


def method_sentence() -> tuple[str, str]:
    """Say how potentials are found, and what that is worth.

    References
    ----------
    Thesis of the PRESTEO group (123dok.net), quoted.
    """
    return (
        "Méthode déductive et sa faiblesse",
        (
            "Déduit des codes d'activité et des effectifs, sans visite. Les auteurs de "
            "cette méthode y voient un « foisonnement de résultats virtuels à vérifier "
            "et majoritairement faux » (groupe PRESTEO). Un potentiel dit où aller "
            "demander ; il ne décide pas d'un périmètre."
        ),
    )


_NOTHING_TOLD = (
    "Gisement potentiel estimé du territoire",
    (
        "Aucune tonne à dire : effectifs inconnus, ou tout est tenu par le secret "
        "statistique. Ce n’est pas un gisement nul."
    ),
)
_NOTHING_EXCHANGED = (
    "Échanges potentiels",
    (
        "Aucune tonne à dire : gisements inconnus, ou tout est tenu par le secret "
        "statistique. Ce n’est pas une absence d’échange."
    ),
)


def _tonnage_sentence(sums: pd.DataFrame, evidence: str) -> tuple[str, str]:
    """Say what the territory throws away in all."""
    whole = sums[sums["group"] == ""]
    low, value, high = (float(whole[name].sum()) for name in ("low", "value", "high"))
    if value == 0:
        return _NOTHING_TOLD
    text = written(
        value,
        Place("arising_sums", "tout"),
        bounds=(low, high),
        evidence=evidence,
        unit="t/an",
        decimals=0,
    )
    return (
        "Gisement potentiel estimé du territoire",
        (
            f"{first_upper(text)}. Ratio par salarié × effectif, tirés "
            "ensemble : huit chances sur dix d'être dans l'intervalle, si les ratios "
            f"disent vrai. Classe {evidence}."
        ),
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


def _exchange_sentence(
    table: pd.DataFrame, ground: Ground, if_part: str, animation: Animation
) -> tuple[str, str]:
    """Say what could be exchanged in all, what is made of it, what stays in an EPCI."""
    total = float(table["value"].sum())
    if total == 0:
        return _NOTHING_EXCHANGED
    same = float(table.loc[table["donor"] == table["receiver"], "value"].sum())
    known = table["receiver"].isin(ground.epci.index)
    out = float(table.loc[~known, "value"].sum())
    how: dict[str, Any] = {"bounds": _NO_BOUNDS, "evidence": "H", "decimals": 0}
    shares = [
        written(100 * part / total, Place("exchange_links", what), unit="%", **how)
        for what, part in (("dans l'EPCI", same), ("ailleurs", out))
    ]
    text = written(total, Place("exchange_links", "tout"), unit="t/an", **how)
    found = lever_realised(animation, "t", total)
    told = announced(f"{first_upper(text)} publiables {if_part}", found)
    return (
        "Échanges potentiels, inertes et résidus compris",
        (
            f"{told}, dont {shares[0]} dans l'EPCI du donneur ; {shares[1]} vont "
            "hors du territoire, ou vers plusieurs EPCI que le secret réunit. "
            f"{made_text(animation, found, 't/an')} Chaque tonne compte une fois. "
            "« – » : rien de publiable à part. Classe H, sans intervalle calculé."
        ),
    )


def _exchange_rows(table: pd.DataFrame, ground: Ground) -> SideTable:
    """List what each EPCI could give: inside, to another EPCI, elsewhere."""
    known = table["receiver"].isin(ground.epci.index)
    own = table["donor"] == table["receiver"]
    parts = {
        "dedans": table[own],
        "autre EPCI": table[known & ~own],
        "ailleurs": table[~known],
    }
    sums = {name: part.groupby("donor")["value"].sum() for name, part in parts.items()}
    names = ground.epci["short_name"].astype(str).sort_values()
    rows = (
        ()
        if table.empty
        else tuple(
            (
                name,
                *(
                    headed(
                        float(one.get(siren, math.nan)),
                        Place("exchange_links", f"{siren} / {part}"),
                        evidence="H",
                        unit="",
                    )
                    for part, one in sums.items()
                ),
            )
            for siren, name in names.items()
        )
    )
    return SideTable(
        "Ce que chaque EPCI pourrait donner (t/an)", ("EPCI, ordre de", *parts), rows
    )
