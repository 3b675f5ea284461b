"""Where the waste of each EPCI would find its nearest legal outlet, in counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def outlet_lines(ways: pd.DataFrame, epci: Mapping[str, str]) -> pd.DataFrame:
    """Count the pairs of a target site and a kind of its waste, by nearest outlet.

    Parameters
    ----------
    ways
        ``code_insee``, ``outlet_id`` (missing: none is reached), ``minutes``, one row
        a pair: attribute ``outlet_ways`` of `Activity`.
    epci
        Commune → SIREN of its EPCI; others are left out.

    Returns
    -------
    pandas.DataFrame
        ``epci_siren``, ``outlet_id`` (empty: none), ``n_pairs``, ``minutes`` (median;
        NaN where none is reached), sorted.

    Notes
    -----
    Registers and rules alone: no tonne is counted, so that nobody's waste is told.

    Examples
    --------
    >>> import pandas as pd
    >>> ways = pd.DataFrame({"code_insee": ["a", "a", "b"],
    ...     "outlet_id": ["x", "x", None], "minutes": [10.0, 30.0, float("nan")]})
    >>> found = outlet_lines(ways, {"a": "1", "b": "2"})
    >>> found[["epci_siren", "outlet_id", "n_pairs", "minutes"]].values.tolist()
    [['1', 'x', 2, 20.0], ['2', '', 1, nan]]
    """
    rows = ways.assign(
        epci_siren=ways["code_insee"].map(epci),
        outlet_id=ways["outlet_id"].fillna("").astype("str"),
    )
    known = rows.dropna(subset="epci_siren")
    groups = known.groupby(["epci_siren", "outlet_id"])["minutes"]
    found = groups.agg(n_pairs="size", minutes="median").reset_index()
    return found.astype({"epci_siren": "str", "n_pairs": "int64"})
