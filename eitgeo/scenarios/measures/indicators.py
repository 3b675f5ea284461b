"""The card of a perimeter: every indicator, with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.exact import at_most, settled_values
from eitgeo.reference.criteria import ranking_criteria
from eitgeo.reference.tables import indicator_catalogue
from eitgeo.scenarios.measures.access import access_figures
from eitgeo.scenarios.measures.core import core_figures
from eitgeo.scenarios.measures.governance import (
    figure,
    governance_figures,
    require_at_hand,
)
from eitgeo.scenarios.measures.matter import (
    LEVER_INDICATORS,
    fabric_figures,
    matter_figures,
)
from eitgeo.scenarios.measures.reach import reach_figures
from eitgeo.scenarios.measures.unconfirmed import is_between

if TYPE_CHECKING:
    from collections.abc import Collection

    from eitgeo.perimeters.contours.candidate import Candidate
    from eitgeo.scenarios.measures.activity import Activity
    from eitgeo.study.sections import Study

_ON_SITES = {"target_sites", "naf_diversity", "sites_per_animator"}
_ON_REGISTERS = {"declared_sites"}
_ON_JOBS = {"industry_jobs", "top_site_pct"}
_ON_ROADS = {"seat_median_min", "seat_45min_pct", "two_seats_gain_pct"}
_ON_REACH = {"kept_without_top_pct", "mutual_groups", "synergy_families"}
_ON_OUTLETS = {"no_outlet_pct", "outlet_median_min"}
_ON_TONNES = {"deposit_t", "captured_pct", *LEVER_INDICATORS}
_OVERALL = "hypothesis_share_pct"
_ON_VOTES = {"core_pct"}
_WORST_SHARE_PCT = 20.0
"""Share of a value above which its worst input gives it its class."""


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

    Parameters
    ----------
    candidates
        The perimeters, all inside the study area.
    activity
        Facts of the study area.
    communes, bodies, membership
        Tables of the same names.
    study
        Dates and thresholds.
    core
        Communes that most contours hold; None: no contour has voted, and the share of
        the core is left out.

    Returns
    -------
    pandas.DataFrame
        Table ``indicators``. ``percentile_same_size`` is, for unions of whole EPCI
        and perimeters equal to one, the share of the unions with as many EPCI that
        do no better (ties by half) [%]; NaN for other perimeters, and for all unions
        with as many EPCI where a list to confirm leaves one of them without a value.

    Raises
    ------
    StudyError
        When a perimeter leaves the study area.
    """
    require_at_hand(candidates, activity.codes)
    held = activity.matrix([one.codes for one in candidates])
    comparison = study.comparison
    figures = (
        governance_figures(
            candidates,
            communes,
            bodies=bodies,
            membership=membership,
            on_date=study.territory.on_date,
            waste_bodies=comparison.waste_bodies,
        )
        | fabric_figures(activity, held, comparison=comparison)
        | access_figures(
            activity,
            held,
            town_names=communes.set_index("code_insee")["nom"],
            seat_minutes=comparison.seat_minutes,
        )
        | matter_figures(activity, held, min_givers=study.flows.families_min_donors)
        | reach_figures(activity, held, min_givers=study.flows.families_min_donors)
    )
    if core is not None:
        figures |= core_figures(candidates, communes, core=core)
    shares = _synthetic_shares(activity, held)
    parts = [
        _described(name, table, candidates, study).pipe(
            _qualified,
            _hypothesis_pct(name, shares, surrogate=study.roads.network.is_surrogate),
            _share_of(name, shares),
        )
        for name, table in figures.items()
    ]
    overall = figure(_mean_hypothesis(parts))
    parts.append(
        _described(_OVERALL, overall, candidates, study).pipe(
            _qualified, shares["none"], shares["none"]
        )
    )
    return pd.concat(parts, ignore_index=True)


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


def _described(
    name: str, table: pd.DataFrame, candidates: list[Candidate], study: Study
) -> pd.DataFrame:
    """Add what the catalogue says of an indicator, and its rank among unions."""
    about = indicator_catalogue().loc[name]
    direction = str(about["direction"])
    return table.assign(
        perimeter_id=[one.perimeter_id for one in candidates],
        indicator_id=name,
        unit=about["unit"],
        direction=direction,
        kind=about["kind"],
        evidence=about["evidence"],
        percentile_same_size=rank_same_size(
            table["value"].to_numpy(),
            direction=direction,
            candidates=candidates,
            unsure=is_between(table),
        ),
        elipse_axis=about["elipse_axis"],
        source=_source(name, study),
    )


def _qualified(
    table: pd.DataFrame, hypothesis: np.ndarray, synthetic: np.ndarray
) -> pd.DataFrame:
    """Add the shares of assumptions; the worst input above 20 % gives the class."""
    if "doubt_pct" in table:
        hypothesis = np.maximum(hypothesis, table["doubt_pct"].fillna(0.0))
        table = table.drop(columns="doubt_pct")
    return table.assign(
        evidence=table["evidence"].where(at_most(hypothesis, _WORST_SHARE_PCT), "H"),
        hypothesis_share_pct=hypothesis,
        synthetic_share_pct=synthetic,
    )


