"""Industrial zones: where activity clusters, and the large sites that stand alone."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.zones.clustering import (
        Setting,
        cluster_sites,
        fixed_setting,
        label_sites,
        name_zones,
    )
    from eitgeo.zones.concentration import concentration, concentration_sentence
    from eitgeo.zones.concordance import concordance, official_agreement, official_of
    from eitgeo.zones.eligible import clusterable, exclusions
    from eitgeo.zones.envelope import Envelope, global_envelope
    from eitgeo.zones.footprint import Ground, zone_outlines, zone_table
    from eitgeo.zones.key_sectors import key_sectors
    from eitgeo.zones.near import plane_pairs
    from eitgeo.zones.official import merge_official
    from eitgeo.zones.pair_density import (
        BinnedDistances,
        duranton_overman_kd,
        kd_curves,
        matrix_bins,
        plane_bins,
        silverman_bandwidth,
    )
    from eitgeo.zones.profile import nearest_by_road, shannon, zone_profile
    from eitgeo.zones.quotients import location_quotients, poisson_interval
    from eitgeo.zones.relative_density import Rings, marcon_puech_m, permuted_m, rings
    from eitgeo.zones.road_pairs import road_pairs
    from eitgeo.zones.stability import (
        STABLE,
        agreements,
        choose_setting,
        core_share_pct,
        mean_agreement,
        site_stability,
        together,
        zone_stability,
    )
    from eitgeo.zones.sweep import (
        Sweep,
        redrawn,
        run_sweep,
        setting_id,
        setting_table,
        settings_of,
    )

__all__ = [
    "STABLE",
    "BinnedDistances",
    "Envelope",
    "Ground",
    "Rings",
    "Setting",
    "Sweep",
    "agreements",
    "choose_setting",
    "cluster_sites",
    "clusterable",
    "concentration",
    "concentration_sentence",
    "concordance",
    "core_share_pct",
    "duranton_overman_kd",
    "exclusions",
    "fixed_setting",
    "global_envelope",
    "kd_curves",
    "key_sectors",
    "label_sites",
    "location_quotients",
    "marcon_puech_m",
    "matrix_bins",
    "mean_agreement",
    "merge_official",
    "name_zones",
    "nearest_by_road",
    "official_agreement",
    "official_of",
    "permuted_m",
    "plane_bins",
    "plane_pairs",
    "poisson_interval",
    "redrawn",
    "rings",
    "road_pairs",
    "run_sweep",
    "setting_id",
    "setting_table",
    "settings_of",
    "shannon",
    "silverman_bandwidth",
    "site_stability",
    "together",
    "zone_outlines",
    "zone_profile",
    "zone_stability",
    "zone_table",
]

lend(__name__)
