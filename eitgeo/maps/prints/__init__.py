"""The maps and sheets that are printed, one file a map or two."""
