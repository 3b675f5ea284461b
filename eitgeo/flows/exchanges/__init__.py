"""What one firm could give to another: needs, links, one optimum, what it moves.

Each file rests on those above it:

- ``affinity``: How much two communes would exchange: the allocation, told by commune.
- ``candidates``: Who could give what to whom: lots of residue, needs, and the arcs
  between them.
- ``levers``: What the exchanges of a study move: tonnes, kilometres, euros, CO2, with
  intervals.
- ``matches``: The nearest firms that could take, or give, what a firm declares.
- ``mutualisation``: Services that firms of one zone could share: collection, repair,
  training.
- ``needs``: What receivers could use instead of what they buy: the other end of an
  exchange.
- ``participation``: Who takes part: a share of the receivers within reach, and how it
  is said.
- ``realised``: What an animator makes of a potential: documented cases, for as many
  firms met.
- ``syndicate_account``: The syndicate's own account: what leaves its plants, line by
  line, draw by draw.
- ``allocation``: One optimum for the whole study: each tonne once, to where it is worth
  most.
- ``lever_terms``: What an exchange saves per tonne, how unsure that is, and how far a
  rule may go.
- ``synergies``: Who stands at either end of the rules, and who has a taker in reach.
- ``partners``: The partners that suit each lot and each need best, at the prices of
  both.
- ``market``: The exchanges of a large territory, priced by place and never listed
  whole.
- ``drawn_markets``: One allocation for each draw of who takes part, and what they say
  together.
- ``study_market``: The market of a study: what each lot, need, rule and way is worth.
"""
