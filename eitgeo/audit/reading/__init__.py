"""The lint of what is published: what no reader should see, file by file.

Each file rests on those above it:

- ``asides``: Words beside a page: what tooltips, screen readers and properties of a
  file say.
- ``opened``: A published file opened for its readers: words, sheets, the stamp that it
  owes.
- ``figures``: Figures as they are shown: marked and rounded by class, in one piece.
- ``stamps``: Stamps: a file bears the one that it owes, and none that it does not.
- ``words``: Words that no reader should see: absent values, internal keys, preferences.
- ``checks``: All that a published file is held against, for its readers.
"""
