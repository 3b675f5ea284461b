"""What hangs on the needs of receivers: input per employee, share replaced, limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.flows.exchanges.needs import RATIO, resource_of
from eitgeo.flows.weights.parts import (
    EXCHANGED,
    amount_parts,
    factor_numbers,
    numbered,
    scaled_parts,
)
from eitgeo.sources.activity.cells import counts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

_PER_EMPLOYEE, _SHARE, _MOST = "t_per_employee", "max_share", "most_t_per_site"


def need_parts(
    exchanges: pd.DataFrame,
    needs: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    inputs: pd.DataFrame,
    factors: pd.DataFrame,
    n_draws: int,
) -> Iterator[pd.DataFrame]:
    """Say which exchanges go to a need that a factor makes.

    Parameters
    ----------
    exchanges
        As `exchange_rows` returns them, with ``asked_ewc`` (category of the rule) and
        ``use`` (its yield).
    needs
        Table ``receiver_needs``.
    sites
        ``site_id``, ``naf``, ``headcount_mid``, ``n_establishments``.
    inputs
        As `input_needs` returns them.
    factors
        As `flow_factors` returns them.
    n_draws
        Draws of who takes part.

    Yields
    ------
    pandas.DataFrame
        As `scaled_parts` returns it. A need at its low bound turns away what is above
        it, in each draw; at its high bound nothing more comes: the allocation is held.
    """
    asked = _asked(exchanges, needs, sites=sites, inputs=inputs)
    taken_t = exchanges.loc[asked.index, "t"] * exchanges.loc[asked.index, "use"]
    key = [asked["participation_draw"], asked["receiver_id"], asked["resource"]]
    inflow_t = n_draws * taken_t.groupby(key).transform("sum").to_numpy(float)
    rows = exchanges.loc[asked.index]
    name = asked["need_id"] + "|" + asked["resource"]
    for column in (_PER_EMPLOYEE, _SHARE):
        low = asked.assign(**{column: asked[f"{column}_low"]})
        left = np.minimum(1.0, _need_t(low) / np.maximum(inflow_t, 1e-12))
        number = numbered(factor_numbers(factors, "input_needs", column), name)
        yield scaled_parts(rows, number, low=left, high=np.ones(len(rows)))
    whole_t = asked["headcount"] * asked[_PER_EMPLOYEE] * asked[_SHARE]
    limited = asked["most_t"].le(whole_t)
    number = numbered(factor_numbers(factors, "input_needs", _MOST), name)
    hang = {one: rows[one].to_numpy(float) for one in EXCHANGED}
    yield amount_parts(rows, number.where(limited, -1), hang)


def _asked(
    exchanges: pd.DataFrame,
    needs: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """Give the exchanges whose receiver is known by a ratio what makes its need."""
    by_site = sites.set_index("site_id")
    receiver = exchanges["receiver_id"]
    told = resource_of(receiver.map(by_site["naf"]), exchanges["asked_ewc"], inputs)
    rows = exchanges[["receiver_id", "participation_draw"]].join(told)
    rows = rows.assign(
        headcount=receiver.map(by_site["headcount_mid"]).astype(float),
        most_t=rows[_MOST].fillna(np.inf) * counts_of(sites, receiver),
    )
    by_ratio = needs.loc[needs["method"].eq(RATIO), ["site_id", "resource"]]
    place = pd.MultiIndex.from_frame(rows[["receiver_id", "resource"]])
    return rows[place.isin(pd.MultiIndex.from_frame(by_ratio))]


def _need_t(asked: pd.DataFrame) -> Floats:
    """Return the need, as `estimated_needs` makes its middle."""
    whole = asked["headcount"] * asked[_PER_EMPLOYEE] * asked[_SHARE]
    need_t: Floats = whole.clip(upper=asked["most_t"]).to_numpy(float)
    return need_t
