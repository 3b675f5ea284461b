"""Lists that serve a search: postcodes, EPCI.

Each file rests on those above it:

- ``epci_list``: All EPCI of France: where they are, and which départements are near.
- ``postcodes``: Postcodes of communes: by them a reader finds his own.
"""
