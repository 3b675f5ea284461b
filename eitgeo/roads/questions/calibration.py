"""How far the surrogate network is from known trips, and the settings that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.roads.matrix.network_matrix import network_matrix
from eitgeo.roads.matrix.od_matrix import commune_places, od_matrix
from eitgeo.roads.network.surrogate import build_surrogate

if TYPE_CHECKING:
    import geopandas as gpd

    from eitgeo.roads.matrix.network_matrix import Limits
    from eitgeo.roads.matrix.ready import Network
    from eitgeo.roads.network.profile import Costs
    from eitgeo.roads.network.surrogate import SurrogateNetwork
    from eitgeo.roads.network.terrain import Heights
    from eitgeo.study.roads import Roads


def trip_fit(
    trips: pd.DataFrame,
    network: SurrogateNetwork,
    *,
    communes: gpd.GeoDataFrame,
    roads: Roads,
) -> pd.DataFrame:
    """Set the model beside each known trip (by car).

    Parameters
    ----------
    trips
        ``from_code``, ``from``, ``to_code``, ``to``, ``road_km``, ``car_minutes``,
        ``status``; trips with an end outside ``communes`` are left out.
    network
        The surrogate network.
    communes
        Table ``communes``.
    roads
        Parameters of the network.

    Returns
    -------
    pandas.DataFrame
        Table ``road_fit``: known and model length [km] and time [min].
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

    Parameters
    ----------
    trips
        As in :func:`trip_fit`.
    network, costs
        Of a car, as in :func:`eitgeo.roads.matrix.network_matrix.network_matrix`.
    communes
        Table ``communes``.
    limits
        As in :func:`eitgeo.roads.matrix.network_matrix.network_matrix`.

    Returns
    -------
    pandas.DataFrame
        Table ``road_fit``, from town hall to town hall.
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
    at = pairs.reindex(pd.MultiIndex.from_frame(usable[["from_code", "to_code"]]))
    return pd.DataFrame(
        {
            "from_code": usable["from_code"],
            "to_code": usable["to_code"],
            "from_name": usable["from"],
            "to_name": usable["to"],
            "known_km": usable["road_km"].astype(float),
            "model_km": at["length_m"].to_numpy() / 1000,
            "known_min": usable["car_minutes"].astype(float),
            "model_min": at["time_s"].to_numpy() / 60,
            "status": usable["status"],
        }
    )


def fit_summary(fit: pd.DataFrame) -> dict[str, float]:
    """Summarise the fit: median and worst departure of length and time.

    Parameters
    ----------
    fit
        Table ``road_fit``.

    Returns
    -------
    dict
        ``length_median_pct``, ``length_worst_pct``, ``time_median_pct``,
        ``time_worst_pct``: model over known − 1 [%], NaN without any trip; the worst
        is the one of largest absolute value, with its sign. ``n_trips`` that the
        network joins, ``n_unreached``: the others, in no other figure.
    """
    joined = fit[fit["model_km"].notna()]
    length_pct = 100 * (joined["model_km"] / joined["known_km"] - 1)
    time_pct = 100 * (joined["model_min"] / joined["known_min"] - 1)
    return {
        "n_trips": float(len(joined)),
        "n_unreached": float(len(fit) - len(joined)),
        "length_median_pct": float(length_pct.median()),
        "length_worst_pct": _worst(length_pct),
        "time_median_pct": float(time_pct.median()),
        "time_worst_pct": _worst(time_pct),
    }


def _worst(values: pd.Series[float]) -> float:
    if values.empty:
        return float("nan")
    return float(values.iloc[int(values.abs().to_numpy().argmax())])


def calibrate(
    trips: pd.DataFrame,
    *,
    communes: gpd.GeoDataFrame,
    borders: pd.DataFrame,
    heights: Heights,
    motorway_exits: pd.DataFrame,
    roads: Roads,
) -> Roads:
    """Find the tortuosities and car speeds that fit the known trips best.

    Parameters
    ----------
    trips
        Known trips, as in :func:`trip_fit`.
    communes, borders, heights, motorway_exits
        As in `build_surrogate`.
    roads
        Where the search starts; bounds and truck speeds are kept.

    Returns
    -------
    Roads
        The parameters, rounded to two figures after the point.

    Raises
    ------
    StudyError
        When no known trip lies in ``communes``, or the network does not join one.

    Notes
    -----
    Least squares on log(model ÷ known) of length and time together, soft-L1 loss;
    the path is chosen anew at each trial. Truck speeds cannot be calibrated on
    car trips and stay as given.
    """

    def departures(values: np.ndarray) -> np.ndarray:
        trial = _with_values(roads, values)
        network = build_surrogate(
            communes,
            borders,
            heights=heights,
            motorway_exits=motorway_exits,
            roads=trial,
        )
        fit = trip_fit(trips, network, communes=communes, roads=trial)
        _require_joined(fit)
        return np.concatenate(
            [
                np.log(fit["model_km"] / fit["known_km"]),
                np.log(fit["model_min"] / fit["known_min"]),
            ]
        )

    start, low, high = np.array(_searched(roads)).T
    found = least_squares(
        departures,
        np.clip(start, low, high),
        bounds=(low, high),
        loss="soft_l1",
        f_scale=0.1,
        diff_step=0.02,
    )
    return _with_values(roads, np.round(found.x, 2))


def _require_joined(fit: pd.DataFrame) -> None:
    faults = Faults("trajets connus")
    if fit.empty:
        faults.add("aucun entre des communes du territoire", remedy="en ajouter")
    for row in fit[fit["model_km"].isna()].itertuples():
        met = f"{row.from_name} – {row.to_name} : aucun chemin dans le réseau"
        faults.add(met, remedy="retirer ce trajet ou relever roads.max_minutes")
    faults.raise_if_any(StudyError)


def _searched(roads: Roads) -> list[tuple[float, float, float]]:
    """Start and bounds of what is searched, in the order of ``_with_values``."""
    return [
        (roads.tortuosity_flat, 1.0, 1.4),
        (roads.tortuosity_per_relief, 0.0, 8.0),
        (roads.car.road_kmh, 40.0, 80.0),
        (roads.car.slow_per_relief, 0.0, 12.0),
        (roads.car.motorway_kmh, 100.0, 125.0),
        (roads.junction_minutes, 1.0, 8.0),
    ]


def _with_values(roads: Roads, values: np.ndarray) -> Roads:
    flat, per_relief, road_kmh, slow, motorway_kmh, ramp = map(float, values)
    car = {
        "road_kmh": road_kmh,
        "slow_per_relief": slow,
        "motorway_kmh": motorway_kmh,
    }
    changes = {
        "tortuosity_flat": flat,
        "tortuosity_per_relief": per_relief,
        "junction_minutes": ramp,
        "car": roads.car.model_copy(update=car),
    }
    return roads.model_copy(update=changes)
