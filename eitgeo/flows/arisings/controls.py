"""Published totals: estimates brought to them, and estimates told beside them.

A total is that of a département, a sector, a stream; one of a wider territory is
brought to this one by inhabitants and by employees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import InfeasibleError
from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    Scaling,
    draw_intervals,
    group_draws,
)
from eitgeo.flows.arisings.redraw import SEPARATOR
from eitgeo.reference.divisions import expand_divisions
from eitgeo.reference.waste import in_categories, in_scope
from eitgeo.words import french_number, round_significant

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

CONTROL_COLUMNS = ["departement", "sector", "stream", "total_t", "covered_share"]
MAX_ROUNDS = 20_000
TOLERANCE = 1e-9
"""Greatest relative gap between a total and its control."""

_SEPARATOR = "|"

_EVERY_SECTOR = "all"
_PARTS = ("division", "stream", "ratio_id")


def control_scaling(
    terms: pd.DataFrame,
    controls: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    observed: pd.DataFrame,
    law: DrawLaw,
) -> Scaling:
    """Find the factors that bring each draw to the control totals.

    ``terms``: as `without_observed` returns them. ``controls``: ``departement`` (empty:
    all), ``sector`` (divisions of NAF rév. 2, ``10-12`` or ``16``; empty: all),
    ``stream``, ``total_t`` [t/year] and ``covered_share`` (0–1): the share of that
    total which the sites of the study make. ``sites``: ``site_id``, ``naf``,
    ``code_insee``. ``observed``: table ``arisings`` of better sources: it is in the
    total, and is not scaled. Returns: one factor a cell (département × division ×
    stream) and draw. Refused when no site is in a control, when what is observed passes
    it, or when the controls contradict one another: which one, and by how many tonnes.

    Notes
    -----
    Iterative proportional scaling of the cells, draw by draw: each control in turn
    multiplies its cells by the same factor, until all hold to 1e-9. The factors are
    the smallest change in the sense of relative entropy.

    References
    ----------
    Deming, Stephan (1940), Annals of Mathematical Statistics 11(4), 427–444; Csiszár
    (1975), Annals of Probability 3(1), 146–158.
    """
    require_columns(controls, CONTROL_COLUMNS, where="totaux de contrôle")
    cells = _cells(terms, sites)
    draws = group_draws(terms, cells, law=law)
    members = _membership(draws.index, controls)
    target = (controls["total_t"] * controls["covered_share"]).to_numpy(dtype=float)
    known = _observed_t(observed, controls, sites)
    _require_room(draws, members, target - known, controls=controls)
    scaled = _fitted(draws.to_numpy(), members, target - known, controls=controls)
    before = draws.to_numpy()
    factors = np.divide(scaled, before, out=np.ones_like(before), where=before > 0)
    code = draws.index.get_indexer(pd.Index(cells))
    in_control = members.any(axis=0)
    cell = np.where(in_control[code], code, -1)
    return Scaling(cell=cell, factors=factors)


def _cells(rows: pd.DataFrame, sites: pd.DataFrame) -> pd.Series[str]:
    """Name the département, division and stream of each row."""
    known = sites.set_index("site_id")
    code = rows["site_id"].map(known["code_insee"])
    # Overseas départements have three digits.
    dep = code.str[:2].where(~code.str.startswith("97"), code.str[:3])
    division = rows["site_id"].map(known["naf"]).str[:2]
    cells = dep + _SEPARATOR + division + _SEPARATOR + rows["stream"]
    return cells.rename("cell")


def _membership(cells: pd.Index[str], controls: pd.DataFrame) -> Flags:
    parts = pd.Series(cells).str.split(_SEPARATOR, expand=True, regex=False)
    parts = parts.reindex(columns=range(3)).astype("str")
    members = np.zeros((len(controls), len(cells)), dtype=bool)
    for row, control in enumerate(controls.to_dict("records")):
        inside = (parts[2] == control["stream"]).to_numpy()
        if control["departement"]:
            inside = inside & (parts[0] == control["departement"]).to_numpy()
        if control["sector"]:
            divisions = expand_divisions([control["sector"]])
            inside = inside & parts[1].isin(divisions).to_numpy()
        members[row] = inside
    return members


def _observed_t(
    observed: pd.DataFrame, controls: pd.DataFrame, sites: pd.DataFrame
) -> Floats:
    if observed.empty:
        return np.zeros(len(controls))
    own = observed[observed["site_id"].isin(sites["site_id"])]
    per_cell = own["t_mid"].groupby(_cells(own, sites)).sum()
    members = _membership(per_cell.index, controls)
    sums_t: Floats = members @ per_cell.to_numpy(dtype=float)
    return sums_t


def _title(control: dict[Any, Any]) -> str:
    where = control["departement"] or "tous départements"
    sector = control["sector"] or "toutes activités"
    return f"{where}, {sector}, {control['stream']}"


def _tonnes(mass_t: float) -> str:
    return f"{french_number(mass_t, decimals=0)} t"


def _require_room(
    draws: pd.DataFrame, held: Flags, left: Floats, *, controls: pd.DataFrame
) -> None:
    faults = Faults("totaux de contrôle")
    mean = draws.mean(axis=1).to_numpy()
    for row, control in enumerate(controls.to_dict("records")):
        if left[row] <= 0:
            over = _tonnes(-left[row])
            fault = f"{_title(control)} : {over} de déclarations au-delà du total"
            remedy = "vérifier l'année, l'unité et la part couverte"
            faults.add(fault, remedy=remedy)
        elif mean[held[row]].sum() <= 0:
            fault = f"{_title(control)} : aucun gisement estimé à ajuster"
            faults.add(fault, remedy="retirer ce total, ou ajouter ses établissements")
    faults.raise_if_any(InfeasibleError)


def _fitted(
    draws: Floats, held: Flags, left: Floats, *, controls: pd.DataFrame
) -> Floats:
    # Cells under the same controls move together: they are fitted as one.
    alike, group = np.unique(held, axis=1, return_inverse=True)
    before = np.zeros((alike.shape[1], draws.shape[1]))
    np.add.at(before, group, draws)
    scaled = before.copy()
    for _ in range(MAX_ROUNDS):
        last = scaled.copy()
        for row, inside in enumerate(alike):
            total = scaled[inside].sum(axis=0)
            scaled[inside] *= left[row] / total
        gaps = np.abs(alike.astype(float) @ scaled / left[:, None] - 1.0).max(axis=1)
        if (gaps <= TOLERANCE).all():
            factors = np.ones_like(before)
            np.divide(scaled, before, out=factors, where=before > 0)
            return draws * factors[group]
        if np.array_equal(scaled, last):  # no round will move anything
            break
    faults = Faults("totaux de contrôle")
    reached = (alike.astype(float) @ scaled).mean(axis=1)
    for row in np.flatnonzero(gaps > TOLERANCE).tolist():
        name = _title(controls.iloc[row].to_dict())
        sought, best = _tonnes(left[row]), _tonnes(reached[row])
        gap = f"{french_number(round_significant(100 * gaps[row], 2))} %"
        fault = f"{name} : {sought} à répartir, {best} au mieux ({gap} d'écart)"
        remedy = "deux totaux se contredisent : même année ? secteurs emboîtés ?"
        faults.add(fault, remedy=remedy)
    faults.raise_if_any(InfeasibleError)
    return scaled


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

    ``draws``: tonnes a year by cell (index: names that end in division, stream and
    ``ratio_id``, a bar between) and draw. ``observed``: rows of table ``arisings`` that
    no ratio made, of the area: ``stream``, ``ewc_stat``, ``t_mid``, ``division``.
    ``references``: as `waste_totals` returns them. ``ratios``: as `waste_ratios`
    returns them. ``population``: inhabitants of the area. ``jobs``: employees counted
    in the area by sector of URSSAF; empty: nothing is counted. Returns: table
    ``arising_checks``: ``reference_id``; ``t_low``, ``t_mid``, ``t_high`` (P10, P50,
    P90); the reference by inhabitants and by employees of its sector, lowest and
    highest [t/year], NaN where one is not known.

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
        + _observed_in_reference_t(observed, reference)
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
    parts = ratios.drop_duplicates(["ratio_id", "stream", "ewc_stat"])
    key = [parts["ratio_id"], parts["stream"]]
    counted = parts["share"].where(in_categories(parts["ewc_stat"], reference), 0.0)
    shares = counted.groupby(key).sum() / parts["share"].groupby(key).sum()
    cell_keys = pd.MultiIndex.from_frame(cells[["ratio_id", "stream"]])
    of_cell = pd.Series(shares.reindex(cell_keys).to_numpy(), index=cells.index)
    return of_cell.where(
        in_scope(cells, naf=reference["naf"], stream=reference["stream"]), 0.0
    )


def _observed_in_reference_t(observed: pd.DataFrame, reference: pd.Series) -> float:
    is_counted = in_scope(
        observed, naf=reference["naf"], stream=reference["stream"]
    ) & in_categories(observed["ewc_stat"], reference)
    return float(observed.loc[is_counted, "t_mid"].sum())


def _counted(jobs: Mapping[str, float]) -> dict[str, float]:
    if not jobs:
        return {}
    return {**jobs, _EVERY_SECTOR: sum(jobs.values())}
