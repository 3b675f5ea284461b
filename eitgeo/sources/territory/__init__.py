"""Communes, bodies and their members, from the files of INSEE, IGN and the State.

Each file rests on those above it:

- ``banatic_rows``: Rows of a BANATIC export, whatever it was saved as: workbook, CSV or
  TSV.
- ``bodies``: Bodies (EPCI, syndicates, PETR …) and their dated members.
- ``body_members``: Members of members: from the links between groupings to the communes
  of each.
- ``body_tables``: What a reader of perimeters gives: bodies, their members, and what
  was left out.
- ``cog_movements``: INSEE: the movements of communes since 1943.
- ``communes``: Communes: polygons, population and seat, from a layer to the working
  CRS.
- ``perimeter_files``: Perimeters that the user brings: a list of communes, or polygons.
- ``places``: Towns for the labels of maps.
- ``banatic``: BANATIC: groupings of communes and their members, syndicats of syndicats
  included.
- ``body_choice``: Bodies that matter to a study: those that touch its communes, unions
  of EPCI.
- ``body_merge``: Bodies of several sources put together, each body told by one source
  alone.
- ``commune_layers``: Communes of official layers, whatever the dialect: checked,
  seated, measured.
- ``dgcl_members``: EPCI and their communes, in the list that the DGCL publishes each
  year.
- ``insee_belonging``: INSEE: which living area, employment zone and city attraction
  area has a commune.
- ``admin_express``: ADMIN EXPRESS of the IGN: communes in its two dialects, in an
  archive or not.
- ``body_periods``: Periods of membership, from the exports of several dates.
- ``cog``: Communes from the lists of the COG and polygons of an older vintage.
- ``geo_api``: Communes of the API Découpage administratif (geo.api.gouv.fr), JSON or
  GeoJSON.
- ``siren_codes``: SIREN of communes: what BANATIC calls them, against their INSEE code.
"""
