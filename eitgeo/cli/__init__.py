"""The command line; what it says is in French.

Each file rests on those above it:

- ``answers``: What becomes of the answers of firms in a study, for whoever asks.
- ``compare``: A comparison on screen: a table that fits, what must be said with it, the
  files.
- ``french``: Help and refusals of the command line, in French.
- ``shared``: What every command does: open a study, say lines, end with a code.
- ``verify``: What « eitgeo verify » says of a file.
- ``audit``: The command that audits what a study publishes.
- ``batch``: What « eitgeo batch » shows while it goes, and at its end.
- ``brought``: What the doctor says of what a study brings: downloads, perimeters,
  vehicles.
- ``fetch``: What `eitgeo fetch` does and says; the slow imports are here.
- ``layers``: The commands that QGIS needs: tasks on layers, and its own provider in a
  zip.
- ``new``: What « eitgeo new » asks for, and what it says, on official files too.
- ``progress``: What a run shows while it goes, and what it says at its end.
- ``survey``: Commands of the survey: answers brought in, followed, matched, published,
  purged.
- ``ask``: What a study supposes, and who is asked for what would replace it.
- ``doctor``: What an installation and a study are made of, for whoever asks why it
  fails.
- ``territories``: Commands about other territories, and about files that came out of a
  study.
- ``app``: Commands and their options.
"""
