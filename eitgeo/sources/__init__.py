"""Files in, tidy tables out: one module per official source, faults told at once."""

from eitgeo.sources._body_tables import BodyTables
from eitgeo.sources._loaded import Loaded
from eitgeo.sources._official import Audited
from eitgeo.sources.admin_express import read_admin_express
from eitgeo.sources.banatic import read_banatic
from eitgeo.sources.bd_topo import read_bd_topo_roads, read_bd_topo_zones
from eitgeo.sources.bodies import read_bodies, read_membership
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
from eitgeo.sources.elevation import Elevation, heights, read_elevation
from eitgeo.sources.establishments import read_anchors
from eitgeo.sources.geo_api import read_geo_api_communes
from eitgeo.sources.georisques import read_icpe_outlets, read_icpe_sites
from eitgeo.sources.gerep import read_gerep_sites
from eitgeo.sources.gerep_flows import (
    declared_arisings,
    read_gerep_outlets,
    read_low_ewc,
)
from eitgeo.sources.gerep_waste import read_waste_declarations
from eitgeo.sources.insee_belonging import read_insee_belonging
from eitgeo.sources.irep import naf_from_ape, read_irep_sites
from eitgeo.sources.land_cover import read_land_cover
from eitgeo.sources.landfills import read_isdnd_capacities
from eitgeo.sources.motorways import read_known_trips, read_motorway_exits
from eitgeo.sources.outlet_merge import merge_outlets
from eitgeo.sources.outlets import read_outlets
from eitgeo.sources.places import read_places
from eitgeo.sources.relief import read_relief
from eitgeo.sources.s3ic import read_s3ic_outlets, read_s3ic_sites
from eitgeo.sources.sinoe import read_sinoe
from eitgeo.sources.siren_codes import read_siren_codes
from eitgeo.sources.sirene import read_sirene_sites
from eitgeo.sources.synthetic import synthetic_sites

__all__ = [
    "COMMUNE_COLUMNS",
    "Audited",
    "BodyTables",
    "Elevation",
    "Loaded",
    "declared_arisings",
    "heights",
    "join_periods",
    "merge_outlets",
    "naf_from_ape",
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
    "read_elevation",
    "read_epci_members",
    "read_geo_api_communes",
    "read_gerep_outlets",
    "read_gerep_sites",
    "read_icpe_outlets",
    "read_icpe_sites",
    "read_insee_belonging",
    "read_irep_sites",
    "read_isdnd_capacities",
    "read_known_trips",
    "read_land_cover",
    "read_low_ewc",
    "read_membership",
    "read_merges",
    "read_motorway_exits",
    "read_outlets",
    "read_places",
    "read_relief",
    "read_s3ic_outlets",
    "read_s3ic_sites",
    "read_sinoe",
    "read_siren_codes",
    "read_sirene_sites",
    "read_waste_declarations",
    "synthetic_sites",
]
