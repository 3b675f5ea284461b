"""What registers count, as chapters tell it: sentences on the territory, sectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from eitgeo.dossier.desk import Desk, number, told
from eitgeo.dossier.model import Block, Row, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import lines, table, wide_map
from eitgeo.reference.labels import labels_of

if TYPE_CHECKING:
    type Cells = Mapping[tuple[str, str], Mapping[Any, Any]]

_COUNTS = read_prose("counts")
_TABLE, _ALL, _FIRMS = "counted_sectors", "all", "establishments"
_FACTS = {
    "URSSAF": {
        "employees": ("employees", "all"),
        "employers": ("employers", "all"),
        "industry": ("employees", "industry"),
    },
    "INSEE": {
        "firms": ("establishments", "all"),
        "firms_industry": ("establishments", "industry"),
        "large": ("establishments_10_plus", "all"),
    },
}


def counted_sentences(desk: Desk) -> tuple[Block, ...]:
    """Say what each register counts in the study area, and when; none: nothing."""
    blocks: list[Block] = []
    for producer, facts in _FACTS.items():
        cells = _cells(desk, producer)
        if not cells:
            continue
        values: dict[str, Any] = {
            name: _figure(cells[at], "value") for name, at in facts.items()
        }
        if producer == "INSEE":
            values["label"] = (desk.label("counted_firms_10"),)
        first = cells[next(iter(facts.values()))]
        values["when"] = _when(first)
        blocks.append(_COUNTS.say(f"sentence_{producer}", **values))
        if missed := int(first["n_missed"]):
            n = number(float(missed), (_TABLE, producer, "n_missed"))
            blocks.append(_COUNTS.say("missed", style="note", n=n))
    return tuple(blocks)


def counted_vintages(desk: Desk) -> tuple[Block, ...]:
    """Say, under a table of perimeters, when what it shows of registers was so."""
    return tuple(
        _COUNTS.say(
            f"vintage_{producer}",
            style="note",
            when=_when(cells[next(iter(facts.values()))]),
        )
        for producer, facts in _FACTS.items()
        if (cells := _cells(desk, producer))
    )


def counted_map(desk: Desk) -> tuple[Block, ...]:
    """Show the employees of industry, where a register counts them."""
    if not _cells(desk, "URSSAF"):
        return ()
    return (wide_map(desk, _COUNTS, "counts", "map"),)


def counted_section(desk: Desk) -> tuple[Section, ...]:
    """Put the sectors that registers count before those that are drawn."""
    insee, urssaf = (_cells(desk, one) for one in ("INSEE", "URSSAF"))
    blocks: list[Block] = []
    if insee:
        blocks.append(_insee_table(insee))
    if urssaf:
        blocks.append(_urssaf_table(urssaf))
    if not blocks:
        return ()
    return (Section(_COUNTS.runs("title"), (_COUNTS.say("intro"), *blocks)),)


def _cells(desk: Desk, producer: str) -> Cells:
    """Return the rows of a producer by measure and sector, the largest first."""
    rows = desk.public["counted_sectors"].table
    own = rows[rows["producer"].eq(producer)]
    ordered = own.sort_values(["value", "sector"], ascending=[False, True])
    return {
        (str(row["measure"]), str(row["sector"])): row
        for row in ordered.to_dict("records")
    }


def _sectors(cells: Cells, measure: str) -> list[str]:
    return [sector for one, sector in cells if one == measure and sector != _ALL]


def _where(row: Mapping[Any, Any]) -> str:
    return f"{row['producer']} / {row['measure']} / {row['sector']}"


def _figure(
    row: Mapping[Any, Any], column: str, *, unit: str = "nombre", decimals: int = 0
) -> Value:
    return number(
        float(row[column]),
        (_TABLE, _where(row), column),
        evidence=str(row["evidence"]),
        unit=unit,
        decimals=decimals,
    )


def _when(row: Mapping[Any, Any]) -> Value:
    return told(str(row["when"]), _TABLE, str(row["producer"]), "vintage")


def _name(row: Mapping[Any, Any]) -> Value:
    name = labels_of("counted_sector")[str(row["sector"])]
    return told(name, _TABLE, _where(row), "sector")


def _insee_table(cells: Cells) -> Block:
    """Write one row a sector: establishments, share, location quotient."""
    shown = [cells[_FIRMS, one] for one in _sectors(cells, _FIRMS)]
    keys = [_where(row) for row in shown]
    name = [_name(row) for row in shown]
    held = pd.DataFrame(shown)
    rows = lines(_COUNTS, "insee", held, source=_TABLE, keys=keys, name=name)
    first = shown[0]
    against = told(str(first["reference"]), _TABLE, "INSEE", "reference")
    return table(
        _COUNTS,
        "insee",
        rows,
        note=_COUNTS.runs("insee_note", reference=against, when=_when(first)),
    )


def _urssaf_table(cells: Cells) -> Block:
    """Write one row a sector: employers, employees and their share."""
    sectors = _sectors(cells, "employees")
    rows: list[Row] = [
        (
            (_name(cells["employees", one]),),
            (_figure(cells["employers", one], "value"),),
            (_figure(cells["employees", one], "value"),),
            (_figure(cells["employees", one], "part_pct", unit="%", decimals=1),),
        )
        for one in sectors
    ]
    return table(
        _COUNTS,
        "urssaf",
        rows,
        note=_COUNTS.runs("urssaf_note", when=_when(cells["employees", _ALL])),
    )
