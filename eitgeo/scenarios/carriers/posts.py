"""Posts are a choice: what half a post, one or two meet in three years, and cost."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.exact import at_most
from eitgeo.flows.exchanges.realised import YEARS, meetings_of
from eitgeo.scenarios.carriers.budget import LEVELS, animation_budget
from eitgeo.scenarios.carriers.carriers import ends_of
from eitgeo.scenarios.carriers.facts import Fact, Facts, fact_of, unknown
from eitgeo.study.governance import Governance
from eitgeo.words import NBSP, NEARLY, french_number, published_value, settled

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
    least and most. ``sites``: firms to mobilise, fewest and most; above zero.

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
    more is told. ``costs``: `animation_costs`. Returns: one row a perimeter and a
    choice: ``posts`` [FTE], ``chosen`` (``oui``, ``non``), ``meetings_low`` and
    ``meetings_high`` (a year, all posts), ``sites_low`` and ``sites_high`` (firms to
    mobilise), ``far_sites`` (those beyond the minutes of the seat: left out first where
    visits begin nearby), ``met_low_pct`` and ``met_high_pct`` (in three years),
    ``left_low`` and ``left_high`` (firms not met), their class ``evidence`` (always
    ``H``), ``total_…`` and ``rest_…`` (cost of the first year and what is left to pay
    [€]), their class ``cost_evidence``, ``missing`` (why no share is told).
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

    ``cells``: `swot_cells`. Returns: the same: at most what a post surely meets is a
    strength; more than twice what it meets at best, a weakness: less than half is met.
    """
    least, most = (YEARS * one for one in meetings_of(governance))
    of_side = {"atout": least, "faiblesse": most * 100 / _FEW}
    is_post = cells["indicator_id"] == _MEASURE
    limits = cells["side"].map(of_side).where(is_post, cells["threshold"])
    return cells.assign(threshold=limits.astype(float))
