"""Documents to read and edit: content in, bytes of a file out.

Each file rests on those above it:

- ``docx``: Word files that are the same bytes for the same content.
- ``model``: What a dossier holds: chapters of paragraphs, tables and figures, and
  nothing else.
- ``animator``: What is for the animator alone: match sheets, and contacts to call back.
- ``prose``: The French sentences of the dossier, in files apart, filled with values
  only.
- ``typst``: The PDF of a dossier: its content as data, one fixed template, the
  compiler.
- ``word``: The Word file of a dossier: the master, with styles that an author edits.
- ``desk``: What the chapters are written from: released tables, terms, pictures,
  choices.
- ``chapters``: The chapters and annexes of the dossier, one file each.
- ``whole``: The whole dossier, in the order of its pages.
"""
