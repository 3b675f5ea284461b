"""The sign-up form, three times the same: offline page, workbook, A4 sheets.

Each file rests on those above it:

- ``sign_up``: What the three forms print: the study, its communes, its notice, its
  words.
- ``_fields``: HTML of the fields: each with its label, its help and a place for its
  fault.
- ``paper``: The sign-up form on paper: A4 sheets to fill with a pen.
- ``workbook``: The sign-up form as a workbook: drop-down lists, locked questions, no
  formula.
- ``page``: The sign-up page: one file that works from a disk and cannot reach the
  network.
"""
