"""What counts leave to draw: by commune and sector, known sites are taken out first.

Whole numbers that sum to a whole total are shared out in proportion to weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.reference.labels import labels_of
from eitgeo.reference.naf import insee_sector, urssaf_sector
from eitgeo.sources.files.loaded import Note
from eitgeo.tables.columns import URSSAF_SECTORS
from eitgeo.words import french_number

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

BEYOND, UNPLACED, NO_ACTIVITY = (
    "au_dela_du_compte",
    "salaries_sans_site",
    "sans_secteur",
)
"""Kinds of remarks: more than is counted, less, or an activity that is unknown."""

CELL = ["code_insee", "sector"]
_MEASURES = ["employers", "employees"]
PUBLIC = "public"
"""Sector of public employers, which is none of URSSAF's."""

_OF_INSEE = pd.MultiIndex.from_tuples(
    [
        ("all", "employee_jobs"),
        ("agriculture", "establishments"),
        (PUBLIC, "establishments"),
    ]
)
_HALF = 0.5

SMALL_MEAN = 3.0
"""Employees of an establishment of 1 to 9, or of a farm (a working assumption)."""

_DIGITS = 9
"""Remainders closer than this are equal, whatever the processor."""


@dataclass(frozen=True)
class Cells:
    """What is to draw inside the counts.

    Attributes
    ----------
    slots
        One row an establishment whose headcount is drawn, sorted by group:
        ``code_insee``, ``sector``, ``naf`` (``""``: drawn too), ``site_id`` (of a
        known one; ``""``: nobody's), ``name`` (seeds the draw), ``group``.
    employees
        Employees that the slots of each group share.
    known
        Known sites of the cells: ``site_id``, ``code_insee``, ``sector``, ``sized``
        (its headcount is known, and taken out).
    notes
        Faults, cell by cell.
    """

    slots: pd.DataFrame = field(repr=False)
    employees: Ints = field(repr=False)
    known: pd.DataFrame = field(repr=False)
    notes: list[Note] = field(repr=False)


def sector_counts(
    urssaf: pd.DataFrame, ape: pd.DataFrame, insee: pd.DataFrame
) -> pd.DataFrame:
    """Lay out the counts of the communes that URSSAF covers, a row a sector.

    ``activity_ape`` counts for the communes that ``activity_urssaf`` does not cover.
    All sectors of each commune, sorted: ``employers``, ``employees``; public employers
    where INSEE counts too.
    """
    columns = [*CELL, "measure", "value"]
    other = ape.loc[~ape["code_insee"].isin(urssaf["code_insee"]), columns]
    rows = pd.concat([urssaf[columns], other], ignore_index=True)
    every = pd.MultiIndex.from_product(
        [sorted(set(rows["code_insee"])), sorted(URSSAF_SECTORS)], names=CELL
    )
    wide = rows.pivot_table("value", index=CELL, columns="measure", aggfunc="sum")
    private = wide.reindex(index=every, columns=_MEASURES).fillna(0.0)
    public = _public_employers(private, insee)
    counted = pd.concat([private, public]).sort_index().astype("int64")
    return counted.reset_index().rename_axis(columns=None)


def _public_employers(private: pd.DataFrame, insee: pd.DataFrame) -> pd.DataFrame:
    """Count public employers: what INSEE counts, less private ones and farms.

    None has no employee; where employees are left, they have an employer.
    """
    figures = insee.pivot_table(
        index="code_insee", columns=["sector", "measure"], values="value"
    ).reindex(private.index.unique("code_insee"), columns=_OF_INSEE)
    jobs, farms, public = (figures[name] for name in _OF_INSEE)
    employees = private["employees"].groupby("code_insee").sum()
    left = (jobs - employees - SMALL_MEAN * farms.fillna(0.0)).round().clip(lower=0)
    is_public = private.index.get_level_values("sector") == "public_services"
    others = private.loc[is_public, "employers"].droplevel("sector")
    employers = (public - others).clip(lower=1).fillna(1.0).clip(upper=left)
    table = pd.DataFrame({"employers": employers, "employees": left}).dropna()
    return table.assign(sector=PUBLIC).set_index("sector", append=True)


def cell_sector(naf: pd.Series[str]) -> pd.Series[str]:
    """Return the sector in which an activity is counted; ``""``: nobody counts it.

    Examples
    --------
    >>> import pandas as pd
    >>> cell_sector(pd.Series(["10.71C", "86.10Z", "02.20Z"])).tolist()
    ['industry', 'public', '']
    """
    sector = urssaf_sector(naf)
    return sector.mask(sector.eq("") & insee_sector(naf).eq(PUBLIC), PUBLIC)


