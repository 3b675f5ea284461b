"""Names that many steps declare together: groups of tables, and of settings."""

from eitgeo.study.decision import CHOICES
from eitgeo.study.roads import QUESTIONS, Roads
from eitgeo.study.sections import Comparison, Study

GRAPH = (
    "road_nodes",
    "road_edges",
    "road_lines",
    "road_turns",
    "road_ground",
    "road_report",
)
"""The network of roads."""
COUNTS = ("activity_ape", "activity_insee", "activity_urssaf")
"""What registers count, commune by commune."""
ACTIVITY = (
    *COUNTS,
    "arisings",
    "communes",
    "givers",
    "mutual_groups",
    "od_matrix",
    "outlets",
    "points",
    "road_checks",
    "site_cells",
    "sites",
    "synergies",
)
"""What indicators are measured on, and the way to the nearest outlet."""

PRINTED = (
    "flows.participation",
    "identity",
    "methods.optimum",
    "methods.reach",
    "perimeters",
    "prints",
    "roads.network.reader",
    "roads.network.vintage",
    "sources.counts",
    "sources.credits",
    "sources.elevation",
    "sources.motorway_exits",
    "sources.movements",
    "sources.sites",
    "territory.perimeters",
    "territory.root_commune",
)
"""What every map shows and says of itself: ground, compared perimeters, sources."""
HYPOTHESES = (
    "arisings.declarations",
    "governance.budget",
    "governance.field",
    "methods.optimum",
    "roads.network",
    "sources",
    "survey",
    "zones.distance",
)
"""What tells which hypotheses of the study are replaced."""
ROUTING = tuple(f"roads.{name}" for name in Roads.model_fields if name not in QUESTIONS)
"""What the network and its distances depend on: not the questions asked of them."""
MEASURING = (
    *(f"comparison.{name}" for name in Comparison.model_fields if name not in CHOICES),
    "governance.posts",
    "sources.points",
    "sources.sites",
)
"""What indicators depend on: not the choices that are made with them."""
STUDY = tuple(Study.model_fields)
"""All of it."""
