"""How much of a perimeter most methods would draw."""

from __future__ import annotations

from eitgeo.scenarios.measures.figures import Figures, figure, ratio_pct
from eitgeo.scenarios.measures.measures import Inputs, measures


@measures("core_pct")
def core_figures(inputs: Inputs) -> Figures:
    """Say which part of the population of each perimeter lives in the core.

    NaN in a perimeter without inhabitant; nothing where no contour has voted
    (`CORE_ABOVE`).
    """
    if inputs.core is None:
        return {}
    in_core = inputs.communes["code_insee"].isin(inputs.core).to_numpy()
    inside = inputs.held_at_hand @ inputs.people
    people = (inputs.held_at_hand & in_core) @ inputs.people
    return {"core_pct": figure(ratio_pct(people, inside))}
