"""The audit of what is published: it tries to have a secret amount back.

Each file rests on those above it:

- ``numbers``: What a printed number says: between which bounds the figure before
  rounding lies.
- ``payload``: The payload of a published page: blocks, draws, cells, figures of
  perimeters.
- ``registers``: What the auditor knows: who is where (anybody may), and what is true
  (only he).
- ``sheets``: Tables of published workbooks and of the GeoPackage, found by the words of
  heads.
- ``published``: All that a published folder says of estimates, read back from its files
  alone.
- ``system``: Unknowns, equations with bounds, and the bounds of secret cells that
  follow.
- ``texts``: Numbers that texts print with the unit of an estimate: PDF, DOCX, QGZ,
  pages.
- ``equations``: Equations of what is published: blocks, size classes, cells of
  exchanges.
- ``reading``: The lint of what is published: what no reader should see, file by file.
- ``unknowns``: Unknowns of a system: what each site keeps, gives, employs, draws.
- ``cells``: Secret cells: sums that fail the rule, each with what it may and surely
  holds.
- ``sums``: Figures of perimeters and unions: sums of published blocks, or new
  equations.
- ``tables``: Rows of workbooks and layers: blocks and cells told again, or new
  equations.
- ``auditing``: The audit: systems of all levels, bounds of all secret cells, what was
  found.
- ``report``: What an audit says: lines for a screen, a table for a file. French.
- ``study``: The audit of a study: its published folder, its tables, the words of its
  files.
"""
