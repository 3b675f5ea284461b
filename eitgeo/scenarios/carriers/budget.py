"""What animation costs over some years, what is left to pay, and who would pay what.

Four keys, and parts that add up to the cent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from eitgeo.scenarios.measures.counted import uncovered_words
from eitgeo.scenarios.measures.counted_facts import Counted
from eitgeo.study.governance import Budget, Governance
from eitgeo.words import published_value, rounded_to

LEVELS = ["low", "mid", "high"]
_TYPED = "saisi dans l'étude"
_COSTS = ["fte_cost_eur", "other_cost_eur"]
_BUDGET_INPUTS = {
    "poste": ["fte_cost_eur"],
    "autres_frais": ["other_cost_eur"],
    "total": _COSTS,
    "aides": [*_COSTS, "aid_pct"],
    "reste": [*_COSTS, "aid_pct"],
}
"""What each line of the budget stands on."""

KEYS = ("population", "emplois", "egales", "mixte")
"""Keys of `governance.cost_key`, in the order shown."""
_JOBS = "salaries"
_NO_COUNT = "emplois non comptés : aucune source d’emplois par commune dans l’étude"
_NOBODY = "aucun habitant, ou aucun emploi compté, dans le périmètre"
_CENTS = 100
SHARE_COLUMNS = [
    "perimeter_id",
    "epci_siren",
    "cost_key",
    "chosen",
    "population",
    "weight_pct",
    *LEVELS,
    "evidence",
    "missing",
]


def animation_budget(
    costs: pd.DataFrame, budget: Budget, *, posts: float
) -> pd.DataFrame:
    """Lay out the budget of animation, year by year.

    Parameters
    ----------
    costs
        `animation_costs`.
    budget
        What the study gives; the rest keeps the working assumptions.
    posts
        Posts of animation [FTE].

    Returns
    -------
    pandas.DataFrame
        ``year`` (1 …), ``item`` (``poste``, ``autres_frais``, ``total``, ``aides``,
        ``reste``), ``low``, ``mid``, ``high`` [€], ``evidence`` (``H`` until all that
        it stands on is typed, then ``O``), ``source``. Constant euros, the post and
        other costs as they are printed: the total is their sum, and that of aid and
        what is left of one level, to the euro.

    Examples
    --------
    >>> from eitgeo.reference.governance import animation_costs
    >>> from eitgeo.study.governance import Budget
    >>> typed = Budget(fte_cost_eur=50_000, other_cost_eur=10_000, aid_pct=40, years=1)
    >>> table = animation_budget(animation_costs(), typed, posts=1.0)
    >>> table.set_index("item")["mid"].to_dict()
    {'poste': 50000.0, 'autres_frais': 10000.0, 'total': 60000.0, 'aides': 24000.0,
     'reste': 36000.0}
    """
    costs_of = {
        str(item): _levels(costs.loc[item], getattr(budget, str(item)))
        for item in costs.index
    }
    origin = {
        item: _origin(costs, budget, used) for item, used in _BUDGET_INPUTS.items()
    }
    sure = {item: about["evidence"] for item, about in origin.items()}
    post = _printed(posts * _printed(costs_of["fte_cost_eur"], sure["poste"]), "O")
    other = _printed(costs_of["other_cost_eur"], sure["autres_frais"])
    aid_pct, total = costs_of["aid_pct"], post + other
    # Least is left of the least total under most aid.
    most_first = aid_pct.reindex(LEVELS[::-1]).set_axis(LEVELS)
    lines = {
        "poste": post,
        "autres_frais": other,
        "total": total,
        "aides": _printed(total * aid_pct / 100, "O"),
        "reste": total - _printed(total * most_first / 100, "O"),
    }
    rows = [
        {"year": year, "item": item, **values, **origin[item]}
        for year in range(1, budget.years + 1)
        for item, values in lines.items()
    ]
    return pd.DataFrame(rows)


def _printed(amount_eur: pd.Series[float], evidence: str) -> pd.Series[float]:
    """Round to euros as they are printed: sums of what is printed hold."""
    return amount_eur.map(
        lambda one: rounded_to(
            published_value(one, evidence=evidence, decimals=0, unit="€"), 0
        )
    )


def _levels(cost: pd.Series, typed: float | None) -> pd.Series[float]:
    if typed is None:
        return cost[LEVELS].astype(float)
    return pd.Series(dict.fromkeys(LEVELS, float(typed)))


def _origin(costs: pd.DataFrame, budget: Budget, used: list[str]) -> dict[str, str]:
    assumed = [item for item in used if getattr(budget, item) is None]
    if not assumed:
        return {"evidence": "O", "source": _TYPED}
    sources = dict.fromkeys(str(costs.loc[item, "source"]) for item in assumed)
    return {"evidence": "H", "source": " ; ".join(sources)}


class Members(NamedTuple):
    """The EPCI that a perimeter touches, in the order of their SIREN.

    ``sirens``: which ones. ``people``, ``jobs``: inhabitants and counted jobs of each,
    in the perimeter. ``missing``: why jobs are not known; empty: they are.
    """

    sirens: tuple[str, ...]
    people: tuple[int, ...]
    jobs: tuple[int, ...]
    missing: str = ""


def members_in(
    codes: frozenset[str], communes: pd.DataFrame, counted: Counted | None
) -> Members:
    """Count inhabitants and jobs of each EPCI in a perimeter.

    ``codes``: communes of the perimeter. ``communes``: ``code_insee``, ``epci_siren``,
    ``population``. ``counted``: what registers count; None: nothing.
    """
    own = communes[communes["code_insee"].isin(codes) & communes["epci_siren"].ne("")]
    people = own.groupby("epci_siren")["population"].sum().sort_index()
    jobs, missing = (0,) * len(people), _NO_COUNT
    if counted is not None and _JOBS in counted.table:
        counts_here = counted.table[_JOBS].reindex(own["code_insee"])
        n_unknown = int(counts_here.isna().sum())
        missing = uncovered_words(n_unknown) if n_unknown else ""
        if not missing:
            sums = counts_here.groupby(own["epci_siren"].to_numpy()).sum().sort_index()
            jobs = tuple(int(one) for one in sums)
    sirens = tuple(str(one) for one in people.index)
    return Members(sirens, tuple(int(one) for one in people), jobs, missing)


def key_weights(
    key: str, members: Members, *, mixed_population_pct: float = 50.0
) -> list[Fraction]:
    """Return the part of each member under a key; none where it is not known.

    Examples
    --------
    >>> two = Members(("200000001", "200000002"), (3000, 1000), (0, 0), "non comptés")
    >>> [str(one) for one in key_weights("mixte", two)], key_weights("emplois", two)
    (['5/8', '3/8'], [])
    """
    if key == "emplois":
        return [] if members.missing else _parts(members.jobs)
    by_people, equal = _parts(members.people), _parts([1] * len(members.sirens))
    if key == "population":
        return by_people
    if key == "egales":
        return equal
    share = Fraction(str(mixed_population_pct)) / 100
    return [
        share * one + (1 - share) * other
        for one, other in zip(by_people, equal, strict=False)
    ]


def _parts(counts: Sequence[int]) -> list[Fraction]:
    total = sum(counts)
    return [Fraction(one, total) for one in counts] if total > 0 else []


def shared_cents(amount_eur: float, weights: Sequence[Fraction]) -> list[float]:
    """Share an amount to the cent, by largest remainder: parts add up to it.

    ``amount_eur``: what is shared [€]. ``weights``: parts of the members, of one
    together. Of equal remainders, the first members have the cents that are left.

    Examples
    --------
    >>> shared_cents(100.0, [Fraction(1, 3)] * 3)
    [33.34, 33.33, 33.33]
    """
    total = round(Fraction(str(amount_eur)) * _CENTS)
    exact = [total * one for one in weights]
    cents = [math.floor(one) for one in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: (cents[n] - exact[n], n))
    for n in by_remainder[: total - sum(cents)]:
        cents[n] += 1
    return [one / _CENTS for one in cents]


def shared_levels(
    levels_eur: Sequence[float], weights: Sequence[Fraction]
) -> list[list[float]]:
    """Share amounts that grow, each to the cent: no part falls where its amount grows.

    Largest remainders taken level by level could give a member a cent less of more.

    Examples
    --------
    >>> shared_levels([10.0, 20.0], [Fraction(1, 2)] * 2)
    [[5.0, 5.0], [10.0, 10.0]]
    """
    levels, before = [[0.0] * len(weights)], 0.0
    for level in levels_eur:
        more = shared_cents(round(level - before, 2), weights)
        parts = [
            round(one + other, 2) for one, other in zip(levels[-1], more, strict=True)
        ]
        levels.append(parts)
        before = level
    return levels[1:]


def cost_share_rows(
    members: Mapping[str, Members], *, budget: pd.DataFrame, governance: Governance
) -> pd.DataFrame:
    """Share what is left to pay in the first year among the EPCI of each perimeter.

    ``members``: perimeter → its members. ``governance``: the key that the study
    chooses, and what the mixed one is made of. Returns: one row a perimeter, a member
    and a key: ``chosen`` (``oui``, ``non``), ``population`` (in the perimeter),
    ``weight_pct``, ``low``, ``mid``, ``high`` [€ a year, to the cent: each adds up to
    what is left to pay], ``evidence`` of the amount, ``missing`` (why the key gives
    none).
    """
    left = budget[budget["item"] == "reste"].sort_values("year", kind="stable").iloc[0]
    rows = []
    for perimeter_id, listed in members.items():
        for key in KEYS:
            weights = key_weights(
                key, listed, mixed_population_pct=governance.mixed_population_pct
            )
            missing = "" if weights else _why(key, listed)
            parts = (
                shared_levels([float(left[level]) for level in LEVELS], weights)
                if weights
                else [[math.nan] * len(listed.sirens)] * len(LEVELS)
            )
            amounts = dict(zip(LEVELS, parts, strict=True))
            rows += [
                {
                    "perimeter_id": perimeter_id,
                    "epci_siren": siren,
                    "cost_key": key,
                    "chosen": "oui" if key == governance.cost_key else "non",
                    "population": listed.people[n],
                    "weight_pct": float(100 * weights[n]) if weights else math.nan,
                    **{level: amounts[level][n] for level in LEVELS},
                    "evidence": str(left["evidence"]),
                    "missing": missing,
                }
                for n, siren in enumerate(listed.sirens)
            ]
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


def _why(key: str, members: Members) -> str:
    return members.missing or _NOBODY if key == "emplois" else _NOBODY
