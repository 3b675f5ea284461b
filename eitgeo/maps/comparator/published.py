"""Published figures of the comparator, packed: one list a level for all unions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

_LEVELS = ("value", "low", "high")


def packed_figures(
    indicators: pd.DataFrame, perimeter_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Pack the published figures of perimeters, indicator by indicator."""
    return {
        str(name): _packed(rows.set_index("perimeter_id").reindex(list(perimeter_ids)))
        for name, rows in indicators.groupby("indicator_id")
    }


def _packed(rows: pd.DataFrame) -> dict[str, Any]:
    told = rows["note"].fillna("").astype(str)
    notes = sorted(set(told))
    values = {name: plain(rows[name].to_numpy(dtype=float)) for name in _LEVELS}
    return {
        "value": values["value"],
        **{
            name: None if values[name] == values["value"] else values[name]
            for name in _LEVELS[1:]
        },
        "evidence": "".join(rows["evidence"].fillna("H")),
        "note": [notes.index(note) for note in told],
        "notes": notes,
        "source": next(iter(rows["source"].dropna()), ""),
    }


def plain(values: np.ndarray) -> list[float | None]:
    """Turn numbers into JSON numbers, None where there is none."""
    return [
        None if np.isnan(v) else int(v) if float(v).is_integer() else float(v)
        for v in np.asarray(values, dtype=float)
    ]


def block_lists(
    communes_public: pd.DataFrame,
    blocks_public: pd.DataFrame,
    block_draws_public: pd.DataFrame,
    *,
    rank: Mapping[str, int],
) -> dict[str, dict[str, Any]]:
    """List the guarded blocks of each indicator."""
    found = {}
    for name, rows in communes_public.groupby("indicator_id"):
        sums = blocks_public[blocks_public["indicator_id"] == name]
        ids = sorted(set(rows["block_id"]))
        order = {block: place for place, block in enumerate(ids)}
        known = sums.set_index("block_id").reindex(ids)
        shown = rows.groupby("block_id")["released"].all()
        units = [
            number
            for code, block, n_sites in zip(
                rows["code_insee"], rows["block_id"], rows["n_sites"], strict=True
            )
            for number in (rank[code], order[block], int(n_sites))
        ]
        found[str(name)] = {
            "id": ids,
            "shown": shown[ids].astype(int).tolist(),
            "draws": _draws(block_draws_public, str(name), ids),
            "units": units,
            **{
                level: plain(known[level].to_numpy(dtype=float))
                for level in (*_LEVELS, "top_low", "top_high")
            },
        }
    return found


def _draws(
    block_draws_public: pd.DataFrame, name: str, ids: Sequence[str]
) -> list[list[float | None] | None]:
    mine = block_draws_public[block_draws_public["indicator_id"] == name]
    by_block = {
        str(block): plain(
            rows.sort_values("draw", kind="stable")["value"].to_numpy(dtype=float)
        )
        for block, rows in mine.groupby("block_id")
    }
    return [by_block.get(block) for block in ids]


def cell_list(exchanges_public: pd.DataFrame) -> list[list[Any]]:
    """List the guarded cells of exchanges."""
    return [
        [str(row["donor_id"]), str(row["receiver_ids"]).split(";"), float(row["value"])]
        for row in exchanges_public.to_dict("records")
    ]
