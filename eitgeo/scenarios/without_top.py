"""What the verdict counts on, and what is left of it if the largest site stopped."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from eitgeo.scenarios.access import access_figures
from eitgeo.scenarios.facts import Fact, Facts, fact_of, unknown
from eitgeo.scenarios.matter import fabric_figures, matter_figures
from eitgeo.scenarios.reach import reach_figures

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.perimeters import Candidate
    from eitgeo.scenarios.activity import Activity
    from eitgeo.study import Comparison

TAIL = "_without_top"
TOLD = "_documented"
"""Tail of a count under the rules that a source tells alone."""
_COUNTS = ("synergy_families", "mutual_groups")
_NAMES = ("target_sites", "seat_45min_pct", *_COUNTS)
_UNKNOWN_SIZE = "premier établissement inconnu : effectifs non renseignés"


def verdict_facts(
    candidate: Candidate,
    facts: Facts,
    activity: Activity,
    *,
    town_names: pd.Series[str],
    comparison: Comparison,
    min_givers: int,
) -> Facts:
    """Measure the facts of the verdict, and again without the largest site.

    Parameters
    ----------
    candidate
        The perimeter.
    facts
        Its facts as it is: what is not known stays so.
    activity
        Facts of the study area.
    town_names
        Name of each commune by INSEE code (index).
    comparison
        Thresholds of the study.
    min_givers
        Givers that make a family count.

    Returns
    -------
    dict
        ``synergy_families`` and ``mutual_groups`` under the rules that a source tells
        (``_documented``); these, ``target_sites``, ``seat_45min_pct`` and the two
        counts under all rules without the largest industrial site
        (``_without_top``), never to be told site by site.
    """
    measured = partial(
        _measured,
        candidate,
        town_names=town_names,
        comparison=comparison,
        min_givers=min_givers,
    )
    known = {name: fact_of(facts, name) for name in _NAMES}
    waiting = {name: fact for name, fact in known.items() if fact.missing}
    waiting |= {f"{name}{TOLD}": waiting[name] for name in _COUNTS if name in waiting}
    away = {f"{name}{TAIL}": fact for name, fact in waiting.items()}
    if len(waiting) == len(_NAMES) + len(_COUNTS):
        return waiting | away
    found = measured(activity)
    told = {name: fact for name, fact in found.items() if name.endswith(TOLD)}
    mine = activity.industry[activity.industry["code_insee"].isin(candidate.codes)]
    if mine.empty:
        rest = {f"{name}{TAIL}": unknown(_UNKNOWN_SIZE) for name in found}
        return told | waiting | rest | away
    order = mine.sort_values(["headcount_mid", "site_id"], ascending=[False, True])
    left = _without(activity, str(order["site_id"].iloc[0]))
    rest = {f"{name}{TAIL}": fact for name, fact in measured(left).items()}
    return told | waiting | rest | away


def _measured(
    candidate: Candidate,
    activity: Activity,
    *,
    town_names: pd.Series[str],
    comparison: Comparison,
    min_givers: int,
) -> Facts:
    held = activity.matrix([candidate.codes])
    figures = fabric_figures(activity, held, comparison=comparison) | access_figures(
        activity, held, town_names=town_names, seat_minutes=comparison.seat_minutes
    )
    found: Facts = {}
    for tail, one in (("", activity), (TOLD, activity.documented())):
        figures |= matter_figures(one, held, min_givers=min_givers)
        figures |= reach_figures(one, held, min_givers=min_givers)
        names = _COUNTS if tail else _NAMES
        found |= {
            f"{name}{tail}": Fact(float(figures[name]["value"].iloc[0]))
            for name in names
            if name in figures
        }
    return found


def _without(activity: Activity, site_id: str) -> Activity:
    names = ("target", "unsure", "industry", "deposit", "families", "rounds")
    tables = {name: getattr(activity, name) for name in names}
    kept = {
        name: rows[rows["site_id"] != site_id]
        for name, rows in tables.items()
        if rows is not None
    }
    return replace(activity, **kept)
