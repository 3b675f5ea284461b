"""The lint of what is published: what no reader should see, file by file.

Each file rests on those above it:

- ``opened``: A published file opened for its readers: words, sheets, the stamp that it
  owes.
- ``checks``: All that a published file is held against, for its readers.
"""
