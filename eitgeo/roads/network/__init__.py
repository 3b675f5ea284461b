"""Roads as a graph: read, climbed, or drawn where no extract is at hand."""
