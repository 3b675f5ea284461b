"""Indicators of perimeters, and what they ask of who would carry the initiative."""
