"""Pages that open from a disk: the map of perimeters, executed notebooks.

Each file rests on those above it:

- ``features``: GeoJSON of the offline page: light, in degrees, and harmless as HTML.
- ``page_parts``: HTML fragments of the offline page; every text that comes from data is
  escaped.
- ``policy``: The policy that shuts a page in: its own script and style, no network.
- ``answers``: « Vous êtes élu de … »: what would be put to one's council, EPCI by EPCI.
- ``folium_map``: The map of the offline page: folium draws, its random names become
  ordinals.
- ``notebook_page``: The page around an executed notebook: who, when, on what data; no
  address in it.
- ``welcome``: The page that opens first: what was published, by who opens it.
- ``without_scripts``: Pages that read without scripts: their first answers stand in the
  HTML itself.
- ``web``: The offline page: one file, no network, a map and the table that says the
  same.
"""
