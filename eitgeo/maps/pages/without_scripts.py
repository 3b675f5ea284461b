"""Pages that read without scripts: their first answers stand in the HTML itself.

Previews of mail and of phones run no script. A page shows its still block, and hides
what needs a script, until one says that it runs; it takes that back if it fails.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from eitgeo.maps.pages.page_parts import html_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AWAKE: Final = (
    "(function(){var r=document.documentElement,read=false;r.className+=' anime';"
    "window.addEventListener('load',function(){read=true});"
    "window.addEventListener('error',function(){"
    "if(!read)r.className=r.className.replace(' anime','')})})();"
)
"""First script of a page: others take over, unless one fails before all is read."""


def still_style() -> str:
    """Return the style of still blocks, and what hides them when scripts run."""
    file = resources.files("eitgeo.maps.pages") / "still.css"
    return file.read_text(encoding="utf-8")


def still_block(parts: Iterable[str], *, notice: str) -> str:
    """Wrap what a page opens with; `notice` says what scripts would add."""
    return (
        '<div class="sans-script" role="main" id="lecture">'
        f'<p class="lecture" role="note">{html_text(notice)}</p>'
        f"{''.join(part for part in parts if part)}</div>"
    )


def fold(summary: str, body: str, *, name: str = "") -> str:
    """Return a fold that opens without a script; `summary` is set as text."""
    anchor = f' id="{html_text(name)}"' if name else ""
    return f"<details{anchor}><summary>{html_text(summary)}</summary>{body}</details>"


def still_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = ""
) -> str:
    """Return a table of texts; the first cell of a row is its head."""
    told = f"<caption>{html_text(caption)}</caption>" if caption else ""
    top = "".join(f'<th scope="col">{html_text(one)}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{html_text(first)}</th>'
        + "".join(
            f'<td data-quoi="{html_text(head)}">{html_text(cell)}</td>'
            for head, cell in zip(heads[1:], rest, strict=True)
        )
        + "</tr>"
        for first, *rest in rows
    )
    return f"<table>{told}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def still_list(texts: Iterable[str]) -> str:
    """Return a list of texts."""
    return f"<ul>{''.join(f'<li>{html_text(one)}</li>' for one in texts)}</ul>"


def outline_path(shape: shapely.Geometry, *, frame: tuple[float, float, float]) -> str:
    """Write rings or lines as a path; `frame` is left, top and metres of a unit.

    Examples
    --------
    >>> outline_path(shapely.box(0, 0, 100, 100), frame=(0.0, 100.0, 10.0))
    'M10 10l0 -10l-10 0l0 10z'
    """
    parts = shapely.get_parts(shape)
    is_area = shapely.get_dimensions(shape) > 1
    lines = shapely.get_rings(parts) if is_area else parts
    return "".join(_path(line, frame, closed=bool(is_area)) for line in lines)


def _path(
    line: shapely.Geometry, frame: tuple[float, float, float], *, closed: bool
) -> str:
    left, top, unit = frame
    away = (shapely.get_coordinates(line) - (left, top)) * (1.0, -1.0) / unit
    points = np.rint(away).astype("int64")
    moves = np.diff(points, axis=0)
    moves = moves[moves.any(axis=1)][: -1 if closed else None]
    steps = "".join(f"l{x} {y}" for x, y in moves.tolist())
    return f"M{points[0, 0]} {points[0, 1]}{steps}{'z' if closed else ''}"