def _synthetic_shares(activity: Activity, held: np.ndarray) -> dict[str, np.ndarray]:
    """Share of synthetic sites, jobs and tonnes in each perimeter [%]."""

    def share(frame: pd.DataFrame, value: str | None) -> np.ndarray:
        fake = frame[frame["synthetic"]]
        total = held @ activity.by_commune(frame, value)
        part = held @ activity.by_commune(fake, value)
        ratio = np.divide(part, total, out=np.zeros_like(total), where=total > 0)
        return 100 * np.clip(ratio, 0.0, 1.0)

    return {
        "sites": share(activity.target, None),
        "declared": share(activity.declared, None),
        "jobs": share(activity.industry, "headcount_mid"),
        "tonnes": share(activity.deposit, "t_mid"),
        "none": np.zeros(len(held)),
    }


def _share_of(name: str, shares: dict[str, np.ndarray]) -> np.ndarray:
    if name in _ON_SITES | _ON_ROADS | _ON_REACH | _ON_OUTLETS:
        return shares["sites"]
    if name in _ON_REGISTERS:
        return shares["declared"]
    if name in _ON_JOBS:
        return shares["jobs"]
    return shares["tonnes"] if name in _ON_TONNES else shares["none"]


def _hypothesis_pct(
    name: str, shares: dict[str, np.ndarray], *, surrogate: bool
) -> np.ndarray:
    """Return all of it for ratios, votes and surrogate roads, else what is made up."""
    synthetic = _share_of(name, shares)
    assumed = _ON_OUTLETS | _ON_TONNES | _ON_VOTES
    if name in assumed or (surrogate and name in _ON_ROADS | _ON_REACH):
        return np.full(len(synthetic), 100.0)
    return synthetic


def rank_same_size(
    values: np.ndarray,
    *,
    direction: str,
    candidates: list[Candidate],
    unsure: np.ndarray | None = None,
) -> np.ndarray:
    """Rank unions of whole EPCI among those of as many EPCI.

    Parameters
    ----------
    values
        One value a candidate; NaN where there is none.
    direction
        ``up`` or ``down``; nothing is ranked for ``band`` and ``info``.
    candidates
        The perimeters.
    unsure
        Which ones are known by their bounds only; None: none of them.

    Returns
    -------
    numpy.ndarray of float
        Share of the unions with as many EPCI that do no better, ties by half [%];
        NaN for other perimeters, where there is no value, and where one of the
        unions with as many EPCI is known by its bounds only: it may do better or not.
    """
    found = np.full(len(values), np.nan)
    if direction not in ("up", "down"):
        return found
    better = settled_values(values if direction == "up" else -values)
    blind = _sizes_of(candidates, unsure)
    unions = {
        one.codes: (_n_epci(one), better[i])
        for i, one in enumerate(candidates)
        if one.method == "union_epci"
    }
    peers: dict[int, list[float]] = {}
    for size, value in unions.values():
        peers.setdefault(size, []).append(value)
    for i, one in enumerate(candidates):
        if one.codes in unions and not np.isnan(better[i]):
            if unions[one.codes][0] in blind:
                continue
            others = np.array(peers[unions[one.codes][0]])
            below, equal = (others < better[i]).sum(), (others == better[i]).sum()
            found[i] = 100 * (below + equal / 2) / (~np.isnan(others)).sum()
    return found


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


def _source(name: str, study: Study) -> str:
    """Say where the figure comes from, in French."""
    sites = ", ".join(
        dict.fromkeys(_SITE_SOURCES[s.reader] for s in study.sources.sites)
    )
    roads = study.roads.network.label
    if name in _ON_ROADS:
        return f"{sites} ; {roads}"
    for names, rests_on in _RESTS_ON.items():
        if name in names:
            return f"{sites} ; {rests_on} ; {roads}"
    if name in _ON_SITES | _ON_JOBS | _ON_REGISTERS:
        return sites
    if name == _OVERALL:
        return "classes des critères classés par défaut"
    return "appartenances et populations de l'étude (COG, EPCI)"


_RESTS_ON = {
    frozenset({"mutual_groups"}): "règles de mutualisation",
    frozenset(_ON_REACH): "règles de synergie",
    frozenset(_ON_OUTLETS): "rubriques ICPE des exutoires",
    frozenset(_ON_TONNES | _ON_VOTES): "ratios et règles de synergie",
}
"""Beside sites and roads: the first line that names an indicator counts."""

_SITE_SOURCES = {
    "anchors": "établissements cités par des sources publiques",
    "cnig": "sites économiques (CNIG)",
    "gerep": "IREP (Géorisques)",
    "icpe": "installations classées (Géorisques)",
    "irep": "IREP (Géorisques)",
    "s3ic": "installations classées de déchets (Géorisques)",
    "sirene": "SIRENE (INSEE)",
    "synthetic": "établissements synthétiques",
}
