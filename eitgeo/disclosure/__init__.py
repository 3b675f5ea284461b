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

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.disclosure._rule import (
        MAX_TOP_SHARE_PCT,
        MIN_CONTRIBUTORS,
        Part,
        passes,
    )
    from eitgeo.disclosure.answers import (
        SIGNIFICANT,
        Answers,
        Cell,
        cells_of,
        told_answers,
    )
    from eitgeo.disclosure.blocks import guard_sums
    from eitgeo.disclosure.exchanges import guard_exchanges
    from eitgeo.disclosure.groups import told_groups
    from eitgeo.disclosure.guard import Guarded, guard
    from eitgeo.disclosure.levers import guard_levers
    from eitgeo.disclosure.publications import (
        Publication,
        ledger_json,
        make_publication,
        narrow_cells,
        read_publications,
        without_firms,
    )
    from eitgeo.disclosure.published import (
        MAX_LEFT_PCT,
        MAX_UNSURE_PCT,
        WITHHELD_NOTE,
        publish_indicators,
        sum_blocks,
    )
    from eitgeo.disclosure.released import (
        Released,
        release_block_sums,
        release_blocks,
        release_derived,
        release_guarded,
        release_indicators,
        release_levers,
        release_links,
        release_reach,
        release_register,
        release_union_figures,
    )
    from eitgeo.disclosure.report import (
        disclosure_report,
        report_sentences,
        synthetic_shares,
    )
    from eitgeo.disclosure.zone_potentials import zone_potentials
    from eitgeo.disclosure.zones import publish_zones, size_class

__all__ = [
    "MAX_LEFT_PCT",
    "MAX_TOP_SHARE_PCT",
    "MAX_UNSURE_PCT",
    "MIN_CONTRIBUTORS",
    "SIGNIFICANT",
    "WITHHELD_NOTE",
    "Answers",
    "Cell",
    "Guarded",
    "Part",
    "Publication",
    "Released",
    "cells_of",
    "disclosure_report",
    "guard",
    "guard_exchanges",
    "guard_levers",
    "guard_sums",
    "ledger_json",
    "make_publication",
    "narrow_cells",
    "passes",
    "publish_indicators",
    "publish_zones",
    "read_publications",
    "release_block_sums",
    "release_blocks",
    "release_derived",
    "release_guarded",
    "release_indicators",
    "release_levers",
    "release_links",
    "release_reach",
    "release_register",
    "release_union_figures",
    "report_sentences",
    "size_class",
    "sum_blocks",
    "synthetic_shares",
    "told_answers",
    "told_groups",
    "without_firms",
    "zone_potentials",
]

lend(__name__)
