"""One valid row of each table, written by hand."""

from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import Point, box

from eitgeo.tables import TABLES

SQUARE = box(550_000, 6_200_000, 551_000, 6_201_000)
SEAT = Point(550_500, 6_200_500)
POINTS = ("sites", "outlets", "places")

COMMON: dict[str, Any] = {
    "aliases": "",
    "altitude_m": 405.0,
    "area_km2": 1.0,
    "ascent_m": 120.0,
    "body_id": "petr_comminges",
    "capacity_t": float("nan"),
    "car_time_s": 90.0,
    "certificate": "{}",
    "class": "route",
    "closure_id": "",
    "code_a": "31002",
    "code_b": "31483",
    "code_insee": "09001",
    "compared": True,
    "confidence": "B",
    "dep": "09",
    "descent_m": 80.0,
    "destination_id": "31483",
    "detail": "3 morceaux",
    "diffusible": True,
    "direction": "up",
    "donor_id": "S1",
    "economic_competence": False,
    "edge_id": "31002_31483",
    "elipse_axis": "Gouvernance",
    "epci_siren": "200072643",
    "evidence": "H",
    "ewc_stat": "09.1",
    "family": "chaleur",
    "fault_id": "00001",
    "from_code": "31002",
    "from_date": "2025-01-01",
    "from_name": "Alan",
    "headcount_high": 49.0,
    "headcount_low": 20.0,
    "headcount_mid": 31.3,
    "high": 12.0,
    "household_t": 38_500.0,
    "hypothesis_share_pct": 100.0,
    "icpe_headings": "2760-2",
    "in_area": True,
    "indicator_id": "n_deliberations",
    "known_km": 14.0,
    "known_min": 15.0,
    "legal_person": True,
    "length_m": 1_200.0,
    "low": 8.0,
    "main_naf": "16",
    "membership_status": "a_confirmer",
    "model_km": 14.5,
    "model_min": 16.0,
    "n_communes": 235,
    "n_contributors": 3.0,
    "n_epci_cut": 0,
    "n_epci_whole": 3,
    "n_holes": 0,
    "n_pieces_border": 1,
    "n_pieces_road": 1,
    "n_sites": 3,
    "naf": "16.10A",
    "naf_version": "NAFRev2",
    "name": "Scierie",
    "natural_person": False,
    "node_id": "31483",
    "nom": "Saint-Élix",
    "note": "",
    "objective": float("nan"),
    "origin_id": "31002",
    "outlet_id": "isdnd_pihourc",
    "parameters": "{}",
    "percentile_same_size": 50.0,
    "perimeter_id": "petr_comminges",
    "permit": "",
    "place_kind": "seat",
    "population": 77_429,
    "position_quality": "commune",
    "profile": "truck",
    "receiver_id": "S2",
    "repaired": False,
    "richness": 2,
    "road_minutes": float("nan"),
    "role": "membre",
    "rule_id": "R01",
    "seat_source": "mairie",
    "seat_x": 550_500.0,
    "seat_y": 6_200_500.0,
    "seed": 20_261_124,
    "shared_border_m": 1_000.0,
    "siret": "39931827800021",
    "site_id": "S1",
    "snap_destination_m": 0.0,
    "snap_origin_m": 0.0,
    "source": "INSEE",
    "straight_m": 1_100.0,
    "stream": "NDNI",
    "subject": "Alan (31002)",
    "synthetic": False,
    "synthetic_share_pct": 0.0,
    "t_high": 30.0,
    "t_low": 10.0,
    "t_mid": 20.0,
    "time_s": 60.0,
    "to_code": "31483",
    "to_date": "",
    "to_name": "Saint-Gaudens",
    "top_share_pct": 60.0,
    "truck_time_s": 120.0,
    "u": "31002",
    "unit": "nombre",
    "v": "31483",
    "value": 10.0,
    "waste_code": "03 01 05",
    "waste_competence": True,
    "x": 550_500.0,
    "y": 6_200_500.0,
    "z": 405.0,
    "zone_id": "Z1",
}
PARTICULAR: dict[tuple[str, str], Any] = {
    ("arisings", "method"): "ratio",
    ("bodies", "kind"): "petr",
    ("bodies", "status"): "publie",
    ("coverage_report", "kind"): "morceaux",
    ("indicators", "kind"): "geometric",
    ("membership", "status"): "a_confirmer",
    ("od_matrix", "status"): "ok",
    ("outlets", "kind"): "isdnd",
    ("outlets", "status"): "a_verifier",
    ("perimeters", "method"): "structure",
    ("perimeters", "status"): "certifie",
    ("road_fit", "status"): "de mémoire",
    ("zones", "kind"): "zone",
}


def row_of(table: str, **changes) -> dict[str, Any]:
    """Return a valid row of a table, with other values for some columns."""
    spec = TABLES[table]
    values = {
        name: PARTICULAR[table, name] if (table, name) in PARTICULAR else COMMON[name]
        for name in spec.columns
    }
    if spec.has_geometry:
        values["geometry"] = SEAT if table in POINTS else SQUARE
    return values | changes


def frame_of(table: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """Return a table of rows, by default one that is valid."""
    frame = pd.DataFrame(list(rows) or [row_of(table)])
    if TABLES[table].has_geometry:
        return gpd.GeoDataFrame(frame, crs=2154)
    return frame


def two_rows(table: str) -> pd.DataFrame:
    """Return two valid rows that differ in one part of the key."""
    # The profile of a matrix has two values only: the next part will do.
    column = next(name for name in TABLES[table].key if name != "profile")
    other = "31999" if column.startswith("code_") else "zzz"
    return frame_of(table, row_of(table), row_of(table, **{column: other}))
