"""What an exchange saves its firms: disposal avoided and input replaced, less costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.reference.exchange_terms import LANDFILL

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

MODEL, REFERENCE, UNKNOWN = "exutoire_admis", "prix_de_reference", "inconnu"
"""How the disposal that a lot avoids is known."""
_LOT = ["code_insee", "ewc_stat"]
_PER_T = {
    "price_eur_per_t": "disposal_eur_per_t",
    "tax_eur_per_t": "tax_eur_per_t",
    "premium_eur_per_t": "premium_eur_per_t",
    "is_landfill": "landfill_share",
    "landfill_tax_eur_per_t": "landfill_tax_eur_per_t",
    "is_public": "public_share",
}
"""Terms of a legal pair → means over the lot."""


def disposal_prices(
    flows: pd.DataFrame,
    legal: pd.DataFrame,
    reference: pd.DataFrame,
    *,
    waste: pd.DataFrame,
) -> pd.DataFrame:
    """Price what a tonne costs its site where it may go today.

    ``flows``: ``flows`` of `Placed`: ``code_insee``, ``stream``, ``ewc_stat``,
    ``outlet_id``, ``t``, ``length_m``, ``cost_eur``. ``legal``: ``outlet_id``,
    ``stream``, ``ewc_stat``, ``heading``, ``gate_eur_per_t``, ``tax_eur_per_t`` (on one
    more tonne, the part above the threshold included), ``rate_eur_per_t`` (that of the
    year), ``premium_eur_per_t`` (the part above, where the outlet is run by the
    syndicate and bears it), ``price_eur_per_t`` (gate and tax), ``is_public`` (run by
    it). ``reference``: ``ewc_stat``, ``heading``, ``gate_eur_per_t``,
    ``tax_eur_per_t``, ``rate_eur_per_t``, ``price_eur_per_t`` of any heading that may
    take it: the cheapest stands in for lots without an outlet. ``waste``: as
    :func:`eitgeo.flows.outlets.legal_outlets.lots` returns it: what is thrown away,
    placed or not. Returns: indexed by ``code_insee``, ``ewc_stat``:
    ``disposal_eur_per_t``, ``haul_eur_per_t``, ``length_m``, ``tax_eur_per_t``,
    ``premium_eur_per_t``, ``landfill_share`` and ``public_share`` (0–1),
    ``landfill_tax_eur_per_t`` (at the rate of the year), means over the whole lot,
    weighted by tonnes; ``lot_t``, all that the lot throws away [t/year]. Rows of ``""``
    hold the reference: no haul and no syndicate, so that what is unknown is not counted
    as avoided.
    """
    key = ["outlet_id", "stream", "ewc_stat"]
    priced = _priced(legal)
    rows = flows.merge(priced[[*key, *_PER_T]], on=key)
    t = rows["t"]
    amounts = {name: t * rows[name] for name in _PER_T}
    rows = rows.assign(t_m=t * rows["length_m"], **amounts)
    sums = rows.groupby(_LOT)[["t", "cost_eur", "t_m", *_PER_T]].sum()
    means = sums.div(sums["t"], axis=0)
    names = {**_PER_T, "cost_eur": "haul_eur_per_t", "t_m": "length_m"}
    placed = means.drop(columns="t").rename(columns=names)
    placed = placed.assign(lot_t=waste.groupby(_LOT)["t"].sum())
    cheap = reference.sort_values(["ewc_stat", "price_eur_per_t", "heading"])
    first = cheap.drop_duplicates("ewc_stat")
    usual = _priced(first.assign(is_public=False, premium_eur_per_t=0.0))
    usual = usual.rename(columns=_PER_T).assign(
        code_insee="", haul_eur_per_t=0.0, length_m=0.0, lot_t=0.0
    )
    return pd.concat([placed, usual.set_index(_LOT)[list(placed)]]).sort_index()


def _priced(pairs: pd.DataFrame) -> pd.DataFrame:
    """Say of each pair whether it is a landfill, and what tax it bears."""
    landfill = pairs["heading"].eq(LANDFILL).astype(float)
    return pairs.assign(
        is_public=pairs["is_public"].astype(float),
        is_landfill=landfill,
        landfill_tax_eur_per_t=landfill * pairs["rate_eur_per_t"],
    )


def disposal_headings(
    flows: pd.DataFrame, legal: pd.DataFrame, reference: pd.DataFrame
) -> pd.Series[str]:
    """Say under which heading most of each lot would go today.

    ``legal``: ``outlet_id``, ``stream``, ``ewc_stat``, ``heading``. ``reference``: as
    in :func:`disposal_prices`, with ``heading``. Returns: named ``heading``, indexed by
    ``code_insee``, ``ewc_stat``; rows of ``""`` hold the cheapest heading that may take
    the category anywhere.
    """
    key = ["outlet_id", "stream", "ewc_stat"]
    rows = flows.merge(legal[[*key, "heading"]], on=key)
    masses = rows.groupby([*_LOT, "heading"])["t"].sum().reset_index()
    most = masses.sort_values("heading", kind="stable").sort_values(
        "t", ascending=False, kind="stable"
    )
    placed = most.drop_duplicates(_LOT).set_index(_LOT)["heading"]
    cheap = reference.sort_values(["ewc_stat", "price_eur_per_t", "heading"])
    usual = cheap.drop_duplicates("ewc_stat").assign(code_insee="")
    both = pd.concat([placed, usual.set_index(_LOT)["heading"]])
    return both.astype("str").sort_index()


def lot_headings(nodes: pd.DataFrame, headings: pd.Series[str]) -> pd.Series[str]:
    """Look up the heading of each lot, then that of its category.

    ``nodes``: ``code_insee``, ``ewc_stat`` of each lot. ``headings``: as
    :func:`disposal_headings` returns them. Returns: on the index of `nodes`; empty
    where no heading may take it.
    """
    own = pd.MultiIndex.from_frame(nodes[_LOT])
    usual = pd.MultiIndex.from_frame(nodes[_LOT].assign(code_insee=""))
    first = headings.reindex(own).set_axis(nodes.index)
    second = headings.reindex(usual).set_axis(nodes.index)
    return first.fillna(second).fillna("").astype("str")


def avoided_disposal(nodes: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Give the disposal that each lot of residue avoids.

    ``nodes``: ``code_insee``, ``ewc_stat`` of each lot. ``prices``: as
    :func:`disposal_prices` returns them. Returns: on the index of `nodes`: the columns
    of `prices`; ``known``: ``exutoire_admis``, ``prix_de_reference``, or ``inconnu`` (0
    €/t: no heading takes it, and nothing is counted as avoided).
    """
    own = pd.MultiIndex.from_arrays([nodes["code_insee"], nodes["ewc_stat"]])
    usual = pd.MultiIndex.from_arrays(
        [pd.Series("", index=nodes.index, dtype="str"), nodes["ewc_stat"]]
    )
    first = prices.reindex(own).set_axis(nodes.index)
    second = prices.reindex(usual).set_axis(nodes.index)
    costs = first.fillna(second)
    known = np.select(
        [first["disposal_eur_per_t"].notna(), second["disposal_eur_per_t"].notna()],
        [MODEL, REFERENCE],
        UNKNOWN,
    )
    return costs.fillna(0.0).assign(known=known).astype({"known": "str"})
