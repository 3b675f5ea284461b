"""The only door out: internal table → released table, with what was held back.

Maps, pages and tables take a :class:`Released` table and nothing else, so that no
unreleased figure can reach them. Natural persons and non-diffusible establishments
stay in. A figure that rests on estimates is a sum of whole blocks of communes; each
block has at least three firms, none above 85 %, and so has every union of blocks:
no difference of published figures gives a firm back. Communes and sites alone say
how blocks are cut, so that two editions which compare other perimeters share them.
Blocks, draws, cells and study totals are rounded here, before they are summed. Counts
from public registers are exempt.

Each file rests on those above it:

- ``rule``: The rule of secrecy: how many make a figure, how much the first one weighs.
- ``answers``: Sums of answers and of weighings: which may be told, once and from year
  to year.
- ``draws``: Draws of blocks: with them, the interval of any perimeter can be computed
  again.
- ``exchanges``: Guarded exchanges: units that give and take, and cells between them
  that pass.
- ``levers``: What may be told of the levers of the whole study: totals that no firm
  makes.
- ``zones``: Zones as they may be told: classes of jobs and of tonnes, public grounds
  alone.
- ``blocks``: Guarded sums: communes merged into blocks that may be published one by
  one.
- ``publications``: The ledger: who made each sum that was told, so that no later one
  tells a firm.
- ``sums``: Sums of whole blocks and of whole cells: they tell no more than their parts.
- ``guard``: The guarded tables: all that published figures of estimates are summed
  from.
- ``published``: Published indicators: sums of whole blocks, and what is not broken
  down.
- ``report``: What secrecy costs: cells that fail, communes merged, what is not broken
  down.
- ``door``: The door: what may leave, under which rule, and the one function that lets
  it out.
"""
