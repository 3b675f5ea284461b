"""The page about the readers names each of them with its keys."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from eitgeo.sources.territory.banatic import read_banatic
from eitgeo.sources.territory.bodies import read_bodies
from eitgeo.sources.territory.body_merge import unite_epci
from eitgeo.sources.territory.dgcl_members import read_dgcl_bodies
from eitgeo.sources.territory.insee_belonging import read_insee_belonging
from eitgeo.steps.inputs.readers import (
    COMMUNE_READERS,
    COUNT_READERS,
    OUTLET_READERS,
    SITE_READERS,
)
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

READERS: dict[str, dict[str, Any]] = {
    "sources.communes": COMMUNE_READERS,
    "sources.bodies": {
        "banatic": read_banatic,
        "csv": read_bodies,
        "dgcl": read_dgcl_bodies,
        "insee_belonging": read_insee_belonging,
        "union": unite_epci,
    },
    "sources.sites": SITE_READERS,
    "sources.counts": COUNT_READERS,
    "sources.outlets": OUTLET_READERS,
}


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


@pytest.mark.parametrize("section", READERS)
def test_what_reads_a_source_takes_its_keys(section: str) -> None:
    source: Any = SECTIONS[section]
    apart = {"membership", "siren_codes", "epci"}  # files of readers of their own
    apart |= {"covers"}  # which communes, once their codes are the present ones
    readers = READERS[section]
    assert set(readers) == set(source.keys)
    for name, keys in source.keys.items():
        asked = {*keys.needed, *keys.optional} - apart - {"path"}
        assert asked <= set(inspect.signature(readers[name]).parameters)
