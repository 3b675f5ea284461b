"""What is known, what is assumed, what is missing and who has it.

The class of a figure is that of the run: nothing here lists figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from eitgeo.reference.indicators import (
    gap_rows,
    indicator_bases,
    indicator_catalogue,
    parted,
)
from eitgeo.reference.labels import labels_of, with_labels
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, typographic

KNOWN: Final = "known"
ASSUMED: Final = "assumed"
LACKING: Final = "missing"
PART_OF: Final = {"O": KNOWN, "S": KNOWN, "H": ASSUMED}
"""Which part a figure of each class stands in; the pages read it too."""
PART_TITLES: Final = {
    part: typographic(title) for part, title in labels_of("belief").items()
}


class Gap(NamedTuple):
    """What is not at hand, and the file, register or holder that would give it."""

    basis: str
    what: str  # French; both in a few words
    where: str
    short: str
    # The command and the key of the study that bring it, for who makes the study; may
    # be empty
    how: str


def by_part[Item](
    items: Iterable[Item], *, told: Callable[[Item], tuple[str, str]]
) -> dict[str, list[Item]]:
    """Part figures by how sure they are, each part in the order given.

    Examples
    --------
    >>> by_part([("4", "O"), ("–", "O"), ("2 h", "S")], told=lambda one: one)
    {'known': [('4', 'O'), ('2 h', 'S')], 'assumed': [], 'missing': [('–', 'O')]}
    """
    parts: dict[str, list[Item]] = {part: [] for part in PART_TITLES}
    for item in items:
        text, evidence = told(item)
        parts[LACKING if text == MISSING else PART_OF[evidence]].append(item)
    return parts


def weak_bases(indicators: Released) -> frozenset[str]:
    """Name what is drawn, assumed or to confirm behind the figures of a run.

    Notes
    -----
    A figure that is assumed or absent, of which no basis is drawn nor assumed, hangs
    on all of them: a list of members to confirm, communes that no count covers.
    """
    rests_on, bases = indicator_catalogue()["rests_on"], indicator_bases()
    weak_names: set[str] = set()
    table = indicators.table
    weak = table[table["evidence"].eq("H") | table["value"].isna()]
    for name, rows in weak.groupby("indicator_id"):
        own_bases = bases.loc[parted(rests_on[str(name)])]
        is_drawn = bool(rows["synthetic_share_pct"].gt(0).any())
        is_synthetic = own_bases["synthetic"].ne("") & is_drawn
        always = own_bases["assumed"].eq("always")
        blamed = own_bases.index[is_synthetic | always]
        weak_names |= set(blamed if len(blamed) else own_bases.index)
    return frozenset(weak_names)


def gaps(rests_on: Iterable[str], weak: frozenset[str]) -> tuple[Gap, ...]:
    """Say what would make figures firmer, in the order of the reference."""
    asked = {basis for cell in rests_on for basis in parted(cell)} & weak
    return tuple(
        Gap(str(basis), *(typographic(with_labels(str(one))) for one in row))
        for basis, row in gap_rows().iterrows()
        if basis in asked
    )
