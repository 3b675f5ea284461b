"""Tables of places and roads: communes, bodies, borders, road network."""

from eitgeo.tables.columns import (
    COMMUNE,
    POSTCODE,
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
            "epci_communes": count(),
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
        "body_seats",
        ("body_id",),
        {
            "body_id": text(pattern=r"^[a-z0-9_]+$"),
            "code_insee": text(pattern=COMMUNE),
            "source": text(),
        },
    ),
    TableSpec(
        "postcodes",
        ("code_insee", "postcode"),
        {"code_insee": text(pattern=COMMUNE), "postcode": text(pattern=POSTCODE)},
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
        "junctions",
        ("motorway", "rank"),
        {
            "motorway": text(),
            "rank": count(),
            "name": text(),
            "code_insee": text(pattern=COMMUNE),
            "status": text(),
            "source": text(),
        },
    ),
    TableSpec(
        "relief",
        ("row", "column"),
        {
            "row": count(),
            "column": count(),
            "altitude_m": number(),
        },
    ),
    TableSpec(
        "official_zones",
        ("zone_id",),
        {
            "zone_id": text(),
            "name": text(),
            "kind": text(),
            "source": text(),
            "code_insee": text(pattern=f"{COMMUNE}|^$"),
        },
        has_geometry=True,
    ),
    TableSpec(
        "road_restrictions",
        ("section_id",),
        {
            "section_id": text(),
            "nature": text(),
            "importance": text(),
            "road_number": text(),
            "level": text(),
            "direction": text("both", "forward", "backward", ""),
            "is_fictitious": flag(),
            "is_private": flag(),
            "is_urban": flag(),
            "dangerous_goods_forbidden": flag(),
            "car_access": text(),
            "closed_period": text(),
            "restriction_kind": text(),
            "max_height_m": number(0.0),
            "max_weight_t": number(0.0),
            "max_axle_weight_t": number(0.0),
            "max_width_m": number(0.0),
            "max_length_m": number(0.0),
            "lanes": number(0.0),
            "width_m": number(0.0),
            "car_speed_kmh": number(0.0),
            "code_insee_left": text(),
            "code_insee_right": text(),
            "length_m": number(0.0),
            "source": text(),
        },
        has_geometry=True,
    ),
]
