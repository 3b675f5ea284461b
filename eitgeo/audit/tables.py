"""Rows of workbooks and layers: blocks and cells told again, or new equations."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.audit.equations import (
    OUTSIDE,
    class_interval,
    sites_by_commune,
    sum_terms,
)
from eitgeo.audit.numbers import Interval, interval_of, significant_figures
from eitgeo.audit.payload import LEVELS
from eitgeo.audit.published import Published
from eitgeo.audit.registers import TONNES, Registers
from eitgeo.audit.sheets import bare
from eitgeo.audit.sums import Told, epci_exchanges
from eitgeo.audit.system import Equation
from eitgeo.audit.unknowns import Unknowns

_SEVERAL = "plusieurs"
_DECLARED = "déclaré"
_HALF_T = 0.5
"""What is declared is told to the tonne."""
_ALL_GIVEN = "Tonnes échangées"


def deposit_rows(
    published: Published, registers: Registers, unknowns: Unknowns, *, level: str
) -> Told:
    """Hold the rows of tonnage by group of communes against the blocks."""
    checked = Told()
    blocks = published.blocks[published.blocks["indicator_id"] == TONNES]
    values = blocks.set_index("block_id")[level].dropna().to_dict()
    by_name = _blocks_by_name(published, blocks)
    sites = sites_by_commune(registers.amounts[TONNES])
    for row in published.deposits.to_dict("records"):
        interval = _row_interval(row, level)
        if interval is None:
            continue
        key = tuple(sorted(str(row["communes"]).split(", ")))
        rivals = [values[name] for name in by_name.get(key, ()) if name in values]
        # A number that rounds a published one says nothing more.
        if any(interval.holds(Interval(one, one)) for one in rivals):
            checked.n_redundant += 1
            continue
        codes = _codes_of(published, key, str(row["epci"]))
        said = f"{row['file']} : {_short(row['communes'])} ({level})"
        what = "pas le chiffre de son bloc" if rivals else "pas un bloc publié"
        checked.remarks.append(f"{said} : {what}")
        terms = sum_terms(codes, sites, unknowns.of_site[TONNES])
        if terms:
            checked.equations.append(Equation(said, interval, terms))
    return checked


def _row_interval(row: Mapping[Any, Any], level: str) -> Interval | None:
    if isinstance(row["words"], str):
        return class_interval(row["words"]) if level == "value" else None
    value = float(row[level])
    if math.isnan(value):
        return None
    if row["origin"] == _DECLARED:
        return Interval(value - _HALF_T, value + _HALF_T)
    return interval_of(value, figures=min(2, significant_figures(value)))


def _blocks_by_name(
    published: Published, blocks: pd.DataFrame
) -> dict[tuple[str, ...], list[str]]:
    names = published.communes.set_index("code_insee")["name"].map(bare)
    blocks_of: dict[tuple[str, ...], list[str]] = {}
    for block, codes in zip(blocks["block_id"], blocks["codes"], strict=True):
        key = tuple(sorted(str(names[code]) for code in codes))
        blocks_of.setdefault(key, []).append(str(block))
    return blocks_of


def _codes_of(published: Published, names: tuple[str, ...], epci: str) -> list[str]:
    communes = published.communes
    own = communes[communes["name"].map(bare).isin(names)]
    same = own[own["epci_name"].map(bare) == epci]
    return list((same if len(same) else own)["code_insee"])


def _short(text: object) -> str:
    names = str(text).split(", ")
    return names[0] if len(names) == 1 else f"{names[0]} et {len(names) - 1} autres"


def exchange_rows(
    published: Published, registers: Registers, unknowns: Unknowns
) -> Told:
    """Hold exchanges between EPCI, and the tonnes of the study, against the cells."""
    checked = Told()
    cells = {tuple(map(bare, key)): t for key, t in epci_exchanges(published).items()}
    for row in published.exchanges.to_dict("records"):
        interval = _flow_interval(row)
        if interval is None:
            continue
        taker = _taker(str(row["receiver"]))
        made = cells.get((str(row["donor"]), taker))
        if made is not None and interval.holds(Interval(made, made)):
            checked.n_redundant += 1
            continue
        said = f"{row['file']} : {row['donor']} → {row['receiver']}"
        checked.remarks.append(f"{said} : pas une somme de cases publiées")
        terms = _epci_terms(published, registers, unknowns, (str(row["donor"]), taker))
        if terms:
            checked.equations.append(Equation(said, interval, terms))
    _all_given(published, unknowns, checked)
    return checked


def _flow_interval(row: Mapping[Any, Any]) -> Interval | None:
    if isinstance(row["words"], str):
        return class_interval(row["words"])
    value = float(row["value"])
    if math.isnan(value):
        return None
    return interval_of(value, figures=min(2, significant_figures(value)))


def _taker(words: str) -> str:
    if words.startswith("hors "):
        return OUTSIDE
    return _SEVERAL if words.startswith(_SEVERAL) else words


def _epci_terms(
    published: Published,
    registers: Registers,
    unknowns: Unknowns,
    ends: tuple[str, str],
) -> dict[Any, float]:
    communes = published.communes
    name = dict(
        zip(communes["code_insee"], communes["epci_name"].map(bare), strict=True)
    )
    inside = set(registers.epci.index)
    return {
        unknown: 1.0
        for (_, donor, taker), unknown in unknowns.given.items()
        if name.get(donor) == ends[0]
        and (name[taker] if taker in inside else OUTSIDE) == ends[1]
    }


def _all_given(published: Published, unknowns: Unknowns, found: Told) -> None:
    """Hold the cells, means over draws, between the percentiles of their total."""
    rows = published.levers[published.levers["lever"] == _ALL_GIVEN]
    rows = rows[rows["value"].notna()]
    total = float(published.cells["value"].sum())
    for row in rows.to_dict("records"):
        interval = _between(row)
        if interval.holds(Interval(total, total)):
            found.n_redundant += 1
        elif unknowns.given:
            said = f"{row['file']} : {_ALL_GIVEN}"
            found.remarks.append(f"{said} : pas la somme des cases publiées")
            terms = dict.fromkeys(unknowns.given.values(), 1.0)
            found.equations.append(Equation(said, interval, terms))


def _between(row: dict[Any, Any]) -> Interval:
    """Bound a total by its percentiles; by its value alone where it has none."""
    levels = [float(row[level]) for level in LEVELS]
    intervals = [
        interval_of(one, figures=min(2, significant_figures(one)))
        for one in levels
        if math.isfinite(one)
    ]
    return Interval(
        min(one.low for one in intervals), max(one.high for one in intervals)
    )
