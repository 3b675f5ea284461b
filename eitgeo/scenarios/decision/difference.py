"""What changes from one scenario to another: communes, EPCI, figures, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from eitgeo.check import Faults
from eitgeo.errors import StudyError

OUTSIDE = ""
"""Region of a commune that a scenario leaves out."""

_STEADY = "reste"
_WORST = "OSH"


class Difference(NamedTuple):
    """What changes.

    ``communes``: those that change: ``code_insee``, ``nom``, ``epci_siren``,
    ``population``, ``first_region``, ``second_region``, ``change`` (``entre``,
    ``sort``, ``passe``: from one region to another). ``epci``: those that change:
    ``epci_siren``, ``n_communes``, ``population``, ``first_pct``, ``second_pct`` (of
    its population, inside; NaN where a member is beyond the communes at hand: such an
    EPCI is always cut) and ``change``: ``entre`` or ``sort`` (whole), ``coupe``,
    ``reuni``, ``recoupe`` (cut otherwise), ``passe`` (whole, from one region to
    another).
    """

    communes: pd.DataFrame
    epci: pd.DataFrame


def scenario_difference(
    first: Mapping[str, str], second: Mapping[str, str], *, communes: pd.DataFrame
) -> Difference:
    """Compare two scenarios of any number of regions that cover what they like.

    ``first``, ``second``: INSEE code → name of its region; a commune that is absent is
    in none. A single perimeter is a scenario of one region. ``communes``:
    ``code_insee``, ``nom``, ``epci_siren``, ``epci_communes``, ``population``. Returns:
    sorted by code. Regions of the two are matched so that as few inhabitants as
    possible move, whatever their names. Refused when a commune of a scenario is not in
    ``communes``, or its region has no name.
    """
    read = ["code_insee", "nom", "epci_siren", "epci_communes", "population"]
    known = (
        communes[read].sort_values("code_insee", kind="stable").set_index("code_insee")
    )
    for place, scenario in (("premier", first), ("second", second)):
        _require_known(scenario, known.index, f"{place} scénario")
    before, after = (
        pd.Series([scenario.get(code, OUTSIDE) for code in known.index], known.index)
        for scenario in (first, second)
    )
    people = known["population"].to_numpy(dtype=float)
    names = _matched(before, after, people)
    regions = known.assign(
        first_region=before, second_region=after, same=after.map(names).eq(before)
    )
    regions["change"] = np.select(
        [regions["same"], before.eq(OUTSIDE), after.eq(OUTSIDE)],
        [_STEADY, "entre", "sort"],
        default="passe",
    )
    moved = regions[regions["change"] != _STEADY].reset_index()
    columns = ["code_insee", "nom", "epci_siren", "population"]
    columns += ["first_region", "second_region", "change"]
    return Difference(moved[columns], _epci_changes(regions))


def _require_known(scenario: Mapping[str, str], codes: pd.Index, where: str) -> None:
    faults = Faults(where)
    for code in sorted(set(scenario) - set(codes)):
        faults.add(f"commune « {code} » hors des données", remedy="vérifier les tables")
    if OUTSIDE in scenario.values():
        faults.add("région sans nom", remedy="nommer chaque région")
    faults.raise_if_any(StudyError)


def _matched(
    before: pd.Series[str], after: pd.Series[str], people: np.ndarray
) -> dict[str, str]:
    """Name the region of the first scenario that each one of the second continues."""
    rows, columns = (sorted(set(labels) - {OUTSIDE}) for labels in (before, after))
    if not rows or not columns:
        return {OUTSIDE: OUTSIDE}
    common = np.array(
        [
            [
                people[(before == a).to_numpy() & (after == b).to_numpy()].sum()
                for b in columns
            ]
            for a in rows
        ]
    )
    shared = np.array(
        [[int(((before == a) & (after == b)).sum()) for b in columns] for a in rows]
    )
    # Communes without an inhabitant count too, for less than one.
    paired = linear_sum_assignment(-(common + shared / (1 + len(before))))
    names = {
        columns[j]: rows[i] for i, j in zip(*paired, strict=True) if shared[i, j] > 0
    }
    return names | {OUTSIDE: OUTSIDE}


def _epci_changes(regions: pd.DataFrame) -> pd.DataFrame:
    changing = set(regions.loc[~regions["same"], "epci_siren"]) - {""}
    parts = regions[regions["epci_siren"].isin(changing)].groupby("epci_siren")
    rows = [_epci_row(str(siren), part) for siren, part in parts]
    columns = ["epci_siren", "n_communes", "population"]
    columns += ["first_pct", "second_pct", "change"]
    return pd.DataFrame(rows, columns=columns)


def _epci_row(siren: str, part: pd.DataFrame) -> tuple[object, ...]:
    people = part["population"].to_numpy(dtype=float)
    before, after = part["first_region"], part["second_region"]
    reaches_out = int(part["epci_communes"].iloc[0]) != len(part)
    # Of the members that are not at hand, nothing is known but that they are outside.
    shares = [
        np.nan if reaches_out else _share_pct(labels.ne(OUTSIDE).to_numpy(), people)
        for labels in (before, after)
    ]
    away = {OUTSIDE} if reaches_out else set()
    was_cut, is_cut = (len(away | set(labels)) > 1 for labels in (before, after))
    if was_cut or is_cut:
        change = "recoupe" if was_cut and is_cut else "coupe" if is_cut else "reuni"
        if not is_cut and after.eq(OUTSIDE).all():
            change = "sort"
    else:
        change = str(part["change"].iloc[0])
    return (siren, len(part), int(people.sum()), *shares, change)


def _share_pct(inside: np.ndarray, people: np.ndarray) -> float:
    """Return the share of inhabitants inside, or of communes where nobody lives."""
    weights = people if people.sum() > 0 else np.ones(len(people))
    return float(100 * weights[inside].sum() / weights.sum())


def figure_gaps(indicators: pd.DataFrame, *, pair: tuple[str, str]) -> pd.DataFrame:
    """Subtract the figures of one perimeter from those of another.

    ``indicators``: table ``indicators`` or ``indicators_public``. Returns: one row an
    indicator: ``indicator_id``, ``first``, ``second``, ``gap`` (second − first; NaN
    where one is missing), ``unit``, ``evidence`` (the worse class),
    ``hypothesis_share_pct``, ``synthetic_share_pct`` (the larger), ``first_note``,
    ``second_note``. Refused when a perimeter has no figure at all.

    Notes
    -----
    No interval is given to a gap: both figures come from the same draws, their errors
    do not add up.
    """
    sides = []
    for name in pair:
        rows = indicators[indicators["perimeter_id"] == name]
        if rows.empty:
            message = f"indicateurs : aucun chiffre pour « {name} » → relancer l'étude"
            raise StudyError(message)
        sides.append(rows.set_index("indicator_id"))
    order = indicators["indicator_id"].drop_duplicates()
    first, second = (side.reindex(order) for side in sides)
    worse = [
        max(classes, key=_WORST.index)
        for classes in zip(
            first["evidence"].fillna("O"), second["evidence"].fillna("O"), strict=True
        )
    ]
    shares = {
        name: np.fmax(
            first[name].to_numpy(dtype=float), second[name].to_numpy(dtype=float)
        )
        for name in ("hypothesis_share_pct", "synthetic_share_pct")
    }
    return pd.DataFrame(
        {
            "first_id": pair[0],
            "second_id": pair[1],
            "indicator_id": order.to_numpy(),
            "first": first["value"].to_numpy(),
            "second": second["value"].to_numpy(),
            "gap": (second["value"] - first["value"]).to_numpy(),
            "unit": first["unit"].fillna(second["unit"]).to_numpy(),
            "evidence": worse,
            **shares,
            "first_note": first["note"].fillna("non calculé").to_numpy(),
            "second_note": second["note"].fillna("non calculé").to_numpy(),
        }
    )
