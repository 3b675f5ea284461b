"""Pages that open from a disk: the map of perimeters, executed notebooks."""
