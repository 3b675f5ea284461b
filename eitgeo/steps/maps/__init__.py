"""Steps that print maps and sheets.

Each file rests on those above it:

- ``prints``: Print a sheet on every paper that the study asks for.
- ``released``: The ground of maps, and views of released tables that several outputs
  show.
- ``released_documents``: What changes between perimeters, and what governance is
  printed with.
- ``body_map``: Print the map of the structures other than EPCI.
- ``core_map``: Print the map of core and fringe.
- ``count_products``: Print the map and the workbook of what registers count.
- ``difference_sheet``: Print what changes from the first perimeter of the pair to the
  second.
- ``flow_maps``: Print the maps of matter: arisings by EPCI, outlets by road, exchanges.
- ``participation_picture``: Print what hangs on how many receivers take part.
- ``perimeter_maps``: Print one map of each compared perimeter.
- ``road_maps``: Print the maps that answer what the study asks of its roads.
- ``syndicate_sheet``: Print the account of the waste syndicate on one A4 sheet.
- ``territory_map``: Print the map of the territory.
- ``zone_maps``: Print the map of zones: where work and potential waste gather.
"""
