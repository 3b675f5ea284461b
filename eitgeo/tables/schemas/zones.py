"""Tables of zones: what they are made of, whether they stay, what was drawn before."""

from eitgeo.tables.columns import (
    COMMUNE,
    EVIDENCE_CLASSES,
    TableSpec,
    count,
    flag,
    number,
    text,
)

FOOTPRINT_SOURCES = ("officielle", "corine_121", "enveloppe")
"""Where the ground of a zone comes from."""

TOGETHERNESS = ("toujours", "parfois", "isole")
"""Whether a site is with the same sites in (nearly) every run, in some, in none."""

ZONE_SPECS = [
    TableSpec(
        "zones",
        ("zone_id",),
        {
            "zone_id": text(),
            "kind": text("zone", "site_isole"),
            "code_insee": text(pattern=COMMUNE),
            "n_sites": count(1),
            "headcount_low": number(0.0),
            "headcount_mid": number(0.0),
            "headcount_high": number(0.0),
            "main_naf": text(),
            "main_industry": text(),
            "richness": count(1),
            "synthetic_share_pct": number(0.0, 100.0),
            "stability": number(0.0, 1.0),
            "core_share_pct": number(0.0, 100.0),
            "official_zone": text(),
            "footprint_source": text(*FOOTPRINT_SOURCES),
        },
        has_geometry=True,
    ),
    TableSpec(
        "site_zone",
        ("site_id",),
        {"site_id": text(), "zone_id": text()},
    ),
    TableSpec(
        "site_stability",
        ("site_id",),
        {
            "site_id": text(),
            "zone_id": text(),
            "core_id": text(),
            "status": text(*TOGETHERNESS),
            "clustered_pct": number(0.0, 100.0),
        },
    ),
    TableSpec(
        "zone_settings",
        ("setting_id",),
        {
            "setting_id": text(),
            "method": text("dbscan", "hdbscan"),
            "distance": text("plane", "truck_m", "truck_min"),
            "radius_m": number(0.0),
            "radius_min": number(0.0),
            "min_sites": count(1),
            "min_jobs": number(0.0),
            "n_runs": count(1),
            "n_zones": count(),
            "n_sites": count(),
            "headcount_mid": number(0.0),
            "agreement": number(-1.0, 1.0),
            "official_agreement": number(-1.0, 1.0),
            "chosen": flag(),
        },
    ),
    TableSpec(
        "activity_areas",
        ("code_insee", "kind", "source"),
        {
            "code_insee": text(pattern=COMMUNE),
            "kind": text(),
            "n_areas": count(),
            "area_ha": number(0.0),
            "source": text(),
            "evidence": text(*EVIDENCE_CLASSES),
        },
    ),
    TableSpec(
        "zone_concordance",
        ("zone_id", "official_id"),
        {
            "zone_id": text(),
            "official_id": text(),
            "official_name": text(),
            "iou": number(0.0, 1.0),
            "n_in": count(),
            "n_out": count(),
            "n_others": count(),
            "headcount_in": number(0.0),
            "headcount_out": number(0.0),
        },
    ),
]
