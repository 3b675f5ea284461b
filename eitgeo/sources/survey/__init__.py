"""Answers to the sign-up form, whatever file they come in.

Each file rests on those above it:

- ``checks``: Answers of the form and of sheets, one by one: the value kept, or what is
  wrong.
- ``published_answers``: The one thing that leaves answers to the survey: a small table
  of guarded sums.
- ``raw``: What a file of the sign-up form holds, whatever its format, before any check.
- ``weighings``: Tickets of a weighbridge, whatever its columns are called: the study
  maps them.
- ``files``: Files of the form, as firms send them: JSON and CSV of the page, workbooks.
- ``forms``: One form of the sign-up: the rows kept, and why others are refused.
- ``published_weighings``: What leaves the tickets of weighbridges: a small table of
  guarded sums.
- ``answers``: Answers to the sign-up form: brought in, put together, purged, located.
"""
