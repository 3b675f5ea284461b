"""How the page recomputes each indicator: a kind of sum and what it sums.

The page knows kinds, not indicators: what is not listed here is read from the
published table, or said to need a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.disclosure.published import MAX_LEFT_PCT, MAX_UNSURE_PCT

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import pandas as pd


class ComparatorThresholds(NamedTuple):
    """What the study sets of the indicators.

    Attributes
    ----------
    animator_fte
        Full-time equivalents of animation.
    seat_minutes
        How far the seat may be [min].
    diversity_min_sites
        Target sites that make a NAF division count.
    families_min_donors
        Givers that make a family count.
    animator_band
        Target sites that one animator follows, least and most.
    waste_bodies
        Bodies that treat waste.
    """

    animator_fte: float
    seat_minutes: float
    diversity_min_sites: int
    families_min_donors: int
    animator_band: tuple[float, float]
    waste_bodies: tuple[str, ...]


def recipe_of(
    name: str,
    about: Mapping[Hashable, Any],
    *,
    thresholds: ComparatorThresholds,
    bodies: pd.DataFrame,
) -> dict[str, Any] | None:
    """Return how the page recomputes an indicator."""
    if about["kind"] == "offline":
        return None
    if about["secrecy"] == "blocks" and about["kind"] == "additive":
        return {"how": "blocks", "of": name}
    petr = bodies.loc[bodies["kind"] == "petr", "body_id"]
    known = _register_recipes(thresholds, sorted(petr))
    known["top_site_pct"] = {
        "how": "tranche",
        "of": "industry_jobs",
        "left": MAX_LEFT_PCT,
    }
    known["captured_pct"] = {
        "how": "cells",
        "of": name,
        "left": MAX_LEFT_PCT,
        "unsure": MAX_UNSURE_PCT,
    }
    return known.get(name)


def _register_recipes(
    thresholds: ComparatorThresholds, petr: Sequence[str]
) -> dict[str, dict[str, Any]]:
    seat = {"how": "seat", "minutes": thresholds.seat_minutes}
    return {
        "n_epci": {"how": "labels", "of": "epci", "plus": 0},
        "n_deliberations": {"how": "labels", "of": "epci", "plus": 1},
        "n_departements": {"how": "labels", "of": "dep", "plus": 0},
        "epci_whole_pct": {"how": "whole"},
        "n_petr": {"how": "bodies", "of": list(petr), "note": "whole"},
        "n_waste_bodies": {
            "how": "bodies",
            "of": list(thresholds.waste_bodies),
            "note": "unknown",
        },
        "body_fit_pct": {"how": "fit"},
        "confirmed_pct": {"how": "confirmed"},
        "target_sites": {"how": "count", "per": 1},
        "declared_sites": {"how": "sum", "of": "declare"},
        "sites_per_animator": {"how": "count", "per": thresholds.animator_fte},
        "naf_diversity": {
            "how": "distinct",
            "of": "division",
            "least": thresholds.diversity_min_sites,
        },
        "synergy_families": {
            "how": "distinct",
            "of": "famille",
            "least": thresholds.families_min_donors,
        },
        "seat_median_min": {**seat, "want": "median"},
        "seat_45min_pct": {**seat, "want": "share"},
        "two_seats_gain_pct": {**seat, "want": "gain"},
    }
