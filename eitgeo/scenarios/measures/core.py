"""How much of a perimeter most methods would draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eitgeo.scenarios.measures.figures import figure, ratio_pct
from eitgeo.scenarios.measures.measures import measures

if TYPE_CHECKING:
    from eitgeo.scenarios.measures.figures import Figures
    from eitgeo.scenarios.measures.measures import Inputs


@measures("core_pct")
def core_figures(inputs: Inputs) -> Figures:
    """Say which part of the population of each perimeter lives in the core.

    NaN in a perimeter without inhabitant; nothing where no contour has voted
    (`CORE_ABOVE`).
    """
    if inputs.core is None:
        return {}
    people = inputs.communes.set_index("code_insee")["population"].astype(float)
    core = set(inputs.core)
    inside = [people.loc[sorted(one.codes)].sum() for one in inputs.candidates]
    mine = [people.loc[sorted(one.codes & core)].sum() for one in inputs.candidates]
    return {"core_pct": figure(ratio_pct(np.array(mine), np.array(inside)))}
