"""What an exchange saves its firms: disposal avoided and input replaced, less costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

MODEL, REFERENCE, UNKNOWN = "exutoire_admis", "prix_de_reference", "inconnu"
"""How the disposal that a lot avoids is known."""
_LOT = ["code_insee", "ewc_stat"]


def disposal_prices(
    flows: pd.DataFrame, legal: pd.DataFrame, reference: pd.DataFrame
) -> pd.DataFrame:
    """Price what a tonne costs its site where it may go today.

    Parameters
    ----------
    flows
        ``flows`` of :class:`eitgeo.flows.Placed`: ``code_insee``, ``stream``,
        ``ewc_stat``, ``outlet_id``, ``t``, ``length_m``, ``cost_eur``.
    legal
        ``outlet_id``, ``stream``, ``ewc_stat``, ``price_eur_per_t`` (gate and tax).
    reference
        ``ewc_stat``, ``price_eur_per_t`` (gate and tax) of any heading that may take
        it: the cheapest stands in for lots without an outlet.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``code_insee``, ``ewc_stat``: ``disposal_eur_per_t``,
        ``haul_eur_per_t``, ``length_m``, means weighted by tonnes. Rows of ``""`` hold
        the reference: no haul, so that what is unknown is not counted as avoided.
    """
    key = ["outlet_id", "stream", "ewc_stat"]
    rows = flows.merge(legal[[*key, "price_eur_per_t"]], on=key)
    rows = rows.assign(
        disposal_eur=rows["t"] * rows["price_eur_per_t"],
        t_m=rows["t"] * rows["length_m"],
    )
    sums = rows.groupby(_LOT)[["t", "disposal_eur", "cost_eur", "t_m"]].sum()
    placed = pd.DataFrame(
        {
            "disposal_eur_per_t": sums["disposal_eur"] / sums["t"],
            "haul_eur_per_t": sums["cost_eur"] / sums["t"],
            "length_m": sums["t_m"] / sums["t"],
        }
    )
    cheapest = reference.groupby("ewc_stat")["price_eur_per_t"].min()
    usual = pd.DataFrame({"disposal_eur_per_t": cheapest})
    usual = usual.assign(haul_eur_per_t=0.0, length_m=0.0).reset_index()
    usual = usual.assign(code_insee="").set_index(_LOT)
    return pd.concat([placed, usual]).sort_index()


def disposal_headings(
    flows: pd.DataFrame, legal: pd.DataFrame, reference: pd.DataFrame
) -> pd.Series[str]:
    """Say under which heading most of each lot would go today.

    Parameters
    ----------
    flows
        As in :func:`disposal_prices`.
    legal
        ``outlet_id``, ``stream``, ``ewc_stat``, ``heading``.
    reference
        As in :func:`disposal_prices`, with ``heading``.

    Returns
    -------
    pandas.Series of str
        Named ``heading``, indexed by ``code_insee``, ``ewc_stat``; rows of ``""`` hold
        the cheapest heading that may take the category anywhere.
    """
    key = ["outlet_id", "stream", "ewc_stat"]
    rows = flows.merge(legal[[*key, "heading"]], on=key)
    masses = rows.groupby([*_LOT, "heading"])["t"].sum().reset_index()
    most = masses.sort_values("heading").sort_values(
        "t", ascending=False, kind="stable"
    )
    placed = most.drop_duplicates(_LOT).set_index(_LOT)["heading"]
    cheap = reference.sort_values(["ewc_stat", "price_eur_per_t", "heading"])
    usual = cheap.drop_duplicates("ewc_stat").assign(code_insee="")
    both = pd.concat([placed, usual.set_index(_LOT)["heading"]])
    return both.astype("str").sort_index()


def lot_headings(nodes: pd.DataFrame, headings: pd.Series[str]) -> pd.Series[str]:
    """Look up the heading of each lot, then that of its category.

    Parameters
    ----------
    nodes
        ``code_insee``, ``ewc_stat`` of each lot.
    headings
        As :func:`disposal_headings` returns them.

    Returns
    -------
    pandas.Series of str
        On the index of `nodes`; empty where no heading may take it.
    """
    own = pd.MultiIndex.from_frame(nodes[_LOT])
    usual = pd.MultiIndex.from_frame(nodes[_LOT].assign(code_insee=""))
    first = headings.reindex(own).set_axis(nodes.index)
    second = headings.reindex(usual).set_axis(nodes.index)
    return first.fillna(second).fillna("").astype("str")


def avoided_disposal(nodes: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Give the disposal that each lot of residue avoids.

    Parameters
    ----------
    nodes
        ``code_insee``, ``ewc_stat`` of each lot.
    prices
        As :func:`disposal_prices` returns them.

    Returns
    -------
    pandas.DataFrame
        On the index of `nodes`: ``disposal_eur_per_t``, ``haul_eur_per_t``,
        ``length_m``; ``known``: ``exutoire_admis``, ``prix_de_reference``, or
        ``inconnu`` (0 €/t: no heading takes it, and nothing is counted as avoided).
    """
    own = pd.MultiIndex.from_arrays([nodes["code_insee"], nodes["ewc_stat"]])
    usual = pd.MultiIndex.from_arrays(
        [pd.Series("", index=nodes.index, dtype="str"), nodes["ewc_stat"]]
    )
    first = prices.reindex(own).set_axis(nodes.index)
    second = prices.reindex(usual).set_axis(nodes.index)
    found = first.fillna(second)
    known = np.select(
        [first["disposal_eur_per_t"].notna(), second["disposal_eur_per_t"].notna()],
        [MODEL, REFERENCE],
        UNKNOWN,
    )
    return found.fillna(0.0).assign(known=known).astype({"known": "str"})
