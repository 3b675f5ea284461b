"""Activities and sizes drawn inside the counts: once to be shown, many times to tell.

Each slot draws by its own name (``eitgeo.draws``): another slot, or the order of rows,
changes nothing of it but the share of what its cell has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from eitgeo.draws import draw_keys, plain_uniforms
from eitgeo.reference.naf import urssaf_sector
from eitgeo.sources.sites.shared_out import brought_to
from eitgeo.sources.sites.synthetic import BANDS, SIZE_PROFILES

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from eitgeo.sources.sites.counted_cells import Cells

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_DIVISION = 2
_COMMON_PROFILE = "small"
"""Of an activity whose division is not in the mix."""


@dataclass(frozen=True)
class SlotDraws:
    """Draws of slots.

    Attributes
    ----------
    naf
        Activities, that ``activity`` points to.
    activity, headcount
        Shape (draws, slots).
    """

    naf: npt.NDArray[np.str_] = field(repr=False)
    activity: Ints = field(repr=False)
    headcount: Ints = field(repr=False)


def slot_draws(
    cells: Cells, sector_mix: pd.DataFrame, *, seed: int, source: str, n_draws: int
) -> SlotDraws:
    """Draw the activity and the headcount of each slot.

    Parameters
    ----------
    cells
        As `counted_cells` returns them.
    sector_mix
        ``naf``, ``per_1000_employers``, ``size_profile``.
    seed, source
        What the draws depend on, beside the names of the slots.
    n_draws
        Number of draws.

    Returns
    -------
    SlotDraws
        In each draw, the slots of a group have its employees, exactly.

    Notes
    -----
    Activity: where it is not known, that of the mix, inside the sector. Size: a band
    of the profile of the activity, log-uniform inside it, then brought to the total of
    the group: each slot has an employee at least where there are enough. Known sites
    have the largest sizes of their group (a working assumption: who is named by a
    register or the press is not among the small ones), in an order that is drawn.
    """
    keys = draw_keys(cells.slots["name"], seed=seed, source=source)
    unit = plain_uniforms(keys, 3 * n_draws).T
    naf = np.array(sorted({*sector_mix["naf"], *cells.slots["naf"]} - {""}), dtype=str)
    activity = _activities(cells, sector_mix, naf, unit[:n_draws])
    up_to = np.cumsum(_profiles(naf, sector_mix), axis=1)
    sizes = drawn_sizes(up_to[activity], *np.split(unit[n_draws:], 2))
    group = cells.slots["group"].to_numpy()
    heads = brought_to(cells.employees, sizes, group)
    named = cells.slots["site_id"].ne("").to_numpy()
    for one in np.unique(group[named]):
        columns = np.flatnonzero(group == one)
        heads[:, columns] = _largest_named(
            heads[:, columns], named[columns], unit[:n_draws, columns]
        )
    return SlotDraws(naf, activity, heads)


def drawn_sizes(up_to: Floats, band_unit: Floats, size_unit: Floats) -> Floats:
    """Draw sizes from cumulated shares of the bands (last axis), log-uniform inside."""
    # The last band takes what rounding leaves above the cumulated shares.
    band = sum(
        (band_unit >= up_to[..., rank]).astype(np.int64)
        for rank in range(len(BANDS) - 1)
    )
    low, high = BANDS[band].T
    sizes: Floats = low.T * (high / low).T ** size_unit
    return sizes


def _activities(
    cells: Cells,
    sector_mix: pd.DataFrame,
    naf: npt.NDArray[np.str_],
    unit: Floats,
) -> Ints:
    slots = cells.slots
    found = np.broadcast_to(
        np.searchsorted(naf, slots["naf"].to_numpy(dtype=str)), unit.shape
    ).astype(np.int64)
    mix = sector_mix.sort_values("naf", ignore_index=True)
    sector = urssaf_sector(mix["naf"])
    untold = slots["naf"].eq("")
    for name in sorted(set(slots.loc[untold, "sector"])):
        rows = mix[sector.eq(name)]
        up_to = np.cumsum(rows["per_1000_employers"].to_numpy(dtype=float))
        columns = np.flatnonzero(untold & slots["sector"].eq(name))
        drawn = np.searchsorted(up_to, unit[:, columns] * up_to[-1], side="right")
        own = np.searchsorted(naf, rows["naf"].to_numpy(dtype=str))
        found[:, columns] = own[np.minimum(drawn, len(rows) - 1)]
    return found


def _profiles(naf: npt.NDArray[np.str_], sector_mix: pd.DataFrame) -> Floats:
    """Return the shares of the bands of each activity; those of its division else."""
    told = sector_mix.set_index("naf")["size_profile"].to_dict()
    of_division = (
        sector_mix.sort_values("naf")
        .groupby(sector_mix["naf"].str[:_DIVISION])["size_profile"]
        .agg(lambda profiles: profiles.mode().iloc[0])
        .to_dict()
    )
    names = [
        told.get(code, of_division.get(code[:_DIVISION], _COMMON_PROFILE))
        for code in naf
    ]
    return np.array([SIZE_PROFILES[name] for name in names])


def _largest_named(heads: Ints, named: npt.NDArray[np.bool_], unit: Floats) -> Ints:
    """Give the largest sizes to the named, the others in their own order."""
    wish = np.where(named, 2.0 * heads.max(initial=0) + 1.0 + unit, heads)
    order = np.argsort(-wish, axis=1, kind="stable")
    found = np.empty_like(heads)
    np.put_along_axis(found, order, -np.sort(-heads, axis=1), axis=1)
    return found
