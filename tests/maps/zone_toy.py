"""Released tables of zones over the nine communes of the toy study.

Z001 stable in 31001, Z002 moving in 31005, I001 alone in 31009; four sites of Z001,
one of Z002, one alone.
"""

import geopandas as gpd
import pandas as pd
from shapely import Point

from eitgeo.tables.public import Released
from tests.maps.toy import HOSTILE, SIDE_M, X0, Y0, released
from tests.tables.conftest import row_of

PLACES = {"Z001": ("31001", 0, 0), "Z002": ("31005", 1, 1), "I001": ("31009", 2, 2)}
ROWS = {
    "Z001": {"n_sites": 12, "size_class": "250 à 499", "stability": 0.9},
    "Z002": {"n_sites": 3, "size_class": "moins de 50", "stability": 0.4},
    "I001": {"n_sites": 1, "size_class": "50 à 99", "stability": 1.0},
}


def middle(zone_id: str) -> Point:
    """Return the middle of the commune of a zone."""
    _, i, j = PLACES[zone_id]
    return Point(X0 + (i + 0.5) * SIDE_M, Y0 + (j + 0.5) * SIDE_M)


def zone_rows(**changes: object) -> Released:
    """Release table ``zones_public``."""
    rows = [
        row_of(
            "zones_public",
            zone_id=name,
            kind="site_isole" if name.startswith("I") else "zone",
            code_insee=PLACES[name][0],
            official_zone=HOSTILE if name == "Z001" else "",
            core_share_pct=80.0,
            geometry=middle(name).buffer(300),
        )
        | values
        | changes
        for name, values in ROWS.items()
    ]
    return released(gpd.GeoDataFrame(rows, crs=2154))


def site_rows() -> Released:
    """Release table ``site_stability`` with points; one site may not be told."""
    spots = [("Z001", "toujours")] * 4 + [("Z002", "parfois"), ("I001", "isole")]
    rows = [
        {
            "site_id": f"s{rank}",
            "zone_id": name,
            "status": status,
            "diffusible": rank > 0,
            "natural_person": False,
            "geometry": Point(middle(name).x + 100 * rank, middle(name).y),
        }
        for rank, (name, status) in enumerate(spots)
    ]
    return released(gpd.GeoDataFrame(rows, crs=2154))


def setting_rows(**changes: object) -> Released:
    """Release table ``zone_settings``: two settings, the first chosen."""
    rows = [
        row_of(
            "zone_settings",
            method="dbscan",
            distance="plane",
            radius_m=500.0,
            min_sites=3,
            min_jobs=30.0,
            n_runs=30,
        )
        | changes,
        row_of("zone_settings", setting_id="b", radius_m=700.0, chosen=False)
        | {"n_runs": 30},
    ]
    return released(pd.DataFrame(rows))


def area_rows() -> Released:
    """Release table ``activity_areas``: two uses in 31001, a sliver in 31005."""
    rows = [
        row_of("activity_areas", code_insee=code, kind=kind, n_areas=n, area_ha=ha)
        | {"nom": name, "epci": HOSTILE}
        for code, name, kind, n, ha in (
            ("31001", "Alan", "industrial", 2, 12.34),
            ("31001", "Alan", "Zone industrielle", 1, 0.01),
            ("31005", "=Autre", "retail", 0, 0.01),
        )
    ]
    return released(pd.DataFrame(rows))


def zone_tables() -> dict[str, Released]:
    """Release what the workbook of zones is made from."""
    profile = [
        row_of(
            "zone_profile",
            zone_id=name,
            outlet_name="=Décharge",
        )
        for name in ROWS
    ]
    curves = [
        row_of("concentration", measure=measure, distance_m=distance, status=status)
        | {"p_value": 0.01}
        for measure, distance, status in (
            ("M", 500.0, "aucun_ecart"),
            ("Kd", 0.0, "concentre"),
            ("Kd", 2_000.0, "concentre"),
            ("Kd", 9_000.0, "disperse"),
        )
    ]
    return {
        "zones_public": zone_rows(),
        "zone_profile": released(pd.DataFrame(profile)),
        "zone_concordance": released(pd.DataFrame([row_of("zone_concordance")])),
        "key_sectors": released(pd.DataFrame([row_of("key_sectors")])),
        "concentration": released(pd.DataFrame(curves)),
        "zone_settings": setting_rows(),
        "activity_areas": area_rows(),
    }
