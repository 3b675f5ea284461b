"""Set the French pages as a printer does: ``python scripts/set_typography.py``.

Apostrophes, and the spaces that French ties to its signs and units. Code, whether
fenced or in a line, and addresses stay as they are.
"""

from __future__ import annotations

import re
from pathlib import Path

from eitgeo.words import typographic

ROOT = Path(__file__).resolve().parents[1]
_KEPT = re.compile(r"(`+[^`]*`+|\]\([^)\s]*\)|https?://\S+|<[^>\s][^>]*>)")


def french_pages() -> list[Path]:
    """Return the pages that users read in French.

    Returns
    -------
    list of pathlib.Path
        Sorted.
    """
    docs = (ROOT / "docs").glob("*.md")
    return sorted([*docs, ROOT / "README.md", ROOT / "notebooks" / "README.md"])


def set_page(text: str) -> str:
    """Set a page.

    Parameters
    ----------
    text
        Markdown, French.

    Returns
    -------
    str
        The same page, code and addresses untouched.

    Examples
    --------
    >>> set_page("l'étude : `a : b`").replace("\N{NO-BREAK SPACE}", "~")
    'l’étude~: `a : b`'
    """
    lines, in_code = [], False
    for line in text.split("\n"):
        fence = line.lstrip().startswith("```")
        in_code ^= fence
        lines.append(line if in_code or fence else _set_line(line))
    return "\n".join(lines)


def _set_line(line: str) -> str:
    parts = _KEPT.split(line)
    return "".join(
        part if rank % 2 else typographic(part) for rank, part in enumerate(parts)
    )


def main() -> None:
    """Write each page anew."""
    for path in french_pages():
        path.write_text(set_page(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
