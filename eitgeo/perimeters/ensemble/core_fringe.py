"""Core and fringe: how often each commune is in the contours that methods draw.

And how the methods that vote are called, in French; none is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from eitgeo.errors import InfeasibleError

ALL_FAMILIES = "ensemble"
"""The rows of all families together, each family with its voice."""

FULL_VOICE = 3
"""Contours from which a family weighs as much as another; below, that much less."""

ROUNDING = 1e-9
"""How far the mean of shares may be from what it would be without rounding."""

CORE_ABOVE = 0.8
"""Share of the contours above which a commune is in the core."""

FAMILIES = {
    "temps_de_route": "temps de route",
    "ward": "Ward",
    "skater": "SKATER",
    "maxp": "max-p",
    "communautes": "communautés d'échanges",
    "croissance": "croissance par les liens",
    "optimum": "contour par les échanges",
}
"""Families of methods, in French."""

LEFT_OUT_BY_QUICK = (
    "max-p, SKATER sauf trois découpages, les graines sauf une, les tirages de ratios "
    "sauf un et la recherche longue des contours par les échanges d'autres plafonds"
)
"""What a « rapide » study does not run, as its outputs say it."""


@dataclass(frozen=True)
class Vote:
    """A run of a method, and the contour that it draws around the root.

    ``run_id``, ``family``: which run, of which family of methods. ``parameters``: what
    it was run with, JSON-ready. ``codes``: communes of the contour; empty when it was
    refused. ``regions``: region of each commune, for methods that cut the whole
    territory. ``told``: what mending did. ``refusal``: why it draws none, French; empty
    when it does.
    """

    run_id: str
    family: str
    parameters: Mapping[str, object]
    codes: frozenset[str] = field(default=frozenset(), repr=False)
    regions: pd.Series[int] | None = field(default=None, repr=False)
    told: Mapping[str, object] = field(default_factory=dict)
    refusal: str = ""


def membership_frequency(votes: Sequence[Vote], codes: Iterable[str]) -> pd.DataFrame:
    """Count in how many contours of each family each commune is.

    ``votes``: the runs; those that were refused do not count. Returns: table
    ``membership_frequency``: ``code_insee``, ``family``, ``share`` (0 to 1),
    ``n_runs``. The family ``ensemble`` is the mean of the shares of families, not of
    runs: a family does not weigh more for having been run more often. One of fewer
    contours than :data:`FULL_VOICE` weighs that much less: one run never weighs as a
    family. Refused when no run draws a contour.

    Examples
    --------
    >>> drawn = [("a", "x"), ("a", "xy"), ("b", "x")]
    >>> votes = [Vote("", family, {}, frozenset(codes)) for family, codes in drawn]
    >>> found = membership_frequency(votes, "xy").set_index(["code_insee", "family"])
    >>> [float(found.loc[("y", one), "share"]) for one in ("a", "ensemble")]
    [0.5, 0.333...]
    """
    counted = [vote for vote in votes if not vote.refusal]
    if not counted:
        refusals = (
            " ; ".join(sorted({vote.refusal for vote in votes})) or "aucun calcul"
        )
        message = f"cœur et franges : aucun contour retenu ({refusals})"
        raise InfeasibleError(message)
    index = sorted(codes)
    shares = pd.DataFrame(
        {
            family: [
                np.mean(
                    [code in vote.codes for vote in counted if vote.family == family]
                )
                for code in index
            ]
            for family in sorted({vote.family for vote in counted})
        },
        index=pd.Index(index, name="code_insee"),
    )
    counts = pd.Series([vote.family for vote in counted]).value_counts()
    voice = counts.clip(upper=FULL_VOICE)
    shares[ALL_FAMILIES] = shares.mul(voice).sum(axis=1) / voice.sum()
    counts[ALL_FAMILIES] = len(counted)
    table = shares.reset_index().melt(
        "code_insee", var_name="family", value_name="share"
    )
    return table.assign(n_runs=table["family"].map(counts).astype("int64"))


def core_of(frequency: pd.DataFrame) -> frozenset[str]:
    """Return the communes that most contours hold, all families together.

    Returns: those whose share is above :data:`CORE_ABOVE`, rounding of means apart.
    """
    in_core = frequency["family"].eq(ALL_FAMILIES) & frequency["share"].gt(
        CORE_ABOVE + ROUNDING
    )
    return frozenset(frequency.loc[in_core, "code_insee"])
