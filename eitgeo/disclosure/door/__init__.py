"""The door: what may leave, under which rule, and the one function that lets it out.

In the order in which to read them:

- ``catalogue``: every table that may leave, one row each.
- ``rules``: a released table, and the five rules that alone make one.
- ``passing``: a table of the study → what may be shown of it, with what it carries.
- ``ground``: rows on communes, bodies, perimeters, roads and zones.
- ``matter``: rows on arisings, exchanges, answers and what firms save.
- ``decision``: what changes between two perimeters; criteria and orders.

Each file rests on those above it:

- ``account``: What may be told of the syndicate's account: no line that few firms make.
- ``catalogue``: Every table that may leave, one row each; what stands nowhere here
  stays in.
- ``decision``: Rows that leave on indicators, criteria and orders.
- ``ground``: Rows that leave on communes, bodies, perimeters, roads and zones.
- ``matter``: Rows that leave on arisings, exchanges, answers and what firms save.
- ``rules``: The five rules by which a table is released.
- ``passing``: A table of the study → what may be shown of it, with all that it carries
  along.
"""
