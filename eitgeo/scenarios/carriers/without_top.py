"""What the verdict counts on, and what is left of it if the largest site stopped."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from eitgeo.scenarios.carriers.facts import NOT_MEASURED, Fact, Facts, fact_of, unknown
from eitgeo.scenarios.measures.access import access_figures, counted_access_figures
from eitgeo.scenarios.measures.counted import counted_figures
from eitgeo.scenarios.measures.fabric import target_figures
from eitgeo.scenarios.measures.reach import families_in_reach, groups_inside
from eitgeo.sources.activity.cells import NO_SITES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eitgeo.perimeters.contours.candidate import Candidate
    from eitgeo.scenarios.measures.activity import Activity
    from eitgeo.scenarios.measures.figures import Figures
    from eitgeo.scenarios.measures.measures import Inputs

TAIL = "_without_top"
TOLD = "_documented"
"""Tail of a count under the rules that a source tells alone."""
_TARGETS, _SEAT = "target_sites", "seat_45min_pct"
_FAMILIES, _GROUPS = "synergy_families", "mutual_groups"
_COUNTS = (_FAMILIES, _GROUPS)
_NAMES = (_TARGETS, _SEAT, *_COUNTS)
_UNKNOWN_SIZE = "premier établissement inconnu : effectifs non renseignés"


def verdict_facts(facts: Mapping[str, Facts], inputs: Inputs) -> dict[str, Facts]:
    """Measure the facts of the verdict, and again without the largest site.

    ``facts``: perimeter → its facts as it is: what is not known stays so. ``inputs``:
    the perimeters, and what they are measured on. Returns: perimeter →
    ``synergy_families`` and ``mutual_groups`` under the rules that a source tells
    (``_documented``); these, ``target_sites``, ``seat_45min_pct`` and the two counts
    under all rules without the largest industrial site (``_without_top``), never to be
    told site by site. What has no value is not known, and says why.
    """
    waiting = {
        one.perimeter_id: _waiting(facts[one.perimeter_id]) for one in inputs.candidates
    }
    n_all = 2 * (len(_NAMES) + len(_COUNTS))
    asked = [one for one in inputs.candidates if len(waiting[one.perimeter_id]) < n_all]
    told = replace(inputs, candidates=asked)
    facts_of = _facts(told, _told_counts(told))
    rest: dict[str, Facts] = {}
    for site_id, group in _by_top(asked, inputs.activity).items():
        if site_id:
            left = _without(inputs.activity, site_id)
            stopped = replace(inputs, candidates=group, activity=left)
            rest |= _facts(stopped, _counted_on(stopped) | _told_counts(stopped))
        else:
            names = [*_NAMES, *(f"{name}{TOLD}" for name in _COUNTS)]
            why = NO_SITES if inputs.activity.in_cells else _UNKNOWN_SIZE
            unsized = dict.fromkeys(names, unknown(why))
            rest |= {one.perimeter_id: unsized for one in group}
    by_perimeter = {
        name: facts_of.get(name, {})
        | {f"{key}{TAIL}": fact for key, fact in rest.get(name, {}).items()}
        | unmeasured
        for name, unmeasured in waiting.items()
    }
    if inputs.activity.in_cells:  # nobody knows which is the largest
        none = dict.fromkeys((f"{name}{TAIL}" for name in _NAMES), unknown(NO_SITES))
        return {name: facts | none for name, facts in by_perimeter.items()}
    return by_perimeter


def desk_facts(inputs: Inputs) -> dict[str, Facts]:
    """Measure what the verdict counts on, whatever class its inputs are of.

    ``inputs``: territories on which the conditions are tried, and what they are
    measured on. Returns: territory → what registers count, ``counted_firms_10_45min``,
    ``target_sites``, ``seat_45min_pct``, ``synergy_families`` and ``mutual_groups``,
    with what :func:`verdict_facts` adds: to count how many territories meet a
    condition, never to be told one by one.
    """
    of_registers = counted_access_figures(inputs) | counted_figures(inputs)
    known = _facts(inputs, _counted_on(inputs) | of_registers)
    more = verdict_facts(known, inputs)
    return {name: facts | more[name] for name, facts in known.items()}


def _waiting(facts: Facts) -> Facts:
    """Return what is not known of a perimeter, with and without its largest site."""
    known = {name: fact_of(facts, name) for name in _NAMES}
    waiting = {name: fact for name, fact in known.items() if fact.missing}
    waiting |= {f"{name}{TOLD}": waiting[name] for name in _COUNTS if name in waiting}
    return waiting | {f"{name}{TAIL}": fact for name, fact in waiting.items()}


def _by_top(
    candidates: Sequence[Candidate], activity: Activity
) -> dict[str, list[Candidate]]:
    """Group perimeters by their largest industrial site; « » where none is known."""
    order = activity.known_industry.sort_values(
        ["headcount_mid", "site_id"], ascending=[False, True]
    )
    first = order.drop_duplicates("code_insee").set_index("code_insee")["site_id"]
    rank = {code: place for place, code in enumerate(first.index)}
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        best = min(
            (code for code in candidate.codes if code in rank),
            key=rank.__getitem__,
            default="",
        )
        groups.setdefault(str(first[best]) if best else "", []).append(candidate)
    return groups


def _counted_on(inputs: Inputs) -> Figures:
    """Measure what hangs on sites, under all rules."""
    figures = target_figures(inputs) | access_figures(inputs)
    counts = families_in_reach(inputs) | groups_inside(inputs)
    return {name: figures[name] for name in (_TARGETS, _SEAT)} | counts


def _told_counts(inputs: Inputs) -> Figures:
    """Count under the rules that a source tells alone."""
    documented = replace(inputs, activity=inputs.activity.documented())
    counts = families_in_reach(documented) | groups_inside(documented)
    return {f"{name}{TOLD}": rows for name, rows in counts.items()}


def _facts(inputs: Inputs, figures: Figures) -> dict[str, Facts]:
    """Turn figures of perimeters into facts, perimeter by perimeter."""
    measured: dict[str, Facts] = {one.perimeter_id: {} for one in inputs.candidates}
    for name, rows in figures.items():
        cells = zip(rows["value"], rows["note"], strict=True)
        for facts, (value, note) in zip(measured.values(), cells, strict=True):
            facts[name] = _fact(float(value), str(note))
    return measured


def _fact(value: float, note: str) -> Fact:
    return unknown(note or NOT_MEASURED) if math.isnan(value) else Fact(value)


def _without(activity: Activity, site_id: str) -> Activity:
    names = ("target", "unsure", "industry", "deposit", "families", "rounds")
    tables = {name: getattr(activity, name) for name in names}
    left = {
        name: rows[rows["site_id"] != site_id]
        for name, rows in tables.items()
        if rows is not None
    }
    return replace(activity, **left)
