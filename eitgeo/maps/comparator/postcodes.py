"""Postcodes of communes, by which inhabitants and firms find theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import require_columns
from eitgeo.maps.paper.sheet import require_released

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.disclosure.door.rules import Released


def commune_postcodes(postcodes: Released, codes: Sequence[str]) -> list[str]:
    """Return the postcodes of each commune, joined by a space."""
    table = require_released(postcodes, "postcodes").table
    require_columns(table, ["code_insee", "postcode"], where="postcodes")
    ordered = table.sort_values("postcode", kind="stable")
    held = ordered.groupby("code_insee")["postcode"].agg(" ".join)
    return [str(held.get(code, "")) for code in codes]
