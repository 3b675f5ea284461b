"""Write the table of docs/cartes.md from map_sheets.csv; a test holds the page to it.

What the page adds to the name of a map (``carte_perimetre_<nom>``) is kept.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from set_typography import set_page

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "cartes.md"
SHEETS = ROOT / "eitgeo" / "reference" / "map_sheets.csv"
TITLE = "\n## Le jeu de cartes\n"


def page(text: str) -> str:
    """Return the page with a row a map, in the order of the table."""
    before, title, after = text.partition(TITLE)
    (held,) = re.findall(r"^\|---.*\n((?:\|.*\n)*)", after, flags=re.MULTILINE)[:1]
    names = re.findall(r"^\| (`[^|]*`) \|", held, flags=re.MULTILINE)
    rows = []
    for sheet in pd.read_csv(SHEETS, dtype=str).to_dict("records"):
        stem = sheet["sheet"]
        name = next((one for one in names if _is_of(one, stem)), f"`{stem}`")
        cells = (name, sheet["question"], sheet["layers"], sheet["classes"])
        rows.append(f"| {' | '.join(cells)} |\n")
    return set_page(before + title + after.replace(held, "".join(rows), 1))


def _is_of(name: str, stem: str) -> bool:
    return re.fullmatch(rf"`{re.escape(stem)}(_<\w+>)*`", name) is not None


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), encoding="utf-8", newline="\n")
    print(PAGE.relative_to(ROOT).as_posix())
