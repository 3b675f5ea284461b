"""Industrial zones: where activity clusters, and the large sites that stand alone."""
