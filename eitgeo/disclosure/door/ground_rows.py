"""Rows of the catalogue on territory, perimeters, roads and zones.

Notes
-----
``membership_frequency`` goes out as a register does, without passing by blocks: a share
counts contours, each the answer of an optimisation over the whole territory, rounded to
five classes on the map. It holds no tonne, no job and no firm; no sum or difference of
shares gives one back. Of ``sites``, the size band is register too (SIRENE).
"""

from __future__ import annotations

from typing import Final

from eitgeo.disclosure.door import decision, ground
from eitgeo.disclosure.door.rules import Leaving

_JOBS = ("headcount_low", "headcount_mid", "headcount_high")
"""Would tell a firm, or what is left of a block once zones are out."""
_TONNES = ("cut_t", "detour_tkm")
"""Lengths and minutes of roads leave, never what is carried on them."""
_ROADS_ASSUMED = "vitesses, gabarits et fermetures du paquet (hypothèses)"
_ROAD = Leaving("register", "roads", "roads", to_confirm=_ROADS_ASSUMED)
_ZONE = Leaving("register", "sites zones", "zones")
_COUNTED = Leaving("register", "counts")
"""Public counts by commune: no firm answers them, none is drawn."""
BODY: Final = Leaving("register", "bodies")
CARRIED: Final = Leaving("register", "bodies roads")
"""Distances to outlets, closed roads and contours by road are behind these rows."""

_TERRITORY = {
    "communes": Leaving("register", "communes"),
    "postcodes": Leaving("register", "postcodes"),
    "bodies": BODY,
    "body_seats": BODY,
    "outlets": Leaving("register", "outlets"),
    "places": Leaving("register", "places"),
    "sites": Leaving("register", "sites", "sites"),
    "relief": Leaving("register", "elevation", made=ground.relief, reads=()),
    "motorway_exits": Leaving(  # a sketch from a file of the study: no road
        "register", made=ground.motorway_exits, reads=("junctions", "communes")
    ),
    "body_members": BODY._replace(
        made=ground.body_members, reads=("membership", "bodies")
    ),
    "waste_members": BODY._replace(
        made=ground.waste_members, of=("bodies", "body_members"), reads=()
    ),
    "neighbours": Leaving("register", made=ground.neighbours, reads=("communes",)),
    "area": Leaving(
        "register", "communes", "all", made=ground.area, reads=("communes",)
    ),
}

_ACTIVITY = {
    "activity_urssaf": _COUNTED,
    "activity_insee": _COUNTED,
    "counted_sectors": _COUNTED._replace(made=ground.counted_sectors),
    "activity_counts": _COUNTED._replace(
        made=ground.activity_counts,
        reads=("activity_urssaf", "activity_insee", "activity_ape"),
    ),
}

_PERIMETERS = {
    "perimeters": Leaving("register", "bodies roads", made=ground.perimeters),
    "perimeter_communes": CARRIED,
    "membership_frequency": Leaving("register", "sites roads flows", "all"),
    "changed_communes": Leaving(
        "derived",
        "communes bodies roads",
        made=decision.changed_communes,
        reads=("perimeter_communes", "communes"),
    ),
    "changed_epci": Leaving(
        "derived",
        "communes bodies roads",
        made=decision.changed_epci,
        reads=("perimeter_communes", "communes"),
    ),
}

_ROADS = {
    "contiguity": Leaving("register", "roads"),
    "town_minutes": Leaving(
        "register",
        "roads",
        made=ground.minutes,
        reads=("communes", "od_matrix", "road_checks"),
    ),
    "union_seats": Leaving(
        "register",
        "communes bodies roads",
        "roads",
        made=ground.union_seats,
        reads=("perimeters", "communes", "od_matrix", "road_checks"),
    ),
    "nearest_outlets": Leaving(
        "register",
        "communes outlets roads",
        "roads",
        made=ground.nearest,
        reads=("communes", "od_matrix", "outlets"),
    ),
    "animation_seats": _ROAD,
    "closed_roads": _ROAD,
    "closure_access": _ROAD,
    "closure_trips": _ROAD,
    "closures": _ROAD._replace(drops=_TONNES),
    "dead_end_valleys": _ROAD,
    "link_criticality": _ROAD._replace(
        drops=_TONNES, made=ground.busy, reads=("link_criticality", "road_names")
    ),
    "reach_shares": _ROAD,
    "road_checks": _ROAD,
    "road_report": _ROAD,
    "drawn_roads": _ROAD._replace(to_confirm="", keeps=("label", "geometry")),
    # Figures that a step works out for a map: nothing else goes with them.
    "commune_minutes": _ROAD._replace(keeps=("code_insee", "minutes")),
}

_ZONES = {
    "activity_areas": Leaving(
        "register",
        "communes bodies zones",
        made=ground.activity_areas,
        reads=("activity_areas", "communes", "bodies"),
    ),
    "zones_public": _ZONE,
    "zone_profile": Leaving(
        "register",
        "sites zones roads",
        "all",
        drops=("anchors", "largest_share_pct", *_JOBS),
        made=ground.zone_profile,
        reads=("zone_profile", "outlets"),
    ),
    "zone_concordance": _ZONE._replace(drops=("headcount_in", "headcount_out")),
    "zone_settings": _ZONE._replace(drops=("headcount_mid",)),
    "zone_potentials": Leaving(
        "register",
        "sites zones flows",
        "zones",
        made=ground.zone_potentials,
        reads=("zones_public", "zone_potentials"),
    ),
    "site_stability": _ZONE._replace(
        made=ground.site_stability, reads=("sites", "site_stability")
    ),
    "key_sectors": _ZONE._replace(drops=_JOBS),
    "concentration": _ZONE,
}

ROWS: Final = _TERRITORY | _ACTIVITY | _PERIMETERS | _ROADS | _ZONES
