"""The comparator: elected members compare and compose perimeters from one file.

Each file rests on those above it:

- ``bundle``: One script out of small modules: no loader, so it runs from a disk
  everywhere.
- ``carriers``: Who could carry each perimeter and each union, in the words of the
  workbook.
- ``js``: Modules of the comparator's script; ``bundle`` joins them into one.
- ``json_text``: The payload of a page as text: closed to HTML, and no finer than it
  says.
- ``pieces``: Blocks of EPCI that are taken or left together, and the bodies that part
  them.
- ``postcodes``: Postcodes of communes, by which inhabitants and firms find theirs.
- ``posts``: What the page knows of posts: what each choice meets a year, and costs.
- ``published``: Published figures of the comparator, packed: one list a level for all
  unions.
- ``recipes``: How the page recomputes an indicator: a kind of sum and what it sums.
- ``still_epci``: What each EPCI is in and is asked, a fold each, without a script.
- ``still_territory``: The page of the territory without a script: each EPCI, each
  commune, its answer.
- ``topology``: Shared arcs: each border once, with the commune on either side of it.
- ``closures``: Closed roads as the comparator tells them: trips to towns that take
  longer.
- ``counted``: What registers count, as the page sums it: one number a commune and fact.
- ``ground``: Communes, borders and places of the comparator, as plain lists.
- ``payload``: What the comparator knows: released tables only, as one JSON object.
- ``still_map``: The map of a pair drawn without a script: outlines, names, letters, a
  legend.
- ``still_view``: What the comparator opens with, without a script: sentence, map,
  table, each EPCI.
- ``page``: The comparator: one file that works from a disk and can reach nothing.
- ``territory_page``: The page of the territory: who is in it, and whether my commune
  is.
"""
