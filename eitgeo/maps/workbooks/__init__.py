"""Workbooks: one writer, a sheet is its columns and its rows.

Each file rests on those above it:

- ``workbook``: The writer of workbooks: a sheet is its columns and its rows, nothing
  else.
- ``count_table``: The workbook of what registers count, commune by commune: one sheet a
  producer.
- ``decision_sheets``: Sheets of the workbook on differences and orders.
- ``plan_sheets``: The sheets of the workbook of governance: AFOM, plan, budget, means,
  EPCI.
- ``rule_sheets``: Sheets of what flows rest on: processes, rules, levers, the account,
  answers.
- ``union_sheets``: The sheets on unions of whole EPCI: each of them, what an EPCI adds,
  ranks, years.
- ``verdict_sheets``: The verdict on each perimeter, and what refusals leave of it:
  sentence and sheets.
- ``zone_table``: The workbook of zones: what each is made of, what was drawn before,
  sectors.
- ``flow_table``: The workbook of matter: arisings, exchanges, processes and rules, all
  potential.
- ``governance_table``: The workbook of governance: who could carry, on what condition,
  with what money.
- ``table``: The workbook behind the maps: what is compared, all unions, certificates.
"""
