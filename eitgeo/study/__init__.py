"""The study file: one strict YAML per study, checked before anything runs.

An unknown key is refused with the nearest valid one. Paths are relative to the
folder of the file. Membership, perimeters, seats and weights live here or in the
tables that it names, never in code.

Each file rests on those above it:

- ``base``: What every section of a study is made of: strictness, and the forms of
  values.
- ``yaml``: The YAML of a study, read in bounded time: what it holds is small and
  printable.
- ``arisings``: Section ``arisings``: how the potential waste of sites is drawn and
  checked.
- ``asked``: What is asked of others, and what of it is kept out of what is published.
- ``decision``: How perimeters are put in order, and what puts the order to the test.
- ``governance``: Section ``governance``: neighbours, context, money, what the verdict
  stands on.
- ``methods``: How computed contours are drawn and vote, and perimeters that the user
  brings.
- ``prints``: Section ``prints``: paper and files; what each may show, in which folder
  it goes.
- ``readers``: One source of a study: a reader, what it is given, what is declared of
  it.
- ``sectors``: Section ``sectors``: where a sector is concentrated, and which ones come
  first.
- ``roads``: Section ``roads``: which network, which vehicles, within what limits.
- ``sources``: The sources of a study: which reader takes which file, and with which
  keys.
- ``zones``: Section ``zones``: what makes a zone, how far that is swept, which grounds
  it has.
- ``sections``: The sections of a study file, strict: no unknown key, no value out of
  domain.
- ``project``: A study read from its file, with the folders that it reads and writes.
"""
