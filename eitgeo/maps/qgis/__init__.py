"""What a GIS analyst opens: a GeoPackage that carries its styles, and a project.

Each file rests on those above it:

- ``styles``: Styles as QGIS stores them: symbols, categories, labels, names of columns.
- ``layers``: What a layer of the QGIS project is; those that `layers.toml` declares.
- ``decision_layers``: Layers that a decision is read on: core and fringe, exchanges,
  arisings, bodies.
- ``geopackage``: The GeoPackage: layers, tables, and the style that QGIS gives each by
  itself.
- ``project``: The QGIS project: groups, styles, map themes and print layouts, without
  QGIS.
- ``study_layers``: The layers of a study: what the project holds, from released tables
  alone.
"""
