"""The sign-up form, three times the same: offline page, workbook, A4 sheets.

Each file rests on those above it:

- ``page``: The sign-up page: what it asks and says, in one file that cannot reach the
  network.
- ``sheets``: Workbooks to fill: lists, a rule on each cell, no formula; the sign-up
  form.
"""
