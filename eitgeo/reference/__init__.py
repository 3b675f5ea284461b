"""Nomenclatures and factor tables: each row with its source, status and evidence.

Each file rests on those above it:

- ``divisions``: Ranges of NAF divisions, as a study writes them; pandas is not
  imported.
- ``shipped``: The CSV files that ship with the package: each is read once, texts alone.
- ``siret``: The number of an establishment: its form and its key.
- ``source_columns``: What readers ask of each column of their files: one row a column
  of a source.
- ``asks``: What is asked of holders of data: who has what, and the sheet that they
  fill.
- ``exchange_terms``: Terms of an exchange: what receivers can use, who may take a
  waste, what it costs.
- ``indicators``: The catalogue of indicators, one row each, and what a figure may rest
  on.
- ``labels``: What readers read in place of a key: one table by subject, in the order
  shown.
- ``map_sheets``: What is published: print maps, other files, what each is called and
  answers.
- ``naf``: NAF rév. 2: divisions, sub-classes, words of every day, duties, sectors of
  counts.
- ``nomenclatures``: Nomenclatures as their producers publish them: communes, ground,
  zones (CNIG).
- ``real``: What a study on real files is made of: which source serves it, and where it
  is.
- ``survey``: The sign-up form: fields, lists, and what a firm states turned into
  tonnes.
- ``tables``: The CSV tables that ship with the package, typed.
- ``waste``: Nomenclatures of waste: headings, operations, and codes of the List of
  Waste.
- ``factors``: Every factor of the calculation of flows: value, bounds, class, and its
  sources.
- ``governance``: Who may carry an initiative, by which rules; actions, costs and
  regions.
- ``rules``: Rules of exchange and of shared services, and what each family of them asks
  for.
"""
