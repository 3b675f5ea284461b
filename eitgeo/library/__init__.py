"""What an analyst calls: layers and tables in, layers and tables out.

Each file rests on those above it:

- ``layers``: The layers that a caller hands over: their CRS is checked, never guessed.
- ``roads``: Roads of one's own: read them, measure trips on them, see how far one gets.
"""
