"""Activities and sizes drawn inside what registers count, known sites taken out first.

Each slot draws by its own name (``eitgeo.draws``): another slot, or the order of rows,
changes nothing of it but the share of what its cell has. Where URSSAF has no figure,
establishments are drawn inside the counts of INSEE (2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.draws import draw_keys, plain_uniforms
from eitgeo.reference.labels import labels_of
from eitgeo.reference.naf import insee_sector, urssaf_sector
from eitgeo.sources.files.loaded import Note
from eitgeo.sources.sites.synthetic import BANDS, SIZE_PROFILES
from eitgeo.tables.columns import URSSAF_SECTORS
from eitgeo.words import french_number

Ints = npt.NDArray[np.int64]

Floats = npt.NDArray[np.float64]


BEYOND, UNPLACED, NO_ACTIVITY = (
    "au_dela_du_compte",
    "salaries_sans_site",
    "sans_secteur",
)
"""Kinds of remarks: more than is counted, less, or an activity that is unknown."""

CELL = ["code_insee", "sector"]
_URSSAF_MEASURES = ["employers", "employees"]
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
    private = wide.reindex(index=every, columns=_URSSAF_MEASURES).fillna(0.0)
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


_DIVISION = 2
_COMMON_PROFILE = "small"
"""Of an activity whose division is not in the mix."""

LARGE = 10
"""Least headcount of INSEE's upper class."""

_MAX_POWER = 16.0
_HALVINGS = 24
"""The power is told within 10⁻⁶; the rest is shared in proportion."""

_SMALL, _LARGE = "petit", "grand"
_MEASURES = ("establishments_1_9", "establishments_10_plus", "employee_jobs")


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

    In each draw, the slots of a group have its employees, exactly. Draws depend on
    seed, source and the names of the slots.

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
    sizes = _drawn_sizes(up_to[activity], *np.split(unit[n_draws:], 2))
    group = cells.slots["group"].to_numpy()
    heads = brought_to(cells.employees, sizes, group)
    named = cells.slots["site_id"].ne("").to_numpy()
    for number in np.unique(group[named]):
        columns = np.flatnonzero(group == number)
        heads[:, columns] = _largest_named(
            heads[:, columns], named[columns], unit[:n_draws, columns]
        )
    return SlotDraws(naf, activity, heads)


def _drawn_sizes(up_to: Floats, band_unit: Floats, size_unit: Floats) -> Floats:
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
    activity = np.broadcast_to(
        np.searchsorted(naf, slots["naf"].to_numpy(dtype=str)), unit.shape
    ).astype(np.int64)
    mix = sector_mix.sort_values("naf", ignore_index=True, kind="stable")
    sector = cell_sector(mix["naf"])
    untold = slots["naf"].eq("")
    for name in sorted(set(slots.loc[untold, "sector"])):
        rows = mix[sector.eq(name)]
        up_to = np.cumsum(rows["per_1000_employers"].to_numpy(dtype=float))
        columns = np.flatnonzero(untold & slots["sector"].eq(name))
        rank = np.searchsorted(up_to, unit[:, columns] * up_to[-1], side="right")
        own = np.searchsorted(naf, rows["naf"].to_numpy(dtype=str))
        activity[:, columns] = own[np.minimum(rank, len(rows) - 1)]
    return activity


def _profiles(naf: npt.NDArray[np.str_], sector_mix: pd.DataFrame) -> Floats:
    """Return the shares of the bands of each activity; those of its division else."""
    profile_of = sector_mix.set_index("naf")["size_profile"].to_dict()
    of_division = (
        sector_mix.sort_values("naf", kind="stable")
        .groupby(sector_mix["naf"].str[:_DIVISION])["size_profile"]
        .agg(lambda profiles: profiles.mode().iloc[0])
        .to_dict()
    )
    names = [
        profile_of.get(code, of_division.get(code[:_DIVISION], _COMMON_PROFILE))
        for code in naf
    ]
    return np.array([SIZE_PROFILES[name] for name in names])


def _largest_named(heads: Ints, named: npt.NDArray[np.bool_], unit: Floats) -> Ints:
    """Give the largest sizes to the named, the others in their own order."""
    wish = np.where(named, 2.0 * heads.max(initial=0) + 1.0 + unit, heads)
    order = np.argsort(-wish, axis=1, kind="stable")
    ordered = np.empty_like(heads)
    np.put_along_axis(ordered, order, -np.sort(-heads, axis=1), axis=1)
    return ordered


class Slots(NamedTuple):
    """Establishments of one class to draw, those of a commune side by side."""

    rows: pd.DataFrame
    """``name``, ``code_insee``."""
    counts: Ints
    """How many, by commune."""
    chance: Floats
    """Cumulated over activities, by commune."""
    up_to: Floats
    """Shares of the bands, cumulated, by activity."""


