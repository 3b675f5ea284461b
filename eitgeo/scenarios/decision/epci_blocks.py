"""What each EPCI adds, indicator by indicator and for each deliberation.

Alone, last, and averaged over the orders of joining; and a perimeter that widens year
after year, a core first, others later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from eitgeo.check import Faults, hint, require_columns
from eitgeo.errors import StudyError
from eitgeo.exact import count_mean, settled_values
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.study.sections import Phase
from eitgeo.tables.schema import empty_table

type Unions = Sequence[frozenset[str]]
type Step = tuple[str, int, int, int]

_SIGN = {"up": 1.0, "down": -1.0}


def union_ranks(
    indicators: pd.DataFrame, candidates: Sequence[Candidate]
) -> pd.DataFrame:
    """Rank unions of whole EPCI, and perimeters equal to one, among their peers.

    ``indicators``: table ``indicators_public``, or the rows of it that may carry a
    rank. Returns: table ``union_ranks``: one row a perimeter and an indicator that has
    a direction and a ``percentile_same_size``. ``rank`` is one more than the unions of
    as many EPCI that do better, so that all the best ones are first; ``n_peers`` counts
    the unions with a value.

    Notes
    -----
    The list of unions is complete: rank 1 is the exact optimum of its size.
    """
    rows = _ranked(indicators)
    rows = rows.assign(n_epci=rows["perimeter_id"].map(_sizes(candidates)))
    rows = rows.dropna(subset=["n_epci"])
    is_union = {one.perimeter_id for one in candidates if one.method == "union_epci"}
    peers = rows[rows["perimeter_id"].isin(is_union)]
    groups = {
        key: np.sort(group["better"].to_numpy())
        for key, group in peers.groupby(["indicator_id", "n_epci"])
    }
    keys = list(zip(rows["indicator_id"], rows["n_epci"], strict=True))
    n_peers = np.array([len(groups[key]) for key in keys], dtype=np.int64)
    no_better = [
        np.searchsorted(groups[key], value, side="right")
        for key, value in zip(keys, rows["better"], strict=True)
    ]
    return rows.assign(
        n_epci=rows["n_epci"].astype("int64"),
        rank=1 + n_peers - np.array(no_better, dtype=np.int64),
        n_peers=n_peers,
    ).drop(columns="better")


def _ranked(indicators: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows that may carry a rank; ``better``: the higher the better."""
    rows = indicators[
        indicators["direction"].isin(list(_SIGN))
        & indicators["percentile_same_size"].notna()
    ]
    signed = rows["value"] * rows["direction"].map(_SIGN)
    return rows.assign(better=settled_values(signed))


def _sizes(candidates: Sequence[Candidate]) -> dict[str, int]:
    """Count the EPCI of each union, and of each perimeter equal to one."""
    size_of = {
        one.codes: len(members)
        for one in candidates
        if one.method == "union_epci"
        and isinstance(members := one.parameters["epci"], list)
    }
    return {
        one.perimeter_id: size_of[one.codes]
        for one in candidates
        if one.codes in size_of
    }


def union_front(
    indicators: pd.DataFrame,
    candidates: Sequence[Candidate],
    *,
    criteria: Sequence[str],
) -> pd.DataFrame:
    """Keep apart the unions that no other union equals or beats on every criterion.

    ``criteria``: indicators to look at; those without a direction, a value for all
    unions, or a difference between unions are left out, and so are those that may carry
    no rank. Returns: table ``union_front``: ``perimeter_id``, ``n_epci``, ``on_front``,
    ``n_dominating`` (unions at least as good everywhere and better somewhere),
    ``criteria``. No row when fewer than two criteria are left.
    """
    sizes = _sizes([one for one in candidates if one.method == "union_epci"])
    rows = _ranked(indicators[indicators["indicator_id"].isin(criteria)])
    wide = rows.pivot_table(
        index="perimeter_id", columns="indicator_id", values="better"
    ).reindex(list(sizes))
    wide = wide.dropna(axis="columns")
    wide = wide.loc[:, wide.max() > wide.min()]
    counts = _n_dominating(wide.to_numpy(dtype=float))
    table = pd.DataFrame(
        {
            "perimeter_id": list(sizes),
            "n_epci": np.array(list(sizes.values()), dtype=np.int64),
            "on_front": counts == 0,
            "n_dominating": counts,
            "criteria": ", ".join(wide.columns),
        }
    )
    return table if len(wide.columns) > 1 else table.iloc[:0]


def _n_dominating(values: np.ndarray) -> np.ndarray:
    """Count, for each row, the rows that dominate it; the higher the better."""
    counts = np.zeros(len(values), dtype=np.int64)
    for row, own in enumerate(values):
        as_good = (values >= own).all(axis=1)
        counts[row] = (as_good & (values > own).any(axis=1)).sum()
    return counts


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
    the EPCI. ``within``: SIREN of the EPCI that unions could hold, so that those which
    stop at a size are not taken for all; by default those that some union holds.
    Returns: table ``epci_blocks``: one row an EPCI and an indicator that is known for
    all unions; none where these stop at a size (``methods.max_union_epci``): a mean
    over orders of joining asks for all. ``alone``, ``last``, ``low``, ``high``,
    ``mean`` as `block_contributions` gives them; ``n_deliberations`` that the EPCI adds
    on average, and ``mean_per_deliberation``, NaN where it adds none. ``unit`` is «
    points » for percentages. Refused when there is no union, or they are not all those
    around the root.
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

    Returns: table ``phases``: one row a phase and an indicator; ``added`` is the value
    less that of the phase before, NaN in the first one. No row without phases. Refused
    when a perimeter is unknown (the nearest one is named), or a phase loses communes of
    the one before.
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
    column an indicator. A NaN makes what rests on it NaN. Returns: ``unit``,
    ``indicator_id``, ``alone`` (what it adds to the root; NaN where it does not touch
    it), ``last`` (what the widest union loses without it; NaN where the rest would fall
    apart), ``low`` and ``high`` (least and most that it adds to any union), ``mean``
    (over orders); the root is left out. For each indicator the means sum to the value
    of the widest union minus that of the root. Refused when the list is not of
    connected unions around the root (one is absent, repeated, or reached from no
    other), or the values are not one row a union.

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
