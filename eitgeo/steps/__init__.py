"""The steps of a study, and what runs them; each file is one, with its declaration.

Each file rests on those above it:

- ``files``: Which files of the study each step reads; no geographic library is
  imported.
- ``log_words``: Figures and words of the run log, as its readers write them.
- ``step``: The declaration of a step: what stands above its function ``run``.
- ``engine``: What runs steps: due or not, records of what was written, a lock,
  processes.
- ``maps``: Steps that print maps and sheets.
- ``release``: Steps of release: what may leave is written once, in the public folder.
- ``declared``: The steps of a study, read from the source of the files that declare
  them.
- ``inputs``: Steps that read: territory, sites, outlets, zones, answers.
- ``decision``: Steps that measure, guard, compare and rank.
- ``documents``: Steps that write workbooks, pages, the QGIS project and the dossier.
- ``flows``: Steps of arisings, exchanges and levers.
- ``perimeters``: Steps that draw perimeters.
- ``records``: The record of a run: what it read and wrote, and what is public of it.
- ``roads``: Steps of the road network, its matrix and the questions asked of it.
- ``what_if``: A study with other parameters or tables, computed apart: what would
  change.
- ``zones``: Steps of zones of activity and of sectors.
"""
