"""The page about the readers names each of them with its keys."""

import inspect
import re
from pathlib import Path
from typing import Any

import grimp
import pytest

from eitgeo.sources.territory.banatic import read_banatic
from eitgeo.sources.territory.bodies import read_bodies, unite_epci
from eitgeo.sources.territory.dgcl_members import read_dgcl_bodies
from eitgeo.sources.territory.insee_belonging import read_insee_belonging
from eitgeo.steps.engine.code import _closure
from eitgeo.steps.inputs.readers import function_of
from eitgeo.study.sources import (
    BodySource,
    CommuneSource,
    CountSource,
    OutletSource,
    SiteSource,
)
from eitgeo.study.zones import OfficialZones

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lecteurs.md"
SECTIONS = {
    "sources.communes": CommuneSource,
    "sources.bodies": BodySource,
    "sources.sites": SiteSource,
    "sources.counts": CountSource,
    "sources.outlets": OutletSource,
    "zones.official": OfficialZones,
}

BODIES: dict[str, Any] = {
    "banatic": read_banatic,
    "csv": read_bodies,
    "dgcl": read_dgcl_bodies,
    "insee_belonging": read_insee_belonging,
    "union": unite_epci,
}
"""Called by the step itself, and not as a source declares it."""
READ = [section for section in SECTIONS if section != "zones.official"]


READ_BY = {
    "sources.communes": "territory",
    "sources.sites": "sites",
    "sources.counts": "counts",
    "sources.outlets": "outlets",
}
"""Key of ``study.yaml`` -> step that reads it."""


def rows_of(section: str) -> dict[str, list[set[str]]]:
    """Return, by reader, the keys of each cell of its row."""
    text = PAGE.read_text(encoding="utf-8")
    part = text.partition(f": `{section}`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", part, flags=re.MULTILINE)
    return {
        reader: [
            set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", cell)))
            for cell in cells.split("|")
        ]
        for reader, cells in rows
    }


@pytest.mark.parametrize("section", SECTIONS)
def test_readers_and_keys_are_those_of_the_code(section: str) -> None:
    source: Any = SECTIONS[section]
    told = {
        reader: (cells[0], cells[1] if len(cells) > 1 else set())
        for reader, cells in rows_of(section).items()
    }
    assert told == {
        reader: (set(keys.needed), set(keys.optional))
        for reader, keys in source.keys.items()
    }


@pytest.mark.parametrize("section", READ)
def test_what_reads_a_source_takes_its_keys(section: str) -> None:
    source: Any = SECTIONS[section]
    apart = {"membership", "siren_codes", "epci"}  # files of readers of their own
    apart |= {"covers"}  # which communes, once their codes are the present ones
    by_name = BODIES if section == "sources.bodies" else {}
    assert not by_name or set(by_name) == set(source.keys)
    for name, keys in source.keys.items():
        read = by_name[name] if by_name else function_of(keys)
        asked = {*keys.needed, *keys.optional} - apart - {"path"}
        assert asked <= set(inspect.signature(read).parameters)


@pytest.mark.parametrize("source", [SiteSource, CountSource])
def test_every_reader_of_figures_is_credited(source: Any) -> None:
    assert all(keys.credit for keys in source.keys.values())


def test_each_reader_counts_as_code_of_the_steps_that_read() -> None:
    """Named by a string, it is none of their imports: its room is."""
    graph = grimp.build_graph("eitgeo", exclude_type_checking_imports=True)
    for section, step in READ_BY.items():
        code = _closure(graph, f"eitgeo.steps.inputs.{step}")
        source: Any = SECTIONS[section]
        for keys in source.keys.values():
            assert function_of(keys).__module__ in code
