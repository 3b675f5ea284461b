"""The draw inside the counts made again, so that intervals carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.sources.sites.counted_cells import counted_cells
from eitgeo.sources.sites.counted_draw import slot_draws
from eitgeo.sources.sites.counted_sites import is_uncounted
from eitgeo.sources.sites.synthetic import drawn_employers

if TYPE_CHECKING:
    from eitgeo.sources.sites.counted_cells import Cells
    from eitgeo.sources.sites.counted_sites import Counts, Drawing

_SOURCE = "tirage refait"


def redrawn_rows(
    communes: pd.DataFrame,
    sector_mix: pd.DataFrame,
    *,
    counts: Counts,
    known: pd.DataFrame,
    drawing: Drawing,
    n_replicates: int,
) -> pd.DataFrame:
    """Draw again, several times, all that is drawn of the study area.

    Parameters
    ----------
    communes, sector_mix, counts, known, drawing
        As in `counted_sites`; its seed is that of the replicates.
    n_replicates
        How often.

    Returns
    -------
    pandas.DataFrame
        ``replicate`` (from 0), ``name`` (the ``site_id`` of a known site of drawn
        headcount), ``code_insee``, ``naf``, ``headcount``; texts are categories.
        Communes that INSEE alone counts are not in it: their draw is the shown one.
    """
    cells = counted_cells(counts.by_sector, counts.ape, sites=known)
    inside = _inside(cells, sector_mix, seed=drawing.seed, n_replicates=n_replicates)
    rows = [
        drawn_employers(
            communes,
            sector_mix,
            rng=np.random.default_rng([drawing.seed, replicate]),
            n_employers=drawing.n_employers,
        ).assign(replicate=replicate)
        for replicate in range(n_replicates)
    ]
    beside = pd.concat(rows).rename_axis("rank").reset_index()
    beside["name"] = "population|" + beside["rank"].astype("str")
    kept = beside.loc[is_uncounted(beside, counts), inside.columns]
    every = pd.concat([inside, kept], ignore_index=True)
    area = communes.loc[communes["in_area"], "code_insee"]
    every = every[every["code_insee"].isin(area) & every["headcount"].gt(0)]
    texts = dict.fromkeys(("name", "code_insee", "naf"), "category")
    return every.astype(texts).reset_index(drop=True)


def _inside(
    cells: Cells, sector_mix: pd.DataFrame, *, seed: int, n_replicates: int
) -> pd.DataFrame:
    drawn = slot_draws(
        cells, sector_mix, seed=seed, source=_SOURCE, n_draws=n_replicates
    )
    n_slots = len(cells.slots)
    return pd.DataFrame(
        {
            "replicate": np.repeat(np.arange(n_replicates), n_slots),
            "name": np.tile(cells.slots["name"].to_numpy(), n_replicates),
            "code_insee": np.tile(cells.slots["code_insee"].to_numpy(), n_replicates),
            "naf": drawn.naf[drawn.activity].ravel(),
            "headcount": drawn.headcount.ravel().astype(float),
        }
    )
