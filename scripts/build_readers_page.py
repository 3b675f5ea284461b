"""Write the tables of docs/lecteurs.md from what a study declares of its readers.

What was written there about a key that stays is kept. Run it after a reader has
changed; a test holds the page to it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo.study.sources import (
    BodySource,
    CommuneSource,
    CountSource,
    OutletSource,
    SiteSource,
)
from eitgeo.study.zones import OfficialZones

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eitgeo.study.readers import Source

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "lecteurs.md"
DECLARED: dict[str, type[Source]] = {
    "sources.communes": CommuneSource,
    "sources.bodies": BodySource,
    "sources.sites": SiteSource,
    "sources.counts": CountSource,
    "sources.outlets": OutletSource,
    "zones.official": OfficialZones,
}


def readers_page(text: str) -> str:
    """Return the French page about the readers, its tables as they are declared."""
    for section, source in DECLARED.items():
        head, mark, rest = text.partition(f": `{section}`")
        before, rule, after = rest.partition("|---|---|")
        rule, after = rule + after[: after.index("\n") + 1], after.split("\n", 1)[1]
        table = re.match(r"(\|.*\|\n)*", after)
        rows = table[0] if table else ""
        told = "".join(_reader_rows(source, rows, n_cells=rule.count("---")))
        text = head + mark + before + rule + told + after[len(rows) :]
    return text


def _reader_rows(source: type[Source], rows: str, *, n_cells: int) -> Iterator[str]:
    """Give a row a reader, in the order of its declaration; a true one stays as is."""
    held = {row.split("`")[1]: row for row in rows.splitlines(keepends=True)}
    for reader, keys in source.keys.items():
        notes = dict(re.findall(r"`(\w+)` (\([^)]*\))", held.get(reader, "")))
        cells = [
            ", ".join(f"`{key}` {notes.get(key, '')}".strip() for key in named)
            for named in (keys.needed, keys.optional)
        ]
        full = [f" {cell} " if cell else " " for cell in cells[: n_cells - 1]]
        yield "|".join(["", f" `{reader}` ", *full, "\n"])


if __name__ == "__main__":
    told = readers_page(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(told, encoding="utf-8", newline="\n")
    print(PAGE.relative_to(ROOT).as_posix())
