"""What is told beside maps and in sheets: cards, gaps, states, in French.

Each file rests on those above it:

- ``account_words``: The syndicate's account in words: the same on the sheet, in
  workbook and dossier.
- ``cards``: The card of a perimeter and what changes to another: figures as words.
- ``governance_words``: The French words of states, verdicts, facts of EPCI, costs,
  posts and parts.
- ``hypotheses``: What a study knows and supposes, what replaced it, and what would
  replace the rest.
- ``sentences``: French sentences made of numbers by fixed rules; those of maps: files
  apart.
- ``refusal_words``: What refusals leave of a perimeter, in words: fixed rules on
  numbers and names.
- ``answer_words``: What a council would be asked, with whom and at what cost: sentences
  for its members.
"""
