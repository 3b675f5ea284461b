"""The audit of what is published: it tries to have a secret amount back.

In the order in which to read them:

- :mod:`~eitgeo.audit.numbers`: between which bounds a printed number lies.
- :mod:`~eitgeo.audit.payload`: the data of the published comparator.
- :mod:`~eitgeo.audit.sheets`: tables of workbooks and of the GeoPackage.
- :mod:`~eitgeo.audit.published`: all that a published folder says of estimates.
- :mod:`~eitgeo.audit.registers`: who is where, and, for the judge, what is true.
- :mod:`~eitgeo.audit.system`: unknowns, equations, and what is redundant in them.
- :mod:`~eitgeo.audit.unknowns`: what each site keeps, gives, employs.
- :mod:`~eitgeo.audit.equations`: blocks, size classes, zones, cells of exchanges.
- :mod:`~eitgeo.audit.sums`: figures of perimeters, made of blocks or not.
- :mod:`~eitgeo.audit.tables`: rows of workbooks and layers, told again or not.
- :mod:`~eitgeo.audit.cells`: the secret cells.
- :mod:`~eitgeo.audit.bounds`: the bounds of each, by HiGHS.
- :mod:`~eitgeo.audit.jj`: the same system for τ-ARGUS.
- :mod:`~eitgeo.audit.editions`: two editions put together.
- :mod:`~eitgeo.audit.auditing`: the audit of all levels.
- :mod:`~eitgeo.audit.texts`: numbers printed in PDF, DOCX, QGZ and pages.
- :mod:`~eitgeo.audit.attached`: which of them are released figures.
- :mod:`~eitgeo.audit.study`: the audit of a study.
- :mod:`~eitgeo.audit.report`: what it says.

Each file rests on those above it:

- ``numbers``: What a printed number says: between which bounds the figure before rounding lies.
- ``payload``: The payload of a published page: blocks, draws, cells, figures of perimeters.
- ``registers``: What the auditor knows: who is where (anybody may), and what is true (only he).
- ``sheets``: Tables of published workbooks and of the GeoPackage, found by the words of heads.
- ``published``: All that a published folder says of estimates, read back from its files alone.
- ``system``: Unknowns, equations with bounds, and the same system without what is redundant.
- ``texts``: Numbers that texts print with the unit of an estimate: PDF, DOCX, QGZ, pages.
- ``bounds``: Bounds of secret cells: HiGHS, one small program for each separate system.
- ``unknowns``: Unknowns of a system: what each site keeps, gives, employs, draws.
- ``editions``: Two editions: what did not change between them has the same unknowns.
- ``equations``: Equations of what is published: blocks, size classes, cells of exchanges.
- ``jj``: The same system as a JJ file, which τ-ARGUS audits: a second judge, in tests.
- ``cells``: Secret cells: sums that fail the rule, each with what it may and surely holds.
- ``sums``: Figures of perimeters and unions: sums of published blocks, or new equations.
- ``attached``: Which printed numbers are released ones, rounded as the display does.
- ``tables``: Rows of workbooks and layers: blocks and cells told again, or new equations.
- ``auditing``: The audit: systems of all levels, bounds of all secret cells, what was found.
- ``report``: What an audit says: lines for a screen, a table for a file. French.
- ``study``: The audit of a study: its published folder, its tables, the words of its files.
"""

__all__ = [
    "report",  # a module, imported when it is asked for
    "study",  # the same
]
