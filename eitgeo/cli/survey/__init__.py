"""Commands of the survey: answers brought in, followed, matched, published, purged.

Each file rests on those above it:

- ``documents``: Documents that the animator edits: the new version never takes their
  place.
- ``extract``: What the study keeps of one firm, given back in the format of the form.
- ``publish``: `eitgeo survey publish`: the one step by which sums leave ``private/``.
- ``sheets``: Match sheets in words: what each declared resource is, and who to call
  about it.
- ``weighings``: Weighings of the syndicate: what was read of them, and the sums that
  leave.
- ``run``: What `eitgeo survey` does and says; the slow imports are here.
- ``status``: The interest that firms express, counted and never firm by firm.
- ``app``: Commands of the survey: import, status, match sheets, extract, purge.
"""
