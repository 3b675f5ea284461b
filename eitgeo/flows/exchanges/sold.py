"""Residues sold today: an exchange changes who buys them, and saves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

_SAME_WAY = {
    "disposal_km": "length_km",
    "haul_to_disposal_kgco2e_per_t": "haul_kgco2e_per_t",
}
"""What is not known of the way of a sold residue today, and what stands for it."""

_OUTLET = "disposal_heading"


def without_sold(
    terms: pd.DataFrame, rule_ids: pd.Series[str], sold: Collection[str]
) -> pd.DataFrame:
    """Count no gain on what is sold today.

    Parameters
    ----------
    terms
        As `lever_terms` returns them, with ``disposal_heading``.
    rule_ids
        The rule of each exchange, on the same index.
    sold
        Rules whose residue is sold today, as `sold_residues` names them.

    Returns
    -------
    pandas.DataFrame
        `terms` with, in the rows of those rules: nothing thrown away, nothing saved
        and nothing spent, as long a way today as tomorrow.

    Notes
    -----
    Its donor pays no outlet, and its buyer pays for another tonne what this one cost:
    to count the price of the outlet and the worth of the input would count a sale
    that is made already. Tonnes and distances of the exchange stay.
    """
    is_sold = rule_ids.isin(set(sold))
    ways = [*_SAME_WAY, *_SAME_WAY.values(), _OUTLET]
    gains = terms.columns.difference(ways, sort=False)
    counted = terms.assign(
        **{
            name: terms[name].mask(is_sold, terms[way])
            for name, way in _SAME_WAY.items()
        }
    )
    counted[gains] = counted[gains].mask(is_sold, 0.0)
    return counted.assign(**{_OUTLET: counted[_OUTLET].mask(is_sold, "")})
