"""Allocate for other shares of receivers and donors: what hangs on who takes part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.disclosure.levers import WITHHELD, exchange_firms, exchange_gains, is_safe
from eitgeo.flows.exchanges.drawn_markets import solve
from eitgeo.flows.exchanges.levers import (
    ABOVE,
    BY_COUNT,
    BY_TONNE,
    reach_medians,
    reach_weights,
)
from eitgeo.flows.exchanges.participation import DRAW
from eitgeo.ledger import Place
from eitgeo.library.study_exchanges import (
    markets_of_draws,
    priced_exchanges,
    study_exchanges,
)
from eitgeo.steps.log_words import about
from eitgeo.steps.step import step
from eitgeo.tables.files import write_table
from eitgeo.words import NBSP, french_number

if TYPE_CHECKING:
    from eitgeo.flows.exchanges.market import Market
    from eitgeo.library.study_exchanges import StudyExchanges
    from eitgeo.study.project import Project

_SHARES = (0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 0.5, 1.0)
_BOTH = (0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 0.5)
"""Shares at which donors are drawn too."""
_DRAWN_TWICE = 0.1
"""Up to this share, who takes part moves the result: two draws are shown."""


@step(
    "Ce que change la part des preneurs qui prennent part",
    reads=(
        "arisings",
        "byproducts",
        "communes",
        "membership",
        "needs",
        "od_matrix",
        "outlets",
        "road_places",
        "site_cells",
        "sites",
    ),
    writes=("participation",),
    settings=(
        "comparison.waste_bodies",
        "flows",
        "identity.edition",
        "identity.seed",
        "roads",
        "territory",
    ),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``participation``: the receivers of a share are among those of the next."""
    exchanges = study_exchanges(project)
    both = [*((share, 1.0) for share in _SHARES), *((share, share) for share in _BOTH)]
    tried = [
        (*shares, draw)
        for shares in both
        for draw in range(1 + (shares[0] <= _DRAWN_TWICE))
    ]
    solved = [solve(_market(project, exchanges, *one)) for one in tried]
    priced = priced_exchanges(project, exchanges, solved)
    priced = priced.assign(eur_firms=exchange_gains(priced)["eur_firms"])
    firms = exchange_firms(priced, exchanges.tables["sites"])
    rows = [
        {
            "share": share,
            "donor_share": donor_share,
            "draw": draw,
            "n_receivers": solved[number].market.receivers.members["site_id"].nunique(),
            **_sums(priced[priced[DRAW].eq(number)], firms),
        }
        for number, (share, donor_share, draw) in enumerate(tried)
    ]
    table = pd.DataFrame(rows)
    write_table(project.processed, table, table="participation")
    means = table[table["donor_share"].eq(1)].groupby("share")["t"].mean()
    return {
        f"si {french_number(100 * share)}{NBSP}% prennent part": about(
            float(means[share]), "t/an", Place("participation", f"{share:g}", "t")
        )
        for share in _SHARES
    }


def _market(
    project: Project,
    exchanges: StudyExchanges,
    share: float,
    donor_share: float,
    draw: int,
) -> Market:
    """Draw shares of receivers and donors."""
    (market,) = markets_of_draws(
        project,
        exchanges,
        np.array([share]),
        donor_shares=np.array([donor_share]),
        turn=draw,
    )
    return market


def _sums(table: pd.DataFrame, firms: list[pd.Series[str]]) -> dict[str, object]:
    """Sum up what is exchanged in one draw; ``firms``: of all draws."""
    medians = reach_medians(table["length_km"], table["t"])
    gains = table["eur_firms"]
    makers = reach_weights(table["t"]).assign(eur_firms=gains)
    ends = [of_end.loc[table.index] for of_end in firms]
    is_told = all(is_safe(of, ends) for _, of in makers.items())
    return {
        "n_exchanges": len(table),
        "t": table["t"].sum(),
        "eur_firms": gains.sum(),
        "median_km": medians[BY_COUNT],
        "median_km_10t": medians[ABOVE],
        "median_km_t": medians[BY_TONNE],
        "status": "chiffre" if is_told else WITHHELD,
        "evidence": "H",
    }
