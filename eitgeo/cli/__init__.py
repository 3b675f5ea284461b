"""The command line; what it says is in French.

Each file rests on those above it:

- ``answers``: What becomes of the answers of firms in a study, for whoever asks.
- ``brought``: What the doctor says of what comes from outside: downloads, perimeters,
  EPCI.
- ``compare``: A comparison on screen: a table that fits, what must be said with it, the
  files.
- ``french``: Help and refusals of the command line, in French.
- ``texts``: French numbers and durations.
- ``verify``: What « eitgeo verify » says of a file.
- ``batch``: What « eitgeo batch » shows while it goes, and at its end.
- ``fetch``: What `eitgeo fetch` does and says; the slow imports are here.
- ``new``: What « eitgeo new » asks for, and what it says.
- ``progress``: What a run shows while it goes, and what it says at its end.
- ``shared``: What every command does: open a study, say lines, end with a code.
- ``survey``: Commands of the survey: answers brought in, followed, matched, published,
  purged.
- ``vehicles``: What the vehicles of a study are, for ``eitgeo doctor``.
- ``ask``: What a study supposes, and who is asked for what would replace it.
- ``audit``: The command that audits what a study publishes.
- ``backtest``: The command that holds the calculation against what firms declared.
- ``doctor``: What an installation and a study are made of, for whoever asks why it
  fails.
- ``layers``: The commands that QGIS needs: tasks on layers, and its own provider in a
  zip.
- ``new_real``: What « eitgeo new --real » does, and what it says.
- ``territories``: Commands about other territories, and about files that came out of a
  study.
- ``app``: Commands and their options.
"""
