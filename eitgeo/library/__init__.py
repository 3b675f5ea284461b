"""What an analyst calls: layers and tables in, layers and tables out.

Each file rests on those above it:

- ``layers``: The layers that a caller hands over: their CRS is checked, never guessed.
- ``status``: What a study supposes, as a table for a notebook.
- ``study_exchanges``: The market of the exchanges of a study, and what it gives under
  other settings.
- ``figures``: Pictures of one's own layers: one set of classes serves table, plot and
  map.
- ``perimeters``: Perimeters of one's own units: unions in one piece, what they are,
  what differs.
- ``roads``: Roads of one's own: read them, measure trips on them, see how far one gets.
- ``contours``: Contours of one's own units: the best under ceilings, what several have
  in common.
- ``flows``: Waste of one's own sites, and who could take it within reach by truck.
- ``zones``: Zones of one's own sites, how sure they are, and where sectors gather.
- ``exchanges``: What sites could exchange: residues allocated to needs, if a share
  takes part.
"""
