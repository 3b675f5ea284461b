"""Sections on what is asked of others: the form, the survey, letters.

Each file rests on those above it:

- ``ask``: Section ``ask``: until when holders of data are asked to answer, and to whom.
- ``form``: Section ``form``: the sign-up form, and the notice without which it is not
  made.
- ``survey``: What is kept out of what is published: answers of firms, tickets of
  weighbridges.
"""
