"""Pages that open from a disk: what they share, and the one that opens first.

Each file rests on those above it:

- ``page_parts``: HTML fragments of the pages and what shuts them in; every text of data
  is escaped.
- ``answers``: « Vous êtes élu de … »: what would be put to one's council, EPCI by EPCI.
- ``welcome``: The page that opens first, and the declaration of accessibility beside
  it.
"""
