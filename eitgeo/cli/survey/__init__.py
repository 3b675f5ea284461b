"""Commands of the survey: answers brought in, followed, matched, published, purged.

Each file rests on those above it:

- ``private``: What stands in ``private/`` beside the answers: held, edited by hand,
  given back.
- ``sheets``: Match sheets in words: what each declared resource is, and who to call
  about it.
- ``status``: The interest that firms express, counted and never firm by firm.
- ``publish``: `eitgeo survey publish`: the one step by which sums leave ``private/``.
- ``weighings``: Weighings of the syndicate: what was read of them, and the sums that
  leave.
- ``run``: What `eitgeo survey` does and says; the slow imports are here.
- ``app``: Commands of the survey: import, status, match sheets, publish, extract,
  purge.
"""
