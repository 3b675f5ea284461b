"""Regions by likeness, by ties and by time: methods that are checked, not trusted."""
