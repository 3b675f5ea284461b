"""What is left of a perimeter when some councils refuse, and who could still carry."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import NamedTuple

import pandas as pd

from eitgeo.exact import at_most
from eitgeo.perimeters.contours.unions import count_pieces, refusals
from eitgeo.scenarios.carriers.facts import Facts, fact_of

MARK = ";"
_CLOSED = ("impossible", "peu_adapte")
_CLOSING = ("impossible", "inadapte")
_COUNTED = {
    "firms_10_45min": "counted_firms_10_45min",
    "industry_employees": "counted_industry_employees",
}
_KINDS = ("border", "road")


class Left(NamedTuple):
    """What is known of each union that refusals leave, by its ``left_id``.

    ``facts``: what the rules of carriers read. ``able``, ``sure``: carriers that no
    rule closes; those of them that no open rule could close. ``states``: state of each
    of the former, in their order.
    """

    facts: Mapping[str, Facts]
    able: Mapping[str, str]
    sure: Mapping[str, str]
    states: Mapping[str, str]


def left_id(members: Collection[str]) -> str:
    """Name what is left by its SIREN.

    Examples
    --------
    >>> left_id({"200000002", "200000001"})
    '200000001;200000002'
    """
    return MARK.join(sorted(members))


def every_left(perimeters: Mapping[str, Collection[str]]) -> set[str]:
    """List what refusals leave of some perimeters, each once, but nothing at all."""
    return {
        left_id({*members}.difference(refused))
        for members in perimeters.values()
        for refused in refusals(members)
    } - {""}


def who_could_carry(
    facts: Mapping[str, Facts], reasons: pd.DataFrame, states: pd.DataFrame
) -> Left:
    """Say what is known of each union that is left: facts, and who could carry it.

    A rule that is not evaluated may close a carrier; none opens one again.
    """
    able = states[~states["state"].isin(_CLOSED)]
    waits = reasons["outcome"].eq("non_evalue") & reasons["effect"].isin(_CLOSING)
    open_ = set(
        reasons.loc[waits, ["perimeter_id", "carrier_id"]].itertuples(
            index=False, name=None
        )
    )
    keys = zip(able["perimeter_id"], able["carrier_id"], strict=True)
    sure = able[[key not in open_ for key in keys]]
    return Left(
        facts,
        able=_listed(able, "carrier_id"),
        sure=_listed(sure, "carrier_id"),
        states=_listed(able, "state"),
    )


def _listed(rows: pd.DataFrame, column: str) -> dict[str, str]:
    return {
        str(name): MARK.join(held)
        for name, held in rows.groupby("perimeter_id")[column]
    }


def refusal_rows(
    perimeters: Mapping[str, Collection[str]],
    left: Left,
    *,
    people: Mapping[str, int],
    near: Mapping[str, Mapping[str, Collection[str]]],
    directions: Mapping[str, str],
    budget: Mapping[str, float],
) -> pd.DataFrame:
    """Lay out every refusal of every perimeter, nobody's first.

    ``perimeters``: perimeter → SIREN of its EPCI, all whole. ``left``: what is known of
    each union that is left. ``people``: SIREN → inhabitants. ``near``: ``border``,
    ``road``: SIREN → EPCI that it touches, or that a road joins to it. ``directions``:
    ranked indicator → ``up`` or ``down``, the surest first. ``budget``: ``low``,
    ``mid``, ``high``: left to pay in the first year [€]. Returns: table ``refusals``.
    """
    rows = []
    for name, members in perimeters.items():
        before = left.facts.get(left_id(members), {})
        for refused in refusals(members):
            staying = {*members}.difference(refused)
            after = left.facts.get(left_id(staying), {})
            n_people = sum(people[one] for one in staying)
            fell, blind = _compared(before, after, directions)
            pieces = {
                f"n_pieces_{kind}": count_pieces(staying, near[kind]) for kind in _KINDS
            }
            eur = {
                f"left_{level}": eur_each(e, n_people) for level, e in budget.items()
            }
            rows.append(
                {
                    "perimeter_id": name,
                    "refused": left_id(refused),
                    "n_refused": len(refused),
                    "n_left": len(staying),
                    **pieces,
                    "population": n_people,
                    "carriers": left.able.get(left_id(staying), ""),
                    "carriers_sure": left.sure.get(left_id(staying), ""),
                    "states": left.states.get(left_id(staying), ""),
                    **eur,
                    **{
                        column: _value(after, fact) for column, fact in _COUNTED.items()
                    },
                    "fell": MARK.join(fell),
                    "not_compared": MARK.join(blind),
                }
            )
    return pd.DataFrame(rows)


def first_year(budget: pd.DataFrame) -> dict[str, float]:
    """Return what is left to pay in the first year, by level [€]."""
    left = budget[budget["item"] == "reste"].sort_values("year", kind="stable")
    return {level: float(left[level].iloc[0]) for level in ("low", "mid", "high")}


def eur_each(eur: float, n_people: int) -> float:
    """Share by inhabitants what is left to pay; nobody pays where nobody lives."""
    return eur / n_people if n_people else math.nan


def _value(facts: Facts, name: str) -> float:
    return float(fact_of(facts, name).value)


def _compared(
    before: Facts, after: Facts, directions: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Name the indicators that do less well, and those that nobody can compare."""
    fell, blind = [], []
    for name, direction in directions.items():
        pair = fact_of(before, name), fact_of(after, name)
        if any(fact.missing for fact in pair):
            blind.append(name)
            continue
        first, second = (float(fact.value) for fact in pair)
        worse = (second, first) if direction == "up" else (first, second)
        if not at_most(worse[1], worse[0]):
            fell.append(name)
    return fell, blind
