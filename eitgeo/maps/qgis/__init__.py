"""What a GIS analyst opens: a GeoPackage that carries its styles, and a project.

Each file rests on those above it:

- ``_columns``: French names of the columns that an analyst reads.
- ``_template``: The texts that QGIS opens, filled from templates: a project, the style
  of a layer.
- ``symbols``: How a class is drawn: fills, hatches, lines and marks, as QGIS stores
  them.
- ``styles``: Styles: a symbol, categories or classes, labels and French names of
  columns.
- ``layers``: What a layer of the QGIS project is: rows, French names, style, where it
  stands.
- ``_ground_layers``: Layers under every map: towns, outlets, motorways, communes, EPCI.
- ``drawing``: The layer in which an analyst draws perimeters to be tested: empty, and
  editable.
- ``geopackage``: The GeoPackage: layers, tables, and the style that QGIS gives each by
  itself.
- ``project``: The QGIS project: groups, styles, map themes and print layouts, without
  QGIS.
- ``decision_layers``: Layers that a decision is read on: core and fringe, exchanges,
  arisings, bodies.
- ``study_layers``: The layers of a study: what the project holds, from released tables
  alone.
"""
