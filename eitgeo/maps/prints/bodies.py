"""The bodies beside the EPCI: what each holds of the study area, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.check import require_columns
from eitgeo.maps.paper.sheet import require_released

if TYPE_CHECKING:
    import geopandas as gpd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.ground import Ground

_COLUMNS = (
    "body_id",
    "name",
    "kind",
    "legal_person",
    "economic_competence",
    "waste_competence",
)


class BodyHere(NamedTuple):
    """A body, its members in the study area, and whether its list is to confirm."""

    row: Any
    communes: gpd.GeoDataFrame
    to_confirm: bool


def bodies_here(ground: Ground, bodies: Released, members: Released) -> list[BodyHere]:
    """List the bodies but EPCI that hold a commune of the study area."""
    table = require_released(bodies, "bodies").table
    require_columns(table, _COLUMNS, where="bodies")
    held = require_released(members, "membership").table
    require_columns(held, ["body_id", "code_insee", "status"], where="membership")
    area = ground.area
    found = []
    for row in table[table["kind"] != "epci"].sort_values("body_id").itertuples():
        mine = held[held["body_id"] == row.body_id]
        here = area[area["code_insee"].isin(mine["code_insee"])]
        if not here.empty:
            doubtful = bool(mine["status"].eq("a_confirmer").any())
            found.append(BodyHere(row, here, doubtful))
    return found
