"""Workbooks: one writer, a sheet is its columns and its rows.

Each file rests on those above it:

- ``workbook``: The writer of workbooks: a sheet is its columns and its rows, nothing
  else.
- ``decision_sheets``: Sheets of the workbook on differences and orders.
- ``lever_sheets``: Sheets of levers, of the cases that tell of them, of the syndicate's
  account.
- ``means_sheet``: The sheet of means: choices of posts, and parts of each EPCI under
  four keys.
- ``plan_sheets``: The sheets of the workbook of governance: AFOM, plan, budget, EPCI.
- ``read_me``: The sheet « Lisez-moi »: what the workbook is, when, how sure, from what.
- ``refusal_sheet``: Sheet « Si un conseil dit non »: what each refusal leaves of a
  perimeter.
- ``rule_sheets``: Sheets of what flows rest on: processes, rules, factors, what firms
  declare.
- ``union_sheets``: The sheets on unions of whole EPCI: each of them, what an EPCI adds,
  ranks, years.
- ``verdict_sheets``: The verdict on each perimeter: its sentence, and the sheets that
  tell it.
- ``count_table``: The workbook of what registers count, commune by commune: one sheet a
  producer.
- ``flow_table``: The workbook of matter: arisings, exchanges, processes and rules, all
  potential.
- ``governance_table``: The workbook of governance: who could carry, on what condition,
  with what money.
- ``table``: The workbook behind the maps: what is compared, all unions, certificates.
- ``zone_table``: The workbook of zones: what each is made of, what was drawn before,
  sectors.
"""
