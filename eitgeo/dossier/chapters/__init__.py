"""The chapters and annexes of the dossier, one file each.

Each file rests on those above it:

- ``account``: Who gains what; the syndicate: its account, its members, what it
  renegotiates.
- ``belief``: What the chapters share: what is known, what is assumed, what is missing.
- ``contacts``: Contacts of the firms that agreed to be called back: for the animator
  alone.
- ``context``: The chapter on the context: laws, plans, what past initiatives teach.
- ``counts``: What registers count, as chapters tell it: sentences on the territory,
  sectors.
- ``annexes``: Annexes on the method, the data, the hypotheses and the words.
- ``levers``: Chapter on levers: what exchanges would move, and who gains what.
- ``territory``: The chapter on the territory, its bodies, its neighbours and its AFOM
  grid.
- ``zones``: The chapter on zones of activity and key sectors.
- ``cards``: Annexes of cards: one an EPCI, one a perimeter, one a difference.
- ``declared``: What others tell: outlets in use, declared and total tonnes beside what
  we say.
- ``front``: What opens a dossier: cover, one page for elected members, one page of
  warnings.
- ``interest``: The chapter on the verdict, its rule and what would make it firmer.
- ``questions``: The annex of questions to the owner of the study, and what an answer
  moves.
- ``matter``: Chapters on flows and outlets, and on processes.
- ``choice``: The chapter on the perimeter: blocks, comparison, core, what tips,
  variants.
- ``means``: The means of an initiative: posts, budget, parts of each EPCI, seat.
- ``governance``: The chapter on governance: carriers, roles, means, calendar.
- ``plan``: Chapters on the plan of action, on exchanges and on what is followed.
"""
