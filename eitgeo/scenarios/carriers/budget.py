"""What animation costs, what is left to pay by whom, and how many posts to choose.

Four keys, and parts that add up to the cent.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.exact import at_most
from eitgeo.flows.exchanges.realised import YEARS, meetings_of
from eitgeo.scenarios.carriers.carriers import ends_of
from eitgeo.scenarios.carriers.facts import Fact, Facts, fact_of, unknown
from eitgeo.scenarios.measures.activity import Counted
from eitgeo.scenarios.measures.counted import uncovered_words
from eitgeo.study.governance import Budget, Governance
from eitgeo.words import (
    NBSP,
    NEARLY,
    french_number,
    published_value,
    rounded_to,
    settled,
)

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

    ``communes``: ``code_insee``, ``epci_siren``, ``population``. ``counted``: what
    registers count; None: nothing.
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


CHOICES = (0.5, 1.0, 2.0)
"""Posts that every study holds side by side, and its own [FTE]."""
_HALF, _SEVERAL = 0.5, 2
_FEW = 50.0
"""Under this share met in three years [%], more posts or steps are told."""
_SITES, _NEAR = "target_sites", "seat_45min_pct"
_MEASURE = "sites_per_animator"
_NONE = "aucun établissement à mobiliser"
_UNSURE = "rencontres par an et par poste : hypothèse de travail"
POST_COLUMNS = [
    "perimeter_id",
    "posts",
    "chosen",
    "meetings_low",
    "meetings_high",
    "sites_low",
    "sites_high",
    "far_sites",
    "met_low_pct",
    "met_high_pct",
    "left_low",
    "left_high",
    "evidence",
    *(f"total_{level}" for level in LEVELS),
    *(f"rest_{level}" for level in LEVELS),
    "cost_evidence",
    "missing",
]


class Met(NamedTuple):
    """What posts meet in :data:`YEARS` years, least and most.

    ``pct``: share of the firms to mobilise [%]. ``left``: firms that are not met,
    fewest and most.
    """

    pct: tuple[float, float]
    left: tuple[float, float]


def choices_of(governance: Governance) -> tuple[float, ...]:
    """Return the posts that a study holds side by side, its own included.

    Examples
    --------
    >>> from eitgeo.study.governance import Governance
    >>> choices_of(Governance(posts=1.5))
    (0.5, 1.0, 1.5, 2.0)
    """
    return tuple(sorted({*CHOICES, governance.posts}))


def met_by(
    posts: float, meetings: tuple[float, float], sites: tuple[float, float]
) -> Met:
    """Say what posts meet, each firm once, in :data:`YEARS` years.

    ``posts``: posts [FTE]. ``meetings``: firms that a full-time post meets a year,
    least and most.

    Examples
    --------
    >>> met_by(1.0, (30.0, 50.0), (200.0, 200.0))
    Met(pct=(45.0, 75.0), left=(50.0, 110.0))
    """
    fewest, most = sites
    slow, fast = (YEARS * posts * one for one in meetings)
    return Met(
        (min(100.0, 100 * slow / most), min(100.0, 100 * fast / fewest)),
        (max(0.0, fewest - fast), max(0.0, most - slow)),
    )


def post_rows(
    indicators: pd.DataFrame,
    *,
    perimeters: Sequence[str],
    governance: Governance,
    costs: pd.DataFrame,
) -> pd.DataFrame:
    """Hold choices of posts side by side, for each perimeter.

    ``indicators``: table ``indicators_public``: nothing else is read, so that nothing
    more is told. Returns: one row a perimeter and a choice: ``posts`` [FTE], ``chosen``
    (``oui``, ``non``), ``meetings_low`` and ``meetings_high`` (a year, all posts),
    ``sites_low`` and ``sites_high`` (firms to mobilise), ``far_sites`` (those beyond
    the minutes of the seat: left out first where visits begin nearby), ``met_low_pct``
    and ``met_high_pct`` (in three years), ``left_low`` and ``left_high`` (firms not
    met), their class ``evidence`` (always ``H``), ``total_…`` and ``rest_…`` (cost of
    the first year and what is left to pay [€]), their class ``cost_evidence``,
    ``missing`` (why no share is told).
    """
    shown = indicators[indicators["indicator_id"].isin([_SITES, _NEAR])]
    rows_of = {
        (str(row["perimeter_id"]), str(row["indicator_id"])): row
        for row in shown.to_dict("records")
    }
    paid = {one: _cost(costs, governance, one) for one in choices_of(governance)}
    meetings = meetings_of(governance)
    rows = []
    for name in perimeters:
        site_row = rows_of.get((name, _SITES), {})
        sites, missing = _sites(site_row)
        far = _far(site_row, rows_of.get((name, _NEAR), {}))
        for posts, cost in paid.items():
            blank = (math.nan, math.nan)
            covered = Met(blank, blank) if missing else met_by(posts, meetings, sites)
            values = (
                name,
                posts,
                "oui" if posts == governance.posts else "non",
                *(posts * one for one in meetings),
                *sites,
                far,
                *covered.pct,
                *covered.left,
                "H",
                *cost,
                missing,
            )
            rows.append(dict(zip(POST_COLUMNS, values, strict=True)))
    return pd.DataFrame(rows, columns=POST_COLUMNS)


def _sites(row: Mapping[Hashable, Any]) -> tuple[tuple[float, float], str]:
    """Return the firms to mobilise, fewest and most, and why they are not known."""
    low, high = (float(row.get(one, math.nan)) for one in ("low", "high"))
    if math.isnan(low) or math.isnan(high):
        why = str(row.get("note", "")) or "établissements à mobiliser : non mesuré"
        return (math.nan, math.nan), why
    return (low, high), "" if low > 0 else _NONE


def _far(sites: Mapping[Hashable, Any], near: Mapping[Hashable, Any]) -> float:
    """Count the firms beyond the minutes of the seat; NaN where not known."""
    n, pct = (float(row.get("value", math.nan)) for row in (sites, near))
    return float(settled(n * (100 - pct) / 100)) if n * pct >= 0 else math.nan


def _cost(
    costs: pd.DataFrame, governance: Governance, posts: float
) -> tuple[float | str, ...]:
    """Return the total and what is left to pay of the first year, and their class."""
    budget = animation_budget(costs, governance.budget, posts=posts)
    lines = budget[budget["year"] == 1].set_index("item")
    amounts = lines.loc[["total", "reste"], LEVELS].to_numpy(dtype=float).ravel()
    return (*(float(one) for one in amounts), str(lines["evidence"]["reste"]))


def post_facts(facts: Facts, *, governance: Governance) -> Facts:
    """Say what rules read of the posts that a study chooses.

    ``facts``: facts of a perimeter: ``target_sites``. Returns: ``posts`` and
    ``posts_told``; ``met_pct`` (share met in three years, between two bounds),
    ``met_told``, and ``n_posts``, the least whole posts that could meet half of the
    firms. The last three are not known where the firms are not.
    """
    posts, meetings = governance.posts, meetings_of(governance)
    chosen = {"posts": Fact(posts), "posts_told": Fact(posts_text(posts))}
    sites = fact_of(facts, _SITES)
    bounds = ends_of(sites)
    if not bounds or min(bounds) <= 0:
        why = unknown(sites.missing or _NONE)
        return chosen | dict.fromkeys(("met_pct", "met_told", "n_posts"), why)
    low, high = met_by(posts, meetings, (min(bounds), max(bounds))).pct
    is_one = bool(at_most(high, low))
    asked = _FEW / 100 * min(bounds) / (YEARS * meetings[1])
    return chosen | {
        "met_pct": Fact(low) if is_one else unknown(_UNSURE, bounds=(low, high)),
        "met_told": Fact(share_range_text(low, high)),
        "n_posts": Fact(posts_text(math.ceil(settled(asked)))),
    }


def share_range_text(low_pct: float, high_pct: float) -> str:
    r"""Write the two ends of an assumed share.

    Examples
    --------
    >>> share_range_text(15.7, 26.2).replace(NBSP, " ")
    '≈ 20 à 30 %'
    >>> share_range_text(100.0, 100.0).replace(NBSP, " ")
    '≈ 100 %'
    """
    bounds = dict.fromkeys(
        published_value(one, evidence="H", decimals=0, unit="%")
        for one in (low_pct, high_pct)
    )
    return f"{NEARLY}{NBSP}{' à '.join(map(french_number, bounds))}{NBSP}%"


def posts_text(posts: float) -> str:
    """Write posts in words, as after « avec ».

    Examples
    --------
    >>> [posts_text(one) for one in (0.5, 1, 1.5, 2)]
    ['un demi-poste', 'un poste', '1,5 poste', '2 postes']
    """
    if posts == _HALF:
        return "un demi-poste"
    if posts == 1:
        return "un poste"
    plural = "s" if posts >= _SEVERAL else ""
    return f"{french_number(posts)} poste{plural}"


def with_meetings(cells: pd.DataFrame, *, governance: Governance) -> pd.DataFrame:
    """Set the thresholds of firms by post after what a post meets in three years.

    Returns: the same: at most what a post surely meets is a strength; more than twice
    what it meets at best, a weakness: less than half is met.
    """
    least, most = (YEARS * one for one in meetings_of(governance))
    of_side = {"atout": least, "faiblesse": most * 100 / _FEW}
    is_post = cells["indicator_id"] == _MEASURE
    limits = cells["side"].map(of_side).where(is_post, cells["threshold"])
    return cells.assign(threshold=limits.astype(float))
