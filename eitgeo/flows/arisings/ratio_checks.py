"""What a table of ratios cannot say: negative tonnes, kilograms taken for tonnes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import naf_subclasses
from eitgeo.words import french_number

MAX_T_PER_EMPLOYEE = 10_000.0
"""Above it a ratio is more likely in kilograms [t/employee/year]."""

_NO_DIVISION = ("67", "76")
"""Numbers that no division bears; the range 58-82 passes over them."""

_STREAMS = ("NDNI", "INERT", "EXCLUDE")
_AMOUNTS = ("t_per_employee_low", "t_per_employee", "t_per_employee_high")
_TOLERANCE = 1e-9


def require_ratios(ratios: pd.DataFrame) -> None:
    """Refuse ratios that cannot be ratios, all their faults at once."""
    names = ["naf_prefix", "ratio_id", "stream", "ewc_stat", "share", *_AMOUNTS]
    require_columns(ratios, names, where="ratios")
    faults = Faults("ratios")
    single = ratios.drop_duplicates(["naf_prefix", "stream", *_AMOUNTS])
    _note_prefixes(single, faults)
    _note_amounts(single, faults)
    _note_shares(ratios, faults)
    faults.raise_if_any(SchemaError)


def _name(row: dict[Any, Any]) -> str:
    return f"{row['naf_prefix']} {row['stream']}"


def _note_prefixes(ratios: pd.DataFrame, faults: Faults) -> None:
    known = {code[:size] for code in naf_subclasses() for size in range(2, 7)}
    for prefix in sorted(set(ratios["naf_prefix"]) - known - set(_NO_DIVISION)):
        fault = f"préfixe NAF « {prefix} » inconnu"
        faults.add(fault, remedy="écrire le début d'un code NAF rév. 2, avec son point")
    for stream in sorted(set(ratios["stream"]) - set(_STREAMS)):
        faults.add(f"flux « {stream} » inconnu", remedy=" ou ".join(_STREAMS))
    twice = ratios.duplicated(["naf_prefix", "stream"])
    for row in ratios[twice].to_dict("records"):
        faults.add(f"{_name(row)} : deux ratios", remedy="n'en garder qu'un")


def _note_amounts(ratios: pd.DataFrame, faults: Faults) -> None:
    low, mid, high = (ratios[name].to_numpy(dtype=float) for name in _AMOUNTS)
    is_missing = np.isnan(low) | np.isnan(mid) | np.isnan(high)
    _note(ratios, is_missing, faults, "ratio absent", "donner P10, P50 et P90")
    is_negative = ~is_missing & ((low < 0) | (mid < 0) | (high < 0))
    _note(ratios, is_negative, faults, "ratio négatif", "donner des t/salarié ≥ 0")
    is_astray = ~is_missing & ~is_negative & ((low > mid) | (mid > high))
    _note(ratios, is_astray, faults, "P10, P50, P90 en désordre", "bas ≤ médian ≤ haut")
    is_flat = ~is_missing & ~is_negative & (low == 0) & (high > 0)
    _note(ratios, is_flat, faults, "P10 nul sous un ratio positif", "donner un P10 > 0")
    fault = f"plus de {french_number(MAX_T_PER_EMPLOYEE)} t/salarié"
    remedy = "des kilogrammes pris pour des tonnes ? diviser par 1\u202f000"
    _note(ratios, high > MAX_T_PER_EMPLOYEE, faults, fault, remedy)


def _note(
    ratios: pd.DataFrame,
    wrong: np.ndarray,
    faults: Faults,
    *words: str,
) -> None:
    fault, remedy = words
    if not wrong.any():
        return
    for row in ratios[wrong].to_dict("records"):
        faults.add(f"{_name(row)} : {fault}", remedy=remedy)


def _note_shares(ratios: pd.DataFrame, faults: Faults) -> None:
    counted = ratios[ratios["stream"] != "EXCLUDE"]
    outside = ~counted["share"].between(0, 1).to_numpy()
    _note(counted, outside, faults, "part hors de 0–1", "écrire 0.25 pour 25 %")
    totals = counted.groupby(["naf_prefix", "stream"])["share"].sum().reset_index()
    for row in totals[totals["share"] > 1 + _TOLERANCE].to_dict("records"):
        fault = f"{_name(row)} : composition de {100 * row['share']:.0f} %"
        faults.add(fault, remedy="ramener les parts à 100 % au plus")
