"""Establishments: SIRENE, anchors of the study, drawn ones, put together."""
