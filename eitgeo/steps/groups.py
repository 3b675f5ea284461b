"""Names that many steps declare together: groups of tables, and of settings."""

GRAPH = (
    "road_nodes",
    "road_edges",
    "road_lines",
    "road_turns",
    "road_ground",
    "road_report",
)
"""The network of roads."""
