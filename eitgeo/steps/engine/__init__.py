"""What runs steps: due or not, records of what was written, a lock, processes.

Each file rests on those above it:

- ``brought``: Perimeters that the user brings, read before anything runs, or draws in
  QGIS.
- ``code``: What a step is made of: its modules, the data beside them, the libraries.
- ``contract``: The contract of a step, for those who write one.
- ``ledger``: The records of the engine: what it wrote last, file by file.
- ``lock``: One run per folder, and who holds it.
- ``private``: What is private: which files, and how a study that holds them is written.
- ``reports``: What became of a step, and what it cost, for whoever runs a study.
- ``stamp``: The stamp of a private study: a file is published with it, or not at all.
- ``values``: Names that a study writes, held against the tables that define them.
- ``keeper``: What the user edited in ``maps/`` stays: the new version goes beside it.
- ``states``: The contents of files, as a run knows them: read whole, or trusted when
  large.
- ``leavings``: What earlier runs left: records read, files that nothing claims removed.
- ``nodes``: What each step rests on and makes, with the state of each; pytask is not
  imported.
- ``perform``: One step run and not signed yet: in the process of the run, or in one of
  its own.
- ``tasks``: Steps as pytask sees them: one task per step.
- ``side_by_side``: Steps side by side, in processes: pytask says what is due, each
  process runs one.
- ``build``: Pytask, silent, with its state kept where the study writes.
- ``run``: Run a study, or say what would run and why.
"""
