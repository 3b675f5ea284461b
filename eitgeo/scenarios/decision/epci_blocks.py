"""What each EPCI adds, indicator by indicator and for each deliberation.

Alone, last, and averaged over the orders of joining; and a perimeter that widens year
after year, a core first, others later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint, require_columns
from eitgeo.errors import StudyError
from eitgeo.exact import count_mean
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.study.sections import Phase
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    Unions = Sequence[frozenset[str]]
    Step = tuple[str, int, int, int]

DELIBERATIONS = "n_deliberations"
_POINTS = {"%": "points"}

_FIGURES = ("alone", "last", "low", "high", "mean")


def epci_blocks(
    indicators: pd.DataFrame,
    candidates: Iterable[Candidate],
    *,
    names: Mapping[str, str],
    root_epci: str,
    within: Collection[str] = (),
) -> pd.DataFrame:
    """Say what each EPCI adds to the one that all unions hold.

    ``indicators``: table ``indicators_public``: every figure here is a difference, or a
    mean of differences, of its figures for unions of whole EPCI. ``candidates``: the
    perimeters; those that are unions of whole EPCI count. ``names``: SIREN → name of
    the EPCI. ``root_epci``: SIREN of the EPCI that every union holds. ``within``: SIREN
    of the EPCI that unions could hold, so that those which stop at a size are not taken
    for all; by default those that some union holds. Returns: table ``epci_blocks``: one
    row an EPCI and an indicator that is known for all unions; none where these stop at
    a size (``methods.max_union_epci``): a mean over orders of joining asks for all.
    ``alone``, ``last``, ``low``, ``high``, ``mean`` as `block_contributions` gives
    them; ``n_deliberations`` that the EPCI adds on average, and
    ``mean_per_deliberation``, NaN where it adds none. ``unit`` is « points » for
    percentages. Refused when there is no union, or they are not all those around the
    root.
    """
    unions = [one for one in candidates if one.method == "union_epci"]
    if not unions:
        message = "aucune union d'EPCI entiers : rien à décomposer"
        raise StudyError(message)
    blocks = [frozenset(_members(one)) for one in unions]
    if frozenset().union(*blocks, within) not in blocks:
        return empty_table("epci_blocks")
    values = _by_union(indicators, [one.perimeter_id for one in unions])
    table = block_contributions(blocks, values, root=root_epci)
    joined = table[table["indicator_id"] == DELIBERATIONS]
    n_joined = table["unit"].map(joined.set_index("unit")["mean"]).astype(float)
    facts = indicators.groupby("indicator_id")
    unit = table["indicator_id"].map(facts["unit"].first())
    return table.assign(
        epci_siren=table["unit"],
        name=table["unit"].map(names),
        n_deliberations=n_joined,
        mean_per_deliberation=(table["mean"] / n_joined).where(n_joined > 0),
        unit=unit.replace(_POINTS),
        evidence=table["indicator_id"].map(worst_evidence(indicators)),
    )


def worst_evidence(indicators: pd.DataFrame) -> pd.Series[str]:
    """Return the least sure class that an indicator has anywhere."""
    groups = indicators.groupby("indicator_id")["evidence"]
    return groups.agg(lambda letters: max(letters, key="OSH".index))


def _members(union: Candidate) -> list[str]:
    members = union.parameters["epci"]
    return [str(one) for one in members] if isinstance(members, list) else []


def _by_union(indicators: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """Lay the figures out: one row a union, one column a fully known indicator."""
    need = ["perimeter_id", "indicator_id", "value", "unit", "evidence"]
    require_columns(indicators, need, where="indicators_public")
    wide = indicators.pivot_table(
        index="perimeter_id", columns="indicator_id", values="value", dropna=False
    )
    return wide.reindex(ids).dropna(axis="columns").reset_index(drop=True)


def phase_table(
    indicators: pd.DataFrame,
    candidates: Sequence[Candidate],
    *,
    phases: Sequence[Phase],
) -> pd.DataFrame:
    """Lay out what each phase holds, and what it adds to the one before.

    ``indicators``: table ``indicators_public``. ``phases``: perimeters in the order of
    time. Returns: table ``phases``: one row a phase and an indicator; ``added`` is the
    value less that of the phase before, NaN in the first one. No row without phases.
    Refused when a perimeter is unknown (the nearest one is named), or a phase loses
    communes of the one before.
    """
    known = {one.perimeter_id: one for one in candidates}
    faults = Faults("comparison.phased")
    for phase in phases:
        if phase.perimeter not in known:
            fault = f"périmètre inconnu « {phase.perimeter} »"
            faults.add(fault, remedy=hint(phase.perimeter, known))
    faults.raise_if_any(StudyError)
    unions = [known[phase.perimeter] for phase in phases]
    for before, after in pairwise(unions):
        lost = before.codes - after.codes
        if lost:
            faults.add(
                f"« {after.name} » perd {len(lost)} commune(s) de « {before.name} » "
                f"(dont {min(lost)})",
                remedy="chaque phase contient la précédente",
            )
    faults.raise_if_any(StudyError)
    columns = ["indicator_id", "value", "unit"]
    parts = [
        indicators.loc[indicators["perimeter_id"] == one.perimeter_id, columns].assign(
            phase=rank, year=phase.year, perimeter_id=one.perimeter_id, name=one.name
        )
        for rank, (phase, one) in enumerate(zip(phases, unions, strict=True), start=1)
    ]
    if not parts:
        return empty_table("phases")
    rows = pd.concat(parts)
    return rows.assign(
        added=rows.groupby("indicator_id")["value"].diff(),
        evidence=rows["indicator_id"].map(worst_evidence(indicators)),
    )


def block_contributions(
    unions: Unions, values: pd.DataFrame, *, root: str
) -> pd.DataFrame:
    """Say what each unit adds to the root, over all ways to join one by one.

    ``unions``: every connected set of units that contains the root, each once, as
    `connected_unions` lists them. ``values``: one row a union, in the same order; one
    column an indicator. A NaN makes what rests on it NaN. ``root``: the unit that every
    union contains. Returns: ``unit``, ``indicator_id``, ``alone`` (what it adds to the
    root; NaN where it does not touch it), ``last`` (what the widest union loses without
    it; NaN where the rest would fall apart), ``low`` and ``high`` (least and most that
    it adds to any union), ``mean`` (over orders); the root is left out. For each
    indicator the means sum to the value of the widest union minus that of the root.
    Refused when the list is not of connected unions around the root (one is absent,
    repeated, or reached from no other), or the values are not one row a union.

    Notes
    -----
    An order is a sequence of joinings in which every union met is connected; all
    orders weigh the same. It is the Shapley value under precedence constraints, here
    on the sets that a search from the root visits (U. Faigle, W. Kern, International
    Journal of Game Theory 21, 1992, p. 249–266); where every unit touches the root it
    is the Shapley value. Orders are counted exactly, as integers, and summed exactly.

    Examples
    --------
    >>> unions = [frozenset("b"), frozenset("ab"), frozenset("bc"), frozenset("abc")]
    >>> table = block_contributions(
    ...     unions, pd.DataFrame({"jobs": [1.0, 3.0, 1.0, 7.0]}), root="b")
    >>> table[["unit", "alone", "last", "mean"]].values.tolist()
    [['a', 2.0, 6.0, 4.0], ['c', 0.0, 4.0, 2.0]]
    """
    if len(values) != len(unions):
        message = f"unions d'EPCI : {len(values)} lignes de valeurs pour {len(unions)}"
        raise StudyError(message)
    steps = _weighted_steps(unions, root)
    number = values.to_numpy(dtype=float)
    span = (unions.index(frozenset([root])), _widest(unions))
    figures = {
        unit: pd.DataFrame(
            _figures([step for step in steps if step[0] == unit], number, span),
            index=values.columns,
        )
        for unit in sorted({step[0] for step in steps})
    }
    none = pd.DataFrame(index=pd.Index([], dtype="str"), columns=_FIGURES, dtype=float)
    table = pd.concat(figures or {"": none}, names=["unit", "indicator_id"])
    return table.reset_index()


def _figures(
    steps: list[Step], values: np.ndarray, ends: tuple[int, int]
) -> dict[str, np.ndarray]:
    """Sum up what one unit adds at each of its joinings, an indicator a column."""
    before = np.array([step[1] for step in steps])
    after = np.array([step[2] for step in steps])
    added = values[after] - values[before]
    blank = np.full(values.shape[1], np.nan)
    return {
        "alone": next(iter(added[before == ends[0]]), blank),
        "last": next(iter(added[after == ends[1]]), blank),
        "low": added.min(axis=0),
        "high": added.max(axis=0),
        "mean": count_mean([step[3] for step in steps], added),
    }


def _weighted_steps(unions: Unions, root: str) -> list[Step]:
    """List every joining with the count of the orders that go through it."""
    place = _place(unions)
    _require_whole(unions, place, root)
    steps = [
        (unit, place[held - {unit}], place[held])
        for held in sorted(place, key=len)
        for unit in sorted(held - {root})
        if held - {unit} in place
    ]
    ways_to = [0] * len(unions)
    ways_to[place[frozenset([root])]] = 1
    for _, before, after in steps:
        ways_to[after] += ways_to[before]
    end = _widest(unions)
    ways_from = [0] * len(unions)
    ways_from[end] = 1
    for _, before, after in reversed(steps):
        ways_from[before] += ways_from[after]
    if 0 in ways_to or 0 in ways_from:
        missing = (ways_to if 0 in ways_to else ways_from).index(0)
        message = (
            f"unions d'EPCI : {sorted(unions[missing])} sans ordre d'adhésion "
            "→ donner toutes les unions d'un seul tenant"
        )
        raise StudyError(message)
    return [
        (unit, before, after, ways_to[before] * ways_from[after])
        for unit, before, after in steps
    ]


def _widest(unions: Unions) -> int:
    return max(range(len(unions)), key=lambda at: len(unions[at]))


def _place(unions: Unions) -> dict[frozenset[str], int]:
    return {held: at for at, held in enumerate(unions)}


def _require_whole(unions: Unions, place: dict[frozenset[str], int], root: str) -> None:
    if len(place) < len(unions) or frozenset([root]) not in place:
        message = f"unions d'EPCI : répétées, ou sans « {root} » seul"
        raise StudyError(message)
