"""The comparator: elected members compare and compose perimeters from one file.

Each file rests on those above it:

- ``bundle``: Script and payload of a page as text: no loader, nothing that HTML could
  close.
- ``ground``: Communes, blocks of EPCI, borders and places of the pages, as plain lists.
- ``js``: Modules of the comparator's script; ``bundle`` joins them into one.
- ``published``: Published figures, closed roads, posts and carriers, packed for the
  comparator.
- ``payload``: What the comparator knows: released tables only, as one JSON object.
- ``territory_page``: The page of the territory: who is in it, and whether my commune
  is.
- ``page``: The comparator: one file that works from a disk, and what it opens with.
"""
