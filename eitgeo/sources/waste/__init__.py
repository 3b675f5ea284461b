"""Who declares, treats and may take waste, and under what ceilings."""
