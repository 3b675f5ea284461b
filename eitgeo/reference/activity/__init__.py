"""Activities of firms: NAF, divisions, sectors, everyday words.

Each file rests on those above it:

- ``divisions``: Ranges of NAF divisions, as a study writes them; pandas is not
  imported.
- ``naf``: NAF rév. 2: divisions, sub-classes, and which activities lie in them.
- ``activity_sectors``: Which sector of URSSAF's counts, and of INSEE's, each activity
  is counted in.
"""
