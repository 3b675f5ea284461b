"""Print maps, the comparison workbook and the offline page, from released tables.

Each file rests on those above it:

- ``paper``: A sheet of paper: its frame, ground, labels, colours, and what it says of
  itself.
- ``roads``: Maps of roads: how far, what a closed road costs, what hangs on one road.
- ``words``: What is told beside maps and in sheets: cards, gaps, states, in French.
- ``cards``: Sheets without a map: what an EPCI, or the syndicate, has to decide.
- ``pages``: Pages that open from a disk: what they share, and the one that opens first.
- ``prints``: The maps and sheets that are printed, one file a map or two.
- ``roads``: Maps of roads: how far, what a closed road costs, what hangs on one road.
- ``comparator``: The comparator: elected members compare and compose perimeters from
  one file.
- ``qgis``: What a GIS analyst opens: a GeoPackage that carries its styles, and a
  project.
- ``workbooks``: Workbooks: one writer, a sheet is its columns and its rows.
- ``form``: The sign-up form, three times the same: offline page, workbook, A4 sheets.
- ``refusal_page``: The page « Et si un conseil dit non ? »: what refusals leave, and
  red lines.
"""
