"""Files in, tidy tables out: one module per official source, faults told at once."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.sources._body_tables import BodyTables
    from eitgeo.sources._csv import csv_dicts
    from eitgeo.sources._identity import FORMER_MARK
    from eitgeo.sources._loaded import Loaded, count_lines, dropped_rows
    from eitgeo.sources._official import Audited, note_rows
    from eitgeo.sources.admin_express import read_admin_express
    from eitgeo.sources.banatic import read_banatic
    from eitgeo.sources.bd_topo import read_bd_topo_roads, read_bd_topo_zones
    from eitgeo.sources.bodies import (
        read_bodies,
        read_member_names,
        read_membership,
    )
    from eitgeo.sources.body_merge import merge_bodies
    from eitgeo.sources.body_periods import join_periods
    from eitgeo.sources.cnig import (
        read_cnig_hubs,
        read_cnig_plots,
        read_cnig_sites,
        read_cnig_zones,
    )
    from eitgeo.sources.cog import read_cog_communes, read_epci_members, read_merges
    from eitgeo.sources.cog_movements import read_cog_movements
    from eitgeo.sources.communes import COMMUNE_COLUMNS, read_communes
    from eitgeo.sources.control_totals import read_control_totals
    from eitgeo.sources.elevation import (
        Elevation,
        heights,
        read_elevation,
        read_elevation_grid,
    )
    from eitgeo.sources.establishments import read_anchors
    from eitgeo.sources.geo_api import read_geo_api_communes
    from eitgeo.sources.georisques import read_icpe_outlets, read_icpe_sites
    from eitgeo.sources.gerep import read_gerep_sites
    from eitgeo.sources.gerep_flows import (
        declared_arisings,
        read_gerep_outlets,
        read_low_ewc,
        site_of_declarant,
    )
    from eitgeo.sources.gerep_waste import read_waste_declarations
    from eitgeo.sources.insee_belonging import read_insee_belonging
    from eitgeo.sources.irep import naf_from_ape, read_irep_sites
    from eitgeo.sources.land_cover import read_industrial_cover, read_land_cover
    from eitgeo.sources.landfill_ceilings import read_landfill_ceilings
    from eitgeo.sources.landfills import read_isdnd_capacities
    from eitgeo.sources.motorways import read_known_trips, read_motorway_exits
    from eitgeo.sources.naf_rev2 import NAF_LEVELS, read_naf_rev2
    from eitgeo.sources.official_zones import read_official_zones, zone_communes
    from eitgeo.sources.osm_areas import read_osm_areas
    from eitgeo.sources.osm_roads import OsmRoads, read_osm_roads
    from eitgeo.sources.outlet_merge import merge_outlets, read_outlet_aliases
    from eitgeo.sources.outlets import read_outlets
    from eitgeo.sources.perimeter_files import read_perimeter_file
    from eitgeo.sources.places import read_places
    from eitgeo.sources.published_answers import (
        ANSWER_KEY,
        answer_label,
        answers_csv,
        read_published_answers,
    )
    from eitgeo.sources.relief import read_relief
    from eitgeo.sources.s3ic import read_s3ic_outlets, read_s3ic_sites
    from eitgeo.sources.sector_counts import read_sector_counts
    from eitgeo.sources.sinoe import read_sinoe
    from eitgeo.sources.siren_codes import read_siren_codes
    from eitgeo.sources.sirene import read_sirene_sites
    from eitgeo.sources.site_merge import merge_sites
    from eitgeo.sources.survey import (
        SURVEY_SOURCE,
        SurveyImport,
        import_survey,
        purge_survey,
        survey_facts,
        survey_sites,
    )
    from eitgeo.sources.synthetic import synthetic_sites
    from eitgeo.sources.trackdechets_codes import (
        read_operation_headings,
        read_waste_codes,
        read_waste_operations,
    )
    from eitgeo.sources.transport_factors import read_energy_factors, read_road_freight

__all__ = [
    "ANSWER_KEY",
    "COMMUNE_COLUMNS",
    "FORMER_MARK",
    "NAF_LEVELS",
    "SURVEY_SOURCE",
    "Audited",
    "BodyTables",
    "Elevation",
    "Loaded",
    "OsmRoads",
    "SurveyImport",
    "answer_label",
    "answers_csv",
    "count_lines",
    "csv_dicts",
    "declared_arisings",
    "dropped_rows",
    "fetch",  # a module, imported when it is asked for
    "heights",
    "import_survey",
    "join_periods",
    "merge_bodies",
    "merge_outlets",
    "merge_sites",
    "naf_from_ape",
    "note_rows",
    "purge_survey",
    "read_admin_express",
    "read_anchors",
    "read_banatic",
    "read_bd_topo_roads",
    "read_bd_topo_zones",
    "read_bodies",
    "read_cnig_hubs",
    "read_cnig_plots",
    "read_cnig_sites",
    "read_cnig_zones",
    "read_cog_communes",
    "read_cog_movements",
    "read_communes",
    "read_control_totals",
    "read_elevation",
    "read_elevation_grid",
    "read_energy_factors",
    "read_epci_members",
    "read_geo_api_communes",
    "read_gerep_outlets",
    "read_gerep_sites",
    "read_icpe_outlets",
    "read_icpe_sites",
    "read_industrial_cover",
    "read_insee_belonging",
    "read_irep_sites",
    "read_isdnd_capacities",
    "read_known_trips",
    "read_land_cover",
    "read_landfill_ceilings",
    "read_low_ewc",
    "read_member_names",
    "read_membership",
    "read_merges",
    "read_motorway_exits",
    "read_naf_rev2",
    "read_official_zones",
    "read_operation_headings",
    "read_osm_areas",
    "read_osm_roads",
    "read_outlet_aliases",
    "read_outlets",
    "read_perimeter_file",
    "read_places",
    "read_published_answers",
    "read_relief",
    "read_road_freight",
    "read_s3ic_outlets",
    "read_s3ic_sites",
    "read_sector_counts",
    "read_sinoe",
    "read_siren_codes",
    "read_sirene_sites",
    "read_waste_codes",
    "read_waste_declarations",
    "read_waste_operations",
    "site_of_declarant",
    "survey_facts",
    "survey_sites",
    "synthetic_sites",
    "zone_communes",
]

lend(__name__)
