"""Guarded exchanges: units that give and take, and cells between them that pass.

A cell passes where what is left of tonnage passes too, once exchanges are subtracted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.disclosure.rule import (
    MAX_TOP_SHARE_PCT,
    MIN_CONTRIBUTORS,
    NOBODY,
    Part,
    firm_numbers,
    parts_by,
    passes,
    rounded,
)
from eitgeo.exact import at_most

if TYPE_CHECKING:
    Blocks = frozenset[str]

CAPTURED = "captured_pct"
_BOUNDS = ("low", "high")
_PERCENT = 100.0
OUTSIDE = "hors"
"""All takers outside the study area: one unit."""


class Ends(NamedTuple):
    """Both ends of one or more cells.

    ``donors``, ``takers``: who gives, who takes [t/year]. ``blocks``: blocks of tonnage
    where somebody gives.
    """

    donors: Part
    takers: Part
    blocks: frozenset[str]

    def union(self, other: Ends) -> Ends:
        """Put two cells together."""
        return Ends(
            self.donors.union(other.donors),
            self.takers.union(other.takers),
            self.blocks | other.blocks,
        )

    def passes(self, rest: Rest) -> bool:
        """Say whether a cell may be published."""
        return passes(self.donors) and passes(self.takers) and rest.passes(self.blocks)


def guard_exchanges(
    ends: pd.DataFrame,
    *,
    amounts: pd.DataFrame,
    blocks: pd.DataFrame,
    firms: pd.Series[str],
    epci: pd.Series[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut the study area into units, and exchanges into cells fit to be published.

    Notes
    -----
    A unit is a whole EPCI, whatever perimeters are compared. A cell goes from one unit
    to one or more; both its givers and its takers pass, and so does tonnage less the
    cell, else takers are put together. Its tonnes are rounded to two significant
    figures. A cell counts as kept in a perimeter that holds all its units.
    """
    gave, taken = site_parts(ends, firms)
    number = firm_numbers(firms)
    placed = amounts.merge(
        blocks[["code_insee", "kind", "block_id"]],
        left_on=["code_insee", "origin"],
        right_on=["code_insee", "kind"],
    )
    placed["firm"] = placed["site_id"].map(number)
    units, refused = _units(gave, epci)
    of_commune = {code: key for key, codes in units.items() for code in codes}
    gave = gave.assign(
        donor=gave["donor_id"].map(of_commune),
        receiver=gave["receiver_id"].map(of_commune).fillna(OUTSIDE),
    )
    taken = taken.assign(
        donor=taken["donor_id"].map(of_commune),
        receiver=taken["receiver_id"].map(of_commune).fillna(OUTSIDE),
    )
    cells = _pair_cells(
        gave[~gave["donor"].isin(refused)],
        taken,
        epci={key: epci[key] for key in units},
        placed=placed,
    )
    givers = gave[["donor_id", "site_id"]].drop_duplicates()["donor_id"].value_counts()
    silent = set(units) - {donor for donor, _ in cells}
    members = pd.DataFrame(
        [
            (CAPTURED, key, code, len(codes) > 1, key not in silent)
            for key, codes in units.items()
            for code in codes
        ],
        columns=["indicator_id", "block_id", "code_insee", "merged", "released"],
    )
    counts = members["code_insee"].map(givers).fillna(0).astype("int64")
    table = pd.DataFrame(
        [(donor, ";".join(takers), t) for (donor, takers), t in sorted(cells.items())],
        columns=["donor_id", "receiver_ids", "value"],
    ).astype({"donor_id": "str", "receiver_ids": "str", "value": "float64"})
    table["value"] = rounded(table["value"])
    return members.assign(kind="estime", n_sites=counts), table


