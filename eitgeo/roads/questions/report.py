"""What is known of a network: against known trips, and whether one comes back.

Where one does not, or large roads lead nowhere, no seat is computed.
"""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.reference.labels import labels_of
from eitgeo.roads.matrix.od_matrix import (
    Limits,
    commune_places,
    network_matrix,
    od_matrix,
)
from eitgeo.roads.matrix.router import reachable
from eitgeo.roads.matrix.topology import Network
from eitgeo.roads.network.graph import BARRIER, RoadGraph
from eitgeo.roads.network.graph_tables import edge_ids
from eitgeo.roads.network.profile import Costs
from eitgeo.roads.network.surrogate import SurrogateNetwork
from eitgeo.roads.questions.seats import no_seats
from eitgeo.study.roads import Roads
from eitgeo.words import NBSP, first_upper, french_number

_LIMIT_WORDS = {
    "max_weight_t": "masse",
    "max_height_m": "hauteur",
    "max_width_m": "largeur",
    "max_length_m": "longueur",
}
GAP_S, GAP_SHARE = 180.0, 0.15
"""A way back differs when it takes so much more, or less, than the way there [s; 1]."""
MOST_UNLIKE, MOST_TRAP_M = 0.02, 1_000.0
"""Beyond this share of trips, or metres of large roads, a network is not believed."""
RIM_M = 1_000.0
"""Of what an extract holds: its bounds cut the two ways of a large road apart."""
_LARGE_ROADS = ("motorway", "trunk")
_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
_COLUMNS = ["topic", "subject", "value", "unit"]
_UNKNOWN = " inconnue : "
_EVERY_ROAD = "toutes les routes"


def road_islands(network: Network, costs: Costs, *, profile: str) -> gpd.GeoDataFrame:
    """List the roads that a vehicle may use and the main network does not join.

    ``profile``: ``truck`` or ``car``. Returns: table ``road_islands``, EPSG:2154:
    ``reason`` is ``one_way_trap`` where the main network is joined one way only, else
    ``other_component``.
    """
    graph = network.graph
    joined = reachable(network, costs)
    real = graph.edges["length_m"].to_numpy() > 0
    apart = np.flatnonzero(joined.usable & ~joined.both & real)
    trap = joined.leaves[apart] != joined.enters[apart]
    return gpd.GeoDataFrame(
        {
            "profile": pd.array([profile] * len(apart), dtype="str"),
            "edge_id": edge_ids(apart),
            "class": pd.array(graph.edges["class"].to_numpy()[apart], dtype="str"),
            "length_m": graph.edges["length_m"].to_numpy()[apart],
            "reason": pd.array(
                np.where(trap, "one_way_trap", "other_component"), dtype="str"
            ),
        },
        geometry=graph.lines[apart],
        crs=2154,
    )


