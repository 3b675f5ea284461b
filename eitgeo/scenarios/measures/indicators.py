"""The card of a perimeter: every indicator, with what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.exact import at_most, settled_values
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.indicators import indicator_bases, indicator_catalogue, parted
from eitgeo.reference.tables import ranking_criteria
from eitgeo.scenarios.measures import access, counted, fabric, governance, matter, reach
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.figures import Figures, figure, is_between
from eitgeo.scenarios.measures.governance import members_of, require_at_hand
from eitgeo.scenarios.measures.measures import COUNTED_AS, FACTS, MEASURES, Fact, Inputs
from eitgeo.study.sections import Study

MEASURE_FILES = (governance, counted, fabric, access, matter, reach)
"""Where measures are: importing one enters its functions in ``MEASURES``."""
_OVERALL = "hypothesis_share_pct"
"""Measured last: on the shares of the other ones."""
_WORST_SHARE_PCT = 20.0
"""Share of a value above which its worst input gives it its class."""
_FACT = "fact:"
"""Head of the share that is drawn of what a fact counts."""


def measure_indicators(
    candidates: list[Candidate],
    activity: Activity,
    *,
    communes: pd.DataFrame,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    study: Study,
    core: Collection[str] | None = None,
) -> pd.DataFrame:
    """Measure all perimeters on the same data.

    ``core``: communes that most contours hold; None: no contour has voted, and the
    share of the core is left out. Returns: table ``indicators``.
    ``percentile_same_size`` is, for unions of whole EPCI and perimeters equal to one,
    the share of the unions with as many EPCI that do no better (ties by half) [%]; NaN
    for other perimeters, and for all unions with as many EPCI where a list to confirm
    leaves one of them without a value. Refused when a perimeter leaves the study area.
    Refused when the catalogue has an indicator that no function measures.
    """
    require_at_hand(candidates, activity.codes)
    of_bodies = members_of(bodies, membership, study.territory.on_date)
    inputs = Inputs(candidates, activity, communes, study, bodies, of_bodies, core)
    parts = indicator_rows(inputs, list(indicator_catalogue().index))
    overall = {_OVERALL: figure(_mean_hypothesis(parts))}
    return pd.concat([*parts, *_all_described(overall, inputs)], ignore_index=True)


def indicator_rows(inputs: Inputs, asked: Collection[str]) -> list[pd.DataFrame]:
    """Measure some indicators, a table each, without the share of assumptions."""
    figures = measured_figures(inputs, asked)
    return _all_described({n: figures[n] for n in figures if n in asked}, inputs)


def measured_figures(inputs: Inputs, indicator_ids: Iterable[str]) -> Figures:
    """Measure indicators in their order, each function once."""
    asked = [name for name in indicator_ids if name != _OVERALL]
    faults = Faults("indicators.csv")
    for name in asked:
        if name not in MEASURES:
            fault = f"« {name} » : aucune fonction ne le mesure"
            faults.add(
                fault, remedy=f'écrire celle qui porte @measures_indicator("{name}")'
            )
    _note_unlisted(indicator_catalogue().loc[asked, "recipe"], faults)
    faults.raise_if_any(SchemaError)
    figures: Figures = {}
    for measure in dict.fromkeys(MEASURES[name] for name in asked):
        figures |= measure(inputs)
    return figures


def entered_facts() -> Mapping[str, Fact]:
    """Return the facts that an offline page counts."""
    return FACTS  # entered by the files of measures, imported above


def unread_facts(study: Study) -> dict[str, str]:
    """Return the facts that nothing which a study names tells, with what is said."""
    return {
        name: fact.absent
        for name, fact in FACTS.items()
        if fact.asked and not any(study.given(fact.asked))
    }


def unread_indicators(study: Study) -> dict[str, str]:
    """Return the indicators that count such facts, with what is said."""
    unread = unread_facts(study)
    return {name: unread[fact] for name, fact in COUNTED_AS.items() if fact in unread}


def _note_unlisted(recipes: pd.Series[str], faults: Faults) -> None:
    """Note recipes that sum what no function lists: the page would show 0."""
    for name, recipe in recipes.items():
        parts = dict(part.split("=", maxsplit=1) for part in recipe.split())
        fact = parts.get("of", "")
        if parts.get("how") in ("sum", "distinct") and fact not in FACTS:
            fault = f"« {name} » : la page en somme « {fact} », inconnu (recipe)"
            faults.add(fault, remedy=hint(fact, FACTS))


def _mean_hypothesis(parts: list[pd.DataFrame]) -> np.ndarray:
    """Average the shares of assumptions over the criteria ranked by default [%]."""
    criteria = ranking_criteria()
    ranked = criteria.index[criteria["set"] == "defaut"]
    shares = [
        part["hypothesis_share_pct"].to_numpy()
        for part in parts
        if part["indicator_id"].isin(ranked).all()
    ]
    return np.mean(shares, axis=0)


def _all_described(figures: Figures, inputs: Inputs) -> list[pd.DataFrame]:
    rows = indicator_catalogue().reset_index().to_dict("records")
    catalogue = {str(row["indicator_id"]): row for row in rows}
    known = indicator_bases().to_dict("index")
    shares = _synthetic_shares(inputs)
    names = pd.array([one.perimeter_id for one in inputs.candidates], dtype="str")
    return [
        _described(
            table,
            inputs,
            about=catalogue[name],
            bases=[known[one] for one in parted(catalogue[name]["rests_on"])],
            shares=shares,
            names=names,
        )
        for name, table in figures.items()
    ]


def _described(
    table: pd.DataFrame,
    inputs: Inputs,
    *,
    about: Mapping[Hashable, Any],
    bases: list[dict[Hashable, Any]],
    shares: dict[str, np.ndarray],
    names: ExtensionArray,
) -> pd.DataFrame:
    """Add what the catalogue says of an indicator, its rank, and what it rests on.

    The worst input above 20 % gives the class.
    """
    direction = str(about["direction"])
    synthetic = np.max([shares[one] for one in _drawn(bases, about)], axis=0)
    hypothesis = synthetic
    if any(one["assumed"] == "always" for one in bases):
        hypothesis = np.full(len(table), 100.0)
    if "doubt_pct" in table:
        hypothesis = np.maximum(hypothesis, table["doubt_pct"].fillna(0.0))
        table = table.drop(columns="doubt_pct")
    evidence = np.where(at_most(hypothesis, _WORST_SHARE_PCT), about["evidence"], "H")
    columns = {
        **table,
        "perimeter_id": names,
        "indicator_id": about["indicator_id"],
        "unit": about["unit"],
        "direction": direction,
        "kind": about["kind"],
        "evidence": evidence.tolist(),
        "percentile_same_size": rank_same_size(
            table["value"].to_numpy(),
            direction=direction,
            candidates=list(inputs.candidates),
            unsure=is_between(table),
        ),
        "elipse_axis": about["elipse_axis"],
        "source": _source(bases, inputs.study),
        "hypothesis_share_pct": hypothesis,
        "synthetic_share_pct": synthetic,
    }
    return pd.DataFrame(columns, index=table.index)


def _drawn(
    bases: list[dict[Hashable, Any]], about: Mapping[Hashable, Any]
) -> list[str]:
    """Name the shares that may be drawn: of sites, of those that the figure counts."""
    fact = COUNTED_AS.get(str(about["indicator_id"]))
    named = [str(one["synthetic"]) for one in bases]
    return named if fact is None else [_own(one, fact) for one in named]


def _own(share: str, fact: str) -> str:
    return f"{_FACT}{fact}" if share == "sites" else share


def _synthetic_shares(inputs: Inputs) -> dict[str, np.ndarray]:
    """Share of synthetic sites, jobs and tonnes in each perimeter [%].

    A count of none rests on the table of all sites, or on the register that says so.
    """
    activity, none = inputs.activity, np.zeros(len(inputs.held))
    of_all = none
    if len(activity.sites):
        of_all = _share(inputs, activity.sites, of_none=none)
    jobs, tonnes = "headcount_mid", "t_mid"
    shares = {
        "sites": _share(inputs, activity.target, of_none=of_all),
        "headcounts": _share(inputs, activity.industry, jobs, of_none=of_all),
        "tonnes": _share(inputs, activity.deposit, tonnes, of_none=of_all),
        "": none,
    }
    for name in COUNTED_AS.values():
        fact, key = FACTS[name], f"{_FACT}{name}"
        of_none = none if fact.asked else of_all
        shares[key] = none
        if name not in activity.unread:
            shares[key] = _share(inputs, fact.listed(activity), of_none=of_none)
    return shares


def _share(
    inputs: Inputs,
    frame: pd.DataFrame,
    value: str | None = None,
    *,
    of_none: np.ndarray,
) -> np.ndarray:
    """Share of what is drawn in each perimeter [%]; `of_none` where nothing is."""
    fake = frame[frame["synthetic"]]
    total = inputs.held @ inputs.activity.by_commune(frame, value)
    part = inputs.held @ inputs.activity.by_commune(fake, value)
    ratio = np.divide(part, total, out=np.zeros_like(total), where=total > 0)
    return np.where(total > 0, 100 * np.clip(ratio, 0.0, 1.0), of_none)


def rank_same_size(
    values: np.ndarray,
    *,
    direction: str,
    candidates: list[Candidate],
    unsure: np.ndarray | None = None,
) -> np.ndarray:
    """Rank unions of whole EPCI among those of as many EPCI.

    ``values``: one value a candidate; NaN where there is none. ``direction``: ``up`` or
    ``down``; nothing is ranked for ``info``. ``unsure``: which ones are known by their
    bounds only; None: none of them. Returns: share of the unions with as many EPCI that
    do no better, ties by half [%]; NaN for other perimeters, where there is no value,
    and where one of the unions with as many EPCI is known by its bounds only: it may do
    better or not.
    """
    ranks = np.full(len(values), np.nan)
    if direction not in ("up", "down"):
        return ranks
    better = settled_values(values if direction == "up" else -values)
    blind = _sizes_of(candidates, unsure)
    unions = {
        candidate.codes: (_n_epci(candidate), better[i])
        for i, candidate in enumerate(candidates)
        if candidate.method == "union_epci"
    }
    peers: dict[int, list[float]] = {}
    for size, value in unions.values():
        peers.setdefault(size, []).append(value)
    for i, candidate in enumerate(candidates):
        if candidate.codes in unions and not np.isnan(better[i]):
            if unions[candidate.codes][0] in blind:
                continue
            others = np.array(peers[unions[candidate.codes][0]])
            below, equal = (others < better[i]).sum(), (others == better[i]).sum()
            ranks[i] = 100 * (below + equal / 2) / (~np.isnan(others)).sum()
    return ranks


def _sizes_of(candidates: list[Candidate], among: np.ndarray | None) -> set[int]:
    """Tell how many EPCI the unions among some perimeters hold."""
    chosen = np.zeros(len(candidates), dtype=bool) if among is None else among
    return {
        _n_epci(one)
        for one, is_chosen in zip(candidates, chosen, strict=True)
        if is_chosen and one.method == "union_epci"
    }


def _n_epci(candidate: Candidate) -> int:
    members = candidate.parameters["epci"]
    return len(members) if isinstance(members, list) else 0


def _source(bases: list[dict[Hashable, Any]], study: Study) -> str:
    """Say where a figure comes from, in French."""
    readers = (source.declared.credit for source in study.sources.sites)
    sites = ", ".join(dict.fromkeys(readers))
    roads = study.roads.network.label
    points = study.credit("points") or "aucun fichier de points"
    return " ; ".join(
        one["credit"].format(sites=sites, roads=roads, points=points) for one in bases
    )


def register_counts(activity: Activity, sites: pd.DataFrame) -> pd.DataFrame:
    """Count the sites that indicators of public registers sum.

    ``sites``: ``site_id``, ``diffusible``, ``natural_person``: what is not free to be
    told is not counted, since a count of one commune would tell it. Returns: table
    ``register_counts``: ``fact``, ``label``, ``code_insee``, ``n`` ≥ 1; the facts are
    those that `entered_facts` names, if the study tells them.
    """
    free = sites.loc[sites["diffusible"] & ~sites["natural_person"], "site_id"]
    parts = []
    for name, fact in entered_facts().items():
        if name not in activity.unread:
            rows = fact.listed(activity)
            if "site_id" in rows:
                rows = rows[rows["site_id"].isin(free)]
            parts.append(_counted(name, rows))
    return pd.concat(parts, ignore_index=True)


def _counted(fact: str, rows: pd.DataFrame) -> pd.DataFrame:
    labelled = rows if "label" in rows else rows.assign(label="")
    counts = labelled.groupby(["label", "code_insee"]).size().rename("n").reset_index()
    return counts.assign(fact=fact)[["fact", "label", "code_insee", "n"]].astype(
        {"fact": "str", "label": "str", "code_insee": "str", "n": "int64"}
    )
