"""A perimeter that widens year after year: a core first, others later."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.scenarios.decision.epci_blocks import worst_evidence
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.perimeters.contours.candidate import Candidate
    from eitgeo.study.sections import Phase


def phase_table(
    indicators: pd.DataFrame,
    candidates: Sequence[Candidate],
    *,
    phases: Sequence[Phase],
) -> pd.DataFrame:
    """Lay out what each phase holds, and what it adds to the one before.

    Parameters
    ----------
    indicators
        Table ``indicators_public``.
    candidates
        The perimeters.
    phases
        Perimeters in the order of time.

    Returns
    -------
    pandas.DataFrame
        Table ``phases``: one row a phase and an indicator; ``added`` is the value
        less that of the phase before, NaN in the first one. No row without phases.

    Raises
    ------
    StudyError
        When a perimeter is unknown (the nearest one is named), or a phase loses
        communes of the one before.
    """
    known = {one.perimeter_id: one for one in candidates}
    faults = Faults("comparison.phased")
    for phase in phases:
        if phase.perimeter not in known:
            met = f"périmètre inconnu « {phase.perimeter} »"
            faults.add(met, remedy=hint(phase.perimeter, known))
    faults.raise_if_any(StudyError)
    held = [known[phase.perimeter] for phase in phases]
    for before, after in pairwise(held):
        lost = before.codes - after.codes
        if lost:
            faults.add(
                f"« {after.name} » perd {len(lost)} commune(s) de « {before.name} » "
                f"(dont {min(lost)})",
                remedy="chaque phase contient la précédente",
            )
    faults.raise_if_any(StudyError)
    columns = ["indicator_id", "value", "unit"]
    parts = [
        indicators.loc[indicators["perimeter_id"] == one.perimeter_id, columns].assign(
            phase=rank, year=phase.year, perimeter_id=one.perimeter_id, name=one.name
        )
        for rank, (phase, one) in enumerate(zip(phases, held, strict=True), start=1)
    ]
    if not parts:
        return empty_table("phases")
    rows = pd.concat(parts).sort_values(["indicator_id", "phase"], ignore_index=True)
    return rows.assign(
        added=rows.groupby("indicator_id")["value"].diff(),
        evidence=rows["indicator_id"].map(worst_evidence(indicators)),
    )
