"""The page about the readers names each of them with its keys."""

import re
from pathlib import Path
from typing import Any

import pytest

from eitgeo.study.sources import BodySource, CommuneSource, OutletSource, SiteSource

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lecteurs.md"
SECTIONS = {
    "sources.communes": CommuneSource,
    "sources.bodies": BodySource,
    "sources.sites": SiteSource,
    "sources.outlets": OutletSource,
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
