"""Tables of the road network: nodes, edges, what rebuilds the graph, distances."""

from eitgeo.tables.columns import (
    OD_STATUSES,
    PLACE_STATUSES,
    TableSpec,
    count,
    flag,
    number,
    text,
)

SURROGATE_CLASSES = ("autoroute", "bretelle", "crete", "route")
"""Classes of the edges of the surrogate network."""

ROAD_CLASSES = (
    "barrier",
    "living_street",
    "motorway",
    "motorway_link",
    "primary",
    "primary_link",
    "residential",
    "road",
    "secondary",
    "secondary_link",
    "service",
    "tertiary",
    "tertiary_link",
    "track",
    "trunk",
    "trunk_link",
    "unclassified",
)
"""Classes of the edges of a real network; ``barrier``: of no length."""

_USES = ("no", "yes", "destination")
"""What a direction is to a vehicle: barred, free, only to reach a place there."""

ROAD_SPECS = [
    TableSpec(
        "road_nodes",
        ("node_id",),
        {
            "node_id": text(),
            "x": number(),
            "y": number(),
            "z": number(),
        },
    ),
    TableSpec(
        "road_edges",
        ("edge_id",),
        {
            "edge_id": text(),
            "u": text(),
            "v": text(),
            "length_m": number(0.0),
            "ascent_m": number(0.0),
            "descent_m": number(0.0),
            "class": text(*SURROGATE_CLASSES, *ROAD_CLASSES),
            "truck_time_s": number(0.0),
            "car_time_s": number(0.0),
            "max_weight_t": number(0.0),
            "max_height_m": number(0.0),
            "max_width_m": number(0.0),
            "max_length_m": number(0.0),
            # The freest of both directions; empty: not known.
            "hgv": text("", *_USES),
        },
    ),
    # With nodes and edges, what rebuilds the graph of a real network exactly.
    TableSpec(
        "road_lines",
        ("edge_id",),
        {
            "edge_id": text(),
            "way_id": count(low=-(2**63)),
            "kmh_forward": number(0.0),
            "kmh_backward": number(0.0),
            "kmh_hgv": number(0.0),
            # What a car drives on average, where the source says so: no sign.
            "kmh_mean": number(0.0),
            "truck_forward": text(*_USES),
            "truck_backward": text(*_USES),
            "car_forward": text(*_USES),
            "car_backward": text(*_USES),
            "bridge": flag(),
            "tunnel": flag(),
            "toll": flag(),
            "turn_rad": number(0.0),
            # Share of the edge that runs through settlements.
            "settled": number(0.0, 1.0),
            # Columns where a sign says that there is no limit, joined by « ; ».
            "without_limit": text(),
        },
        has_geometry=True,
    ),
    # Edges joined by class, as maps draw them.
    TableSpec("drawn_roads", ("label",), {"label": text()}, has_geometry=True),
    # Ways that each edge is made of: what closures and dead ends are found by.
    TableSpec(
        "road_names",
        ("edge_id", "way_id"),
        {
            "edge_id": text(),
            "way_id": count(low=-(2**63)),
            "ref": text(),
            "name": text(),
        },
    ),
    TableSpec(
        "road_turns",
        ("vehicle", "turn_id"),
        {
            "vehicle": text("truck", "car"),
            "turn_id": text(),
            # Directed edges, in order: « 12+ 40- », along edge 12, then against 40.
            "path": text(pattern=r"^\d+[+-]( \d+[+-])*$"),
        },
    ),
    # What the extract covers: beyond it, nothing is known of the roads.
    TableSpec(
        "road_ground",
        ("part_id",),
        {
            "part_id": text(),
            "area_km2": number(0.0),
        },
        has_geometry=True,
    ),
    TableSpec(
        "road_report",
        ("topic", "subject"),
        {
            "topic": text("ecarte", "signale", "limites", "isole", "denivele"),
            "subject": text(),
            "value": number(),
            "unit": text(),
        },
    ),
    TableSpec(
        "road_islands",
        ("profile", "edge_id"),
        {
            "profile": text("truck", "car"),
            "edge_id": text(),
            "class": text(*ROAD_CLASSES),
            "length_m": number(0.0),
            "reason": text("one_way_trap", "other_component"),
        },
        has_geometry=True,
    ),
    TableSpec(
        "road_fit",
        ("from_code", "to_code"),
        {
            "from_code": text(),
            "to_code": text(),
            "from_name": text(),
            "to_name": text(),
            "known_km": number(0.0),
            "model_km": number(0.0),
            "known_min": number(0.0),
            "model_min": number(0.0),
            "model_back_min": number(0.0),
            "status": text(),
        },
    ),
    # Where each place joins the roads, or why it does not.
    TableSpec(
        "road_places",
        ("profile", "place_id"),
        {
            "profile": text("truck", "car"),
            "place_id": text(),
            "place_kind": text("commune", "outlet"),
            "name": text(),
            "status": text(*PLACE_STATUSES),
            "snap_m": number(0.0),
        },
    ),
    TableSpec(
        "od_matrix",
        ("profile", "closure_id", "origin_id", "destination_id"),
        {
            "origin_id": text(),
            "destination_id": text(),
            "place_kind": text(),
            "profile": text("truck", "car"),
            "closure_id": text(),
            "time_s": number(0.0),
            "length_m": number(0.0),
            "ascent_m": number(0.0),
            "descent_m": number(0.0),
            "unknown_m": number(0.0),
            "straight_m": number(0.0),
            "snap_origin_m": number(0.0),
            "snap_destination_m": number(0.0),
            "status": text(*OD_STATUSES),
        },
    ),
]
