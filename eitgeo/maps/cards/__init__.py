"""Sheets without a map: what an EPCI, or the syndicate, has to decide.

Each file rests on those above it:

- ``card``: Parts of sheets without a map: titles of blocks, rows of tables.
- ``epci_messages``: A picture for each EPCI, upright, that is read in a message on a
  phone.
- ``qr_code``: QR codes of addresses, drawn as squares: they stay sharp on any paper.
- ``epci_cards``: One A4 sheet for each EPCI: what an initiative would change for it.
- ``syndicate_sheet``: The A4 sheet of the syndicate: account, members, landfill, what
  to ask.
"""
