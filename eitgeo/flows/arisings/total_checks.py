"""What the study estimates beside published totals, brought to its territory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.flows.arisings.arising_draws import draw_intervals
from eitgeo.flows.arisings.redraw import SEPARATOR
from eitgeo.reference.waste import in_categories, in_scope

if TYPE_CHECKING:
    from collections.abc import Mapping

_EVERY_SECTOR = "all"
_PARTS = ("division", "stream", "ratio_id")


def total_checks(
    draws: pd.DataFrame,
    observed: pd.DataFrame,
    references: pd.DataFrame,
    ratios: pd.DataFrame,
    *,
    population: int,
    jobs: Mapping[str, float],
) -> pd.DataFrame:
    """Put the waste of the area beside published totals of the same waste.

    Parameters
    ----------
    draws
        Tonnes a year by cell (index: names that end in division, stream and
        ``ratio_id``, a bar between) and draw.
    observed
        Rows of table ``arisings`` that no ratio made, of the area: ``stream``,
        ``ewc_stat``, ``t_mid``, ``division``.
    references
        As `waste_totals` returns them.
    ratios
        As `waste_ratios` returns them.
    population
        Inhabitants of the area.
    jobs
        Employees counted in the area by sector of URSSAF; empty: nothing is counted.

    Returns
    -------
    pandas.DataFrame
        Table ``arising_checks``: ``reference_id``; ``t_low``, ``t_mid``, ``t_high``
        (P10, P50, P90); the reference by inhabitants and by employees of its sector,
        lowest and highest [t/year], NaN where one is not known.

    Notes
    -----
    ``total × area ÷ place``. Some totals make a ratio too: `waste_totals`. Where a site
    has declared some categories, what is left of it is shared out as its ratio says.
    """
    cells = pd.DataFrame(
        [str(name).split(SEPARATOR)[-len(_PARTS) :] for name in draws.index],
        columns=list(_PARTS),
        index=draws.index,
        dtype="str",
    )
    sums = {
        str(name): draws.mul(_shares(cells, ratios, reference), axis=0).sum()
        + _observed_t(observed, reference)
        for name, reference in references.iterrows()
    }
    table = draw_intervals(pd.DataFrame(sums).T).rename_axis("reference_id")
    per_head = population / references["population"]
    per_job = (
        references["sector"].map(_counted(jobs)).astype(float) / references["jobs"]
    )
    for end in ("low", "high"):
        table[f"by_inhabitants_{end}"] = references[f"t_{end}"] * per_head
        table[f"by_employees_{end}"] = references[f"t_{end}"] * per_job
    return table.reset_index()


def _shares(
    cells: pd.DataFrame, ratios: pd.DataFrame, reference: pd.Series
) -> pd.Series[float]:
    """Return the share of each cell that a published total counts."""
    one = ratios.drop_duplicates(["ratio_id", "stream", "ewc_stat"])
    key = [one["ratio_id"], one["stream"]]
    mine = one["share"].where(in_categories(one["ewc_stat"], reference), 0.0)
    shares = mine.groupby(key).sum() / one["share"].groupby(key).sum()
    at = pd.MultiIndex.from_frame(cells[["ratio_id", "stream"]])
    of_cell = pd.Series(shares.reindex(at).to_numpy(), index=cells.index)
    return of_cell.where(
        in_scope(cells, naf=reference["naf"], stream=reference["stream"]), 0.0
    )


def _observed_t(observed: pd.DataFrame, reference: pd.Series) -> float:
    kept = in_scope(
        observed, naf=reference["naf"], stream=reference["stream"]
    ) & in_categories(observed["ewc_stat"], reference)
    return float(observed.loc[kept, "t_mid"].sum())


def _counted(jobs: Mapping[str, float]) -> dict[str, float]:
    if not jobs:
        return {}
    return {**jobs, _EVERY_SECTOR: sum(jobs.values())}
