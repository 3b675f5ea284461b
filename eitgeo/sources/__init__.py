"""Files in, tidy tables out: one module per official source, faults told at once.

Each file rests on those above it:

- ``_body_members``: Members of members: from the links between groupings to the
  communes of each.
- ``_csv``: CSV files, within bounds: decoded, cut into cells, held to their header.
- ``_loaded``: What a reader gives: the rows kept, those left out and why, what is
  doubtful.
- ``_own_data``: Keep GDAL to the file that it is given.
- ``_survey_checks``: Answers of the form, one by one: the value kept, or what is wrong
  with it.
- ``_survey_raw``: What a file of the sign-up form holds, whatever its format, before
  any check.
- ``frames``: Tables of sites and outlets laid out: rows named, placed, and filled in.
- ``icpe_headings``: Waste headings of classified installations: which they are, what
  outlet they make.
- ``osm_roads``: Roads of OpenStreetMap: a dated ``.osm.pbf`` or ``.osm`` file, streamed
  to arrays.
- ``_archives``: Archives of the producers (.zip, .7z), opened without trusting what
  they announce.
- ``_body_tables``: What a reader of perimeters gives: bodies, their members, and what
  was left out.
- ``_rows``: Rows of a CSV file as text, with the line each came from, and their checks.
- ``_survey_csv``: Flat files of the form: one line a resource, separators and encodings
  of Excel.
- ``_survey_forms``: One form of the sign-up: the rows kept, and why others are refused.
- ``_survey_json``: Files of the form in JSON: strict, shallow, finite.
- ``communes``: Communes: polygons, population and seat, from a layer to the working
  CRS.
- ``elevation``: Relief: a raster opened, checked, cropped; altitudes at points.
- ``synthetic``: Seeded stand-ins for the establishments whose register is not at hand.
- ``_commune_layers``: Communes of official layers, whatever the dialect: checked,
  seated, measured.
- ``_declared``: CSV sources whose columns are declared: a file read, and held to its
  declaration.
- ``_identity``: Who a row is about: names, SIRET and postcodes of establishments and
  places.
- ``_positions``: Audit of points against the polygon of the commune that the row names.
- ``_shapes``: Geometries written in cells: read, their CRS told row by row, moved to
  metres.
- ``_sirene_places``: Where the establishments are: INSEE's position, or the seat of the
  commune.
- ``_sirene_scan``: Large CSV or Parquet files seen by DuckDB as tables of text, never
  loaded whole.
- ``_survey_xlsx``: Workbooks of the form: read cell by cell, never trusted with memory
  or formulas.
- ``_vectors``: Vector layers of the producers: layer and columns found, whatever their
  dialect.
- ``_workbooks``: Sheets of XLSX workbooks as text, with the line each row came from.
- ``body_merge``: Bodies of several sources put together, each body told by one source
  alone.
- ``body_periods``: Periods of membership, from the exports of several dates.
- ``cog_movements``: INSEE: the movements of communes since 1943.
- ``fetch``: Official files brought in from the addresses of the register.
- ``published_answers``: The one thing that leaves answers to the survey: a small table
  of guarded sums.
- ``relief``: Relief in tiles, as the producers deliver it: SRTM, Copernicus, RGE ALTI,
  merged.
- ``_banatic_rows``: Rows of a BANATIC export, whatever it was saved as: workbook, CSV
  or TSV.
- ``_cnig_rows``: Rows of the standard « Sites économiques »: read, checked against its
  fields.
- ``_sirene_rows``: The rows of the SIRENE files that concern some communes, and the
  count of others.
- ``admin_express``: ADMIN EXPRESS of the IGN: communes in its two dialects, in an
  archive or not.
- ``bd_topo``: BD TOPO (IGN): zones of activity, and road sections with their
  restrictions.
- ``bodies``: Bodies (EPCI, syndicates, PETR …) and their dated members.
- ``cog``: Communes from the lists of the COG and polygons of an older vintage.
- ``control_totals``: Published totals of waste, which estimates are brought to.
- ``establishments``: Named establishments: anchors that a public source describes.
- ``geo_api``: Communes of the API Découpage administratif (geo.api.gouv.fr), JSON or
  GeoJSON.
- ``georisques``: Classified installations (ICPE) of Géorisques: establishments and
  waste outlets.
- ``gerep_waste``: Waste that establishments declare (IREP archives): produced, or taken
  and treated.
- ``insee_belonging``: INSEE: which living area, employment zone and city attraction
  area has a commune.
- ``irep``: IREP: establishments that declare emissions and waste (Géorisques).
- ``land_cover``: Land cover: how much of each commune or zone each CORINE class covers.
- ``landfill_ceilings``: Published ceilings of treatment sites: several for one site,
  side by side.
- ``landfills``: Landfills of non-hazardous waste (ISDND): ceilings of the tonnage they
  may take.
- ``motorways``: Motorway junctions in order, and known trips that the network is held
  against.
- ``osm_areas``: Industrial ground of OpenStreetMap: closed ways and multipolygons of a
  dated extract.
- ``outlet_merge``: One outlet a site: sources put together, a site under two numbers
  told once.
- ``outlets``: Outlets: sites that treat, sort, recover or store what firms throw away.
- ``perimeter_files``: Perimeters that the user brings: a list of communes, or polygons.
- ``places``: Towns for the labels of maps.
- ``s3ic``: Classified waste installations (S3IC) matched to SIRENE, at commune
  precision.
- ``sector_counts``: Establishments by NAF division elsewhere, which the study area is
  held against.
- ``sinoe``: SINOE directory (ADEME): déchèteries open to households, and often to
  firms.
- ``site_merge``: One row an establishment: sources put together, a site that two name
  told once.
- ``survey``: Answers to the sign-up form: brought in, put together, purged, located.
- ``_sirene_sites``: Establishments of SIRENE in the columns of table ``sites``.
- ``banatic``: BANATIC: groupings of communes and their members, syndicats of syndicats
  included.
- ``cnig``: Business zones of the CNIG standard « Sites économiques »: zones, plots,
  firms.
- ``gerep``: IREP archives of one year (GEREP declarations): sites and declared waste.
- ``siren_codes``: SIREN of communes: what BANATIC calls them, against their INSEE code.
- ``gerep_flows``: Declared waste turned into the tables of the package: arisings and
  outlets.
- ``official_zones``: Business zones of CNIG and BD TOPO as one table, each with its
  commune.
- ``sirene``: SIRENE: establishments of some communes, from the national files of INSEE.
"""
