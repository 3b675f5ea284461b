"""« Mon entreprise »: what a commune and an activity are told.

Each file rests on those above it:

- ``advice``: What the rules of the study say to an activity: what to offer, to seek, to
  share.
- ``still``: « Mon entreprise » without a script: duties, activities, communes, one by
  one.
- ``page``: « Mon entreprise »: what to sort, three calls to make, where to go, what to
  share.
"""
