"""Tables of sectors: where they are concentrated, what zones are made of, which first.

Internal: headcounts and names of sites leave only through ``eitgeo.disclosure``.
"""

from eitgeo.tables.columns import (
    COMMUNE,
    EVIDENCE_CLASSES,
    OD_STATUSES,
    TableSpec,
    count,
    number,
    text,
)

DIVISION = r"^\d{2}$"
MEASURES = ("M", "Kd")
"""Marcon–Puech (no unit) and Duranton–Overman [per m]."""

CURVE_STATUSES = ("concentre", "disperse", "aucun_ecart", "sans_voisin")
"""Above the envelope, below it, within it; no site of the sector has a neighbour."""

ZONE_KINDS = ("zone", "site_isole")
SIZE_CLASSES = (
    "moins de 50",
    "50 à 99",
    "100 à 249",
    "250 à 499",
    "500 ou plus",
    "secret",
)
"""Jobs of a zone as told outside; « secret » where they would tell those of a firm."""

COVER_STATUSES = ("mesure", "sans_raster", "hors_raster")
"""Whether the land cover of a zone is known, and why not."""

SECTOR_SPECS = [
    TableSpec(
        "concentration",
        ("division", "measure", "distance_m"),
        {
            "division": text(pattern=DIVISION),
            "measure": text(*MEASURES),
            "distance_m": number(0.0),
            "n_sites": count(2),
            "value": number(0.0),
            "low": number(0.0),
            "high": number(0.0),
            "p_value": number(0.0, 1.0),
            "status": text(*CURVE_STATUSES),
            "n_permutations": count(19),
            "synthetic_share_pct": number(0.0, 100.0),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    TableSpec(
        "zone_profile",
        ("zone_id",),
        {
            "zone_id": text(),
            "n_sites": count(1),
            "headcount_low": number(0.0),
            "headcount_mid": number(0.0),
            "headcount_high": number(0.0),
            "n_divisions": count(1),
            "n_subclasses": count(1),
            "shannon": number(0.0),
            "n_anchors": count(),
            "anchors": text(),
            "largest_share_pct": number(0.0, 100.0),
            "n_rules_inside": count(),
            "rules_inside": text(),
            "industrial_pct": number(0.0, 100.0),
            "main_cover": text(),
            "cover_status": text(*COVER_STATUSES),
            "altitude_m": number(-50, 4900),
            "motorway_exit": text(),
            "motorway_min": number(0.0),
            "motorway_status": text(*OD_STATUSES),
            "outlet_id": text(),
            "outlet_min": number(0.0),
            "outlet_status": text(*OD_STATUSES),
            "synthetic_share_pct": number(0.0, 100.0),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    TableSpec(
        "key_sectors",
        ("division",),
        {
            "division": text(pattern=DIVISION),
            "label": text(),
            "rank": count(1),
            "n_sites": count(1),
            "headcount_low": number(0.0),
            "headcount_mid": number(0.0),
            "headcount_high": number(0.0),
            "quotient": number(0.0),
            "quotient_low": number(0.0),
            "quotient_high": number(0.0),
            "reference": text(),
            "n_rules_given": count(),
            "n_rules_taken": count(),
            "n_rules": count(),
            "synthetic_share_pct": number(0.0, 100.0),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    TableSpec(
        "zone_potentials",
        ("zone_id",),
        {
            "zone_id": text(),
            "potential_class": text(
                "moins de 30",
                "30 à 100",
                "100 à 300",
                "300 à 1 000",
                "1 000 ou plus",
                "secret",
            ),
        },
    ),
    TableSpec(
        "zones_public",
        ("zone_id",),
        {
            "zone_id": text(),
            "kind": text(*ZONE_KINDS),
            "code_insee": text(pattern=COMMUNE),
            "n_sites": count(1),
            "size_class": text(*SIZE_CLASSES),
            "main_naf": text(),
            "main_industry": text(),
            "richness": count(1),
            "stability": number(0.0, 1.0),
            "core_share_pct": number(0.0, 100.0),
            "official_zone": text(),
            "footprint_source": text(),
            "synthetic_share_pct": number(0.0, 100.0),
        },
        has_geometry=True,
    ),
]
