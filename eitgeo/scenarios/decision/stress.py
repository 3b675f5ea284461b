"""What the order does when a site stops, a road closes, a member leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.decision.criteria import criteria_scores, criteria_values
from eitgeo.scenarios.decision.ranking import (
    counted_scores,
    rank_scores,
    weighted_scores,
)
from eitgeo.scenarios.measures.activity import Activity

_SITES = ("target", "unsure", "sites", "industry", "deposit", "observed", "families")
_SITES_IF_KNOWN = ("groups", "outlet_ways")


@dataclass(frozen=True)
class Variant:
    """The same study with one thing changed.

    ``stress_id``, ``label``: what changes; the label is French and names no firm.
    ``candidates``: perimeters that are left. ``note``: what the variant does not say,
    French.
    """

    stress_id: str
    label: str
    candidates: tuple[Candidate, ...]
    activity: Activity
    note: str = ""


def without_largest_site(base: Variant, *, ends: pd.DataFrame) -> Variant:
    """Stop the industrial site with the most jobs of the study area.

    ``ends``: table ``exchange_ends``: tonnes of each link by site, at either end
    [t/year]. Returns: without the site anywhere, its share of exchanges taken off at
    both ends; the same facts where no industrial site has a known size.
    """
    industry = base.activity.industry.sort_values(
        ["headcount_mid", "site_id"], ascending=[False, True]
    )
    named = replace(base, stress_id="premier_site", label=_STOP_LABEL)
    if industry.empty:
        return replace(named, note="aucun établissement industriel d'effectif connu")
    site = str(industry["site_id"].iloc[0])
    facts = {
        name: frame[frame["site_id"] != site]
        for name in (*_SITES, *_SITES_IF_KNOWN)
        for frame in (getattr(base.activity, name),)
        if frame is not None
    }
    left = _without_site(base.activity.exchanges, ends, site)
    return replace(named, activity=replace(base.activity, exchanges=left, **facts))


_STOP_LABEL = "Arrêt du premier établissement industriel"


def _without_site(
    exchanges: pd.DataFrame, ends: pd.DataFrame, site: str
) -> pd.DataFrame:
    """Take the share of a site off each link, at the donor's end, then the taker's."""
    links = ["donor_id", "receiver_id"]
    keys = pd.MultiIndex.from_frame(exchanges[links])
    total = exchanges["t_mid"].to_numpy(dtype=float)
    tonnes_left = total.copy()
    own = ends[ends["site_id"] == site]
    for end in ("donor", "taker"):
        tonnes = own[own["end"] == end].groupby(links)["t"].sum()
        its = (
            tonnes.reindex(keys).fillna(0.0).to_numpy() if len(tonnes) else 0.0 * total
        )
        share = np.divide(its, total, out=np.zeros_like(total), where=total > 0)
        tonnes_left *= 1 - np.clip(share, 0.0, 1.0)
    return exchanges.assign(t_mid=tonnes_left)


def without_epci(
    base: Variant, siren: str, *, communes: pd.DataFrame, name: str
) -> Variant:
    """Let the communes of an EPCI leave every perimeter.

    ``siren``: the EPCI. ``communes``: ``code_insee``, ``epci_siren``. ``name``: of the
    EPCI, for the label. Returns: perimeters without it; those that were made of it
    alone are gone. Refused when no commune belongs to it.
    """
    codes = frozenset(communes.loc[communes["epci_siren"] == siren, "code_insee"])
    if not codes:
        message = f"comparison.stress.without_epci : EPCI inconnu « {siren} »"
        raise StudyError(message)
    left = tuple(
        _without_member(one, codes, siren)
        for one in base.candidates
        if one.codes - codes
    )
    gone = len(base.candidates) - len(left)
    note = f"périmètres qui disparaissent : {gone}" if gone else ""
    return replace(
        base,
        stress_id=f"sans_{siren}",
        label=f"Sans la structure « {name} »",
        candidates=left,
        note=note,
    )


def _without_member(one: Candidate, codes: frozenset[str], siren: str) -> Candidate:
    members = one.parameters.get("epci")
    if isinstance(members, list):
        parameters = {"epci": [name for name in members if name != siren]}
        return replace(
            one, codes=one.codes - codes, parameters={**one.parameters, **parameters}
        )
    return replace(one, codes=one.codes - codes)


def with_closed_road(
    base: Variant, closure_id: str, *, closure_access: pd.DataFrame
) -> Variant:
    """Close a road: what trucks lose on the way to towns is added to car times.

    A pair that is cut has no time any more.
    """
    rows = closure_access[closure_access["closure_id"] == closure_id]
    lost = rows.assign(lost=rows["closed_min"] - rows["open_min"]).pivot_table(
        index="origin_id", columns="destination_id", values="lost", dropna=False
    )
    minutes = base.activity.town_minutes
    delays = lost.reindex(index=minutes.index, columns=minutes.columns)
    cut = rows[rows["closed_min"].isna() & rows["open_min"].notna()]
    changed = minutes + delays.fillna(0.0).clip(lower=0.0)
    for origin, town in cut[["origin_id", "destination_id"]].to_numpy():
        if origin in changed.index and town in changed.columns:
            changed.loc[origin, town] = np.nan
    return replace(
        base,
        stress_id=f"route_{closure_id}",
        label=f"Route fermée : {closure_id}",
        activity=replace(base.activity, town_minutes=changed),
        note="le détour du poids lourd est ajouté au temps en voiture",
    )


def with_ratios(base: Variant, level: str) -> Variant:
    """Take every ratio at its low or at its high value.

    ``level``: ``low`` or ``high``. Returns: potential waste at this level; shares of
    exchanges, which are quotients of the same ratios, stay.
    """
    words = {"low": "bas", "high": "haut"}[level]
    deposit = base.activity.deposit
    moved = deposit.assign(t_mid=deposit[f"t_{level}"])
    return replace(
        base,
        stress_id=f"ratios_{level}",
        label=f"Ratios de déchets au niveau {words}",
        activity=replace(base.activity, deposit=moved),
        note="les parts d'échanges, quotients des mêmes ratios, ne bougent pas",
    )


def stress_orders(
    base: Variant,
    variants: Sequence[Variant],
    *,
    measure: Callable[[Variant], pd.DataFrame],
    compared: Sequence[str],
    criteria: pd.DataFrame,
    weights: pd.Series[float],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the perimeters in order before and after each change.

    ``base``, ``variants``: the study as it is, and changed. ``measure``: variant →
    table ``indicators``. ``compared``: perimeters to put in order. ``criteria``:
    `ranking_criteria`. ``weights``: the weights that count, the same before and after.
    Returns: the orders: ``stress_id``, ``label``, ``perimeter_id``, ``score_before``,
    ``score_after``, ``rank_before``, ``rank_after``, ``same_order`` (``oui`` or
    ``non``, for the whole variant), ``note``; and the criteria: ``stress_id``,
    ``perimeter_id``, ``indicator_id``, ``before``, ``after``. Ranks before are among
    the perimeters that are left after. Refused when no criterion counts.
    """
    before = _values(measure(base), compared, criteria)
    orders, figures = [], []
    for variant in variants:
        after = _values(measure(variant), compared, criteria)
        orders.append(
            _orders(variant, before, after, criteria=criteria, weights=weights)
        )
        names = counted_scores(after, weights).columns
        moved = pd.DataFrame(
            {
                "stress_id": variant.stress_id,
                "perimeter_id": np.repeat(after.index.to_numpy(dtype=str), len(names)),
                "indicator_id": np.tile(names.to_numpy(dtype=str), len(after)),
                "before": before[names].to_numpy().ravel(),
                "after": after[names].to_numpy().ravel(),
            }
        )
        figures.append(moved)
    return pd.concat(orders, ignore_index=True), pd.concat(figures, ignore_index=True)


def _values(
    indicators: pd.DataFrame, compared: Sequence[str], criteria: pd.DataFrame
) -> pd.DataFrame:
    return criteria_values(indicators, criteria).reindex(list(compared))


def _orders(
    one: Variant,
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    criteria: pd.DataFrame,
    weights: pd.Series[float],
) -> pd.DataFrame:
    totals = [
        weighted_scores(criteria_scores(values, criteria), weights)
        for values in (before, after)
    ]
    both = totals[0].notna() & totals[1].notna()
    first, then = (rank_scores(total.where(both)) for total in totals)
    same = first[both].tolist() == then[both].tolist()
    return pd.DataFrame(
        {
            "stress_id": one.stress_id,
            "label": one.label,
            "perimeter_id": before.index.to_numpy(dtype=str),
            "score_before": totals[0].to_numpy(),
            "score_after": totals[1].to_numpy(),
            "rank_before": first.to_numpy(),
            "rank_after": then.to_numpy(),
            "same_order": "oui" if same else "non",
            "note": one.note,
        }
    )
