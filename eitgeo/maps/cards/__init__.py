"""Sheets without a map: what an EPCI, or the syndicate, has to decide.

Each file rests on those above it:

- ``epci_cards``: One A4 sheet for each EPCI: what an initiative would change for it.
- ``syndicate_sheet``: The A4 sheet of the syndicate: account, members, landfill, what
  to ask.
"""
