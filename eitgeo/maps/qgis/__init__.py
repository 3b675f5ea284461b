"""What a GIS analyst opens: a GeoPackage that carries its styles, and a project.

Each file rests on those above it:

- ``layers``: What a layer of the QGIS project is and looks like; those of
  `layers.toml`.
- ``project``: The GeoPackage and the project: styles, map themes and print layouts,
  without QGIS.
- ``study_layers``: The layers of a study: what the project holds, from released tables
  alone.
"""
