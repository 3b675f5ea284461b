"""Workbooks: one writer, a sheet is its columns and its rows.

Each file rests on those above it:

- ``workbook``: The writer of workbooks: a sheet is its columns and its rows, nothing
  else.
- ``activity_tables``: The workbooks of activity: what registers count, what zones are
  made of.
- ``decision_sheets``: Sheets on differences, orders and unions of whole EPCI.
- ``flow_table``: The workbook of matter: arisings, exchanges, processes and rules, all
  potential.
- ``governance_sheets``: The sheets of the workbook of governance: verdict, refusals,
  AFOM, plan, means.
- ``governance_table``: The workbook of governance: who could carry, on what condition,
  with what money.
- ``table``: The workbook behind the maps: what is compared, all unions, certificates.
"""
