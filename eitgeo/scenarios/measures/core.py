"""How much of a perimeter most methods would draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eitgeo.scenarios.measures.governance import figure, ratio_pct

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd

    from eitgeo.perimeters.contours.candidate import Candidate
    from eitgeo.scenarios.measures.governance import Figures


def core_figures(
    candidates: Sequence[Candidate],
    communes: pd.DataFrame,
    *,
    core: Collection[str],
) -> Figures:
    """Say which part of the population of each perimeter lives in the core."""
    people = communes.set_index("code_insee")["population"].astype(float)
    inside = np.array([people.loc[sorted(one.codes)].sum() for one in candidates])
    mine = [people.loc[sorted(one.codes & set(core))].sum() for one in candidates]
    return {"core_pct": figure(ratio_pct(np.array(mine), inside))}
