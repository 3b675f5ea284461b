"""What the register of emissions tells: outlets in use, and a check of what we say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from eitgeo.dossier.chapters.desk import number, table, told
from eitgeo.dossier.model import Section
from eitgeo.dossier.prose import read_prose
from eitgeo.flows.arisings.backtest_words import (
    SELECTION,
    backtest_rows,
    set_aside_text,
    years_text,
)
from eitgeo.flows.outlets.destinations import chapter_tonnes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from eitgeo.dossier.chapters.desk import Desk
    from eitgeo.dossier.model import Block, Row

_FLOWS = read_prose("flows")
_TABLE = "declared_destinations"


def declared_sections(desk: Desk) -> Iterator[Section]:
    """Tell where declared waste goes, and what it says of the calculation."""
    destinations = desk.matter.destinations.table
    if len(destinations):
        blocks: tuple[Block, ...] = (
            _FLOWS.say("declared_text"),
            _destinations(destinations, desk.matter.destinations.secrecy),
        )
        yield Section(_FLOWS.runs("declared"), blocks)
    backtest = desk.matter.backtest.table
    if len(backtest):
        evidence = "H" if desk.matter.backtest.demonstration else "O"
        blocks = (_FLOWS.say("backtest_text"), _measures(backtest, evidence))
        yield Section(_FLOWS.runs("backtest"), blocks)


def _destinations(destinations: pd.DataFrame, secrecy: tuple[str, ...]) -> Block:
    """Lay out tonnes by chapter, what stays, and which départements take the rest."""
    rows: list[Row] = []
    for chapter, row in chapter_tonnes(destinations).iterrows():
        key = str(chapter)
        mass_t = float(row["mass_t"])
        stays_pct = 100.0 * float(row["own_t"]) / mass_t if mass_t > 0 else math.nan
        rows.append(
            (
                (told(key, _TABLE, key, "chapter"),),
                (number(mass_t, (_TABLE, key, "mass_t"), unit="t/an"),),
                (number(stays_pct, (_TABLE, key, "place"), unit="%"),),
                (told(str(row["deps"]), _TABLE, key, "dep"),),
            )
        )
    return table(
        _FLOWS.runs("declared_caption"),
        _FLOWS.heads("declared_heads"),
        rows,
        widths=(1.0, 1.6, 1.8, 2.2),
        note=secrecy,
    )


def _measures(backtest: pd.DataFrame, evidence: str) -> Block:
    rows: list[Row] = [
        (
            (told(row.label, "backtest", row.key, "measure"),),
            (number(row.n_sites, ("backtest", row.key, "n_sites")),),
            (told(row.observed, "backtest", row.key, "observed", evidence=evidence),),
            (told(row.expected, "backtest", row.key, "expected"),),
            (told(row.admitted, "backtest", row.key, "law_low"),),
            (told(row.verdict, "backtest", row.key, "verdict"),),
        )
        for row in backtest_rows(backtest)
    ]
    notes = " ".join(filter(None, (set_aside_text(backtest), SELECTION)))
    years = told(years_text(backtest), "backtest", "", "first_year")
    return table(
        _FLOWS.runs("backtest_caption", years=years),
        _FLOWS.heads("backtest_heads"),
        rows,
        widths=(2.7, 1.1, 1.0, 1.2, 1.4, 1.4),
        note=(told(notes, "backtest", "set_aside", "n_sites"),),
    )
