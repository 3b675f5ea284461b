"""Waste in the outlets that may take it, at the prices of the reference tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.flows.outlets.benefits import disposal_headings, disposal_prices
from eitgeo.flows.outlets.legal_outlets import (
    free_capacity_t,
    legal_pairs,
    lots,
    place_lots,
)
from eitgeo.flows.outlets.transport import cost_eur_per_t, vehicle_freight
from eitgeo.reference.exchange_terms import (
    heading_wastes,
    landfill_tax,
    latest_tax_year,
    marginal_tax_eur_per_t,
)
from eitgeo.reference.tables import freight_factors
from eitgeo.reference.waste import icpe_headings
from eitgeo.tables.columns import OD_REACHED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from eitgeo.flows.outlets.legal_outlets import Placed

SKIP = "hooklift_26t"
"""Vehicle of waste on its way to an outlet."""


@dataclass(frozen=True)
class Outlets:
    """The legal outlets of a study, and what they cost.

    Attributes
    ----------
    legal
        As `disposal_prices` reads it.
    placed
        Waste in its outlets.
    prices
        As `disposal_prices` returns them.
    headings
        As `disposal_headings` returns them.
    """

    legal: pd.DataFrame
    placed: Placed
    prices: pd.DataFrame
    headings: pd.Series[str]


def allowed_outlets(
    outlets: pd.DataFrame,
    arisings: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    od_matrix: pd.DataFrame,
    year: int,
    public_ids: Collection[str] = (),
) -> Outlets:
    """Place the waste of the area in the legal outlets within reach.

    Parameters
    ----------
    outlets
        Table ``outlets``.
    arisings
        Table ``arisings`` of the area.
    sites
        Table ``sites``.
    od_matrix
        Pairs by truck within the longest way of the study.
    year
        Year of the tax.
    public_ids
        Outlets that the waste syndicate of the study runs.

    Returns
    -------
    Outlets
        Legal pairs with their prices, flows and what is left.

    Raises
    ------
    StudyError
        When `outlets` does not hold one of `public_ids`.

    Notes
    -----
    The syndicate bills its users the rate of the year; what it owes above the
    threshold, which no bill tells apart from household waste, stays with it.
    """
    _require_known(public_ids, outlets)
    legal = legal_pairs(outlets, wastes=heading_wastes(), headings=icpe_headings())
    taken_t = outlets.set_index("outlet_id")["household_t"].fillna(0.0)
    loads = zip(legal["heading"], legal["outlet_id"].map(taken_t), strict=True)
    tax = _taxes(loads, year)
    is_public = legal["outlet_id"].isin(list(public_ids))
    usual = _taxes(((heading, 0.0) for heading in legal["heading"]), year)
    legal = legal.assign(
        price_eur_per_t=legal["gate_eur_per_t"] + tax,
        tax_eur_per_t=tax,
        rate_eur_per_t=usual,
        premium_eur_per_t=is_public * (np.array(tax) - usual),
        is_public=is_public,
    )
    waste = lots(arisings, sites)
    pairs = waste.drop(columns="t").merge(legal, on=["stream", "ewc_stat"])
    ways = pairs.merge(_ways(od_matrix), on=["code_insee", "outlet_id"], how="left")
    placed = place_lots(waste, ways, free_t=free_capacity_t(outlets))
    reference = priced_headings(year)
    return Outlets(
        legal,
        placed,
        disposal_prices(placed.flows, legal, reference, waste=waste),
        disposal_headings(placed.flows, legal, reference),
    )


def priced_headings(year: int) -> pd.DataFrame:
    """Price what each heading may take: `heading_wastes`, with the tax of a year.

    ``tax_eur_per_t`` and ``rate_eur_per_t`` (below the threshold), ``price_eur_per_t``
    (gate and tax).
    """
    known = heading_wastes()
    tax = _taxes(((heading, 0.0) for heading in known["heading"]), year)
    return known.assign(
        price_eur_per_t=known["gate_eur_per_t"] + tax,
        tax_eur_per_t=tax,
        rate_eur_per_t=tax,
    )


def _require_known(public_ids: Collection[str], outlets: pd.DataFrame) -> None:
    faults = Faults("flows.syndicate.outlets")
    for name in sorted(set(public_ids) - set(outlets["outlet_id"])):
        known = ", ".join(sorted(outlets["outlet_id"]))
        met = f"exutoire « {name} » inconnu, ou hors du territoire"
        faults.add(met, remedy=f"connus : {known}")
    faults.raise_if_any(StudyError)


def _taxes(loads: Iterable[tuple[str, float]], year: int) -> list[float]:
    """Tax of each heading and tonnage, each pair looked up once."""
    asked = list(loads)
    found = {load: _tax(load[0], year, load[1]) for load in set(asked)}
    return [found[load] for load in asked]


def _tax(heading: str, year: int, landfilled_t: float) -> float:
    """Tax of the last year that is known for the heading, up to one."""
    table = landfill_tax()
    if heading not in set(table["heading"]):
        return 0.0
    last = latest_tax_year(year, heading=heading)
    return marginal_tax_eur_per_t(last, heading=heading, landfilled_t=landfilled_t)


def _ways(od_matrix: pd.DataFrame) -> pd.DataFrame:
    near = od_matrix[od_matrix["status"].isin(OD_REACHED)]
    skip = vehicle_freight(freight_factors(), SKIP)
    cost = cost_eur_per_t(
        skip,
        length_m=near["length_m"].to_numpy(float),
        time_s=near["time_s"].to_numpy(float),
    )
    names = {"origin_id": "code_insee", "destination_id": "outlet_id"}
    columns = ["code_insee", "outlet_id", "length_m"]
    return near.rename(columns=names)[columns].assign(cost_eur_per_t=cost)
