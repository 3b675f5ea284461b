"""What tonnage leaves when published exchanges are subtracted from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eitgeo.disclosure.rule import MAX_TOP_SHARE_PCT, MIN_CONTRIBUTORS, NOBODY
from eitgeo.exact import at_most

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    Blocks = frozenset[str]


@dataclass(frozen=True)
class Rest:
    """What the firms of each block of tonnage keep back from all exchanges.

    Attributes
    ----------
    kept_t
        Block → what is kept back [t/year].
    keepers
        Block → the firms that keep something.
    largest_t
        Block → what the largest firm there throws away in all, wherever [t/year].
    known
        Blocks that rest on published counts alone: of no firm.
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
    given = gave.reindex(amounts["site_id"], fill_value=0.0).to_numpy(dtype=float)
    rows = amounts.assign(kept=(amounts["value"] - given).clip(lower=0.0))
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
