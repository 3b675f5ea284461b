"""A sheet of paper: its frame, ground, labels, colours, and what it says of itself.

Each file rests on those above it:

- ``charter``: The charter of prints: typeface, sizes, spaces, colours and symbols.
- ``formats``: Sizes of paper that a map is printed on, and where things stand on them.
- ``shapes``: From shapely geometries to matplotlib paths.
- ``sheet``: What every published sheet says of itself: study, date, status, sources,
  doubts.
- ``canvas``: A page in millimetres: its text is measured, wrapped, and its fonts are
  embedded.
- ``ground``: The ground that every map stands on: communes, EPCI, départements, towns,
  outlets.
- ``labels``: Labels that never overlap: each takes the first free place of a list.
- ``side``: The side column of a print map: identity, indicators, legend, lists of
  figures.
- ``layers``: What the print maps draw on their axes, layer by layer; the roads under
  them.
- ``layout``: The frame of a print map: header, cartouche, scale, north, situation,
  stamps.
- ``map_sheet``: A printed sheet: the layers and the words that are its own; `compose`
  does the rest.
- ``marks``: Marks of a map: each draws, names, and gives its line of the legend.
- ``small_maps``: Small maps that stand side by side on a page: read at a glance, few
  words.
- ``study_map``: What stands around and under every map of the whole study area.
"""
