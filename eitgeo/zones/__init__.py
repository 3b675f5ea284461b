"""Industrial zones: where activity clusters, and the large sites that stand alone."""

from eitgeo.zones.clustering import cluster_sites, clusterable
from eitgeo.zones.footprint import zone_table

__all__ = ["cluster_sites", "clusterable", "zone_table"]
