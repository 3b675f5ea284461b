"""The only door out: internal table → released table, with what was held back.

Maps, pages and tables take a :class:`Released` table and nothing else, so that no
unreleased figure can reach them. Natural persons and non-diffusible establishments
stay in. A figure that rests on estimates is a sum of whole blocks of communes; each
block has at least three firms, none above 85 %, and so has every union of blocks:
no difference of published figures gives a firm back. Communes and sites alone say
how blocks are cut, so that two editions which compare other perimeters share them.
Blocks, draws, cells and study totals are rounded here, before they are summed. Counts
from public registers are exempt.
"""
