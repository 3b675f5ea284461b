"""The steps of zones and sectors, and what they print."""

from eitgeo.steps._engine import Step
from eitgeo.steps._print_steps import GROUND, PRINTED
from eitgeo.steps._study_files import (
    ground_files,
    official_zone_files,
    prints_of,
    published_as,
    sector_files,
    zone_files,
)

ZONE_STEPS: tuple[Step, ...] = (
    Step(
        "official_zones",
        "Zones d'activités officielles",
        tables=("communes",),
        writes=(
            "official_zones",
            "official_zones_dropped",
            "official_zones_remarks",
        ),
        sections=("zones.official",),
        files=official_zone_files,
    ),
    Step(
        "zones",
        "Zones d'activités et sites isolés majeurs",
        tables=("communes", "sites", "official_zones"),
        writes=(
            "zones",
            "site_zone",
            "site_stability",
            "zone_settings",
            "zone_concordance",
        ),
        sections=("zones", "identity.seed", "identity.effort"),
        files=zone_files,
    ),
    Step(
        "concentration",
        "Concentration des secteurs",
        tables=("communes", "sites"),
        writes=("concentration",),
        sections=(
            "sectors",
            "zones.naf_divisions",
            "zones.distance",
            "identity.seed",
            "identity.effort",
        ),
        files=zone_files,
    ),
    Step(
        "sectors",
        "Profil des zones et secteurs clés",
        tables=("communes", "sites", "outlets", "zones", "site_zone", "od_matrix"),
        writes=("zone_profile", "key_sectors"),
        sections=(
            "sectors",
            "zones.land_cover",
            "comparison.min_headcount",
            "comparison.target_naf",
            "flows.rules_excluded",
        ),
        files=sector_files,
    ),
    Step(
        "published_zones",
        "Zones telles qu'elles se publient",
        tables=("arisings", "sites", "zones", "site_zone", "official_zones"),
        writes=("zones_public", "zone_potentials"),
        sections=("zones.buffer_m", "zones.hull_ratio"),
    ),
)

ZONE_PRINTS: tuple[Step, ...] = (
    Step(
        "zone_maps",
        "Cartes des zones et de leur stabilité",
        tables=(
            *GROUND,
            "sites",
            "site_stability",
            "zone_potentials",
            "zone_settings",
            "zones_public",
        ),
        sections=(*PRINTED, "sources.sites", "zones.credit"),
        files=ground_files,
        products=prints_of(
            "carte_zones", "carte_stabilite_zones", "carte_gisements_zones"
        ),
    ),
    Step(
        "zone_workbook",
        "Tableau des zones et des secteurs",
        tables=(
            "communes",
            "concentration",
            "key_sectors",
            "outlets",
            "zone_concordance",
            "zone_profile",
            "zone_settings",
            "zones_public",
        ),
        sections=(*PRINTED, "sources.sites", "zones.credit"),
        products=published_as("zones", ".xlsx"),
    ),
)
