"""What may be told of the levers of the whole study: totals that no firm makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.disclosure.rule import (
    LESSENED,
    MAX_TOP_SHARE_PCT,
    MIN_CONTRIBUTORS,
    Part,
    Rows,
    firm_numbers,
    passes,
    rounded,
    rounded_share,
)
from eitgeo.exact import at_most
from eitgeo.flows.exchanges.levers import (
    ABOVE,
    BY_COUNT,
    BY_TONNE,
    exchange_levers,
    reach_medians,
    reach_weights,
)
from eitgeo.flows.weights.parts import MEASURES, N_PRINTED, SWING, weight_class
from eitgeo.reference.rules import synergy_rules
from eitgeo.scenarios.measures.activity import PUBLISHED, REDUCED, firm_ids

if TYPE_CHECKING:
    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

WITHHELD, UNTOLD = "secret", "non_chiffre"
EXCHANGES, DONORS = "exchanges", "donors"
_TOLD = ["low", "mid", "high"]
_COVERED = "covered_pct"
_OF_GIVERS = ("t", "landfill_t", "eur_firms")
_WITHOUT_FIRST = "without_first_pct"
N_FIRST = 3
"""Givers set aside together: fewer would tell one of them to another."""
_FACTOR_SHARES = ["share_pct", "worth_pct"]
"""Each would tell a total more finely than its class."""
_GROUPS_AT_ONCE = 200
_LAST_BITS = 1e-9
"""Of a total: less is what rounding leaves of a difference."""
_COLUMNS = [
    *("lever", "unit", "low", "mid", "high"),
    *("covered_pct", _WITHOUT_FIRST, "status", "evidence", "left_out"),
]


def guard_levers(
    totals: pd.DataFrame, gains: pd.DataFrame, *, ends: Sequence[pd.Series[str]]
) -> pd.DataFrame:
    """Withhold the totals that too few firms make, at either end of exchanges.

    Notes
    -----
    Gains have both signs: three firms at least have one, and the first makes at most
    85 % of the sum of what each gains or loses, and of the total that is published.
    """
    unsafe = [
        str(lever)
        for lever in totals.loc[totals["mid"].notna(), "lever"]
        if not is_safe(gains[str(lever)], ends)
    ]
    fails = totals["lever"].isin(unsafe)
    table = totals.copy()
    table[_TOLD] = rounded(table[_TOLD])
    if _COVERED in table:
        table[_COVERED] = [rounded_share(one) for one in table[_COVERED]]
    table.loc[fails, [*_TOLD, *share_columns(table)]] = float("nan")
    return table.assign(status=table["status"].mask(fails, WITHHELD))


def share_columns(totals: pd.DataFrame) -> list[str]:
    """List the columns that say where the variance of a total comes from."""
    return [str(name) for name in totals if str(name).startswith("variance_")]


def is_safe(gains: pd.Series[float], ends: Sequence[pd.Series[str]]) -> bool:
    """Say whether enough firms make a sum of gains, at either end of exchanges."""
    return all(_is_safe_at(gains, firms) for firms in ends)


def _is_safe_at(gains: pd.Series[float], firms: pd.Series[str]) -> bool:
    known = gains.dropna()
    code, names = pd.factorize(firms.reindex(known.index))
    is_named = code >= 0
    sums = np.bincount(code[is_named], known.to_numpy(float)[is_named], len(names))
    if list(names) == [PUBLISHED]:  # anybody can compute it
        return True
    by_firm = sums[~names.isin([PUBLISHED, REDUCED])]
    size = np.abs(by_firm)
    part = Part(np.arange(len(size)), size[:, None])
    most = size.max(initial=0.0)
    first = at_most(100 * most, MAX_TOP_SHARE_PCT * abs(by_firm.sum()))
    return passes(part) and bool(first)


def lever_rows(
    totals: pd.DataFrame, gains: pd.DataFrame, *, ends: Sequence[pd.Series[str]]
) -> Rows:
    """Lay out what the exchanges of the whole study would move and save.

    ``lever``, ``unit``, ``low``, ``mid``, ``high``, ``covered_pct``,
    ``without_first_pct`` (what is left without the three first givers), ``status``,
    ``evidence``, ``left_out`` (what is not counted, in French), shares of the variance
    where `totals` has them; no figure where too few firms make it.
    """
    levers = guard_levers(totals, gains, ends=ends)
    withheld = levers["status"].eq(WITHHELD)
    levers[_WITHOUT_FIRST] = [
        without_first_pct(gains[lever], ends)
        if lever in _OF_GIVERS and not is_held
        else float("nan")
        for lever, is_held in zip(levers["lever"], withheld, strict=True)
    ]
    return Rows(
        levers[[*_COLUMNS, *share_columns(levers)]].copy(),
        withheld=int(levers["status"].eq(WITHHELD).sum()),
    )


def without_first_pct(gains: pd.Series[float], ends: Sequence[pd.Series[str]]) -> float:
    """Say which part of a total is left without its three first givers [%].

    NaN where what the three give, or what is left, may not be told.
    """
    givers = ends[0]
    by_firm = gains.groupby(givers).sum().drop([PUBLISHED, REDUCED], errors="ignore")
    ranked = by_firm.abs().sort_values(ascending=False, kind="stable")
    is_first = givers.isin(ranked.index[:N_FIRST])
    first, left = gains[is_first], gains[~is_first]
    if not (is_safe(first, ends) and is_safe(left, ends)):
        return float("nan")
    return float(rounded_share(100 * left.sum() / gains.sum()))


def reach_rows(
    km: pd.Series[float],
    t: pd.Series[float],
    checks: pd.DataFrame,
    *,
    ends: Sequence[pd.Series[str]],
) -> Rows:
    """Put how far exchanges go [km one way] beside what others have published.

    ``check_id`` (:data:`BY_COUNT`, which is what others published, :data:`ABOVE`,
    :data:`BY_TONNE`, then theirs), ``label``, ``km``, ``status`` (``chiffre``,
    ``secret``, ``non_chiffre``), ``evidence``, ``source``; no figure where too few
    firms make a median at either end. `t` is what each exchange moves when it is made.
    """
    medians = reach_medians(km, t)
    levels = dict.fromkeys(_TOLD, medians.to_numpy())
    totals = pd.DataFrame({"lever": medians.index, **levels})
    status = totals["mid"].notna().map({True: "chiffre", False: UNTOLD})
    guarded = guard_levers(totals.assign(status=status), reach_weights(t), ends=ends)
    own = pd.DataFrame(
        {
            "check_id": guarded["lever"],
            "label": guarded["lever"].map(_MEDIANS),
            "km": guarded["mid"],
            "status": guarded["status"],
            "evidence": "H",
            "source": "calcul de l’étude",
        }
    )
    published = checks.reset_index().assign(status="chiffre")
    return Rows(
        pd.concat([own, published[list(own)]], ignore_index=True),
        withheld=int(guarded["status"].eq(WITHHELD).sum()),
    )


_MEDIANS = {
    BY_COUNT: "Échanges potentiels affectés, médiane du modèle",
    ABOVE: "Échanges potentiels de plus de 10 t, médiane du modèle",
    BY_TONNE: "Tonne échangée, médiane du modèle",
}


def count_rows(
    allocation: pd.DataFrame, *, n_draws: int, ends: Sequence[pd.Series[str]]
) -> Rows:
    """Count exchanges, and those who give, in a draw of who takes part.

    ``count_id`` (:data:`EXCHANGES`, :data:`DONORS`), ``low``, ``mid``, ``high`` (P10,
    mean and P90 over draws), ``status``, ``evidence``; no figure where too few firms
    give or take.
    """
    by_draw = allocation.groupby("participation_draw")
    made = {EXCHANGES: by_draw.size(), DONORS: by_draw["donor_id"].nunique()}
    counts = pd.DataFrame(made).reindex(range(n_draws), fill_value=0)
    low, high = np.percentile(counts, [10, 90], axis=0)
    safe = is_safe(pd.Series(1.0, index=allocation.index), ends)
    told = rounded(np.column_stack([low, counts.mean(), high])) if safe else np.nan
    table = pd.DataFrame(told, index=range(len(made)), columns=_TOLD)
    table.insert(0, "count_id", list(made))
    status = "chiffre" if safe else WITHHELD
    return Rows(
        table.assign(status=status, evidence="H"), withheld=0 if safe else len(table)
    )


def exchange_firms(
    allocation: pd.DataFrame, sites: pd.DataFrame
) -> list[pd.Series[str]]:
    """Return the firm at each end of the allocated exchanges, on their index."""
    firms = firm_ids(sites).set_axis(sites["site_id"]).astype("category")
    return [allocation[end].map(firms) for end in ("donor_id", "receiver_id")]


def exchange_gains(allocation: pd.DataFrame) -> pd.DataFrame:
    """Lay out what each exchange gains; CO₂ is not counted where it is unknown."""
    known = allocation["avoided_kgco2e_per_t"].notna()
    gains = exchange_levers(allocation.fillna({"avoided_kgco2e_per_t": 0.0}))
    return gains.assign(tco2e_avoided=gains["tco2e_avoided"].where(known))


def guarded_savings(
    allocation: pd.DataFrame, sites: pd.DataFrame, *, families: pd.Series[str]
) -> pd.Series[float]:
    """Say what firms would save [€/year] by group of families, « ; » between them.

    NaN where too few firms make it at either end.
    """
    saved = exchange_gains(allocation)["eur_firms"]
    family = allocation["rule_id"].map(synergy_rules().set_index("rule_id")["family"])
    listed = families.str.split(";")
    gains = pd.DataFrame(
        {name: saved.where(family.isin(mine)) for name, mine in listed.items()}
    )
    totals = pd.DataFrame({"lever": families.index, "mid": gains.sum(min_count=1)})
    guarded = guard_levers(
        totals.assign(low=totals["mid"], high=totals["mid"], status="chiffre"),
        gains,
        ends=exchange_firms(allocation, sites),
    )
    return guarded.set_index("lever")["mid"]


def factor_rows(weights: pd.DataFrame) -> Rows:
    """Rank factors: figures of those that are worth most, classes of the others.

    ``share_class`` and ``worth_class`` say which part of a total hangs on each, and
    what it is worth. A figure that too few firms make stays in, and counts for no rank.
    """
    table = weights[weights["rank"].notna()].reset_index(drop=True)
    table = table.assign(
        share_class=weight_class(table["share_pct"]),
        worth_class=weight_class(table["worth_pct"]),
    )
    is_printed = table["worth_rank"].le(N_PRINTED)
    for name in MEASURES:
        hidden = [name in mine.split(";") for mine in table["withheld"]]
        is_told = is_printed & ~np.array(hidden, dtype=bool)
        columns = [name, f"{SWING}{name}"]
        table[columns] = rounded(table[columns].where(is_told))
    n_held = int(weights["withheld"].ne("").sum())
    return Rows(table.drop(columns=[*_FACTOR_SHARES, "withheld"]), withheld=n_held)


def tellable_sums(
    parts: pd.DataFrame,
    whole: pd.DataFrame,
    firms: pd.Series[str],
    *,
    n_groups: int,
) -> pd.DataFrame:
    """Say which sums may be told: they pass, and what is left of the whole passes too.

    ``parts``: ``row``, ``group`` (0 … `n_groups` − 1) and the columns of `whole`: what
    each row adds to each group; a row may be in several. ``whole``: what each row adds
    to the whole, one column a figure. ``firms``: firm of each row of `whole`.
    ``n_groups``: how many groups; one without rows tells nothing, and passes. Returns:
    groups × figures. Three firms at least make a figure that is not 0, and none more
    than 85 % of it, nor of what firms gain and lose put together; so for the rest,
    unless nothing is left. What anybody can compute covers nobody.
    """
    number = firm_numbers(firms).to_numpy(np.int64)
    every, of_row = np.unique(number, return_inverse=True)
    n_rows = np.bincount(parts["group"], minlength=n_groups)
    used, rank = np.flatnonzero(n_rows), np.cumsum(n_rows > 0) - 1
    group = rank[parts["group"]]
    order = np.argsort(group.astype(np.min_scalar_type(n_groups)), kind="stable")
    ordered = parts[["row", *whole]].assign(group=group).iloc[order]
    groups = of_row[whole.index.get_indexer(pd.Index(ordered["row"]))]
    tellable = {}
    for name in whole:
        total = np.bincount(of_row, whole[name].to_numpy(float), len(every))
        passed = []
        for sums in _sums(ordered, str(name), groups, (len(used), len(every))):
            rest = total - sums
            rest[np.abs(rest) <= _LAST_BITS * np.abs(total)] = 0.0
            passed.append(_rows_pass(sums, every) & _rows_pass(rest, every))
        tellable[name] = np.concatenate([np.zeros(0, dtype=bool), *passed])
    return pd.DataFrame(tellable, index=used).reindex(range(n_groups), fill_value=True)


def _sums(
    ordered: pd.DataFrame,
    name: str,
    firm: npt.NDArray[np.int64],
    shape: tuple[int, int],
) -> Iterator[Floats]:
    """Sum a column by group and firm, some groups at a time."""
    group, amount = (ordered[one].to_numpy() for one in ("group", name))
    for start in range(0, shape[0], _GROUPS_AT_ONCE):
        stop = min(start + _GROUPS_AT_ONCE, shape[0])
        rows = slice(*np.searchsorted(group, [start, stop]))
        cell = (group[rows] - start) * shape[1] + firm[rows]
        n = stop - start
        yield np.bincount(cell, amount[rows], n * shape[1]).reshape(n, shape[1])


def _rows_pass(amounts: Floats, firms: npt.NDArray[np.integer]) -> Bools:
    """Hold each row to the rule of :func:`_is_safe`; a row of zeros tells nothing."""
    by_firm = amounts[:, firms >= 0]
    size = np.abs(by_firm)
    most = size.max(axis=1, initial=0.0)
    enough = (size > 0).sum(axis=1) >= MIN_CONTRIBUTORS
    # What firms make together is no more than what each gains or loses.
    first = at_most(100 * most, MAX_TOP_SHARE_PCT * np.abs(by_firm.sum(axis=1)))
    lessened = amounts[:, firms == LESSENED].any(axis=1)
    passed: Bools = np.where(most > 0, enough & first, ~lessened)
    return passed
