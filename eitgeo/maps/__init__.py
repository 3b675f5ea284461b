"""Print maps, the comparison workbook and the offline page, from released tables.

Each file rests on those above it:

- ``_features``: GeoJSON of the offline page: light, in degrees, and harmless as HTML.
- ``_france``: A rough outline of metropolitan France, for the « Situation » sketch
  only.
- ``_relief``: Shaded relief over what is filled, under lines and names.
- ``_shapes``: From shapely geometries to matplotlib paths.
- ``_workbook``: The writer of workbooks: a sheet is its columns and its rows, nothing
  else.
- ``formats``: Sizes of paper that a map is printed on, and where things stand on them.
- ``palette``: Colours and symbols that survive colour blindness, photocopies and
  projectors.
- ``sentences``: French sentences made of numbers by fixed rules; rounding is that of
  ``words``.
- ``sheet``: What every published sheet says of itself: study, date, status, sources,
  doubts.
- ``_bodies``: The bodies beside the EPCI: what each holds of the study area, and how
  surely.
- ``_canvas``: A page in millimetres: text that is measured, wrapped and never parsed as
  maths.
- ``_governance_words``: The French words of states, verdicts, facts of EPCI and costs.
- ``_read_me``: The sheet « Lisez-moi »: what the workbook is, when, how sure, from
  what.
- ``cards``: The card of a perimeter: identity lines and indicators as words.
- ``difference_words``: What changes from a perimeter to another, in words: fixed rules
  on numbers.
- ``figures``: What the figures of an analyst share with the maps: the stamp, French
  numbers.
- ``ground``: The ground that every map stands on: communes, EPCI, départements, towns,
  outlets.
- ``_decision_sheets``: Sheets of the workbook on differences and orders.
- ``_folium_map``: The map of the offline page: folium draws, its random names become
  ordinals.
- ``_labels``: Labels that never overlap: each takes the first free place of a list.
- ``_page_parts``: HTML fragments of the offline page; every text that comes from data
  is escaped.
- ``_plan_sheets``: The sheets of the workbook of governance: AFOM, plan, budget, EPCI.
- ``_side``: The side column of a print map: identity, indicators, legend, lists of
  figures.
- ``_union_sheets``: The sheets on unions of whole EPCI: each of them, what an EPCI
  adds, ranks, years.
- ``_verdict_sheets``: The verdict on each perimeter: its sentence, and the sheets that
  tell it.
- ``flow_table``: The workbook of matter: arisings, exchanges, processes and rules, all
  potential.
- ``form``: The sign-up form, three times the same: offline page, workbook, A4 sheets.
- ``national_map``: One map of many studies: where each was made, and which are
  demonstrations.
- ``private_stamp``: The stamp of a private study: « NE PAS DIFFUSER » in every file
  that it writes.
- ``small_maps``: Small maps that stand side by side on a page: read at a glance, few
  words.
- ``_layers``: What the print maps draw on their axes, layer by layer.
- ``_zone_side``: The side column of the maps of zones: figures, how to read, the
  largest listed.
- ``comparator``: The comparator: elected members compare and compose perimeters from
  one file.
- ``governance_table``: The workbook of governance: who could carry, on what condition,
  with what money.
- ``layout``: The frame of a print map: header, cartouche, scale, north, situation,
  stamps.
- ``notebook_page``: The page around an executed notebook: who, when, on what data; no
  address in it.
- ``table``: The workbook behind the maps: what is compared, all unions, certificates.
- ``web``: The offline page: one file, no network, a map and the table that says the
  same.
- ``_study_map``: What stands around and under every map of the whole study area.
- ``difference_map``: The A4 sheet of a difference: two perimeters on one map, what
  changes beside it.
- ``epci_cards``: One A4 sheet for each EPCI: what an initiative would change for it.
- ``print_maps``: Print maps: one perimeter on its territory, and the territory itself.
- ``road_maps``: Print maps of roads: isochrones, seats, closed roads, what their loss
  costs.
- ``zone_table``: The workbook of zones: what each is made of, official zones, sectors,
  settings.
- ``body_map``: Print who is organised with whom: the bodies beside the EPCI, and what
  they may.
- ``core_map``: Print the core and the fringe: how often methods put each commune in a
  contour.
- ``flow_maps``: Print maps of matter: what is thrown away where, and who could take it.
- ``reach_pictures``: What the maps of isochrones and of seats show and say.
- ``road_pictures``: What the maps of closed roads, of links and of other engines show
  and say.
- ``zone_maps``: Print maps of zones: where industry sits, and which sites always sit
  together.
- ``outlet_map``: The map of where waste may go: the nearest legal outlets, EPCI by
  EPCI.
- ``qgis``: What a GIS analyst opens: a GeoPackage that carries its styles, and a
  project.
- ``zone_potential_map``: Print map of what zones throw away, by classes of tonnes.
"""
