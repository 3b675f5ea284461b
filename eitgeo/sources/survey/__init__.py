"""Answers to the sign-up form, whatever file they come in.

Each file rests on those above it:

- ``checks``: Answers of the form, one by one: the value kept, or what is wrong with it.
- ``published_answers``: The one thing that leaves answers to the survey: a small table
  of guarded sums.
- ``published_weighings``: What leaves the tickets of weighbridges: a small table of
  guarded sums.
- ``raw``: What a file of the sign-up form holds, whatever its format, before any check.
- ``weighings``: Tickets of a weighbridge, whatever its columns are called: the study
  maps them.
- ``forms``: One form of the sign-up: the rows kept, and why others are refused.
- ``text_files``: Files of the form that are text: flat ones (CSV), and JSON.
- ``workbooks``: Workbooks of the form: read cell by cell, never trusted with memory or
  formulas.
- ``answers``: Answers to the sign-up form: brought in, put together, purged, located.
"""