class InseeLeft(NamedTuple):
    """What INSEE counts of some communes, known sites aside: what draws fill."""

    small: Slots
    """Establishments of 1 to 9."""
    large: Slots
    jobs: Ints
    """Employee jobs that those of 10 or more share, known sites aside."""
    naf: pd.Series[str]
    """Activities that are drawn."""
    known: dict[str, str]
    """Activities of the known sites that are slots, by ``site_id``."""


def insee_left(
    insee: pd.DataFrame,
    sector_mix: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    with_small: frozenset[str],
) -> InseeLeft:
    """Lay out what draws fill in communes that INSEE alone counts: the same for each.

    As many of each class as are counted, known sites aside: each is one of the
    establishments of its class, and its employees are some of the commune's; one of
    unknown headcount is a slot of the upper class that has its name. Establishments of
    1 to 9 are drawn in the communes ``with_small`` alone. Draws depend on seed, source
    and the names of the slots.

    Notes
    -----
    Sectors are told for all establishments together, employees for the commune: the
    activity is drawn in the sectors as they are counted, weighed by how often it has
    such a size; those of 10 or more share the employee jobs that those of 1 to 9
    leave, 10 each at least. Public employers are among them.
    """
    whole = _wide(insee[insee["sector"].eq("all")], "measure", _MEASURES)
    communes = whole.index
    sectors = _wide(insee[insee["measure"].eq("establishments")], "sector")
    mix = sector_mix.sort_values("naf", ignore_index=True, kind="stable")
    weights = _weights(mix, sectors.reindex(communes))
    taken = _taken(whole, sites)
    n_small = whole["establishments_1_9"] - taken["small"]
    n_small = n_small.where(communes.isin(list(with_small)), 0.0)
    n_large = whole["establishments_10_plus"] - taken["large"]
    n_small, n_large = (one.clip(lower=0) for one in (n_small, n_large))
    others = taken["jobs"] + SMALL_MEAN * whole["establishments_1_9"]
    jobs = (whole["employee_jobs"] - others).round().clip(lower=LARGE * n_large)
    shares = np.array([SIZE_PROFILES[profile] for profile in mix["size_profile"]])
    is_large = BANDS[:, 0] >= LARGE
    unsized = sites[sites["headcount_mid"].isna()]
    unsized = unsized.sort_values("site_id", kind="stable")
    rank = unsized.groupby("code_insee").cumcount().astype("str")
    named = (unsized["code_insee"] + f"|{_LARGE}|" + rank, unsized["site_id"])
    names = dict(zip(*named, strict=True))
    small, large = (
        _slots(communes, counts, weights, of=shares * of_class, kind=kind, names=names)
        for kind, counts, of_class in (
            (_SMALL, n_small.to_numpy(dtype="int64"), ~is_large),
            (_LARGE, n_large.to_numpy(dtype="int64"), is_large),
        )
    )
    known = dict(zip(unsized["site_id"], unsized["naf"], strict=True))
    totals = jobs.to_numpy(dtype="int64")
    return InseeLeft(small, large, totals, mix["naf"].astype("str"), known)


def drawn_in(left: InseeLeft, *, seed: int, sources: Sequence[str]) -> pd.DataFrame:
    """Draw once a source what is left; ``draw`` is the rank of the source."""
    small, large = (
        _drawn(slots, seed=seed, sources=[f"{source}, {kind}" for source in sources])
        for kind, slots in ((_SMALL, left.small), (_LARGE, left.large))
    )
    group = np.repeat(np.arange(len(left.large.counts)), left.large.counts)
    headcount = np.hstack(
        [
            np.minimum(np.round(small.size), LARGE - 1).astype("int64"),
            brought_to(
                left.jobs,
                stretched(large.size, left.jobs, group),
                group,
                floor=LARGE,
            ),
        ]
    )
    activity = np.hstack([small.activity, large.activity])
    slots = pd.concat([left.small.rows, left.large.rows], ignore_index=True)
    n_draws = len(sources)
    rows = slots.take(np.tile(np.arange(len(slots)), n_draws)).reset_index(drop=True)
    drawn = left.naf.take(activity.ravel())
    own = map(left.known.get, rows["name"], drawn)
    return rows.assign(
        naf=pd.Series(own, rows.index, "str"),
        headcount=headcount.ravel(),
        draw=np.repeat(np.arange(n_draws), len(slots)),
    )


