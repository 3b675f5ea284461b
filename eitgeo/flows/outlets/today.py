"""What residues do today: one that is used saves nothing, one that is left no gate."""

from __future__ import annotations

import pandas as pd

from eitgeo.reference.rules import ANY_ACTIVITY

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
    "syndicate_fee_eur_per_t",
    "syndicate_cost_eur_per_t",
    "syndicate_tax_eur_per_t",
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


def as_today(terms: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Count no gain on what is used today, and no outlet for what is left in place.

    Parameters
    ----------
    terms
        As `lever_terms` returns them, with ``disposal_heading``.
    shares
        On the same index: ``used_share`` and ``left_share``, as `rule_outlets` tells
        them for the rule of each exchange.

    Returns
    -------
    pandas.DataFrame
        `terms` with, for the part that is used (sold, fed, spread): nothing thrown
        away, nothing saved and nothing spent, as long a way today as tomorrow; for
        the part that is left: no outlet and no way to it.

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


def per_tonne_thrown(exchanges: pd.DataFrame) -> pd.DataFrame:
    """Give the terms of a tonne that is not used today back: `as_today`, undone.

    Parameters
    ----------
    exchanges
        Table ``allocation``.

    Returns
    -------
    pandas.DataFrame
        The same rows; where all is used, nothing of a tonne is known.
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

    Parameters
    ----------
    rules
        As `synergy_rules` returns them.
    outlets
        As `current_outlets` returns them.

    Returns
    -------
    pandas.DataFrame
        On the index of `rules`: ``used_share`` (sold, used or spread) and
        ``left_share`` (0–1). A row tells a rule when it names its code and all of
        those who give; the first that does is taken.
    """
    listed = outlets.assign(low_code=outlets["waste_codes"].str.split(";"))
    rows = listed.explode("low_code").groupby("low_code")
    by_code = {str(code): of_code.to_dict("records") for code, of_code in rows}
    shares = []
    for code, givers in zip(rules["low_code"], rules["source_naf"], strict=True):
        known = (
            (str(row["outlet"]), float(row["share"]))
            for row in by_code.get(code, [])
            if _gives(str(row["donors"]), str(givers))
        )
        outlet, share = next(known, ("", 0.0))
        shares.append((0.0, share) if outlet == _LEFT else (share, 0.0))
    columns = ["used_share", "left_share"]
    return pd.DataFrame(shares, index=rules.index, columns=columns, dtype=float)


def _gives(donors: str, givers: str) -> bool:
    """Say whether prefixes name all activities of a list."""
    return donors == ANY_ACTIVITY or all(
        giver.startswith(tuple(donors.split(";"))) for giver in givers.split(";")
    )
