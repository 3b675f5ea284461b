"""Secret cells: sums that fail the rule, each with what it may and surely holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from eitgeo.audit.equations import block_name, cell_name, cell_pairs
from eitgeo.audit.registers import DRAWN_AGAIN, TONNES, Registers
from eitgeo.audit.system import Target, Unknown
from eitgeo.disclosure.rule import MAX_TOP_SHARE_PCT, MIN_CONTRIBUTORS

if TYPE_CHECKING:
    from eitgeo.audit.published import Published
    from eitgeo.audit.unknowns import Unknowns


class Cell(NamedTuple):
    """A secret amount.

    ``kind``: ``entreprise``, ``commune``, ``EPCI``, ``flux``, ``donné``, ``pris``.
    ``stream``: what is summed, and at which level. ``name``: whose. ``target``: the
    unknowns that make it. ``truth``: its amount.
    """

    kind: str
    stream: str
    name: str
    target: Target
    truth: float


def fails(amounts: Mapping[str, float]) -> bool:
    """Say whether somebody makes a sum, and too few do, or one too much of it.

    Examples
    --------
    >>> fails({"a": 40.0, "b": 30.0, "c": 30.0}), fails({"a": 86.0, "b": 7.0, "c": 7.0})
    (False, True)
    >>> fails({"a": 1.0, "b": 1.0}), fails({})
    (True, False)
    """
    given_amounts = [one for one in amounts.values() if one > 0]
    if not given_amounts:
        return False
    return len(given_amounts) < MIN_CONTRIBUTORS or 100 * max(
        given_amounts
    ) > MAX_TOP_SHARE_PCT * sum(given_amounts)


def sum_cells(
    registers: Registers, unknowns: Unknowns, *, indicator: str, level: str
) -> Iterator[Cell]:
    """List the secret cells of a sum: firms, communes, EPCI."""
    of_site, truth = unknowns.of_site[indicator], unknowns.truth
    stream = f"{indicator}, {level}"
    rows = _rows(registers.amounts[indicator], level)
    of_commune = {str(code): str(epci) for code, epci in registers.epci.items()}
    cells = (
        *_firms(rows),
        *_secret(rows, "commune", {code: code for _, _, code, _ in rows}),
        *_secret(rows, "EPCI", of_commune),
    )
    for kind, name, sites in cells:
        terms = tuple(u for site in sites for u in of_site.get(site, ()))
        total = sum(truth[one] for one in terms)
        if total > 0:
            yield Cell(kind, stream, name, Target(terms, terms), total)


def _rows(amounts: pd.DataFrame, level: str) -> list[tuple[str, str, str, float]]:
    firms_rows = amounts[amounts[level].gt(0) & amounts["firm_id"].ne(DRAWN_AGAIN)]
    names = (firms_rows[name] for name in ("site_id", "firm_id", "code_insee", level))
    return list(zip(*names, strict=True))


def _firms(
    rows: Sequence[tuple[str, str, str, float]],
) -> Iterator[tuple[str, str, Sequence[str]]]:
    places: dict[str, dict[str, list[str]]] = {}
    for site, firm, code, _ in rows:
        places.setdefault(firm, {}).setdefault(code, []).append(site)
    for firm, by_code in sorted(places.items()):
        for code, sites in sorted(by_code.items()):
            yield "entreprise", f"{firm} à {code}", sites
        if len(by_code) > 1:
            yield (
                "entreprise",
                firm,
                [site for mine in by_code.values() for site in mine],
            )


def _secret(
    rows: Sequence[tuple[str, str, str, float]], kind: str, group: Mapping[str, str]
) -> Iterator[tuple[str, str, Sequence[str]]]:
    """List the groups of communes whose sum fails the rule, with their sites."""
    firms: dict[str, dict[str, float]] = {}
    sites: dict[str, list[str]] = {}
    for site, firm, code, amount in rows:
        name = group.get(code, "")
        amounts_of = firms.setdefault(name, {})
        amounts_of[firm] = amounts_of.get(firm, 0.0) + amount
        sites.setdefault(name, []).append(site)
    for name in sorted(firms):
        if fails(firms[name]):
            yield kind, name, sites[name]


def secret_communes(registers: Registers, *, indicator: str) -> dict[str, int]:
    """List the communes whose value fails the rule."""
    rows = _rows(registers.amounts[indicator], "value")
    commune_of = {code: code for _, _, code, _ in rows}
    firms: dict[str, set[str]] = {}
    for _, firm, code, _ in rows:
        firms.setdefault(code, set()).add(firm)
    return {
        name: len(firms[name]) for _, name, _ in _secret(rows, "commune", commune_of)
    }


def failing_blocks(
    published: Published, registers: Registers, *, indicator: str
) -> set[str]:
    """List the blocks whose sum fails the rule: they should not have been published."""
    rows = published.blocks[published.blocks["indicator_id"] == indicator]
    amounts = _rows(registers.amounts[indicator], "value")
    by_code: dict[str, list[tuple[str, float]]] = {}
    for _, firm, code, amount in amounts:
        by_code.setdefault(code, []).append((firm, amount))
    blocks = set()
    for block, codes in zip(rows["block_id"], rows["codes"], strict=True):
        firms: dict[str, float] = {}
        for code in codes:
            for firm, amount in by_code.get(code, ()):
                firms[firm] = firms.get(firm, 0.0) + amount
        if fails(firms):
            blocks.add(block_name(indicator, str(block)))
    return blocks


def failing_exchanges(
    published: Published, registers: Registers, unknowns: Unknowns
) -> set[str]:
    """List the cells of exchanges that fail the rule at one end."""
    givers = _givers(registers, unknowns)
    rows = published.cells.to_dict("records")
    cells = set()
    for rank, pairs in cell_pairs(published, registers).items():
        sides: tuple[dict[str, float], ...] = ({}, {})
        for pair in pairs:
            for end, amounts_of in zip(sides, (givers, unknowns.takers), strict=True):
                for firm, t in amounts_of.get(pair, {}).items():
                    end[firm] = end.get(firm, 0.0) + t
        if any(fails(end) for end in sides):
            cells.add(cell_name(rows[rank]))
    return cells


def _givers(
    registers: Registers, unknowns: Unknowns
) -> dict[tuple[str, str], dict[str, float]]:
    """Sum what each firm gives in each pair of communes."""
    donors = registers.ends[registers.ends["end"] == "donor"]
    firm_of = dict(zip(donors["site_id"], donors["firm_id"], strict=True))
    givers: dict[tuple[str, str], dict[str, float]] = {}
    for (site, donor, receiver), unknown in unknowns.given.items():
        amounts_of = givers.setdefault((donor, receiver), {})
        firm = str(firm_of[site])
        amounts_of[firm] = amounts_of.get(firm, 0.0) + unknowns.truth[unknown]
    return givers


def drawn_cells(
    unknowns: Unknowns, *, codes: Mapping[str, int], word: str
) -> Iterator[Cell]:
    """List the secret communes of a draw of tonnage."""
    of_commune = {terms[0][2]: terms for terms in unknowns.of_site[TONNES].values()}
    for code, n_firms in codes.items():
        terms = of_commune.get(code, ())
        total = sum(unknowns.truth[one] for one in terms)
        if total > 0:
            kind = "entreprise" if n_firms == 1 else "commune"
            name = f"seule à {code}" if n_firms == 1 else code
            yield Cell(kind, f"{TONNES}, {word}", name, Target(terms, terms), total)


def exchange_cells(registers: Registers, unknowns: Unknowns) -> Iterator[Cell]:
    """List the secret cells of exchanges: pairs of communes, given and taken."""
    by_pair: dict[tuple[str, str], list[Unknown]] = {}
    by_firm: dict[str, list[Unknown]] = {}
    givers = _givers(registers, unknowns)
    donors = registers.ends[registers.ends["end"] == "donor"]
    firm_of = dict(zip(donors["site_id"], donors["firm_id"], strict=True))
    for (site, donor, receiver), unknown in unknowns.given.items():
        by_pair.setdefault((donor, receiver), []).append(unknown)
        by_firm.setdefault(str(firm_of[site]), []).append(unknown)
    for pair, terms in by_pair.items():
        if fails(givers[pair]) or fails(unknowns.takers.get(pair, {})):
            yield _flow(
                "flux", " → ".join(pair), _all(terms), sum(givers[pair].values())
            )
    for firm, terms in by_firm.items():
        total = sum(unknowns.truth[one] for one in terms)
        yield _flow("donné", firm, _all(terms), total)
    yield from _taken(unknowns, by_pair)


def _all(terms: Sequence[Unknown]) -> Target:
    return Target(tuple(terms), tuple(terms))


def _taken(
    unknowns: Unknowns, by_pair: Mapping[tuple[str, str], list[Unknown]]
) -> Iterator[Cell]:
    pairs: dict[str, list[tuple[str, str]]] = {}
    for pair, firms in unknowns.takers.items():
        for firm in firms:
            pairs.setdefault(firm, []).append(pair)
    for firm, own_pairs in sorted(pairs.items()):
        most = [one for pair in own_pairs for one in by_pair.get(pair, ())]
        alone = [pair for pair in own_pairs if len(unknowns.takers[pair]) == 1]
        least = [one for pair in alone for one in by_pair.get(pair, ())]
        total = sum(unknowns.takers[pair][firm] for pair in own_pairs)
        yield _flow("pris", firm, Target(tuple(most), tuple(least)), total)


def _flow(kind: str, name: str, target: Target, truth: float) -> Cell:
    return Cell(kind, "échanges, value", name, target, truth)
