"""Drawn territories as an attacker reads them: published tables, registers."""

from typing import Any

import pandas as pd

from eitgeo.audit.published import Published
from eitgeo.audit.registers import Edition, make_registers
from tests.disclosure.territory import Territory

LEVELS = ("value", "low", "high")
EMPTY = {
    "deposits": ["file", "epci", "communes", "origin", "value", "low", "high", "words"],
    "exchanges": ["file", "donor", "receiver", "value", "words"],
    "zones": ["file", "zone_id", "code_insee", "jobs_class"],
}


def empty_tables() -> Any:
    """Return the tables of workbooks that say nothing."""
    return {name: pd.DataFrame(columns=heads) for name, heads in EMPTY.items()}


def edition_of(drawn: Territory) -> Edition:
    """Return what a drawn territory publishes, and who is where."""
    firms = drawn.firms[~drawn.firms.index.duplicated()]
    ends = drawn.ends.assign(firm_id=drawn.ends["site_id"].map(firms))
    epci = pd.Series(drawn.epci, name="epci_siren").rename_axis("code_insee")
    registers = make_registers(drawn.amounts, ends, epci=epci)
    return Edition(published_of(drawn), registers)


def published_of(drawn: Territory) -> Published:
    """Return the tables of a drawn territory as they are read back."""
    communes = pd.DataFrame(
        {
            "code_insee": list(drawn.epci),
            "name": list(drawn.epci),
            "epci_siren": list(drawn.epci.values()),
            "epci_name": [f"EPCI {one}" for one in drawn.epci.values()],
        }
    )
    guarded: Any = drawn.guarded
    lists = guarded.exchanges["receiver_ids"].str.split(";").map(tuple)
    cells = guarded.exchanges.assign(receiver_ids=lists)
    return Published(
        communes=communes,
        blocks=blocks_of(guarded),
        cells=cells,
        figures=figures_of(drawn),
        **empty_tables(),
    )


def blocks_of(guarded: Any) -> pd.DataFrame:
    """Return the blocks and units, with their communes."""
    keys = ["indicator_id", "block_id", "kind"]
    members = guarded.communes.groupby(keys).agg(
        codes=("code_insee", tuple), shown=("released", "all")
    )
    sums = guarded.blocks.set_index(keys)[[*LEVELS, "top_low", "top_high"]]
    table = members.join(sums).reset_index()
    return table.assign(
        declared=table["kind"].eq("declare"), draws=[()] * len(table)
    ).drop(columns="kind")


def figures_of(drawn: Territory) -> pd.DataFrame:
    """Return the figures of perimeters."""
    codes = {one.perimeter_id: one.codes for one in drawn.candidates}
    rows = drawn.public.reset_index()
    kept = rows[["perimeter_id", "indicator_id", *LEVELS, "note"]]
    return kept.assign(codes=rows["perimeter_id"].map(codes))
