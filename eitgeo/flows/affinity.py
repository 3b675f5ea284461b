"""How much two communes would exchange."""

from __future__ import annotations

import numpy as np
import pandas as pd


def flows_between(synergies: pd.DataFrame) -> pd.DataFrame:
    """Sum exchanges over rules, donor to taker.

    Parameters
    ----------
    synergies
        Table ``synergies``.

    Returns
    -------
    pandas.DataFrame
        ``donor_id``, ``receiver_id``, ``t_mid`` [t/year].
    """
    pairs = synergies.groupby(["donor_id", "receiver_id"])["t_mid"].sum()
    return pairs.reset_index()


def affinity(synergies: pd.DataFrame) -> pd.DataFrame:
    """Sum what two communes exchange, both ways.

    Parameters
    ----------
    synergies
        Table ``synergies``; donors and takers are communes.

    Returns
    -------
    pandas.DataFrame
        Table ``affinity``: ``code_a`` ≤ ``code_b`` and tonnes per year. The sum
        over the table is the sum over the exchanges.

    Examples
    --------
    >>> exchanges = pd.DataFrame({"donor_id": ["31001", "31002"],
    ...     "receiver_id": ["31002", "31001"], "t_mid": [3.0, 4.0]})
    >>> affinity(exchanges).to_dict("records")
    [{'code_a': '31001', 'code_b': '31002', 't_mid': 7.0}]
    """
    pairs = flows_between(synergies)
    donor = pairs["donor_id"].to_numpy(dtype=object)
    receiver = pairs["receiver_id"].to_numpy(dtype=object)
    table = pd.DataFrame(
        {
            "code_a": pd.Series(np.minimum(donor, receiver), dtype="str"),
            "code_b": pd.Series(np.maximum(donor, receiver), dtype="str"),
            "t_mid": pairs["t_mid"].to_numpy(dtype=float),
        }
    )
    return table.groupby(["code_a", "code_b"])["t_mid"].sum().reset_index()
