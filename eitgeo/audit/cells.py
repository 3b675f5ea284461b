"""Secret cells: sums that fail the rule, each with what it may and surely holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from eitgeo.audit.bounds import Target
from eitgeo.audit.registers import JOBS, TONNES
from eitgeo.disclosure import MAX_TOP_SHARE_PCT, MIN_CONTRIBUTORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eitgeo.audit.registers import Registers
    from eitgeo.audit.system import Unknown
    from eitgeo.audit.unknowns import Unknowns


class Cell(NamedTuple):
    """A secret amount.

    Attributes
    ----------
    kind
        ``entreprise``, ``commune``, ``EPCI``, ``flux``, ``donné``, ``pris``.
    stream
        What is summed, and at which level.
    name
        Whose.
    target
        The unknowns that make it.
    truth
        Its amount.
    """

    kind: str
    stream: str
    name: str
    target: Target
    truth: float


def fails(amounts: Mapping[str, float]) -> bool:
    """Say whether somebody makes a sum, and too few do, or one too much of it.

    Parameters
    ----------
    amounts
        Firm → what it makes.

    Returns
    -------
    bool
        True where the sum is secret. Nothing is no secret.

    Examples
    --------
    >>> fails({"a": 40.0, "b": 30.0, "c": 30.0}), fails({"a": 86.0, "b": 7.0, "c": 7.0})
    (False, True)
    >>> fails({"a": 1.0, "b": 1.0}), fails({})
    (True, False)
    """
    held = [one for one in amounts.values() if one > 0]
    if not held:
        return False
    return len(held) < MIN_CONTRIBUTORS or 100 * max(held) > MAX_TOP_SHARE_PCT * sum(held)


def sum_cells(
    registers: Registers, unknowns: Unknowns, *, indicator: str, level: str
) -> Iterator[Cell]:
    """List the secret cells of a sum: firms, communes, EPCI.

    Parameters
    ----------
    registers, unknowns
        Who is where, what is not known.
    indicator
        The sum.
    level
        ``value``, ``low``, ``high``.

    Yields
    ------
    Cell
        Each firm, in each commune and in all where it has several; each commune and
        each EPCI whose sum fails the rule.
    """
    rows = registers.amounts[indicator]
    rows = rows[rows[level].gt(0)].assign(
        epci=lambda table: table["code_insee"].map(registers.epci)
    )
    of_site, truth = unknowns.of_site[indicator], unknowns.truth
    stream = f"{indicator}, {level}"
    cells = (
        *_firms(rows),
        *_secret(rows, "commune", "code_insee", level),
        *_secret(rows, "EPCI", "epci", level),
    )
    for kind, name, sites in cells:
        terms = tuple(u for site in sites for u in of_site.get(site, ()))
        total = sum(truth[one] for one in terms)
        if total > 0:
            yield Cell(kind, stream, name, Target(terms, terms), total)


def _firms(rows: pd.DataFrame) -> Iterator[tuple[str, str, Sequence[str]]]:
    for firm, mine in rows.groupby("firm_id"):
        places = mine.groupby("code_insee")["site_id"].agg(list)
        for code, sites in places.items():
            yield "entreprise", f"{firm} à {code}", sites
        if len(places) > 1:
            yield "entreprise", str(firm), list(mine["site_id"])


def _secret(
    rows: pd.DataFrame, kind: str, column: str, level: str
) -> Iterator[tuple[str, str, Sequence[str]]]:
    for name, mine in rows.groupby(column):
        if fails(mine.groupby("firm_id")[level].sum().to_dict()):
            yield kind, str(name), list(mine["site_id"])


def drawn_cells(registers: Registers, unknowns: Unknowns, *, word: str) -> Iterator[Cell]:
    """List the secret communes of a draw of tonnage.

    Parameters
    ----------
    registers, unknowns
        Who is where, what is not known.
    word
        Names the draw.

    Yields
    ------
    Cell
        Communes whose mean fails the rule.
    """
    rows = registers.amounts[TONNES]
    rows = rows[rows["value"].gt(0)]
    for _, code, sites in _secret(rows, "commune", "code_insee", "value"):
        terms = tuple(
            one for site in sites for one in unknowns.of_site[TONNES].get(site, ())
        )
        total = sum(unknowns.truth[one] for one in terms)
        if total > 0:
            yield Cell("commune", f"{TONNES}, {word}", code, Target(terms, terms), total)


def exchange_cells(registers: Registers, unknowns: Unknowns) -> Iterator[Cell]:
    """List the secret cells of exchanges: pairs of communes, what firms give and take.

    Parameters
    ----------
    registers, unknowns
        Who may exchange with whom, what is not known.

    Yields
    ------
    Cell
        A pair is secret where it fails at either end. What a firm takes lies between
        the pairs where it takes alone and all those where it takes.
    """
    by_pair: dict[tuple[str, str], list[Unknown]] = {}
    by_firm: dict[str, list[Unknown]] = {}
    givers: dict[tuple[str, str], dict[str, float]] = {}
    donors = registers.ends[registers.ends["end"] == "donor"]
    firm_of = dict(zip(donors["site_id"], donors["firm_id"], strict=True))
    for (site, donor, receiver), unknown in unknowns.given.items():
        firm, pair = str(firm_of[site]), (donor, receiver)
        by_pair.setdefault(pair, []).append(unknown)
        by_firm.setdefault(firm, []).append(unknown)
        held = givers.setdefault(pair, {})
        held[firm] = held.get(firm, 0.0) + unknowns.truth[unknown]
    for pair, terms in by_pair.items():
        if fails(givers[pair]) or fails(unknowns.takers.get(pair, {})):
            yield _flow("flux", " → ".join(pair), terms, terms, sum(givers[pair].values()))
    for firm, terms in by_firm.items():
        total = sum(unknowns.truth[one] for one in terms)
        yield _flow("donné", firm, terms, terms, total)
    yield from _taken(unknowns, by_pair)


def _taken(
    unknowns: Unknowns, by_pair: Mapping[tuple[str, str], list[Unknown]]
) -> Iterator[Cell]:
    pairs: dict[str, list[tuple[str, str]]] = {}
    for pair, firms in unknowns.takers.items():
        for firm in firms:
            pairs.setdefault(firm, []).append(pair)
    for firm, mine in sorted(pairs.items()):
        most = [one for pair in mine for one in by_pair.get(pair, ())]
        alone = [pair for pair in mine if len(unknowns.takers[pair]) == 1]
        least = [one for pair in alone for one in by_pair.get(pair, ())]
        total = sum(unknowns.takers[pair][firm] for pair in mine)
        yield _flow("pris", firm, most, least, total)


def _flow(
    kind: str, name: str, most: Sequence[Unknown], least: Sequence[Unknown], truth: float
) -> Cell:
    return Cell(kind, "échanges, value", name, Target(tuple(most), tuple(least)), truth)


STREAMS = (TONNES, JOBS)
