"""What is known of a real network, and which of its roads lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.reference.labels import labels_of
from eitgeo.roads.matrix.snap import reachable
from eitgeo.roads.network.graph import BARRIER
from eitgeo.roads.network.graph_tables import edge_ids
from eitgeo.words import NBSP, french_number

if TYPE_CHECKING:
    from eitgeo.roads.matrix.ready import Network
    from eitgeo.roads.network.graph import RoadGraph
    from eitgeo.roads.network.profile import Costs

_LIMIT_WORDS = {
    "max_weight_t": "masse",
    "max_height_m": "hauteur",
    "max_width_m": "largeur",
    "max_length_m": "longueur",
}
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


def limit_sentence(report: pd.DataFrame) -> str:
    r"""Say what is not known of the roads; nothing without a real network.

    Examples
    --------
    >>> rows = [
    ...     ("limites", "masse inconnue : toutes les routes", 99.96, "%"),
    ...     ("signale", "vitesse signalée", 0.0, "sur 8"),
    ...     ("signale", "péage", 2.0, "sur 8"),
    ... ]
    >>> limit_sentence(pd.DataFrame(rows, columns=_COLUMNS)).replace("\xa0", " ")
    'Part du réseau ouvert aux poids lourds sans limite connue : masse, 100 %. Rien dans
    l’extrait ne dit : vitesse signalée.'
    """
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
    return " ".join(
        f"{lead} : {' ; '.join(parts)}." for lead, parts in leads.items() if parts
    )


def _share_pct(row: pd.Series[float]) -> float:
    return float(100 * row["unknown"] / row["all"]) if row["all"] > 0 else np.nan


def island_report(islands: pd.DataFrame) -> pd.DataFrame:
    """Sum the roads that the main network does not join.

    ``islands``: table ``road_islands``. Returns: rows of ``road_report``, topic
    ``isole`` [km].
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
