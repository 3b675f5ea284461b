"""Zones of INSEE that a perimeter cuts: a check, never candidates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.tables.schema import empty_table
from eitgeo.territory.membership import members

BASIN_KINDS = ("bassin_de_vie", "zone_emploi", "aav")


def basin_cuts(
    candidates: Iterable[Candidate],
    communes: pd.DataFrame,
    *,
    bodies: pd.DataFrame,
    membership: pd.DataFrame,
    on_date: dt.date,
) -> pd.DataFrame:
    """List the zones that perimeters cut, with who is on either side.

    ``communes``: table ``communes``: populations. The communes of a zone that it does
    not hold are outside every perimeter and counted there; their people are not known.
    ``bodies``, ``membership``: tables of the same names; zones are there where the
    study has their source. ``on_date``: date of the membership. Returns: table
    ``basin_cuts``; empty when no zone is cut, or none is at hand.
    """
    zones = bodies[bodies["kind"].isin(BASIN_KINDS)]
    people = communes.set_index("code_insee")["population"]
    pool = list(candidates)
    rows = []
    for zone in zones.to_dict("records"):
        present = members(membership, zone["body_id"], on_date=on_date)
        codes = frozenset(present["code_insee"])
        for candidate in pool:
            inside, outside = codes & candidate.codes, codes - candidate.codes
            if inside and outside:
                rows.append(
                    {
                        "perimeter_id": candidate.perimeter_id,
                        "body_id": zone["body_id"],
                        "kind": zone["kind"],
                        "name": zone["name"],
                        "n_inside": len(inside),
                        "n_outside": len(outside),
                        "population_inside": int(people[sorted(inside)].sum()),
                        "population_outside": int(
                            people[sorted(outside.intersection(people.index))].sum()
                        ),
                    }
                )
    return pd.DataFrame(rows) if rows else empty_table("basin_cuts")
