"""The guarded tables: all that published figures of estimates are summed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from eitgeo.disclosure.blocks import guard_sums
from eitgeo.disclosure.draws import block_draws, with_drawn_levels
from eitgeo.disclosure.exchanges import guard_exchanges


@dataclass(frozen=True)
class Guarded:
    """What may be summed into published figures, whatever the perimeter.

    ``communes``: table ``communes_public``: which communes make each block or unit.
    ``blocks``: table ``blocks_public``: the sums of each block. ``exchanges``: table
    ``exchanges_public``: the tonnes between units. ``draws``: table
    ``block_draws_public``: the draws of blocks whose levels are percentiles.
    """

    communes: pd.DataFrame = field(repr=False)
    blocks: pd.DataFrame = field(repr=False)
    exchanges: pd.DataFrame = field(repr=False)
    draws: pd.DataFrame = field(repr=False)


def guard(
    amounts: Mapping[str, pd.DataFrame],
    ends: pd.DataFrame,
    *,
    communes: pd.DataFrame,
    borders: pd.DataFrame,
    firms: pd.Series[str],
    draws: Mapping[str, pd.DataFrame] | None = None,
) -> Guarded:
    """Cut estimates into blocks and exchanges into cells that may be published.

    Notes
    -----
    Blocks are safe whatever the perimeters are: a published figure is a sum of whole
    blocks, and unions of blocks that pass, pass (`passes`).
    Communes and sites alone say how they are cut, so that two editions that compare
    other perimeters say the same of each block. A perimeter that cuts blocks leaves
    its part of them out.

    What leaves is rounded to two significant figures here, and nowhere again before
    it is summed: sums made of it in different places are equal.
    """
    area = communes[communes["in_area"]].set_index("code_insee")["epci_siren"]
    members, blocks = guard_sums(amounts, communes, borders=borders, draws=draws)
    drawn_blocks = block_draws(members, draws or {})
    units, exchanges = guard_exchanges(
        ends,
        amounts=amounts["deposit_t"],
        blocks=members[members["indicator_id"] == "deposit_t"],
        firms=firms,
        epci=area.sort_index(),
    )
    return Guarded(
        communes=pd.concat([members, units], ignore_index=True),
        blocks=with_drawn_levels(blocks, drawn_blocks),
        exchanges=exchanges,
        draws=drawn_blocks,
    )
