"""What one firm could give to another: needs, links, one optimum, what it moves.

Each file rests on those above it:

- ``allocation``: One optimum for the whole study: lots of residue to needs, each tonne
  once.
- ``levers``: What the exchanges of a study move: tonnes, kilometres, euros, CO2, with
  intervals.
- ``participation``: Who takes part: a share of the receivers within reach, and how it
  is said.
- ``realised``: What an animator makes of a potential: documented cases, for as many
  firms met.
- ``syndicate_account``: The syndicate's own account: what leaves its plants, line by
  line, draw by draw.
- ``synergies``: Who needs what and who stands at either end of the rules, with takers
  in reach.
- ``lever_terms``: What an exchange saves per tonne, how far a rule pays, services that
  firms share.
- ``market``: The exchanges of a large territory, priced by place, drawn by who takes
  part.
"""
