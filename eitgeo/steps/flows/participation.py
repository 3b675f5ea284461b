"""Allocate for other shares of receivers and donors: what hangs on who takes part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eitgeo.disclosure.levers import WITHHELD, exchange_firms, exchange_gains, is_safe
from eitgeo.flows.exchanges.levers import (
    ABOVE,
    BY_COUNT,
    BY_TONNE,
    reach_medians,
    reach_weights,
)
from eitgeo.flows.exchanges.market import Market, solve
from eitgeo.flows.exchanges.participation import DRAW
from eitgeo.ledger import Place
from eitgeo.library.study_exchanges import (
    StudyExchanges,
    markets_of_draws,
    priced_exchanges,
    study_exchanges,
)
from eitgeo.steps.log_words import about
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.words import NBSP, french_number

_SHARES = (0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 0.5, 1.0)
_DRAWN_TWICE = 0.1
"""Up to this share, who takes part moves the result: two draws are shown."""


@step(
    "Ce que change la part des entreprises qui prennent part",
    reads=("arisings", "needs"),
    writes=("participation",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``participation``: the receivers of a share are among those of the next."""
    exchanges = study_exchanges(project)
    tried = sorted({(share, donors) for share in _SHARES for donors in (share, 1.0)})
    drawn = [
        (shares, draw)
        for shares in tried
        for draw in range(1 + (shares[0] <= _DRAWN_TWICE))
    ]
    markets = [_market(project, exchanges, *one) for one in drawn]
    priced = priced_exchanges(project, exchanges, [solve(one) for one in markets])
    priced = priced.assign(eur_firms=exchange_gains(priced)["eur_firms"])
    firms = exchange_firms(priced, exchanges.tables["sites"])
    rows = []
    for number, ((share, donor_share), draw) in enumerate(drawn):
        made = priced[priced[DRAW].eq(number)]
        part = {"share": share, "donor_share": donor_share, "draw": draw}
        takers = markets[number].receivers.members["site_id"].nunique()
        rows.append(part | {"n_receivers": takers} | _sums(made, firms))
    table = pd.DataFrame(rows)
    write_table(project.processed, table, table="participation")
    both = table[table["donor_share"].eq(table["share"])]
    means = both.groupby("share")["t"].mean()
    return {
        f"si {french_number(100 * share)}{NBSP}% prennent part, aux deux bouts": about(
            float(means[share]), "t/an", Place("participation", f"{share:g}", "t")
        )
        for share in _SHARES
    }


def _market(
    project: Project,
    exchanges: StudyExchanges,
    shares: tuple[float, float],
    draw: int,
) -> Market:
    """Draw shares of receivers and donors."""
    share, of_donors = (np.array([one]) for one in shares)
    (market,) = markets_of_draws(
        project, exchanges, share, donor_shares=of_donors, turn=draw
    )
    return market


def _sums(made: pd.DataFrame, firms: Sequence[pd.Series[str]]) -> dict[str, object]:
    """Sum up the exchanges of a draw; `firms`: at either end of those of all draws."""
    medians = reach_medians(made["length_km"], made["t"])
    makers = reach_weights(made["t"]).assign(eur_firms=made["eur_firms"])
    ends = [end.loc[made.index] for end in firms]
    is_told = all(is_safe(of, ends) for _, of in makers.items())
    return {
        "n_exchanges": len(made),
        "t": made["t"].sum(),
        "eur_firms": made["eur_firms"].sum(),
        "median_km": medians[BY_COUNT],
        "median_km_10t": medians[ABOVE],
        "median_km_t": medians[BY_TONNE],
        "status": "chiffre" if is_told else WITHHELD,
        "evidence": "H",
    }
