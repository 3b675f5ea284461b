"""The draw inside the counts made again, so that intervals carry it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.sources.sites.counted_draw import (
    Cells,
    counted_cells,
    drawn_in,
    insee_left,
    slot_draws,
)
from eitgeo.sources.sites.counted_sites import Counts, Drawing, is_uncounted
from eitgeo.sources.sites.synthetic import drawn_employers

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

    ``replicate`` (from 0), ``name`` (the ``site_id`` of a known site of drawn
    headcount), ``code_insee``, ``naf``, ``headcount``; texts are categories. The seed
    of ``drawing`` is that of the replicates.
    """
    cells = counted_cells(counts.by_sector, counts.ape, sites=known)
    area = communes.loc[communes["in_area"], "code_insee"]
    insee = counts.insee_alone[counts.insee_alone["code_insee"].isin(area)]
    left = insee_left(insee, sector_mix, sites=known, with_small=frozenset(area))
    sources = [f"{_SOURCE} {replicate}" for replicate in range(n_replicates)]
    beside = drawn_in(left, seed=drawing.seed, sources=sources)
    parts = [
        _inside(cells, sector_mix, seed=drawing.seed, n_replicates=n_replicates),
        beside.rename(columns={"draw": "replicate"}),
        _by_population(
            communes,
            sector_mix,
            counts=counts,
            drawing=drawing,
            n_replicates=n_replicates,
        ),
    ]
    every = pd.concat(parts, ignore_index=True)
    every = every[every["code_insee"].isin(area) & every["headcount"].gt(0)]
    texts = dict.fromkeys(("name", "code_insee", "naf"), "category")
    return every.astype(texts).reset_index(drop=True)


def _by_population(
    communes: pd.DataFrame,
    sector_mix: pd.DataFrame,
    *,
    counts: Counts,
    drawing: Drawing,
    n_replicates: int,
) -> pd.DataFrame:
    """Draw again what no count holds."""
    seeds = ([drawing.seed, replicate] for replicate in range(n_replicates))
    every = drawn_employers(
        communes,
        sector_mix,
        rngs=map(np.random.default_rng, seeds),
        n_employers=drawing.n_employers,
    ).rename(columns={"draw": "replicate"})
    kept = every[is_uncounted(every, counts)]
    name = "population|" + kept["rank"].astype("str")
    return kept.drop(columns="rank").assign(name=name)


def _inside(
    cells: Cells, sector_mix: pd.DataFrame, *, seed: int, n_replicates: int
) -> pd.DataFrame:
    draws = slot_draws(
        cells, sector_mix, seed=seed, source=_SOURCE, n_draws=n_replicates
    )
    n_slots = len(cells.slots)
    return pd.DataFrame(
        {
            "replicate": np.repeat(np.arange(n_replicates), n_slots),
            "name": np.tile(cells.slots["name"].to_numpy(), n_replicates),
            "code_insee": np.tile(cells.slots["code_insee"].to_numpy(), n_replicates),
            "naf": draws.naf[draws.activity].ravel(),
            "headcount": draws.headcount.ravel().astype(float),
        }
    )
