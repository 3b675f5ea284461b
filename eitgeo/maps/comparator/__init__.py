"""The comparator: elected members compare and compose perimeters from one file.

Each file rests on those above it:

- ``bundle``: Script and payload of a page as text: no loader, nothing that HTML could
  close.
- ``carriers``: Who could carry each perimeter and each union, in the words of the
  workbook.
- ``ground``: Communes, blocks of EPCI, borders and places of the pages, as plain lists.
- ``js``: Modules of the comparator's script; ``bundle`` joins them into one.
- ``published``: Published figures, counts, closed roads and posts, packed for the
  comparator.
- ``recipes``: How the page recomputes an indicator: a kind of sum and what it sums.
- ``payload``: What the comparator knows: released tables only, as one JSON object.
- ``territory_page``: The page of the territory: who is in it, and whether my commune
  is.
- ``opening``: What the comparator opens with, for who runs no script: a map and two
  tables.
- ``page``: The comparator: one file that works from a disk and can reach nothing.
"""
