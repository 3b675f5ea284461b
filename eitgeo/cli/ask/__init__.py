"""What a study supposes, and who is asked for what would replace it.

Each file rests on those above it:

- ``letters``: The letter that goes with a sheet: a draft, to be validated before it
  leaves.
- ``questions``: What one study asks of whom: the sheets of its own gaps, lists and
  known rows.
- ``kept``: Answers kept in ``private/``, and the files that a source of the study
  reads.
- ``sheets``: The sheet that a holder of data fills: typed columns, lists, a greyed
  example.
- ``answers``: A filled sheet read back: every row checked, each fault told with its
  cell.
- ``run``: What ``eitgeo ask`` does and says.
- ``status``: What ``eitgeo status`` says: what is supposed, replaced, and what comes
  next.
- ``app``: Commands ``status`` and ``ask``: what a study supposes, and who is asked for
  it.
"""
