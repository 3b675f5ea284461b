"""The small map of the page on refusals: a path an EPCI, numbered for any screen."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import shapely

from eitgeo.maps.comparator.topology import frame_of
from eitgeo.maps.pages.features import simplified_area
from eitgeo.maps.pages.page_parts import html_text
from eitgeo.words import NARROW, NBSP

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from eitgeo.maps.comparator.topology import Frame
    from eitgeo.maps.paper.ground import Ground

_TOLERANCE_M = 150.0
_LINE = 14
"""Signs of a line of a name."""
_TEXT = 0.025
_BADGE = 0.029
"""Against the larger side of the map: letters of a name, radius of a number."""


def map_of_epci(
    ground: Ground,
    sirens: Sequence[str],
    short_names: Mapping[str, str],
    *,
    inside: Collection[int],
) -> str:
    """Draw the EPCI of the page, numbered in their order, as an SVG without a style.

    `inside`: ranks of those of the first perimeter.

    Communes of the study area that no EPCI of the page holds are left out.
    """
    if not sirens:
        return ""
    area = simplified_area(ground)
    shapes = {
        siren: shapely.simplify(
            shapely.union_all(
                area.loc[area["epci_siren"] == siren].geometry.to_numpy()
            ),
            _TOLERANCE_M,
        )
        for siren in sirens
    }
    frame = frame_of(shapes.values())
    size = max(frame.width, frame.height)
    paths = [
        f'<path class="epci {_where(rank, inside)}" data-epci="{rank}" '
        f'd="{_path(shape, frame)}"/>'
        for rank, shape in enumerate(shapes.values())
    ]
    names = [
        _name(rank, shape, frame, name=short_names[siren], where=_where(rank, inside))
        for rank, (siren, shape) in enumerate(shapes.items())
    ]
    margin = size // 50
    box = (-margin, -margin, frame.width + 2 * margin, frame.height + 2 * margin)
    return (
        f'<svg id="carte" viewBox="{" ".join(map(str, box))}" role="img" '
        'aria-labelledby="carte-titre"><title id="carte-titre">Carte des '
        f"intercommunalités{NARROW}; équivalent{NBSP}: la liste "
        f"«{NARROW}Qui dit non{NARROW}?{NARROW}»</title>"
        f"{_hatch(size)}<g>{''.join(paths)}</g><g>{''.join(names)}</g></svg>"
    )


def _hatch(size: int) -> str:
    step = size // 40
    return (
        f'<defs><pattern id="hachure" width="{step}" height="{step}" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect class="h-fond" width="{step}" height="{step}"/>'
        f'<rect class="h-trait" width="{step // 4}" height="{step}"/></pattern></defs>'
    )


def _path(shape: shapely.Geometry, frame: Frame) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    parts = []
    for ring in rings:
        points = frame.place(shapely.get_coordinates(ring)).tolist()
        parts.append("M" + " ".join(f"{x} {y}" for x, y in points[:-1]) + "Z")
    return "".join(parts)


def _where(rank: int, inside: Collection[int]) -> str:
    return "oui" if rank in inside else "hors"


def _name(
    rank: int,
    shape: shapely.Geometry,
    frame: Frame,
    *,
    name: str,
    where: str,
) -> str:
    """Write the number and the short name where the polygon has most room."""
    size = max(frame.width, frame.height)
    largest = max(shapely.get_parts(shape), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=size / 500)
    (x, y), *_ = frame.place(shapely.get_coordinates(circle)[:1]).tolist()
    letters, radius = round(_TEXT * size), round(_BADGE * size)
    lines = textwrap.wrap(name, _LINE, break_long_words=False) or [name]
    top = y - round(0.4 * letters * len(lines))
    texts = "".join(
        f'<text class="nom" x="{x}" y="{top + round(radius + (1 + n) * letters)}" '
        f'font-size="{letters}">{html_text(line)}</text>'
        for n, line in enumerate(lines)
    )
    return (
        f'<g class="etiquette {where}" data-epci="{rank}" aria-hidden="true">'
        f'<circle cx="{x}" cy="{top}" r="{radius}"/>'
        f'<text class="numero" x="{x}" y="{top + round(0.36 * 1.35 * radius)}" '
        f'font-size="{round(1.35 * radius)}">{rank + 1}</text>{texts}</g>'
    )
