"""Sites, jobs, waste and exchanges inside a perimeter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.scenarios.measures.governance import figure, ratio_pct
from eitgeo.words import round_significant

if TYPE_CHECKING:
    from eitgeo.scenarios.measures.activity import Activity
    from eitgeo.scenarios.measures.governance import Figures
    from eitgeo.study.sections import Comparison


_LITTLE_T = 1e-9


def fabric_figures(
    activity: Activity, held: np.ndarray, *, comparison: Comparison
) -> Figures:
    """Count target sites and jobs, and read how diverse and how dependent they are.

    Notes
    -----
    A site counts where its smallest possible headcount reaches the threshold. One
    whose interval straddles it is in the upper bound. One of unknown size is in no
    bound: it is counted apart, in the note, since most rows of a register that tell
    no size have no employee. Where nobody is known to count and sizes are unknown,
    there is no value rather than zero.
    """
    jobs = _interval(activity, activity.industry, held, "headcount")
    target = _possible_counts(activity, held)
    by_division = held @ activity.by_label(_with_division(activity.target), "division")
    diverse = (by_division >= comparison.diversity_min_sites).sum(axis=1)
    biggest = _largest(activity, activity.industry, "headcount_mid")
    top = np.where(held, biggest, 0.0).max(axis=1, initial=0.0)
    share = ratio_pct(top, jobs["value"].to_numpy())
    a_head = target.assign(**target[_LEVELS] / comparison.animator_fte)
    return {
        "target_sites": target,
        "declared_sites": figure(held @ activity.by_commune(activity.declared)),
        "industry_jobs": jobs,
        "naf_diversity": figure(
            np.where(target["value"].isna(), np.nan, diverse), target["note"].tolist()
        ),
        "top_site_pct": figure(share),
        "sites_per_animator": a_head,
    }


_LEVELS = ["value", "low", "high"]


def _possible_counts(activity: Activity, held: np.ndarray) -> pd.DataFrame:
    """Count target sites, those that may be, and in the note those of unknown size."""
    is_unsized = activity.unsure["unsized"].astype(bool)
    sure, more, unknown = (
        held @ activity.by_commune(rows)
        for rows in (
            activity.target,
            activity.unsure[~is_unsized],
            activity.unsure[is_unsized],
        )
    )
    table = figure(sure, [_apart(int(n)) for n in unknown])
    table["high"] = sure + more
    table.loc[(table["high"] == 0) & (unknown > 0), _LEVELS] = np.nan
    return table


def _apart(n_unsized: int) -> str:
    if n_unsized == 0:
        return ""
    plural = "s" if n_unsized > 1 else ""
    return f"à part : {n_unsized} établissement{plural} d'effectif inconnu"


def _with_division(sites: pd.DataFrame) -> pd.DataFrame:
    return sites.assign(division=sites["naf"].str[:2])


def matter_figures(activity: Activity, held: np.ndarray, *, min_givers: int) -> Figures:
    """Sum potential waste, the exchanges kept inside, and families in reach."""
    donor = activity.codes.get_indexer(pd.Index(activity.exchanges["donor_id"]))
    taker = activity.codes.get_indexer(pd.Index(activity.exchanges["receiver_id"]))
    tonnes = activity.exchanges["t_mid"].to_numpy(dtype=float)
    given = held[:, donor].astype(float) @ tonnes
    both = held[:, donor] & held[:, taker] & (taker >= 0)
    kept = both.astype(float) @ tonnes
    captured = figure(ratio_pct(kept, given))
    captured[["low", "high"]] = np.nan
    found = {
        "deposit_t": _deposit(activity, held),
        "captured_pct": captured,
        "synergy_families": families_in_reach(activity, held, min_givers=min_givers),
    }
    if activity.levers is None:
        return found
    share = kept / max(float(tonnes.sum()), _LITTLE_T)
    return found | lever_figures(share, activity.levers)


def families_in_reach(
    activity: Activity, held: np.ndarray, *, min_givers: int
) -> pd.DataFrame:
    """Count the families of synergies that enough givers inside have a taker for."""
    families, told = (
        (held @ activity.by_label(one.families, "family") >= min_givers).sum(axis=1)
        for one in (activity, activity.documented())
    )
    return with_doubt(figure(families), told)


LEVER_INDICATORS = {
    "landfill_t": ("landfill_t", 1.0),
    "tkm_avoided": ("tkm_avoided", 1.0),
    "co2_avoided": ("tco2e_avoided", 1.0),
    "eur_net": ("eur_total", 1e-3),
}
"""Indicator → lever of the whole study, and what its unit is multiplied by."""
_NET, _FIRMS, _SYNDICATE = "eur_net", "eur_firms", "eur_syndicate"
_FIRMS_ALONE = "entreprises seules : la part du syndicat n'est pas dite"


def lever_levels(levers: pd.DataFrame) -> pd.DataFrame:
    """Lay out the levers of the whole study as indicators name them.

    Parameters
    ----------
    levers
        ``lever``, ``low``, ``mid``, ``high``: those that may be told.

    Returns
    -------
    pandas.DataFrame
        Indexed by indicator: ``value``, ``low``, ``high``; NaN where not told. Those
        of firms and of the syndicate make ``eur_net``, in ``firms`` and
        ``syndicate`` [k€/year]; where the total is not told, it is that of firms.
    """
    table = levers.set_index("lever")[["mid", "low", "high"]].set_axis(_LEVELS, axis=1)
    rows = {
        name: table.reindex([lever]).iloc[0] * unit
        for name, (lever, unit) in LEVER_INDICATORS.items()
    }
    unit = LEVER_INDICATORS[_NET][1]
    parts = table.reindex([_FIRMS, _SYNDICATE]) * unit
    if np.isnan(rows[_NET]["value"]):
        rows[_NET] = parts.T[_FIRMS]
        parts = parts.assign(value=np.nan)
    found = pd.DataFrame(rows).T.assign(firms=np.nan, syndicate=np.nan)
    found.loc[_NET, ["firms", "syndicate"]] = parts["value"].to_numpy()
    return found


def lever_figures(kept_share: np.ndarray, levels: pd.DataFrame) -> Figures:
    """Give each perimeter its part of the levers of the whole study.

    Parameters
    ----------
    kept_share
        Tonnes exchanged inside each perimeter ÷ all that are exchanged (0–1).
    levels
        As :func:`lever_levels` returns them.

    Returns
    -------
    dict
        ``landfill_t``, ``tkm_avoided``, ``co2_avoided``, ``eur_net``.

    Notes
    -----
    ``lever × share of tonnes``: in proportion, since a lever of few firms may not be
    told; nothing is said here that the lever and the tonnes do not say.
    """
    return {
        str(name): pd.DataFrame(
            {level: kept_share * float(row[level]) for level in _LEVELS}
        ).assign(note=_lever_notes(str(name), kept_share, row))
        for name, row in levels.iterrows()
    }


def _lever_notes(name: str, kept_share: np.ndarray, row: pd.Series[float]) -> list[str]:
    """Say what firms and the syndicate make of the balance, one figure each."""
    if name != _NET or np.isnan(row["value"]):
        return [""] * len(kept_share)
    if np.isnan(row["firms"]) or np.isnan(row["syndicate"]):
        return [_FIRMS_ALONE] * len(kept_share)
    return [
        "dont entreprises, de l'ordre de "
        f"{_one_figure(share * row['firms'])} k€/an, et syndicat, de l'ordre de "
        f"{_one_figure(share * row['syndicate'])} k€/an"
        for share in kept_share
    ]


def _one_figure(amount: float) -> str:
    rounded = round_significant(float(amount), 1)
    return f"{rounded:,.0f}".replace(",", "\u202f").replace("-", "−")


def with_doubt(table: pd.DataFrame, documented: np.ndarray) -> pd.DataFrame:
    """Say which share of a count no source tells."""
    counted = table["value"].to_numpy(dtype=float)
    share = ratio_pct(counted - documented, counted)
    return table.assign(doubt_pct=np.nan_to_num(share))


def _deposit(activity: Activity, held: np.ndarray) -> pd.DataFrame:
    """Give P10, mean and P90 of the total: errors of sites cancel out in part."""
    if activity.draws is None or activity.draws.empty:
        return _interval(activity, activity.deposit, held, "t")
    seen = _interval(activity, activity.observed, held, "t")
    found = draw_levels(held.astype(float) @ activity.draws.to_numpy(dtype=float))
    return seen.assign(**{name: seen[name] + found[name] for name in _LEVELS})


def draw_levels(draws: np.ndarray) -> pd.DataFrame:
    """Give the P10, the mean and the P90 of each row of draws.

    Parameters
    ----------
    draws
        Shape (rows, draws).

    Returns
    -------
    pandas.DataFrame
        ``low``, ``value``, ``high``; 0 where nothing was drawn.

    Notes
    -----
    The mean of a sum is the sum of the means: values add up over any partition, which
    medians do not. The bounds do not add up: errors cancel out in part.

    Examples
    --------
    >>> two = np.array([[0.0, 1.0, 8.0], [5.0, 1.0, 0.0]])
    >>> draw_levels(np.vstack([two, two.sum(axis=0)]))["value"].tolist()
    [3.0, 2.0, 5.0]
    """
    if draws.shape[1] == 0:
        draws = np.zeros((len(draws), 1))
    low, high = np.percentile(draws, [10, 90], axis=1)
    return pd.DataFrame({"value": draws.mean(axis=1), "low": low, "high": high})


def _interval(
    activity: Activity, frame: pd.DataFrame, held: np.ndarray, stem: str
) -> pd.DataFrame:
    sums = {
        name: held @ activity.by_commune(frame, f"{stem}_{level}")
        for name, level in (("value", "mid"), ("low", "low"), ("high", "high"))
    }
    return pd.DataFrame(sums).assign(note="")


def _largest(activity: Activity, frame: pd.DataFrame, value: str) -> np.ndarray:
    largest = frame.groupby("code_insee")[value].max()
    return largest.reindex(activity.codes, fill_value=0.0).to_numpy(dtype=float)
