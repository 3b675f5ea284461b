"""Nomenclatures and factor tables: each row with its source, status and evidence.

Each file rests on those above it:

- ``activity``: Activities of firms: NAF, divisions, sectors, everyday words.
- ``asks``: What is asked of holders of data: who has what, and the sheet that they
  fill.
- ``cnig``: Fields that the package reads of the standard « Sites économiques ».
- ``cog``: Movements of communes: which codes went, and where to, since 2018.
- ``corine``: Classes of CORINE Land Cover.
- ``exchange_terms``: Terms of an exchange: what receivers can use, who may take a
  waste, what it costs.
- ``map_sheets``: What is published: print maps, other files, what each is called and
  answers.
- ``real``: What a study on real files is made of: which source serves it, and where it
  is.
- ``siret``: The number of an establishment: its form and its key.
- ``source_columns``: What readers ask of each column of their files: one row a column
  of a source.
- ``survey``: Fields, lists and factors of the sign-up form: what a firm may answer.
- ``declared_mass``: From a firm's own words to tonnes: « 3 bennes de 15 m³ par mois de
  palettes ».
- ``tables``: The CSV tables that ship with the package, typed.
- ``waste``: Nomenclatures of waste: headings, operations, and codes of the List of
  Waste.
- ``indicators``: The catalogue of indicators, one row each, and what a figure may rest
  on.
- ``rules``: Rules of exchange and of shared services, and what each family of them asks
  for.
- ``activities``: Activities in plain words, and what each must sort.
- ``labels``: What readers read in place of a key: one table by subject, in the order
  shown.
- ``factors``: Every factor of the calculation of flows: value, bounds, class, and its
  sources.
- ``governance``: Who may carry an initiative, by which rules; actions, costs and
  regions.
"""
