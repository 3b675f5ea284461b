"""Files in, tidy tables out: one module per official source, faults told at once."""

from eitgeo.sources.bodies import read_bodies, read_membership
from eitgeo.sources.cog import read_cog_communes, read_epci_members, read_merges
from eitgeo.sources.communes import COMMUNE_COLUMNS, read_communes
from eitgeo.sources.elevation import Elevation, heights, read_elevation
from eitgeo.sources.establishments import read_anchors
from eitgeo.sources.irep import naf_from_ape, read_irep_sites
from eitgeo.sources.motorways import read_known_trips, read_motorway_exits
from eitgeo.sources.outlets import read_outlets
from eitgeo.sources.places import read_places
from eitgeo.sources.s3ic import read_s3ic_outlets, read_s3ic_sites
from eitgeo.sources.synthetic import synthetic_sites

__all__ = [
    "COMMUNE_COLUMNS",
    "Elevation",
    "heights",
    "naf_from_ape",
    "read_anchors",
    "read_bodies",
    "read_cog_communes",
    "read_communes",
    "read_elevation",
    "read_epci_members",
    "read_irep_sites",
    "read_known_trips",
    "read_membership",
    "read_merges",
    "read_motorway_exits",
    "read_outlets",
    "read_places",
    "read_s3ic_outlets",
    "read_s3ic_sites",
    "synthetic_sites",
]