def in_cells(rows: pd.DataFrame, counts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say which rows (``code_insee``, ``naf``) some counts by sector hold."""
    own = rows[["code_insee"]].assign(sector=cell_sector(rows["naf"]))
    cells = pd.MultiIndex.from_frame(counts[CELL])
    return pd.MultiIndex.from_frame(own).isin(cells)


def counted_cells(
    counts: pd.DataFrame, ape: pd.DataFrame, *, sites: pd.DataFrame
) -> Cells:
    """Take known sites out of the counts, and list what remains to draw.

    Activities in NAF rév. 2; those of the sector from ``ape``, where it covers the
    commune.

    Notes
    -----
    A known site is one of the employers of the sector of its activity; its employees
    are some of the sector's. One of unknown headcount is a slot that has its name.
    Where known sites are more than is counted, nothing is drawn beside them and the
    excess is told: the count is that of a date, the site may be closed, elsewhere, or
    of another activity.
    """
    known, unnamed = _known(counts, sites)
    cells = counts.join(_sums(known), on=CELL).fillna(0.0)
    n_left = np.maximum(cells["employers"] - cells["n_known"], 0).astype("int64")
    to_share = (cells["employees"] - cells["jobs"]).round().clip(lower=0)
    cells = cells.assign(n_left=n_left, to_share=to_share.astype("int64"))
    named = known.loc[~known["sized"], [*CELL, "naf", "site_id"]]
    slots = pd.concat([named, _anonymous(cells, ape, known=known)], ignore_index=True)
    slots, employees = _grouped(slots, cells, ape, known=known)
    notes = [*_faults(cells), *unnamed]
    return Cells(slots, employees, known.drop(columns=["naf", "jobs"]), notes)


def _known(
    counts: pd.DataFrame, sites: pd.DataFrame
) -> tuple[pd.DataFrame, list[Note]]:
    counted = sites[sites["code_insee"].isin(counts["code_insee"])]
    rows = pd.DataFrame(
        {
            "site_id": counted["site_id"],
            "code_insee": counted["code_insee"],
            "sector": cell_sector(counted["naf"]),
            "sized": counted["headcount_mid"].notna(),
            "naf": counted["naf"],
            "jobs": counted["headcount_mid"].fillna(0.0),
        }
    ).sort_values("site_id", ignore_index=True, kind="stable")
    unnamed = counted.loc[counted["naf"].eq(""), ["site_id", "source", "name"]]
    detail = "activité inconnue : n’est retiré d’aucun effectif compté"
    notes = [
        (source, site, name, NO_ACTIVITY, detail)
        for site, source, name in unnamed.to_numpy()
    ]
    return rows[in_cells(rows, counts)], notes


def _sums(known: pd.DataFrame) -> pd.DataFrame:
    groups = known.groupby(CELL)
    unsized = (~known["sized"]).groupby([known[one] for one in CELL])
    return pd.DataFrame(
        {
            "n_known": groups.size(),
            "n_unsized": unsized.sum(),
            "jobs": groups["jobs"].sum(),
        }
    )


def _anonymous(
    cells: pd.DataFrame, ape: pd.DataFrame, *, known: pd.DataFrame
) -> pd.DataFrame:
    """List nobody's slots; their activity where counts by APE tell it."""
    rows = cells.loc[cells.index.repeat(cells["n_left"]), CELL]
    rows = rows.assign(naf="", site_id="")
    employers_by_ape = _told_by_ape(cells, ape, measure="employers", known=known)
    if employers_by_ape.empty:
        return rows.reset_index(drop=True)
    n_of_naf = shared_out(
        cells["n_left"].to_numpy(),
        employers_by_ape["left"].to_numpy(dtype=float)[None, :],
        employers_by_ape["cell"].to_numpy(),
    )[0]
    named = employers_by_ape.loc[
        employers_by_ape.index.repeat(n_of_naf), [*CELL, "naf"]
    ].assign(site_id="")
    untold = ~pd.MultiIndex.from_frame(rows[CELL]).isin(
        pd.MultiIndex.from_frame(employers_by_ape[CELL])
    )
    return pd.concat([rows[untold], named], ignore_index=True)


def _told_by_ape(
    cells: pd.DataFrame, ape: pd.DataFrame, *, measure: str, known: pd.DataFrame
) -> pd.DataFrame:
    """Return what counts by APE leave of each activity of the cells, sorted by cell."""
    key = [*CELL, "naf"]
    rows = ape.loc[ape["measure"].eq(measure), [*key, "value"]]
    taken = known.groupby(key)["jobs"].agg("size" if measure == "employers" else "sum")
    rank_of = pd.Series(range(len(cells)), index=pd.MultiIndex.from_frame(cells[CELL]))
    rows = rows.assign(
        cell=rank_of.reindex(pd.MultiIndex.from_frame(rows[CELL])).to_numpy()
    )
    rows = rows.dropna(subset="cell").astype({"cell": "int64"})
    less = taken.reindex(pd.MultiIndex.from_frame(rows[key])).fillna(0.0).to_numpy()
    left = np.maximum(rows["value"].to_numpy() - less, 0.0)
    return rows.assign(left=left).sort_values(["cell", "naf"], ignore_index=True)


def _grouped(
    slots: pd.DataFrame,
    cells: pd.DataFrame,
    ape: pd.DataFrame,
    *,
    known: pd.DataFrame,
) -> tuple[pd.DataFrame, Ints]:
    """Put slots that share employees together: a cell, or its activities by APE."""
    employees_by_ape = _told_by_ape(cells, ape, measure="employees", known=known)
    by_ape = set(employees_by_ape["cell"])
    rank_of = pd.Series(range(len(cells)), index=pd.MultiIndex.from_frame(cells[CELL]))
    cell = rank_of.reindex(pd.MultiIndex.from_frame(slots[CELL])).to_numpy(
        dtype="int64"
    )
    shared = slots["naf"].where(pd.Series(cell).isin(by_ape).to_numpy(), "")
    slots = slots.assign(cell=cell, shared=shared)
    slots = slots.sort_values(
        ["cell", "shared", "site_id", "naf"],
        ascending=[True, True, False, True],
        ignore_index=True,
    )
    groups = slots[["cell", "shared", *CELL]].drop_duplicates(ignore_index=True)
    weights = employees_by_ape.set_index([*CELL, "naf"])["left"]
    keys = groups[CELL].assign(naf=groups["shared"])
    share = weights.reindex(pd.MultiIndex.from_frame(keys)).fillna(0.0).to_numpy()
    employees = shared_out(
        cells["to_share"].to_numpy(), share[None, :], groups["cell"].to_numpy()
    )[0]
    group = slots.groupby(["cell", "shared"]).ngroup().to_numpy(dtype="int64")
    rank = slots.groupby([*CELL, "site_id"]).cumcount().astype("str")
    name = slots["code_insee"] + "|" + slots["sector"] + "|" + rank
    # A known site draws by its own name: another beside it changes nothing of its draw.
    name = slots["site_id"].where(slots["site_id"].ne(""), name)
    columns = [*CELL, "naf", "site_id"]
    return slots[columns].assign(name=name, group=group), employees


def _faults(cells: pd.DataFrame) -> list[Note]:
    too_many = cells["n_known"] > cells["employers"]
    too_large = cells["jobs"] > cells["employees"] + _HALF
    slots = cells["n_left"] + cells["n_unsized"]
    left = (slots == 0) & (cells["employees"] - cells["jobs"] > _HALF)
    cases = (
        (too_many, BEYOND, "établissements", "n_known", "employers"),
        (too_large, BEYOND, "salariés", "jobs", "employees"),
        (left, UNPLACED, "salariés", "jobs", "employees"),
    )
    names = labels_of("counted_sector")
    return [
        (
            "comptes par commune",
            row["code_insee"],
            f"{row['code_insee']}, {names[row['sector']]}",
            kind,
            (
                f"{french_number(row[known])} {what} de sites connus pour "
                f"{french_number(row[counted])} comptés"
            ),
        )
        for wrong, kind, what, known, counted in cases
        for row in cells[wrong].to_dict("records")
    ]


def shared_out(totals: Ints, weights: Floats, group: Ints) -> Ints:
    """Split the total of each group among its columns, by largest remainder.

    Columns of a group are neighbours; weights (draws, columns) are at least 0, all
    alike where a group has none above 0. Each group sums to its total in each draw; of
    equal remainders, the first column has the unit.

    Examples
    --------
    >>> shared_out(np.array([5]), np.array([[1.0, 1.0, 2.0]]), np.zeros(3, int))
    array([[1, 1, 3]])
    """
    if weights.shape[1] == 0:
        return np.zeros(weights.shape, dtype=np.int64)
    names, starts, rank_of_group = np.unique(
        group, return_index=True, return_inverse=True
    )
    total = totals[names]
    sums = np.add.reduceat(weights, starts, axis=1)[:, rank_of_group]
    sizes = np.bincount(rank_of_group)[rank_of_group]
    share = np.where(sums > 0, weights / np.where(sums > 0, sums, 1.0), 1.0 / sizes)
    exact = np.round(share * total[rank_of_group], _DIGITS)
    whole = np.floor(exact)
    left = total - np.add.reduceat(whole, starts, axis=1).astype(np.int64)
    # Groups in order, and the largest remainder first in each.
    order = np.argsort(
        2.0 * rank_of_group - (exact - whole).round(_DIGITS), axis=1, kind="stable"
    )
    rank = np.empty_like(order)
    np.put_along_axis(
        rank, order, np.arange(len(group))[None, :] - starts[rank_of_group], axis=1
    )
    return whole.astype(np.int64) + (rank < left[:, rank_of_group])


def brought_to(totals: Ints, sizes: Floats, group: Ints, *, floor: int = 1) -> Ints:
    """Bring drawn sizes to the total of their group, none below a floor.

    Notes
    -----
    What is above the floor is in proportion to what the draw has above it. A total
    that does not give each column its floor is shared in proportion to the sizes: some
    columns then have 0.

    Examples
    --------
    >>> sizes = np.array([[1.0, 4.0, 9.0]])
    >>> brought_to(np.array([25]), sizes, np.zeros(3, int)).tolist()
    [[1, 7, 17]]
    >>> brought_to(np.array([2]), sizes, np.zeros(3, int)).tolist()
    [[0, 1, 1]]
    """
    least = floor * np.bincount(group, minlength=len(totals))
    enough = totals >= least
    base = np.where(enough, floor, 0)[group]
    rest = np.where(enough, totals - least, totals)
    return base + shared_out(rest, np.maximum(sizes - base, 0.0), group)