def stretched(sizes: Floats, totals: Ints, group: Ints) -> Floats:
    """Raise what sizes are of 10 to the power that gives each group its total.

    A commune that has more employees than drawn has them in its largest ones: classes
    of size keep the proportions that INSEE counts.
    """
    is_first = np.diff(group, prepend=-1) > 0
    starts, rank = np.flatnonzero(is_first), np.cumsum(is_first) - 1
    logs = np.log(sizes / LARGE)
    low = np.zeros((len(sizes), len(starts)))
    high = np.full_like(low, _MAX_POWER)
    for _ in range(_HALVINGS):
        power = (low + high) / 2
        sums = np.add.reduceat(np.exp(power[:, rank] * logs), starts, axis=1)
        is_short = LARGE * sums < totals[group[starts]]
        low, high = np.where(is_short, power, low), np.where(is_short, high, power)
    raised: Floats = LARGE * np.exp(low[:, rank] * logs)
    return raised


def insee_faults(insee: pd.DataFrame, sites: pd.DataFrame) -> list[Note]:
    """Tell the communes whose known sites have more than INSEE counts."""
    whole = _wide(insee[insee["sector"].eq("all")], "measure", _MEASURES)
    taken = _taken(whole, sites)
    cases = (
        ("salariés", taken["jobs"], whole["employee_jobs"]),
        ("sites de 10 ou plus", taken["large"], whole["establishments_10_plus"]),
    )
    return [
        (
            "comptes par commune",
            code,
            code,
            BEYOND,
            (
                f"{what} connus : {french_number(known[code], decimals=0)} pour "
                f"{french_number(counted[code], decimals=0)} comptés par l’INSEE"
            ),
        )
        for what, known, counted in cases
        for code in whole.index[known > counted + _HALF]
    ]


def _wide(
    rows: pd.DataFrame, columns: str, names: tuple[str, ...] | None = None
) -> pd.DataFrame:
    """Lay figures out, communes (sorted) × columns."""
    wide = rows.pivot_table(index="code_insee", columns=columns, values="value")
    return wide if names is None else wide.reindex(columns=list(names))


def _weights(mix: pd.DataFrame, sectors: pd.DataFrame) -> Floats:
    """Weigh each activity in each commune: its sector's count, its part of it."""
    sector = insee_sector(mix["naf"])
    share = mix["per_1000_employers"] / mix["per_1000_employers"].groupby(
        sector
    ).transform("sum")
    counted = sectors.reindex(columns=sector, fill_value=0.0).to_numpy(dtype=float)
    weights: Floats = counted * share.to_numpy(dtype=float)[None, :]
    return weights


def _taken(whole: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Count the known sites of each commune by class, and their employees."""
    heads = sites["headcount_mid"]
    sizes = {"small": heads.lt(LARGE), "large": heads.ge(LARGE), "jobs": heads}
    taken = pd.DataFrame(sizes).groupby(sites["code_insee"]).sum()
    return taken.reindex(whole.index).fillna(0.0)


def _slots(
    communes: pd.Index,
    counts: Ints,
    weights: Floats,
    *,
    of: Floats,
    kind: str,
    names: Mapping[str, str],
) -> Slots:
    """List the slots of one class in each commune; ``of``: shares of its bands.

    ``names``: of the slots that are known sites.
    """
    commune = np.repeat(np.arange(len(communes)), counts)
    rank = np.arange(len(commune)) - np.repeat(np.cumsum(counts) - counts, counts)
    codes = communes.to_numpy(dtype=str)[commune]
    slots = [f"{code}|{kind}|{one}" for code, one in zip(codes, rank, strict=True)]
    name = [names.get(slot, slot) for slot in slots]
    often = of.sum(axis=1)
    return Slots(
        pd.DataFrame({"name": pd.Series(name, dtype="str"), "code_insee": codes}),
        counts,
        np.cumsum(weights * often[None, :], axis=1),
        np.cumsum(of / often[:, None], axis=1),
    )


class _Drawn(NamedTuple):
    """Draws of slots, shape (sources, slots)."""

    activity: Ints
    size: Floats


def _drawn(slots: Slots, *, seed: int, sources: Sequence[str]) -> _Drawn:
    """Draw the activity and the size of slots, each from three draws of its name."""
    names = slots.rows["name"]
    keys = [draw_keys(names, seed=seed, source=source) for source in sources]
    unit = plain_uniforms(np.concatenate(keys), 3)
    of_activity, of_band, of_size = unit.T.reshape(3, len(sources), len(names))
    ends = np.cumsum(slots.counts)
    activity = np.zeros(of_activity.shape, dtype=np.int64)
    for up_to, start, end in zip(slots.chance, ends - slots.counts, ends, strict=True):
        wish = of_activity[:, start:end] * up_to[-1]
        activity[:, start:end] = np.searchsorted(up_to, wish, side="right")
    activity = np.minimum(activity, slots.chance.shape[1] - 1)
    return _Drawn(activity, _drawn_sizes(slots.up_to[activity], of_band, of_size))
