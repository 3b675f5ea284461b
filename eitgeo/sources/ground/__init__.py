"""Ground, roads, relief and business zones."""
