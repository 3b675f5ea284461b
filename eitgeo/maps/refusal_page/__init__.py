"""The page « Et si un conseil dit non ? »: what refusals leave, and red lines.

Each file rests on those above it:

- ``page``: The page « Et si un conseil dit non ? »: one file that reaches and keeps
  nothing.
"""
