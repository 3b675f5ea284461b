"""Maps of closed roads: who gets further from the towns, and who has no way left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.ledger import Place, plain
from eitgeo.maps.paper.charter import CATEGORICAL, TEXT_PT, soften, styles
from eitgeo.maps.paper.labels import Lettering
from eitgeo.maps.paper.map_sheet import MapSheet, statement
from eitgeo.maps.paper.marks import Line, area_names, fills, lines, points
from eitgeo.maps.roads.layers import (
    PLACE_MARK,
    Roads,
    count_text,
    minutes_text,
    road_sheet,
)
from eitgeo.maps.words.sentences import sentences
from eitgeo.tables.public import ReleasedTables
from eitgeo.words import NBSP, first_upper, french_number

_SAY = sentences("roads", "closures")
CLOSED_LINE = styles("closures")["closed"]
_BARS = styles("closures")["bars"]
"""Over a closed road: on a photocopy they tell it from a way."""
_BEFORE = styles("closures")["before"]
_AFTER = styles("closures")["after"]
_NO_WAY = styles("closures")["no_way"]
_DELAYS_MIN = (5.0, 15.0)
_LATER = tuple(soften(CATEGORICAL[4], white=share) for share in (0.62, 0.34, 0.0))
"""The more minutes the darker: all lighter than those without a way."""
_CUT_NAME = Lettering(TEXT_PT, colour="#5e1b12", bold=True)
_ON_ROAD = "forbidden_to_profile"
"""Who stands on the closed road is told with what is closed."""
NO_WAY_LABEL = "Sans chemin vers une ville au moins"


def closure_map(roads: Roads, public: ReleasedTables, *, closure_id: str) -> MapSheet:
    """Show a closed road, who gets further by how much, and the longest detour."""
    rows_of = {
        name: rows[rows["closure_id"] == closure_id]
        for name in ("closures", "closure_access", "closure_trips", "closed_roads")
        for rows in (public[name].table,)
    }
    row, trips = rows_of["closures"].iloc[0], rows_of["closure_trips"]
    access, closed = rows_of["closure_access"], rows_of["closed_roads"]
    access = access[access["status"] != _ON_ROAD]
    later = delays(access)
    lost = later.reindex(roads.ground.area.index).to_numpy(dtype=float)
    rank = np.searchsorted(_DELAYS_MIN, lost, side="left")
    delayed = np.array(_class_names(), dtype=object)[rank]
    delayed = np.where(np.isinf(lost), NO_WAY_LABEL, delayed)
    classes = np.where(np.isnan(lost), "", delayed)
    area = roads.ground.area
    cut = area[classes == NO_WAY_LABEL]
    towns = sorted({*trips["origin_id"], *trips["destination_id"]})
    label = str(row["label"])
    return road_sheet(
        roads,
        lines(
            (public["closed_roads"],), closed_lines(shapely.union_all(closed.geometry))
        ),
        lines((public["closure_trips"],), _trip_lines(trips)),
        points(
            [roads.mark(code) for code in towns],
            style=PLACE_MARK,
            label="Bouts du trajet montré",
        ),
        fills((public["closure_access"],), area, classes, styles=_STYLES),
        # Those that a town cannot reach any more.
        area_names(zip(cut.geometry, cut["nom"].astype(str), strict=True), _CUT_NAME),
        seen=_seen(roads, classes, closed, trips),
        marked=towns,
        subject=f"Fermeture : {label}",
        heading=_heading(label, row, later),
        side=(
            statement("Ce qui est fermé", _closed(row)),
            statement("Trajets des communes vers les villes", _lost(row)),
            statement("Accès des communes aux villes", _later(roads, access)),
            statement("Limites", _SAY("limits", network=roads.network)),
        ),
        tables=(public["closures"],),
    )


def delays(access: pd.DataFrame) -> pd.Series[float]:
    """Return what each commune loses at most [min]; infinite: a town has no way left.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", 10.0, 17.0), ("a", 10.0, 12.0), ("b", 5.0, float("nan"))]
    >>> names = ["origin_id", "open_min", "closed_min"]
    >>> delays(pd.DataFrame(rows, columns=names)).to_dict()
    {'a': 7.0, 'b': inf}
    """
    lost = access["closed_min"].fillna(np.inf) - access["open_min"]
    return lost.groupby(access["origin_id"], sort=True).max()


def _class_names() -> list[str]:
    low, high = (french_number(one) for one in _DELAYS_MIN)
    return [
        f"Jusqu’à {low}{NBSP}min de plus",
        f"De {low} à {high}{NBSP}min de plus",
        f"Plus de {high}{NBSP}min de plus",
    ]


_STYLES: dict[str, dict[str, Any]] = {
    **{
        name: {"facecolor": colour}
        for name, colour in zip(_class_names(), _LATER, strict=True)
    },
    NO_WAY_LABEL: _NO_WAY,
}


def _seen(
    roads: Roads, classes: np.ndarray, closed: Any, trips: Any
) -> list[shapely.Geometry]:
    """Frame what is closed, the detour, and the communes that lose most."""
    area = roads.ground.area
    shown = [name for name in _STYLES if (classes == name).any()]
    most = area.geometry[np.isin(classes, shown[-2:])]
    before, after = _states(trips)
    detour = shapely.symmetric_difference(before, after) if len(trips) else before
    shapes = [*closed.geometry, *most, detour]
    outlines = [one for one in shapes if not one.is_empty]
    return outlines or [*area.geometry]


def _states(trips: Any) -> list[shapely.Geometry]:
    """Return the way before, and the way after."""
    return [
        shapely.union_all(trips.geometry[trips["state"] == state].to_numpy())
        for state in ("ouverte", "fermee")
    ]


def closed_lines(
    shape: shapely.Geometry, label: str = "Route fermée"
) -> tuple[Line, Line]:
    """Draw a closed road, barred."""
    return (
        Line(shape, CLOSED_LINE, label, zorder=16),
        Line(shape, _BARS, "", zorder=16.5, is_cased=False),
    )


def _trip_lines(trips: gpd.GeoDataFrame) -> tuple[Line, Line]:
    """Draw the way before, and the parts of the way after that are not on it."""
    before, after = _states(trips)
    around = shapely.difference(after, before)
    return (
        Line(before, _BEFORE, "Trajet le plus allongé, avant", zorder=14),
        Line(around, _AFTER, "Son détour", zorder=14),
    )


def _heading(label: str, row: Any, later: pd.Series[float]) -> str:
    """Say how many communes lose a way, or get further."""
    if not row["n_edges"]:
        return _SAY("not_found", label=label)
    cut, longer = int(np.isinf(later).sum()), later[np.isfinite(later)]
    if later.empty:
        return _SAY("no_change", label=label)
    parts, towns = [], _access_place(row)
    if cut:
        communes = count_text(cut, "commune", towns("sans chemin"))
        parts.append(_SAY("cut", communes=communes))
    if len(longer):
        n_longer, place = len(longer), towns("éloignées seulement")
        parts.append(
            _SAY("longer_too", n=plain(n_longer, place))
            if cut
            else _SAY(
                "longer",
                communes=count_text(n_longer, "commune", place),
                minutes=minutes_text(longer.max(), towns("au plus")),
            )
        )
    return _SAY("heading", label=label, what=" et ".join(parts))


def _closed(row: Any) -> str:
    """Say what is closed, where that is known from, and since when."""
    if not row["n_edges"]:
        return _SAY("nothing", note=row["note"])
    km = plain(row["length_m"] / 1000, _place(row, "length_m"), decimals=1)
    edges = count_text(row["n_edges"], "tronçon", _place(row, "n_edges"))
    status = "à confirmer" if row["status"] == "a_confirmer" else "publié"
    year, _, rest = str(row["as_of"]).partition("-")
    dated = f", écrit le {rest[3:]}/{rest[:2]}/{year}" if rest else ""
    note = f" {first_upper(row['note'])}." if row["note"] else ""
    source = row["source"]
    return _SAY(
        "closed",
        km=km,
        edges=edges,
        source=source,
        status=status,
        dated=dated,
        note=note,
    )


def _lost(row: Any) -> str:
    if not row["pairs"]:
        return _SAY("no_trip")
    delay = on_it = ""
    if row["rerouted_pairs"]:
        mean = row["extra_min"] / row["rerouted_pairs"]
        delay = _SAY(
            "delay",
            mean=minutes_text(mean, _place(row, "moyenne")),
            worst=minutes_text(row["extra_min_max"], _place(row, "extra_min_max")),
        )
    if row["on_link_pairs"]:
        on_it = _SAY("on_it", trips=counted_in(row, "on_link_pairs", "trajet"))
    return _SAY(
        "trips",
        trips=counted_in(row, "pairs", "trajet"),
        rerouted=counted_in(row, "rerouted_pairs", "dévié"),
        delay=delay,
        cut=counted_in(row, "cut_pairs", "privé"),
        on_it=on_it,
    )


def counted_in(row: Any, column: str, word: str) -> str:
    """Write what a closure counts in a column."""
    return count_text(row[column], word, _place(row, column))


def _place(row: Any, column: str) -> Place:
    return Place("closures", str(row["closure_id"]), column)


def _access_place(row: Any) -> Callable[[str], Place]:
    """Name what is counted of the communes that a closure sends round."""
    return lambda column: Place("closure_access", str(row["closure_id"]), column)


def _later(roads: Roads, access: pd.DataFrame) -> str:
    if access.empty:
        return _SAY("same_access")
    place = _access_place(access.iloc[0])
    cut = access["closed_min"].isna()
    n_later = access.loc[~cut, "origin_id"].nunique()
    n_cut = access.loc[cut, "origin_id"].nunique()
    parts = []
    if n_later:
        delay = access["closed_min"] - access["open_min"]
        worst = access.iloc[int(np.nanargmax(delay.to_numpy(dtype=float)))]
        parts.append(
            _SAY(
                "further",
                communes=count_text(n_later, "commune", place("éloignées")),
                origin=roads.name(worst["origin_id"]),
                town=roads.name(worst["destination_id"]),
                before=minutes_text(worst["open_min"], place("pire, avant")),
                after=minutes_text(worst["closed_min"], place("pire, après")),
            )
        )
    if n_cut:
        communes = count_text(n_cut, "commune", place("sans chemin"))
        parts.append(_SAY("cut_off", communes=communes))
    return f"{' ; '.join(parts)}."
