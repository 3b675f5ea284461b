"""What residues do today: one that is used saves nothing, one that is left no gate."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.draws import draw_keys, stratified_uniforms
from eitgeo.flows.arisings.arising_draws import DrawLaw
from eitgeo.reference.naf import ANY_ACTIVITY

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

_SAME_WAY = {
    "disposal_km": "length_km",
    "haul_to_disposal_kgco2e_per_t": "haul_kgco2e_per_t",
}
"""What is not known of the way of a used residue today, and what stands for it."""
_OF_OUTLET = [
    "disposal_km",
    "disposal_eur_per_t",
    "disposal_tax_eur_per_t",
    "haul_to_disposal_eur_per_t",
    "haul_to_disposal_kgco2e_per_t",
    "landfill_share",
    "landfill_tax_eur_per_t",
    "syndicate_share",
]
"""What a residue that stays in place neither pays nor travels."""
_OF_TAKER = [
    "haul_eur_per_t",
    "processing_eur_per_t",
    "value_eur_per_t",
    "avoided_kgco2e_per_t",
]
_HEADING = "disposal_heading"
_LEFT = "laisse"
_OF_OTHERS = ("38", "39")
_BOUNDS = ("share_low", "share", "share_high")
_LEVELS = ["low", "mid", "high"]


def as_today(terms: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Count no gain on what is used today, and no outlet for what is left in place.

    ``terms``: as `lever_terms` returns them, with ``disposal_heading``. ``shares``: on
    the same index: ``used_share`` and ``left_share``, as `rule_outlets` tells them for
    the rule of each exchange. Returns: `terms` with, for the part that is used (sold,
    fed, spread): nothing thrown away, nothing saved and nothing spent, as long a way
    today as tomorrow; for the part that is left: no outlet and no way to it.

    Notes
    -----
    Who sells pays no outlet, and the buyer pays for another tonne what this one cost;
    what is spread costs its spreading, and another taker its preparation. To count
    the price of the outlet and the worth of the input would count a use that is made
    already. Tonnes and distances of the exchange stay.
    """
    used, left = shares["used_share"], shares["left_share"]
    thrown = terms.assign(
        **{name: terms[name] * (1.0 - left) for name in _OF_OUTLET},
    )
    ways = [*_SAME_WAY, *_SAME_WAY.values(), _HEADING]
    counted = thrown.assign(
        **{
            name: (1.0 - used) * thrown[name] + used * thrown[way]
            for name, way in _SAME_WAY.items()
        }
    )
    gains = [name for name in (*_OF_OUTLET, *_OF_TAKER) if name not in ways]
    counted[gains] = thrown[gains].mul(1.0 - used, axis="index").mask(used >= 1, 0.0)
    nowhere = used + left >= 1
    return counted.assign(**{_HEADING: counted[_HEADING].mask(nowhere, "")})


def secondary_share(naf: pd.Series[str]) -> pd.Series[float]:
    """Say what part of what a donor gives others threw away first: all of it, or none.

    Who collects, sorts or treats waste (NAF 38 and 39) gives what others made: where
    those give too, one tonne is proposed twice.

    Examples
    --------
    >>> secondary_share(pd.Series(["38.32Z", "37.00Z", "16.10A"])).tolist()
    [1.0, 0.0, 0.0]
    """
    return naf.str.startswith(_OF_OTHERS).astype(float)


def per_tonne_thrown(exchanges: pd.DataFrame) -> pd.DataFrame:
    """Give the terms of a tonne that is not used today back: `as_today`, undone.

    Returns: the same rows; where all is used, nothing of a tonne is known.
    """
    used = exchanges["used_share"]
    rest = (1.0 - used).where(used < 1)
    unmixed = exchanges.assign(
        **{
            name: exchanges[name] - used * exchanges[way]
            for name, way in _SAME_WAY.items()
        }
    )
    scaled = [*_OF_OUTLET, *_OF_TAKER]
    terms = unmixed[scaled].div(rest, axis="index").where(used < 1, 0.0)
    return unmixed.assign(**{name: terms[name] for name in scaled})


