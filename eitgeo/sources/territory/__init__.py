"""Communes, bodies and their members, from the files of INSEE, IGN and the State.

Each file rests on those above it:

- ``bodies``: Bodies (EPCI, syndicates, PETR …) and their dated members, of several
  sources.
- ``communes``: Communes: polygons, population and seat, from a layer to the working
  CRS.
- ``perimeter_files``: Perimeters that the user brings: a list of communes, or polygons.
- ``places``: Towns for the labels of maps.
- ``search_lists``: Lists that serve a search: all EPCI of France, and the postcodes of
  communes.
- ``commune_layers``: Communes of official layers: ADMIN EXPRESS (IGN), API Découpage
  administratif.
- ``dgcl_members``: EPCI and their communes, in the list that the DGCL publishes each
  year.
- ``insee_belonging``: INSEE: which living area, employment zone and city attraction
  area has a commune.
- ``cog``: Code officiel géographique: communes of today, and the movements since 1943.
- ``banatic``: BANATIC: groupings of communes and their members, syndicats of syndicats
  included.
"""
