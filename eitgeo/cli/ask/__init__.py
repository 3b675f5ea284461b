"""What a study supposes, and who is asked for what would replace it.

Each file rests on those above it:

- ``questions``: What one study asks of whom: the sheets of its own gaps, lists and
  known rows.
- ``kept``: Answers kept in ``private/``, and the files that a source of the study
  reads.
- ``sheets``: The sheet that a holder of data fills, and the letter that goes with it.
- ``answers``: A filled sheet read back: every row checked, each fault told with its
  cell.
- ``run``: What ``eitgeo ask`` does and says.
- ``status``: What ``eitgeo status`` says: what is supposed, replaced, and what comes
  next.
- ``app``: Commands ``status`` and ``ask``: what a study supposes, and who is asked for
  it.
"""
