"""Communes, bodies and their members, from the files of INSEE, IGN and the State.

Each file rests on those above it:

- ``bodies``: Bodies (EPCI, syndicates, PETR …), their dated members, what readers give
  of them.
- ``communes``: Communes: polygons, population and seat, from a layer to the working
  CRS.
- ``perimeter_files``: Perimeters that the user brings: a list of communes, or polygons.
- ``places``: Towns for the labels of maps.
- ``search_lists``: Lists that serve a search: all EPCI of France, and the postcodes of
  communes.
- ``body_merge``: Bodies of several sources and dates put together: those that matter to
  a study.
- ``commune_layers``: Communes of official layers, whatever the dialect: checked,
  seated, measured.
- ``dgcl_members``: EPCI and their communes, in the list that the DGCL publishes each
  year.
- ``insee_belonging``: INSEE: which living area, employment zone and city attraction
  area has a commune.
- ``admin_express``: ADMIN EXPRESS of the IGN: communes in its two dialects, in an
  archive or not.
- ``cog``: Code officiel géographique: communes of today, and the movements since 1943.
- ``geo_api``: Communes of the API Découpage administratif (geo.api.gouv.fr), JSON or
  GeoJSON.
- ``banatic_rows``: Files of BANATIC: rows of an export (workbook, CSV or TSV), SIREN of
  communes.
- ``banatic``: BANATIC: groupings of communes and their members, syndicats of syndicats
  included.
"""
