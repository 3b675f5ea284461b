"""What animation costs over some years, and what is left to pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.words import published_value

if TYPE_CHECKING:
    from eitgeo.study.governance import Budget

LEVELS = ["low", "mid", "high"]
_TYPED = "saisi dans l'étude"


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
        it stands on is typed, then ``O``), ``source``. Constant and whole euros: the
        total is the sum of its lines, and of aid and what is left of one level.

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
    given = {
        str(item): _levels(costs.loc[item], getattr(budget, str(item)))
        for item in costs.index
    }
    post = _whole(given["fte_cost_eur"] * posts)
    other, aid_pct = _whole(given["other_cost_eur"]), given["aid_pct"]
    total = post + other
    # Least is left of the least total under most aid.
    most_first = aid_pct.reindex(LEVELS[::-1]).set_axis(LEVELS)
    rest = total - _whole(total * most_first / 100)
    lines = {
        "poste": (post, ["fte_cost_eur"]),
        "autres_frais": (other, ["other_cost_eur"]),
        "total": (total, ["fte_cost_eur", "other_cost_eur"]),
        "aides": (_whole(total * aid_pct / 100), list(given)),
        "reste": (rest, list(given)),
    }
    rows = [
        {"year": year, "item": item, **values, **_origin(costs, budget, used)}
        for year in range(1, budget.years + 1)
        for item, (values, used) in lines.items()
    ]
    return pd.DataFrame(rows)


def _whole(amount_eur: pd.Series[float]) -> pd.Series[float]:
    """Round to whole euros, as they are printed: sums of what is printed hold."""
    return amount_eur.map(
        lambda one: published_value(one, evidence="O", decimals=0, unit="€")
    )


def _levels(cost: pd.Series, typed: float | None) -> pd.Series[float]:
    if typed is None:
        return cost[LEVELS].astype(float)
    return pd.Series(dict.fromkeys(LEVELS, float(typed)))


def _origin(costs: pd.DataFrame, budget: Budget, used: list[str]) -> dict[str, str]:
    assumed = [item for item in used if getattr(budget, item) is None]
    if not assumed:
        return {"evidence": "O", "source": _TYPED}
    told = dict.fromkeys(str(costs.loc[item, "source"]) for item in assumed)
    return {"evidence": "H", "source": " ; ".join(told)}
