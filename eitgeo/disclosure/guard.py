"""The guarded tables: all that published figures of estimates are summed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.disclosure.blocks import contour_kinds, guard_sums
from eitgeo.disclosure.draws import block_draws, with_drawn_levels
from eitgeo.disclosure.exchanges import guard_exchanges
from eitgeo.disclosure.published import kept_shares
from eitgeo.perimeters import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    Cut = tuple[pd.DataFrame, pd.DataFrame]


@dataclass(frozen=True)
class Guarded:
    """What may be summed into published figures, whatever the perimeter.

    Attributes
    ----------
    communes
        Table ``communes_public``: which communes make each block or unit.
    blocks
        Table ``blocks_public``: the sums of each block.
    exchanges
        Table ``exchanges_public``: the tonnes between units.
    draws
        Table ``block_draws_public``: the draws of blocks whose levels are percentiles.
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
    perimeter_communes: pd.DataFrame,
    firms: pd.Series[str],
    draws: Mapping[str, pd.DataFrame] | None = None,
) -> Guarded:
    """Cut estimates into blocks and exchanges into cells that may be published.

    Parameters
    ----------
    amounts
        As :func:`eitgeo.scenarios.site_amounts` returns it.
    ends
        Table ``exchange_ends``.
    communes, borders, perimeter_communes
        Tables of the same names.
    firms
        Firm of each site, indexed by ``site_id``.
    draws
        Indicator → what its estimates make of each commune (row) in each draw; the
        levels of its blocks are then the percentiles of their draws.

    Returns
    -------
    Guarded
        The tables, sorted.

    Notes
    -----
    Blocks are safe whatever the perimeters are: a published figure is a sum of whole
    blocks, and unions of blocks that pass, pass (:func:`eitgeo.disclosure.passes`).
    The perimeters only choose, among safe cuts, one that fits their contours. A
    contour that cuts EPCI is left out of that choice for exchanges where it would cost
    a perimeter the share that is told without it: it pays for its own secrecy.
    """
    area = communes[communes["in_area"]].set_index("code_insee")["epci_siren"]
    kinds = contour_kinds(area.index, perimeter_communes)
    members, blocks = guard_sums(amounts, communes, borders=borders, kinds=kinds)
    drawn = block_draws(members, draws or {})
    units, exchanges = _exchange_cut(
        lambda kinds: guard_exchanges(
            ends,
            amounts=amounts["deposit_t"],
            blocks=members[members["indicator_id"] == "deposit_t"],
            firms=firms,
            epci=area.sort_index(),
            kinds=kinds,
        ),
        perimeter_communes=perimeter_communes,
        area=area,
    )
    return Guarded(
        communes=pd.concat([members, units], ignore_index=True),
        blocks=with_drawn_levels(blocks, drawn),
        exchanges=exchanges,
        draws=drawn,
    )


def _exchange_cut(
    cut: Callable[[pd.Series[int]], Cut],
    *,
    perimeter_communes: pd.DataFrame,
    area: pd.Series[str],
) -> Cut:
    """Cut exchanges along whole EPCI, then along contours that cost no share told.

    One after the other by name; a contour may cost its own: it is then left out too.
    """
    rows = perimeter_communes[perimeter_communes["code_insee"].isin(area.index)]
    held = rows.groupby("perimeter_id")["code_insee"].agg(frozenset)
    everyone = [
        Candidate(str(name), str(name), "structure", codes)
        for name, codes in held.items()
    ]

    def told(names: list[str]) -> tuple[Cut, np.ndarray]:
        kept = rows["perimeter_id"].isin(names)
        found = cut(contour_kinds(area.index, rows[kept]))
        return found, kept_shares(*found, everyone)[0]["value"].notna().to_numpy()

    sizes = area.value_counts()
    is_whole = held.map(lambda codes: _holds_whole_epci(area, codes, sizes))
    names = [*held.index[is_whole]]
    found, shown = told(names)
    for name in sorted(held.index[~is_whole]):
        finer, others = told([*names, name])
        if not (shown & ~others).any():
            found, shown, names = finer, others, [*names, name]
    return found


def _holds_whole_epci(
    area: pd.Series[str], codes: frozenset[str], sizes: pd.Series[int]
) -> bool:
    inside = area[area.index.isin(codes)].value_counts()
    return bool(inside.eq(sizes.reindex(inside.index)).all())
