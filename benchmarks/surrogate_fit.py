"""How far the surrogate network is from real roads by class of length, and its fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import least_squares

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.roads.matrix.od_matrix import commune_places, od_matrix
from eitgeo.roads.network.surrogate import Links, weigh_links
from eitgeo.study.roads import Roads

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

KM_CLASSES = (0.0, 5.0, 10.0, 20.0, 40.0, 80.0, np.inf)
"""Bounds of the classes of length [km]."""
_PAIR = ["profile", "origin_id", "destination_id"]
_MEASURES = ("length_m", "time_s")
_MEDIANS = 100
"""What the median of a class weighs, in times the weight of its pairs."""

_LENGTHS = {"tortuosity_flat": (1.0, 1.5), "street_m": (0.0, 1_000.0)}
_TIMES = {
    "street_minutes": (0.0, 5.0),
    "car.road_kmh": (30.0, 90.0),
    "car.slow_per_relief": (0.0, 8.0),
    "truck.road_kmh": (30.0, 80.0),
    "truck.slow_per_relief": (0.0, 8.0),
}
"""What is searched, between which bounds."""


def class_from_km(length_m: pd.Series[float]) -> pd.Series[float]:
    """Return where the class of length of each trip begins [km], its bound inside."""
    bounds = np.array(KM_CLASSES)
    rank = np.searchsorted(bounds, length_m / 1000, side="right") - 1
    return pd.Series(bounds[rank], index=length_m.index)


def draw_pairs(
    truth: pd.DataFrame, *, seed: int, n_origins: int = 80, n_of_class: int = 300
) -> pd.DataFrame:
    """Draw origins, then pairs of each class of length.

    ``truth``: table ``od_matrix`` of a real network, between communes. ``seed``: of the
    draw. ``n_origins``, ``n_of_class``: how many at most are drawn, by vehicle and
    class. Returns: rows of ``truth`` whose two ends are apart and joined, with
    ``from_km``, where the class of their length begins.
    """
    joined = truth[truth["status"].eq("ok")].sort_values(_PAIR)
    rng = np.random.default_rng(seed)
    origins = np.unique(joined["origin_id"])
    if len(origins) > n_origins:
        origins = rng.choice(origins, n_origins, replace=False)
    classed = with_classes(joined[joined["origin_id"].isin(origins)])
    shuffled = classed.iloc[rng.permutation(len(classed))]
    few = shuffled.groupby(["profile", "from_km"]).head(n_of_class)
    return few.sort_values(_PAIR, ignore_index=True)


def with_classes(pairs: pd.DataFrame) -> pd.DataFrame:
    """Add ``from_km``, where the class of length of each pair begins."""
    return pairs.assign(from_km=class_from_km(pairs["length_m"]).astype(int))


def departures(
    pairs: pd.DataFrame, links: Links, *, communes: gpd.GeoDataFrame, roads: Roads
) -> pd.DataFrame:
    """Set the surrogate beside real roads, pair by pair.

    ``pairs``: of a real network, as :func:`draw_pairs` gives them. ``links``: of the
    surrogate network. ``communes``: table ``communes``. ``roads``: parameters of the
    surrogate. Returns: ``pairs``, where ``length_m`` and ``time_s`` are surrogate ÷
    real; NaN where the surrogate has no path.
    """
    network = weigh_links(links, roads)
    places = commune_places(communes).set_index("place_id", drop=False)
    parts = []
    for profile, of_profile in pairs.groupby("profile"):
        driven = od_matrix(
            network,
            origins=places.loc[of_profile["origin_id"].unique()],
            destinations=places.loc[of_profile["destination_id"].unique()],
            profile=str(profile),
            roads=roads,
        ).set_index(_PAIR)
        ours = driven.loc[pd.MultiIndex.from_frame(of_profile[_PAIR]), list(_MEASURES)]
        ratios = ours.to_numpy() / of_profile[list(_MEASURES)].to_numpy()
        parts.append(of_profile.assign(**dict(zip(_MEASURES, ratios.T, strict=True))))
    return pd.concat(parts)


def by_class(found: pd.DataFrame) -> pd.DataFrame:
    """Summarise departures: centiles 5, 50 and 95 by vehicle and class of length.

    Returns: ``profile``, ``from_km``, ``n_pairs``, and ``length_p5`` to ``time_p95``:
    surrogate ÷ real.
    """
    groups = found.dropna(subset=list(_MEASURES)).groupby(["profile", "from_km"])
    table = pd.DataFrame({"n_pairs": groups.size()})
    for measure, name in zip(_MEASURES, ("length", "time"), strict=True):
        for centile in (5, 50, 95):
            table[f"{name}_p{centile}"] = groups[measure].quantile(centile / 100)
    return table.reset_index()


def calibrate(
    pairs: pd.DataFrame, links: Links, *, communes: gpd.GeoDataFrame, roads: Roads
) -> Roads:
    """Find the parameters of the surrogate that fit a real network best.

    ``pairs``: by truck and by car, as :func:`draw_pairs` gives them. ``roads``: where
    the search starts; what is not searched is kept. Returns: the parameters, rounded to
    three figures. Refused: without a pair by truck and one by car.

    Notes
    -----
    Least squares on log(surrogate ÷ real): of each pair, and of the median of each
    class of length, which weighs a hundred times its pairs. Lengths first,
    then times, then lengths again, since the fastest path has changed; the path is
    chosen anew at each trial. ``ridge_detour`` (a slope), the speeds on
    motorways (those of the vehicles on real roads) and the time to a junction are kept.
    """
    faults = Faults("distances de référence")
    for profile in sorted({"car", "truck"} - set(pairs["profile"])):
        remedy = "lancer l'étude sur un réseau réel (roads.network)"
        faults.add(f"aucune paire ({profile})", remedy=remedy)
    faults.raise_if_any(StudyError)

    def against(trial: Roads) -> pd.DataFrame:
        endless = trial.model_copy(update={"max_minutes": np.inf})
        return departures(pairs, links, communes=communes, roads=endless)

    first = _fitted(roads, _LENGTHS, "length_m", against)
    timed = _fitted(first, _TIMES, "time_s", against)
    return _fitted(timed, _LENGTHS, "length_m", against)


def _fitted(
    roads: Roads,
    searched: Mapping[str, tuple[float, float]],
    measure: str,
    against: Callable[[Roads], pd.DataFrame],
) -> Roads:
    """Search some parameters for one measure, the others being kept."""
    low, high = np.array(list(searched.values())).T
    start = np.array([attrgetter(name)(roads) for name in searched])

    def misses(share: Floats) -> Floats:
        fit = against(_with_values(roads, searched, low + share * (high - low)))
        logs = np.log(fit[measure]).fillna(0.0)
        groups = logs.groupby([fit["profile"], fit["from_km"]])
        pull = np.sqrt(_MEDIANS * groups.size())
        return np.concatenate([logs, pull * groups.median()])

    best = least_squares(
        misses,
        np.clip((start - low) / (high - low), 0.01, 0.99),
        bounds=(0, 1),
        diff_step=0.02,
        xtol=1e-3,
        ftol=1e-4,
        max_nfev=10,
    )
    values = low + best.x * (high - low)
    return _with_values(
        roads, searched, np.array([float(f"{value:.3g}") for value in values])
    )


def _with_values(roads: Roads, names: Iterable[str], values: Floats) -> Roads:
    """Change parameters of the network, or of a vehicle (``car.road_kmh``)."""
    for name, value in zip(names, values.tolist(), strict=True):
        section, _, key = name.rpartition(".")
        if section:
            vehicle = getattr(roads, section).model_copy(update={key: value})
            roads = roads.model_copy(update={section: vehicle})
        else:
            roads = roads.model_copy(update={key: value})
    return roads