def with_spread(shares: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Give each share kept the interval that draws of who takes part give shares.

    ``shares``: published: ``value`` [%]. ``own``: inside, of any perimeters: ``value``,
    ``low``, ``high`` [%]. Returns: ``shares`` with ``low`` and ``high``; none of a
    share of 0 or 100 %.

    Notes
    -----
    The bounds that draws give one perimeter are sums that no rule judged. On the scale
    of log-odds intervals are much alike: the medians over perimeters of how far down
    and up they reach, rounded outward to halves, are two numbers of the whole study,
    and the bounds follow from them and from the published share alone.
    """
    odds, *bounds = (
        _log_odds(own[name].to_numpy(dtype=float)) for name in ("value", "low", "high")
    )
    inner = np.isfinite(odds)
    reach = np.column_stack(bounds)[inner] - odds[inner, None]
    known = reach[~np.isnan(reach).any(axis=1)]
    if not len(known):
        return shares
    down, up = np.median(known, axis=0)
    own_odds = _log_odds(shares["value"].to_numpy(dtype=float))
    own_odds[~np.isfinite(own_odds)] = np.nan
    return shares.assign(
        low=_PERCENT / (1 + np.exp(-own_odds - np.floor(2 * down) / 2)),
        high=_PERCENT / (1 + np.exp(-own_odds - np.ceil(2 * up) / 2)),
    )


def widened(parts: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Widen the interval of parts of a total by that of the share that makes them.

    ``parts``: ``value``, ``low``, ``high``: the total and its bounds, times a share.
    ``shares``: on the same index, the share kept: ``value``, ``low``, ``high`` [%].
    Without bounds, or at 0, it widens nothing. Returns: `parts` with bounds farther
    from the value, on the scale of ratios: the square root of the sum of the squares of
    how far the total and the share reach, as of two doubts apart. Bounds on either side
    of zero move as the share at most does.

    Examples
    --------
    >>> euros = pd.DataFrame({"value": [4.0, -4.0], "low": [2.0, -8.0],
    ...     "high": [8.0, -2.0]})
    >>> half = pd.DataFrame({"value": 50.0, "low": 50.0, "high": 100.0}, index=[0, 1])
    >>> widened(euros, half).round(2).to_numpy().tolist()
    [[4.0, 2.0, 10.66], [-4.0, -10.66, -2.0]]
    """
    value, low, high = (parts[name].to_numpy(float) for name in ("value", *_BOUNDS))
    least, most = (_reach(shares[name], shares["value"]) for name in _BOUNDS)
    is_loss = value < 0
    closer, far = np.where(is_loss, high, low), np.where(is_loss, low, high)
    # Beyond zero there is no ratio.
    across = np.where(is_loss, closer > 0, closer < 0) | (value == 0)
    size = np.where(across, np.nan, value)
    nearer, farther = (_reach(pd.Series(one), pd.Series(size)) for one in (closer, far))
    closer = np.where(
        across, closer * np.exp(most), value * np.exp(-np.hypot(nearer, least))
    )
    far = np.where(across, far * np.exp(most), value * np.exp(np.hypot(farther, most)))
    return parts.assign(
        low=np.where(is_loss, far, closer), high=np.where(is_loss, closer, far)
    )


def _reach(bound: pd.Series[float], value: pd.Series[float]) -> np.ndarray:
    """Say how far a bound is from a value, as the logarithm of their ratio."""
    ratio = (bound / value.where(value != 0)).to_numpy(float)
    with np.errstate(divide="ignore"):
        reach: np.ndarray = np.abs(np.log(np.where(np.isnan(ratio), 1.0, ratio)))
    return reach


def _log_odds(pct: np.ndarray) -> np.ndarray:
    share = np.where((pct >= 0) & (pct <= _PERCENT), pct, np.nan)
    with np.errstate(divide="ignore"):
        return np.log(share) - np.log(_PERCENT - share)


def site_parts(
    ends: pd.DataFrame, firms: pd.Series[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say what each site gives and takes between communes."""
    number = firm_numbers(firms)
    columns = ["donor_id", "receiver_id", "site_id", "t"]
    rows = ends.assign(firm=ends["site_id"].map(number))
    gave, taken = (
        rows.loc[rows["end"] == end, [*columns, "firm"]] for end in ("donor", "taker")
    )
    return gave, taken


def _units(
    given: pd.DataFrame, epci: pd.Series[str]
) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Make a unit of each EPCI, named by its first commune; name those that fail."""
    units, refused = {}, set()
    for codes in epci.groupby(epci).groups.values():
        names = tuple(sorted(codes))
        units[names[0]] = names
        own = given[given["donor_id"].isin(names)]
        if not passes(Part(own["firm"].to_numpy(), own[["t"]].to_numpy(dtype=float))):
            refused.add(names[0])
    return units, refused


def _pair_cells(
    given: pd.DataFrame,
    taken: pd.DataFrame,
    *,
    epci: Mapping[str, str],
    placed: pd.DataFrame,
) -> dict[tuple[str, tuple[str, ...]], float]:
    """Give the tonnes of each cell that passes: a giving unit, the taking units."""
    key = ["donor", "receiver"]
    gives, takes = (parts_by(rows, key, ["t"]) for rows in (given, taken))
    rest = read_rest(placed, given.groupby("site_id")["t"].sum())
    where = placed[["site_id", "block_id"]].drop_duplicates()
    touched = given[[*key, "site_id"]].merge(where, on="site_id")
    blocks = touched.groupby(key)["block_id"].agg(frozenset).to_dict()
    cells: dict[tuple[str, tuple[str, ...]], float] = {}
    for donor in sorted({pair[0] for pair in gives}):
        open_cells: dict[tuple[str, ...], Ends] = {
            (pair[1],): Ends(gives[pair], takes[pair], blocks.get(pair, frozenset()))
            for pair in sorted(gives)
            if pair[0] == donor and pair in takes
        }
        for names, both in _joined(open_cells, epci, rest, within=donor).items():
            if both.passes(rest):
                cells[donor, names] = float(both.donors.amounts.sum())
    return cells


def _joined(
    cells: dict[tuple[str, ...], Ends],
    epci: Mapping[str, str],
    rest: Rest,
    *,
    within: str,
) -> dict[tuple[str, ...], Ends]:
    """Put takers together until each cell passes, or only one is left.

    What a unit gives to itself is joined last: every perimeter that holds it keeps it.
    """
    joined = dict(cells)
    tonnes = {names: both.donors.amounts.sum() for names, both in joined.items()}
    failing = {names for names, both in joined.items() if not both.passes(rest)}
    while failing and len(joined) > 1:
        chosen = min(failing, key=lambda names: (tonnes[names], names))
        own = {epci.get(name) for name in chosen}
        partner = min(
            set(joined) - {chosen},
            key=lambda names: (
                within in names,
                {epci.get(name) for name in names} != own,
                not joined[chosen].union(joined[names]).passes(rest),
                tonnes[names],
                names,
            ),
        )
        union = joined.pop(chosen).union(joined.pop(partner))
        names = tuple(sorted(chosen + partner))
        tonnes[names] = tonnes.pop(chosen) + tonnes.pop(partner)
        joined[names] = union
        failing -= {chosen, partner}
        if not union.passes(rest):
            failing.add(names)
    return joined


@dataclass(frozen=True)
class Rest:
    """What the firms of each block of tonnage keep back from all exchanges.

    ``kept_t``: block → what is kept back [t/year]. ``keepers``: block → the firms that
    keep something. ``largest_t``: block → what the largest firm there throws away in
    all, wherever [t/year]. ``known``: blocks that rest on published counts alone: of no
    firm.
    """

    kept_t: Mapping[str, float] = field(repr=False)
    keepers: Mapping[str, frozenset[int]] = field(repr=False)
    largest_t: Mapping[str, float] = field(repr=False)
    known: Blocks = frozenset()

    def passes(self, blocks: Blocks) -> bool:
        """Say whether tonnage less exchanges is safe over some blocks.

        Notes
        -----
        Both tonnages of blocks and cells of exchanges are published. A set of parts
        that they give back is a sum of blocks less cells whose givers all sit in
        them, and more cells whose givers sit in none. Where cells one by one satisfy
        this rule, so do any cells together: the blocks of all of them keep back at
        least what those of any one keep, and their largest firm is the largest of
        one of them. What is left of it is at most what it throws away, hence at most
        85 % of what is kept, hence of what is left.
        """
        if blocks and blocks <= self.known:
            return True
        blocks -= self.known
        kept_t = sum(self.kept_t.get(name, 0.0) for name in blocks)
        keepers = {name: self.keepers.get(name, frozenset()) for name in blocks}
        firms = frozenset[int]().union(*keepers.values())
        largest_t = max((self.largest_t.get(name, 0.0) for name in blocks), default=0.0)
        return (
            all(keepers.values())
            and len(firms) >= MIN_CONTRIBUTORS
            and bool(at_most(100 * largest_t, MAX_TOP_SHARE_PCT * kept_t))
        )


def read_rest(amounts: pd.DataFrame, gave: pd.Series[float]) -> Rest:
    """Sum what is kept back, block by block."""
    # Not `map`: of no row it makes a column of texts.
    given_t = gave.reindex(amounts["site_id"], fill_value=0.0).to_numpy(dtype=float)
    rows = amounts.assign(kept=(amounts["value"] - given_t).clip(lower=0.0))
    blocks = set(map(str, rows["block_id"]))
    secret = set(map(str, rows.loc[rows["firm"] != NOBODY, "block_id"]))
    rows = rows[rows["firm"] >= 0]
    rows = rows.assign(all_t=rows.groupby("firm")["value"].transform("sum"))
    keeping = rows[rows["kept"] > _TINY * rows["value"]]
    sums = rows.groupby("block_id").agg(kept=("kept", "sum"), all_t=("all_t", "max"))
    names = [str(name) for name in sums.index]
    keepers = {str(name): firms for name, firms in keeping.groupby("block_id")["firm"]}
    return Rest(
        kept_t=dict(zip(names, sums["kept"], strict=True)),
        keepers={name: frozenset(keepers.get(name, ())) for name in names},
        largest_t=dict(zip(names, sums["all_t"], strict=True)),
        known=frozenset(blocks - secret),
    )


_TINY = 1e-9
"""Share of a tonnage below which what is left of it is rounding."""
