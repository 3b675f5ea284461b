"""Pages that open from a disk: the map of perimeters, executed notebooks.

Each file rests on those above it:

- ``features``: Outlines of a page: light, and without a gap between neighbours.
- ``leaflet``: Leaflet from its wheel: a map of a notebook that does without a network.
- ``page_parts``: HTML fragments of the pages; every text that comes from data is
  escaped.
- ``policy``: The policy that shuts a page in: its own script and style, no network.
- ``typeface``: The typeface of pages: the one of printed maps, cut to what French pages
  write.
- ``accessibility``: The declaration of accessibility: what was tried, what was not,
  whom to write to.
- ``answers``: « Vous êtes élu de … »: what would be put to one's council, EPCI by EPCI.
- ``messages_page``: The page of the pictures of EPCI: each is seen small, and saved by
  its link.
- ``notebook_page``: The page around an executed notebook: who, when, on what data; no
  address in it.
- ``welcome``: The page that opens first: what was published, by who opens it.
- ``without_scripts``: Pages that read without scripts: their first answers stand in the
  HTML itself.
"""
