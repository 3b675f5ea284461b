"""The sign-up form, three times the same: offline page, workbook, A4 sheets.

Each file rests on those above it:

- ``sheets``: Workbooks to fill: drop-down lists, a rule on each cell, no formula.
- ``sign_up``: What the sign-up form asks and says: study, communes, notice, words.
- ``page``: The sign-up page: one file that works from a disk and cannot reach the
  network.
- ``workbook``: The sign-up form as a workbook: drop-down lists, locked questions, no
  formula.
"""
