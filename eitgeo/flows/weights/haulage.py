"""What hangs on the factors of road freight: euros and CO2 of both hauls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eitgeo.flows.outlets.transport import (
    FACTORS,
    cost_eur_per_t,
    kgco2e_per_t,
    vehicle_freight,
)
from eitgeo.flows.weights.parts import amount_parts, factor_numbers
from eitgeo.reference.tables import EVERY_VEHICLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import pandas as pd

    from eitgeo.flows.outlets.transport import Freight

    Floats = npt.NDArray[np.float64]

_DIVISORS = (
    "load_t",
    "payload_t",
    "hours_per_day",
    "diesel_mj_per_l",
    "engine_efficiency",
)
_SO_MUCH = 1e12
"""Of a divisor: nothing of it is left."""
_M_PER_KM, _S_PER_H, _KG_PER_T = 1000.0, 3600.0, 1000.0


class _Hauls(NamedTuple):
    """Ways of a vehicle: tonnes that cost, those whose CO2 counts, and the sign."""

    rows: pd.DataFrame
    t: Floats
    emitting_t: Floats
    length_m: Floats
    time_s: Floats
    sign: float


def haul_parts(
    exchanges: pd.DataFrame,
    freight: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    outlet_vehicle: str,
) -> Iterator[pd.DataFrame]:
    """Say what hangs on each factor of freight.

    Parameters
    ----------
    exchanges
        As `exchange_rows` returns them, with ``vehicle`` (of the rule), ``priced_t``
        and ``emitting_t`` (those of it whose CO2 is counted).
    freight
        As `freight_factors` returns them.
    factors
        As `flow_factors` returns them.
    outlet_vehicle
        Vehicle of waste on its way to an outlet.

    Yields
    ------
    pandas.DataFrame
        As `scaled_parts` returns it. What hangs on a factor is what goes away when it
        weighs nothing; the haul to the outlet is spared, the haul to the taker paid.
    """
    numbers = factor_numbers(factors, "freight_factors", "mid")
    for vehicle in sorted({*exchanges["vehicle"], outlet_vehicle}):
        usual = vehicle_freight(freight, vehicle)
        mine = [_to_takers(exchanges[exchanges["vehicle"].eq(vehicle)])]
        if vehicle == outlet_vehicle:
            mine.append(_to_outlets(exchanges, usual))
        own = freight[freight["vehicle"].isin([vehicle, EVERY_VEHICLE])]
        ranked = own.sort_values("vehicle", ascending=False).drop_duplicates("factor")
        for row in ranked[ranked["factor"].isin(FACTORS)].to_dict("records"):
            name = str(row["factor"])
            gone = _SO_MUCH if name in _DIVISORS else 0.0
            at = {
                level: replace(usual, **{name: amount})
                for level, amount in zip(
                    ("low", "high", "gone"),
                    (row["low"], row["high"], gone),
                    strict=True,
                )
            }
            number = int(numbers[f"{row['vehicle']}|{name}"])
            yield from (_moved(hauls, number, usual, at) for hauls in mine)


def _moved(
    hauls: _Hauls, number: int, usual: Freight, at: dict[str, Freight]
) -> pd.DataFrame:
    """Say what a factor moves of some hauls."""
    levels = {"usual": usual, **at}
    eur = {
        name: hauls.sign * hauls.t * _cost(hauls, one) for name, one in levels.items()
    }
    tco2e = {
        name: hauls.sign * hauls.emitting_t * _emitted(hauls, one)
        for name, one in levels.items()
    }
    return amount_parts(
        hauls.rows,
        number,
        {
            "eur_firms": eur["usual"] - eur["gone"],
            "tco2e": tco2e["usual"] - tco2e["gone"],
        },
        {"eur_firms": eur["high"] - eur["low"], "tco2e": tco2e["high"] - tco2e["low"]},
    )


def _cost(hauls: _Hauls, freight: Freight) -> Floats:
    return np.asarray(
        cost_eur_per_t(freight, length_m=hauls.length_m, time_s=hauls.time_s)
    )


def _emitted(hauls: _Hauls, freight: Freight) -> Floats:
    return np.asarray(kgco2e_per_t(freight, length_m=hauls.length_m)) / _KG_PER_T


def _to_takers(rows: pd.DataFrame) -> _Hauls:
    columns = ("priced_t", "emitting_t", "length_m", "time_s")
    t, emitting_t, length_m, time_s = (rows[name].to_numpy(float) for name in columns)
    return _Hauls(rows, t, emitting_t, length_m, time_s, sign=-1.0)


def _to_outlets(exchanges: pd.DataFrame, usual: Freight) -> _Hauls:
    """Find the time of the ways to outlets again: their cost is known, and linear."""
    rows = exchanges[exchanges["haul_to_disposal_eur_per_t"].gt(0)]
    length_m = _M_PER_KM * rows["disposal_km"].to_numpy(float)
    paid = rows["haul_to_disposal_eur_per_t"].to_numpy(float)
    standing = np.asarray(cost_eur_per_t(usual, length_m=length_m, time_s=0.0))
    per_h = np.asarray(cost_eur_per_t(usual, length_m=0.0, time_s=_S_PER_H))
    per_h = per_h - np.asarray(cost_eur_per_t(usual, length_m=0.0, time_s=0.0))
    time_s = _S_PER_H * np.maximum(paid - standing, 0.0) / per_h
    t, emitting_t = (rows[name].to_numpy(float) for name in ("priced_t", "emitting_t"))
    return _Hauls(rows, t, emitting_t, length_m, time_s, sign=1.0)