def rule_outlets(rules: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    """Say how much of the residue of each rule is used today, or left in place.

    Returns: on the index of `rules`: ``used_share`` (sold, used or spread) and
    ``left_share`` (0–1). A row tells a rule when it names its code and all of those who
    give; the first that does is taken.
    """
    shares = []
    for row in _rows_of_rules(rules, outlets):
        share = 0.0 if row is None else float(row["share"])
        is_left = row is not None and row["outlet"] == _LEFT
        shares.append((0.0, share) if is_left else (share, 0.0))
    columns = ["used_share", "left_share"]
    return pd.DataFrame(shares, index=rules.index, columns=columns, dtype=float)


def rule_uses(rules: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    """Say between which bounds the residue of each rule is used today.

    Returns: on the index of `rules`: ``use`` (codes and givers of the row that tells
    it; empty where no row does, or where it is sure), ``low``, ``mid``, ``high`` (0–1).
    """
    uses = [_use(row) for row in _rows_of_rules(rules, outlets)]
    return pd.DataFrame(uses, index=rules.index, columns=["use", *_LEVELS])


def _use(row: dict[Hashable, Any] | None) -> tuple[str, float, float, float]:
    if row is None or row["outlet"] == _LEFT or row["share_low"] == row["share_high"]:
        return "", 0.0, 0.0, 0.0
    low, mid, high = (float(row[name]) for name in _BOUNDS)
    return f"{row['waste_codes']}|{row['donors']}", low, mid, high


def use_factors(uses: pd.Series[str], bounds: pd.DataFrame, law: DrawLaw) -> Floats:
    """Draw which part of each residue is not used today, over what its middle leaves.

    Returns: draws × rows: one share a use and draw, between its bounds, half of the
    draws below its middle; 1 where nothing is unsure.

    Examples
    --------
    >>> from eitgeo.flows.arisings.arising_draws import DrawLaw
    >>> whey = pd.DataFrame(
    ...     {"use": ["whey"], "low": [0.5], "mid": [0.75], "high": [1.0]})
    >>> drawn = use_factors(pd.Series(["whey", ""]), whey, DrawLaw(1, 2))
    >>> sorted(drawn[:, 0].tolist()), drawn[:, 1].tolist()
    ([0.5, 1.5], [1.0, 1.0])
    """
    known = bounds[bounds["use"] != ""].drop_duplicates("use").set_index("use")
    known = known[known["mid"] < 1].sort_index()
    factors = np.ones((law.n_draws, len(uses)))
    if known.empty:
        return factors
    keys = draw_keys(known.index, seed=law.seed, source="usage")
    units = stratified_uniforms(keys, law.n_draws)
    for unit, (use, row) in zip(units, known[_LEVELS].iterrows(), strict=True):
        used = np.interp(unit, [0.0, 0.5, 1.0], row.to_numpy(float))
        is_use = (uses == use).to_numpy(np.bool_)
        factors[:, is_use] = ((1.0 - used) / (1.0 - row["mid"]))[:, None]
    return factors


def _rows_of_rules(
    rules: pd.DataFrame, outlets: pd.DataFrame
) -> Iterator[dict[Hashable, Any] | None]:
    """Find the first row that names the code of each rule and all who give."""
    by_code: dict[str, list[dict[Hashable, Any]]] = {}
    for row in outlets.to_dict("records"):
        for code in row["waste_codes"].split(";"):
            by_code.setdefault(code, []).append(row)
    for code, givers in zip(rules["low_code"], rules["source_naf"], strict=True):
        own_rows = (
            row
            for row in by_code.get(code, [])
            if _gives(str(row["donors"]), str(givers))
        )
        yield next(own_rows, None)


def _gives(donors: str, givers: str) -> bool:
    """Say whether prefixes name all activities of a list."""
    return donors == ANY_ACTIVITY or all(
        giver.startswith(tuple(donors.split(";"))) for giver in givers.split(";")
    )
