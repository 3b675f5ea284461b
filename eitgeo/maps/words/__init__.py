"""What is told beside maps and in sheets: cards, gaps, states, in French.

Each file rests on those above it:

- ``account_words``: The syndicate's account in words: the same on the sheet, in
  workbook and dossier.
- ``belief``: What is known, what is assumed, what is missing and who has it.
- ``cards``: The card of a perimeter: identity lines and indicators as words.
- ``counts``: Counts of establishments as words: assumptions wherever they are drawn.
- ``difference_words``: What changes from a perimeter to another, in words: fixed rules
  on numbers.
- ``governance_words``: The French words of states, verdicts, facts of EPCI and costs.
- ``hypotheses``: What a study supposes, what replaced it, and what would replace the
  rest.
- ``means_words``: Posts and parts in words: what is met, what is left out, who would
  pay what.
- ``sentences``: French sentences made of numbers by fixed rules; rounding is that of
  ``words``.
- ``texts``: The sentences of maps and sheets, in files apart; printing sets their
  signs.
- ``refusal_words``: What refusals leave of a perimeter, in words: fixed rules on
  numbers and names.
- ``answer_words``: What a council would be asked, with whom and at what cost: sentences
  for its members.
"""
