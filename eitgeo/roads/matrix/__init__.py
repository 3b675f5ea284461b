"""Times, lengths and climbs between places: a network made ready, and its paths."""
