"""Tables of places and roads: communes, bodies, borders, road network."""

from eitgeo.tables._columns import (
    COMMUNE,
    OD_STATUSES,
    STATUSES,
    TableSpec,
    count,
    flag,
    number,
    text,
)

BODY_KINDS = (
    "epci",
    "syndicat",
    "petr",
    "ti",
    "bassin_de_vie",
    "zone_emploi",
    "aav",
    "autre",
)
"""What a body is; ``bassin_de_vie``, ``zone_emploi``, ``aav``: zones of INSEE."""

PLACE_SPECS = [
    TableSpec(
        "communes",
        ("code_insee",),
        {
            "code_insee": text(pattern=COMMUNE),
            "nom": text(),
            "epci_siren": text(pattern=r"^(\d{9})?$"),
            "dep": text(pattern=r"^(\d{2,3}|2[AB])$"),
            "population": count(),
            "area_km2": number(0.0),
            "altitude_m": number(-50, 4900),
            "seat_x": number(),
            "seat_y": number(),
            "seat_source": text("mairie", "point_representatif"),
            "in_area": flag(),
        },
        has_geometry=True,
    ),
    TableSpec(
        "bodies",
        ("body_id",),
        {
            "body_id": text(pattern=r"^[a-z0-9_]+$"),
            "kind": text(*BODY_KINDS),
            "name": text(),
            "legal_person": flag(),
            "economic_competence": flag(),
            "waste_competence": flag(),
            "status": text(*STATUSES),
            "source": text(),
        },
    ),
    TableSpec(
        "membership",
        ("body_id", "code_insee", "from_date"),
        {
            "body_id": text(),
            "code_insee": text(pattern=COMMUNE),
            "from_date": text(pattern=r"^(\d{4}-\d{2}-\d{2})?$"),
            "to_date": text(pattern=r"^(\d{4}-\d{2}-\d{2})?$"),
            "status": text(*STATUSES),
            "source": text(),
        },
    ),
    TableSpec(
        "coverage_report",
        ("fault_id",),
        {
            "fault_id": text(),
            "kind": text(
                "invalide", "recouvrement", "trou", "ile", "enclave", "morceaux"
            ),
            "subject": text(),
            "detail": text(),
            "repaired": flag(),
        },
    ),
    TableSpec(
        "borders",
        ("code_a", "code_b"),
        {
            "code_a": text(pattern=COMMUNE),
            "code_b": text(pattern=COMMUNE),
            "shared_border_m": number(0.0),
        },
    ),
    TableSpec(
        "contiguity",
        ("code_a", "code_b"),
        {
            "code_a": text(pattern=COMMUNE),
            "code_b": text(pattern=COMMUNE),
            "shared_border_m": number(0.0),
            "road_minutes": number(0.0),
        },
    ),
    TableSpec(
        "places",
        ("name", "code_insee"),
        {
            "name": text(),
            "population": count(),
            "code_insee": text(pattern=COMMUNE),
            "source": text(),
        },
        has_geometry=True,
    ),
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
            "class": text("autoroute", "bretelle", "crete", "route"),
            "truck_time_s": number(0.0),
            "car_time_s": number(0.0),
        },
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
            "status": text(),
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
            "straight_m": number(0.0),
            "snap_origin_m": number(0.0),
            "snap_destination_m": number(0.0),
            "status": text(*OD_STATUSES),
        },
    ),
]
