"""Closed roads as the comparator tells them: trips to towns that take longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.check import require_columns
from eitgeo.maps.comparator.published import plain
from eitgeo.words import typographic

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def closure_lists(
    closures: pd.DataFrame, access: pd.DataFrame, *, rank: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Lay out what each closure changes."""
    require_columns(
        closures, ["closure_id", "label", "note", "source", "status"], where="closures"
    )
    ends = ["origin_id", "destination_id"]
    require_columns(
        access, ["closure_id", *ends, "open_min", "closed_min"], where="closure_access"
    )
    here = access[access["origin_id"].isin(rank) & access["destination_id"].isin(rank)]
    found = []
    for row in closures.sort_values("closure_id").to_dict("records"):
        mine = here[here["closure_id"] == row["closure_id"]].sort_values(ends)
        found.append(
            {
                "label": typographic(str(row["label"])),
                "note": typographic(str(row["note"])),
                "source": typographic(str(row["source"])),
                "doubtful": str(row["status"]) != "publie",
                "from": [rank[str(code)] for code in mine["origin_id"]],
                "to": [rank[str(code)] for code in mine["destination_id"]],
                "open": plain(mine["open_min"].to_numpy(dtype=float).round(1)),
                "closed": plain(mine["closed_min"].to_numpy(dtype=float).round(1)),
            }
        )
    return found