def known_limits(graph: RoadGraph) -> pd.DataFrame:
    """Measure the share of the roads of trucks whose limits are not known.

    Returns: rows of ``road_report``, topic ``limites``: of all roads open to trucks,
    and of each class, share of their length without a known limit [%].
    """
    edges = graph.edges
    trucks = (edges[["truck_forward", "truck_backward"]] > 0).any(axis=1)
    edges = edges[trucks & edges["class"].ne(BARRIER)]
    rows = []
    for limit, word in _LIMIT_WORDS.items():
        unknown_m = edges["length_m"].where(edges[limit].isna(), 0.0)
        by_class = pd.DataFrame(
            {"class": edges["class"], "all": edges["length_m"], "unknown": unknown_m}
        )
        sums = by_class.groupby("class", sort=True)[["all", "unknown"]].sum()
        groups = {_EVERY_ROAD: sums.sum(), **dict(sums.iterrows())}
        rows += [
            ("limites", f"{word}{_UNKNOWN}{name}", _share_pct(row), "%")
            for name, row in groups.items()
        ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def limit_sentence(report: pd.DataFrame, checks: pd.DataFrame) -> str:
    r"""Say what is not known of the roads; nothing without a real network.

    ``checks``: table ``road_checks``: why no seat is computed is said last.

    Examples
    --------
    >>> rows = [
    ...     ("limites", "masse inconnue : toutes les routes", 99.96, "%"),
    ...     ("signale", "vitesse signalée", 0.0, "sur 8"),
    ...     ("signale", "péage", 2.0, "sur 8"),
    ... ]
    >>> sound = pd.DataFrame({"fault": [""]})
    >>> said = limit_sentence(pd.DataFrame(rows, columns=_COLUMNS), sound)
    >>> said.replace("\xa0", " ")
    'Part du réseau ouvert aux poids lourds sans limite connue : masse, 100 %. Rien dans
    l’extrait ne dit : vitesse signalée.'
    """
    why = no_seats(checks)
    rows = report.dropna(subset="value").set_index("subject")
    whole = {f"{word}{_UNKNOWN}{_EVERY_ROAD}": word for word in _LIMIT_WORDS.values()}
    shares = [
        f"{word}, {french_number(rows['value'][subject], decimals=0)}{NBSP}%"
        for subject, word in whole.items()
        if subject in rows.index
    ]
    unsaid = rows.index[rows["topic"].eq("signale") & rows["value"].eq(0)].tolist()
    leads = {
        "Part du réseau ouvert aux poids lourds sans limite connue": shares,
        "Rien dans l’extrait ne dit": unsaid,
    }
    sentences = [
        f"{lead} : {' ; '.join(parts)}." for lead, parts in leads.items() if parts
    ]
    return " ".join([*sentences, *([f"{first_upper(why)}."] if why else [])])


def _share_pct(row: pd.Series[float]) -> float:
    return float(100 * row["unknown"] / row["all"]) if row["all"] > 0 else np.nan


def island_report(islands: pd.DataFrame) -> pd.DataFrame:
    """Sum the roads that the main network does not join.

    Returns: rows of ``road_report``, topic ``isole`` [km].
    """
    words = labels_of("vehicle")
    reasons = {
        "one_way_trap": "relié dans un seul sens",
        "other_component": "sans lien avec le réseau principal",
    }
    sums = islands.groupby(["profile", "reason"])["length_m"].sum() / 1000
    rows = [
        ("isole", f"{words[one]} : {text}", float(sums.get((one, reason), 0.0)), "km")
        for one in words
        for reason, text in reasons.items()
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def differs(there_s: pd.Series[float], back_s: pd.Series[float]) -> pd.Series[bool]:
    """Say which ways back take much more or less time than the way there.

    Examples
    --------
    >>> there_s = pd.Series([1_200.0, 1_200.0, 4_000.0])
    >>> differs(there_s, there_s + [200.0, 100.0, 200.0]).tolist()
    [True, False, False]
    """
    gap_s = (back_s - there_s).abs()
    return (gap_s > GAP_S) & (gap_s > GAP_SHARE * np.fmin(there_s, back_s))


def return_check(
    pairs: pd.DataFrame, root: str, drawn: Collection[str] = (), *, profile: str
) -> tuple[dict[str, object], pd.DataFrame]:
    """Hold the way back to some town halls against the way there.

    ``root``, ``drawn``: places that every other one goes to; trips to the first and to
    the others must be sound, each. Returns: a row of ``road_checks``, of the ratios of
    times, and the rows of ``road_outliers`` without their line; one that has no way
    back has no ratio.
    """
    of_profile = pairs[
        pairs["profile"].eq(profile) & pairs["status"].ne("beyond_limit")
    ]
    there, back = (
        of_profile[of_profile[end].isin([root, *drawn])]
        for end in ("destination_id", "origin_id")
    )
    ends = ["origin_id", "destination_id"]
    both = there.merge(back, left_on=ends, right_on=ends[::-1], suffixes=("", "_back"))
    both = both[both["origin_id"].ne(both["destination_id"])]
    there_s, back_s = both["time_s"], both["time_s_back"]
    unlike = differs(there_s, back_s) | (there_s.isna() != back_s.isna())
    check = f"retour ÷ aller, {labels_of('vehicle')[profile]}"
    ratio = back_s / there_s
    shares = unlike.groupby(both["destination_id"].eq(root)).mean()
    share = float(shares.max()) if len(both) else 0.0
    fault = (
        f"{french_number(100 * share, decimals=1)}{NBSP}% des trajets entre mairies "
        f"durent, en {labels_of('vehicle')[profile]}, plus de 3{NBSP}min et de "
        f"15{NBSP}% de plus dans un sens que dans l’autre"
    )
    summary: dict[str, object] = {
        "check": check,
        "pairs": len(both),
        **{name: float(ratio.quantile(q)) for name, q in _QUANTILES.items()},
        "outliers": int(unlike.sum()),
        "fault": fault if share > MOST_UNLIKE else "",
    }
    listed = both[ends].assign(
        check=check, ours=back_s, theirs=there_s, ratio=ratio, reason="aller et retour"
    )
    return summary, listed[unlike]


def trap_check(
    islands: gpd.GeoDataFrame, area: object, *, profile: str
) -> dict[str, object]:
    """Measure the large roads of an area that are joined one way only.

    ``area``: where they are looked for: beyond it a motorway is cut by the bounds of
    what was read. Returns: a row of ``road_checks``: how many pieces.
    """
    trapped = islands[
        islands["profile"].eq(profile)
        & islands["reason"].eq("one_way_trap")
        & islands["class"].isin(_LARGE_ROADS)
        & islands.intersects(area)
    ]
    length_m = float(trapped["length_m"].sum())
    vehicle = labels_of("vehicle")[profile]
    fault = (
        f"{french_number(length_m / 1000, decimals=1)}{NBSP}km d’autoroute ou de voie "
        f"express où l’on n’entre pas, ou dont on ne ressort pas, en {vehicle}"
    )
    return {
        "check": f"grandes routes sans issue, {vehicle}",
        "pairs": 0,
        **dict.fromkeys(_QUANTILES, np.nan),
        "outliers": len(trapped),
        "fault": fault if length_m > MOST_TRAP_M else "",
    }


def trip_fit(
    trips: pd.DataFrame,
    network: SurrogateNetwork,
    *,
    communes: gpd.GeoDataFrame,
    roads: Roads,
) -> pd.DataFrame:
    """Set the model beside each known trip (by car).

    ``trips``: ``from_code``, ``from``, ``to_code``, ``to``, ``road_km``,
    ``car_minutes``, ``status``; trips with an end outside ``communes`` are left out.
    Returns: table ``road_fit``: known and model length [km] and time [min], there and
    back.
    """
    usable, places = _within(trips, communes)
    pairs = od_matrix(
        network, origins=places, destinations=places, profile="car", roads=roads
    )
    return _fit(usable, pairs)


def network_trip_fit(
    trips: pd.DataFrame,
    network: Network,
    *,
    costs: Costs,
    communes: gpd.GeoDataFrame,
    limits: Limits,
) -> pd.DataFrame:
    """Set a real network beside each known trip (by car).

    Returns: table ``road_fit``, from town hall to town hall.
    """
    usable, places = _within(trips, communes)
    if usable.empty:
        nothing = ["origin_id", "destination_id", "length_m", "time_s"]
        return _fit(usable, pd.DataFrame(columns=nothing, dtype=float))
    pairs = network_matrix(
        network,
        costs,
        origins=places,
        destinations=places,
        limits=limits,
        labels=("car", ""),
    )
    return _fit(usable, pairs)


def _within(
    trips: pd.DataFrame, communes: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Trips with both ends in the communes, and the places that they join."""
    known = set(communes["code_insee"])
    usable = trips[trips["from_code"].isin(known) & trips["to_code"].isin(known)]
    usable = usable.reset_index(drop=True)
    ends = [*usable["from_code"], *usable["to_code"]]
    return usable, commune_places(communes[communes["code_insee"].isin(ends)])


def _fit(usable: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    pairs = pairs.set_index(["origin_id", "destination_id"])
    there, back = (
        pairs.reindex(pd.MultiIndex.from_frame(usable[ends]))
        for ends in (["from_code", "to_code"], ["to_code", "from_code"])
    )
    return pd.DataFrame(
        {
            "from_code": usable["from_code"],
            "to_code": usable["to_code"],
            "from_name": usable["from"],
            "to_name": usable["to"],
            "known_km": usable["road_km"].astype(float),
            "model_km": there["length_m"].to_numpy() / 1000,
            "known_min": usable["car_minutes"].astype(float),
            "model_min": there["time_s"].to_numpy() / 60,
            "model_back_min": back["time_s"].to_numpy() / 60,
            "status": usable["status"],
        }
    )


def fit_summary(fit: pd.DataFrame) -> dict[str, float]:
    """Summarise the fit: median and worst departure of length and time.

    Returns: ``length_median_pct``, ``length_worst_pct``, ``time_median_pct``,
    ``time_worst_pct``: model over known − 1 [%], NaN without any trip; the worst is the
    one of largest absolute value, with its sign. ``n_trips`` that the network joins,
    ``n_unreached``: the others, in no other figure; ``n_unlike``: trips whose way back
    takes much more or less time (`differs`).
    """
    joined = fit[fit["model_km"].notna()]
    length_pct = 100 * (joined["model_km"] / joined["known_km"] - 1)
    time_pct = 100 * (joined["model_min"] / joined["known_min"] - 1)
    return {
        "n_trips": float(len(joined)),
        "n_unreached": float(len(fit) - len(joined)),
        "n_unlike": float(
            differs(60 * joined["model_min"], 60 * joined["model_back_min"]).sum()
        ),
        "length_median_pct": float(length_pct.median()),
        "length_worst_pct": _worst(length_pct),
        "time_median_pct": float(time_pct.median()),
        "time_worst_pct": _worst(time_pct),
    }


def _worst(values: pd.Series[float]) -> float:
    if values.empty:
        return float("nan")
    return float(values.iloc[int(values.abs().to_numpy().argmax())])
