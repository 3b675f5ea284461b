"""How far a network, surrogate or real, is from known trips."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from eitgeo.roads.matrix.network_matrix import Limits, network_matrix
from eitgeo.roads.matrix.od_matrix import commune_places, od_matrix
from eitgeo.roads.matrix.ready import Network
from eitgeo.roads.network.profile import Costs
from eitgeo.roads.network.surrogate import SurrogateNetwork
from eitgeo.roads.questions.report import differs
from eitgeo.study.roads import Roads


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
    ``communes``: table ``communes``. Returns: table ``road_fit``: known and model
    length [km] and time [min], there and back.
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

    ``network``, ``costs``: of a car, as in
    :func:`eitgeo.roads.matrix.network_matrix.network_matrix`. ``communes``: table
    ``communes``. Returns: table ``road_fit``, from town hall to town hall.
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

    ``fit``: table ``road_fit``. Returns: ``length_median_pct``, ``length_worst_pct``,
    ``time_median_pct``, ``time_worst_pct``: model over known − 1 [%], NaN without any
    trip; the worst is the one of largest absolute value, with its sign. ``n_trips``
    that the network joins, ``n_unreached``: the others, in no other figure;
    ``n_unlike``: trips whose way back takes much more or less time (`differs`).
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
