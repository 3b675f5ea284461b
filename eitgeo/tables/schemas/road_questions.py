"""Tables that answer questions on roads: reach, seats, closures, checks."""

from eitgeo.tables.columns import (
    COMMUNE,
    EVIDENCE_CLASSES,
    OD_STATUSES,
    STATUSES,
    TableSpec,
    count,
    flag,
    number,
    text,
)
from eitgeo.tables.schemas.roads import ROAD_CLASSES

_LOSSES = {
    # Pairs that drive there: each is rerouted, cut off, or has a place on it.
    "pairs": count(),
    "rerouted_pairs": count(),
    "cut_pairs": count(),
    "on_link_pairs": count(),
    "extra_min": number(),
    "extra_min_max": number(),
    "extra_km": number(),
    # Estimates: internal, they leave only through ``eitgeo.disclosure``.
    "detour_tkm": number(),
    "cut_t": number(0.0),
}

QUESTION_SPECS = [
    TableSpec(
        "isochrones",
        ("profile", "seat_code", "minutes"),
        {
            "profile": text("truck", "car"),
            "seat_code": text(pattern=COMMUNE),
            "minutes": number(0.0),
            "road_km": number(0.0),
            "area_km2": number(0.0),
            "method": text(),
        },
        has_geometry=True,
    ),
    TableSpec(
        "reach_shares",
        ("profile", "origin_id", "measure", "band"),
        {
            "profile": text("truck", "car"),
            "origin_id": text(),
            "measure": text("length_km", "time_min"),
            "band": number(0.0),
            # Inhabitants of the study area.
            "within": number(0.0),
            "inhabitants_pct": number(0.0, 100.0),
            "without_way_pct": number(0.0, 100.0),
        },
    ),
    TableSpec(
        "animation_seats",
        ("criterion", "n_seats"),
        {
            "criterion": text(),
            "n_seats": count(1),
            "seat_1": text(pattern=COMMUNE),
            # Empty: one seat.
            "seat_2": text(),
            "median_min": number(0.0),
            "inhabitants_pct": number(0.0, 100.0),
            "without_way_pct": number(0.0, 100.0),
            "ties": count(),
        },
    ),
    TableSpec(
        "closures",
        ("closure_id",),
        {
            "closure_id": text(),
            "label": text(),
            "n_edges": count(),
            "length_m": number(0.0),
            "note": text(),
            **_LOSSES,
            "evidence": text(*EVIDENCE_CLASSES),
            "source": text(),
            "status": text(*STATUSES),
            # Empty: the study describes the closure itself.
            "as_of": text(),
        },
    ),
    TableSpec(
        "closed_roads",
        ("closure_id", "edge_id"),
        {
            "closure_id": text(),
            "edge_id": text(),
            "class": text(*ROAD_CLASSES),
            "length_m": number(0.0),
        },
        has_geometry=True,
    ),
    TableSpec(
        "closure_access",
        ("closure_id", "origin_id", "destination_id"),
        {
            "closure_id": text(),
            "origin_id": text(pattern=COMMUNE),
            "destination_id": text(pattern=COMMUNE),
            "open_min": number(0.0),
            # NaN unless the status is « ok » or « same_place ».
            "closed_min": number(0.0),
            "status": text(*OD_STATUSES),
        },
    ),
    TableSpec(
        "closure_trips",
        ("closure_id", "state"),
        {
            "closure_id": text(),
            "state": text(),
            "origin_id": text(pattern=COMMUNE),
            "destination_id": text(pattern=COMMUNE),
            "time_s": number(0.0),
            "length_m": number(0.0),
        },
        has_geometry=True,
    ),
    TableSpec(
        "link_criticality",
        ("edge_id",),
        {
            "edge_id": text(),
            "way_id": count(low=-(2**63)),
            "class": text(*ROAD_CLASSES),
            "length_m": number(0.0),
            **_LOSSES,
            "bridge": flag(),
        },
        has_geometry=True,
    ),
    TableSpec(
        "dead_end_valleys",
        ("valley_id",),
        {
            # The longest of the links of which each cuts these communes from all towns.
            "valley_id": text(),
            "n_links": count(1),
            "length_m": number(0.0),
            # Road numbers and INSEE codes, separated by semicolons.
            "ref": text(),
            "class": text(*ROAD_CLASSES),
            "n_communes": count(1),
            "communes": text(),
            "inhabitants": count(),
        },
        has_geometry=True,
    ),
    TableSpec(
        "road_checks",
        ("check",),
        {
            "check": text(),
            "pairs": count(),
            "p05": number(),
            "p25": number(),
            "median": number(),
            "p75": number(),
            "p95": number(),
            "outliers": count(),
            # Why the network is not believed; empty: it is.
            "fault": text(),
        },
    ),
    TableSpec(
        "road_outliers",
        ("check", "origin_id", "destination_id"),
        {
            "check": text(),
            "origin_id": text(),
            "destination_id": text(),
            "ours": number(0.0),
            "theirs": number(0.0),
            "ratio": number(0.0),
            "reason": text(),
        },
        # The path of the other engine; a straight line where that is what is held.
        has_geometry=True,
    ),
]
