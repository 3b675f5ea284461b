"""The audit of what is published: it tries to have a secret amount back.

Each file rests on those above it:

- ``texts``: Words, sheets and layers of published files.
- ``published``: All that a published folder says of estimates, read back from its files
  alone.
- ``declared``: Published files held against what is declared: what stands nowhere is a
  fault.
- ``reading``: The lint of what is published: what no reader should see, file by file.
- ``system``: Unknowns, equations with bounds, and the bounds of secret cells that
  follow.
- ``registers``: What the auditor knows, who is where and what is true; what an attacker
  does not.
- ``equations``: Equations of what is published, and the secret cells that they may
  bound.
- ``sums``: Figures of perimeters, rows of workbooks and layers: sums of what was
  released.
- ``auditing``: The audit of a study: bounds of all secret cells, what no declaration
  admits.
- ``report``: What an audit says: lines for a screen, a table for a file. French.
"""
