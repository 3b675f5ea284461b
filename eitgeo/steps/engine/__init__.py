"""What runs steps: due or not, records of what was written, a lock, processes.

Each file rests on those above it:

- ``brought``: Perimeters that the user brings, read before anything runs, or draws in
  QGIS.
- ``code``: What a step is made of: its modules, the data beside them, the libraries.
- ``contract``: What a step is, and what becomes of one.
- ``ledger``: The records of the engine: what it wrote last, file by file.
- ``lock``: One run per folder, and who holds it.
- ``private``: What is private: which files, and how a study that holds them is written.
- ``processes``: Processes that work for this one: each a pool of its own, of one
  process.
- ``stamp``: The stamp of a private study: a file is published with it, or not at all.
- ``values``: Names that a study writes, held against the tables that define them.
- ``keeper``: What the user edited in ``maps/`` stays: the new version goes beside it.
- ``states``: The contents of files, as a run knows them: read whole, or trusted when
  large.
- ``due``: Whether a step is due: what it rested on when it was signed, against what
  stands.
- ``leavings``: What earlier runs left: records read, files that nothing claims removed.
- ``perform``: One step run, here or in a process of its own, then signed: by the run
  alone.
- ``run``: Run a study, or say what would run and why.
"""
