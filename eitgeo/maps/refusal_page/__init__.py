"""The page « Et si un conseil dit non ? »: what refusals leave, and red lines.

Each file rests on those above it:

- ``drawing``: The small map of the page on refusals: a path an EPCI, numbered for any
  screen.
- ``payload``: What the page on refusals knows: each refusal of each perimeter, and all
  unions.
- ``tables``: What the page on refusals is made of: released tables, and choices of the
  study.
- ``plain``: What the page on refusals says to who runs no script: one refusal, two
  refusals.
- ``page``: The page « Et si un conseil dit non ? »: one file that reaches and keeps
  nothing.
"""
