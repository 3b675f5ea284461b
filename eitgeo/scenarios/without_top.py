"""What a perimeter would still have if its largest site stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eitgeo.scenarios.access import access_figures
from eitgeo.scenarios.facts import Fact, Facts, fact_of, unknown
from eitgeo.scenarios.matter import fabric_figures, matter_figures

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.perimeters import Candidate
    from eitgeo.scenarios.activity import Activity
    from eitgeo.study import Comparison

TAIL = "_without_top"
_UNKNOWN_SIZE = "premier établissement inconnu : effectifs non renseignés"


def facts_without_top(
    candidate: Candidate,
    facts: Facts,
    activity: Activity,
    *,
    town_names: pd.Series[str],
    comparison: Comparison,
    min_givers: int,
) -> Facts:
    """Measure the facts of the verdict without the largest industrial site.

    Parameters
    ----------
    candidate
        The perimeter.
    facts
        Its facts as it is: one that is not known stays so.
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
        ``target_sites_without_top``, ``seat_45min_pct_without_top``,
        ``synergy_families_without_top``; never to be told site by site.
    """
    names = ("target_sites", "seat_45min_pct", "synergy_families")
    waiting = {
        f"{name}{TAIL}": fact_of(facts, name)
        for name in names
        if fact_of(facts, name).missing
    }
    if len(waiting) == len(names):
        return waiting
    mine = activity.industry[activity.industry["code_insee"].isin(candidate.codes)]
    if mine.empty:
        return {f"{name}{TAIL}": unknown(_UNKNOWN_SIZE) for name in names} | waiting
    order = mine.sort_values(["headcount_mid", "site_id"], ascending=[False, True])
    left = _without(activity, str(order["site_id"].iloc[0]))
    held = left.matrix([candidate.codes])
    figures = (
        fabric_figures(left, held, comparison=comparison)
        | access_figures(
            left, held, town_names=town_names, seat_minutes=comparison.seat_minutes
        )
        | matter_figures(left, held, min_givers=min_givers)
    )
    found = {f"{n}{TAIL}": Fact(float(figures[n]["value"].iloc[0])) for n in names}
    return found | waiting


def _without(activity: Activity, site_id: str) -> Activity:
    names = ("target", "unsure", "industry", "deposit", "families")
    tables = {name: getattr(activity, name) for name in names}
    kept = {name: rows[rows["site_id"] != site_id] for name, rows in tables.items()}
    return replace(activity, **kept)
