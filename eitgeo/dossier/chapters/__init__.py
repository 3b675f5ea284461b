"""The chapters and annexes of the dossier, one file each.

Each file rests on those above it:

- ``belief``: What the chapters share: what is known, what is assumed, what is missing.
- ``annexes``: Annexes on the method, the data, the hypotheses, the words, and the
  questions.
- ``levers``: Chapter on levers: what exchanges would move, who gains what, the
  syndicate.
- ``territory``: The territory as chapters tell it: what registers count, bodies, AFOM
  grid, zones.
- ``cards``: Annexes of cards: one an EPCI, one a perimeter, one a difference.
- ``front``: What opens a dossier: cover, a page for elected members, warnings, context.
- ``matter``: Chapters on flows, outlets and processes; what others tell stands beside.
- ``choice``: The chapters on the perimeter and on the verdict: what is compared, what
  tips.
- ``governance``: Chapters on governance, the means of an initiative, and the plan of
  action.
"""
