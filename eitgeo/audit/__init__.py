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
"""

__all__ = [
    "report",  # a module, imported when it is asked for
    "study",  # the same
]
