"""Labels that never overlap: each takes the first free place of a list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from eitgeo.maps.paper.canvas import line_height_mm, text_width_mm, wrap
from eitgeo.maps.paper.charter import INK, TEXT_PT
from eitgeo.words import typographic

_GRID = 24
_PLACES_TRIED = 160
_SMALLER = 0.87
_FURTHER_MM = (0.0, 1.2, 2.4)
"""The last: only where all else is taken, as a name is then hardly its point's."""
_PARTS_BESIDE = (0.125, 0.25, 0.375)


class Box(NamedTuple):
    """A rectangle in map metres."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float

    @property
    def middle(self) -> tuple[float, float]:
        """Return its middle."""
        return (self.xmin + self.xmax) / 2, (self.ymin + self.ymax) / 2


def around(x: float, y: float, width: float, height: float) -> Box:
    """Return the box of a given size around a point."""
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def least_hidden(boxes: list[Box], area: shapely.Geometry) -> Box:
    """Return the first of the boxes that lie over least of an area."""
    hidden = shapely.area(shapely.intersection(shapely.box(*np.array(boxes).T), area))
    return boxes[int(np.argmin(hidden))]


@dataclass
class Placer:
    """Remembers which boxes of a map are taken, and the lines that names leave clear.

    `margin` is what they keep from the frame [m].
    """

    frame: Box
    taken: list[Box] = field(default_factory=list)
    lines: list[shapely.Geometry] = field(default_factory=list)
    margin: float = 0.0

    def block(self, box: Box) -> None:
        """Take a box, free or not."""
        self.taken.append(box)

    def free(self, boxes: Iterable[Box]) -> list[Box]:
        """Return the boxes that lie in the frame and touch no taken one."""
        boxes = list(boxes)
        low, high = np.split(np.array(boxes).reshape(-1, 4), 2, axis=1)
        frame, taken = np.array(self.frame), np.array(self.taken).reshape(-1, 1, 4)
        edge = self.margin
        inside = (low >= frame[:2] + edge) & (high <= frame[2:] - edge)
        touched = (low < taken[..., 2:]) & (taken[..., :2] < high)
        is_free = inside.all(axis=1) & ~touched.all(axis=2).any(axis=0)
        return [boxes[rank] for rank in np.flatnonzero(is_free)]

    def place(self, candidates: Iterable[Box], *, clear: bool = False) -> Box | None:
        """Take the first free box that crosses no line, else the first free one.

        `clear`: none rather than one that crosses a line.
        """
        free = self.free(candidates)
        if not free:
            return None
        areas = shapely.box(*np.array(free).T)
        crossed = np.zeros(len(free), dtype=bool)
        for line in self.lines:
            crossed |= shapely.intersects(line, areas)
        if clear and crossed.all():
            return None
        best = free[int(np.argmin(crossed))]
        self.block(best)
        return best

    def leave_clear(self, line: shapely.Geometry) -> None:
        """Keep names off a line where they have another place."""
        shapely.prepare(line)
        self.lines.append(line)


class MapFrame(NamedTuple):
    """The axes of a map, its scale and its free places."""

    axes: Axes
    m_per_mm: float
    placer: Placer


class Lettering(NamedTuple):
    """How a label is written."""

    size_pt: float
    bold: bool = False
    colour: str = INK
    spacing: float = 1.1


def label_size_m(
    lines: list[str], lettering: Lettering, m_per_mm: float
) -> tuple[float, float]:
    """Return width and height of a label on the ground [m]."""
    width = max(
        text_width_mm(line, lettering.size_pt, bold=lettering.bold) for line in lines
    )
    height = line_height_mm(lettering.size_pt) * len(lines)
    return width * m_per_mm, height * m_per_mm


def draw_label(axes: Axes, box: Box, lines: list[str], lettering: Lettering) -> None:
    """Write a label with its halo; the ink stays text in the PDF."""
    options: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "size": lettering.size_pt,
        "fontweight": "bold" if lettering.bold else "normal",
        "linespacing": lettering.spacing,
        "parse_math": False,
    }
    text = typographic("\n".join(lines))
    halo = [withStroke(linewidth=1.8, foreground="white", alpha=0.85)]
    axes.text(*box.middle, text, color="white", path_effects=halo, zorder=30, **options)
    axes.text(*box.middle, text, color=lettering.colour, zorder=31, **options)


def write_over(
    view: MapFrame, place: tuple[float, float], text: str, **style: Any
) -> None:
    """Write words over a map, in the middle of a place unless `style` says else."""
    usual: dict[str, Any] = {
        "size": TEXT_PT,
        "ha": "center",
        "va": "center",
        "color": INK,
    }
    view.axes.text(*place, typographic(text), parse_math=False, **usual | style)


def beside_point(
    x: float, y: float, size_m: tuple[float, float], gap_m: float
) -> list[Box]:
    """List places for a label around a point, the best first."""
    width, height = size_m
    across, up = gap_m + width / 2, gap_m + height / 2
    diagonal = gap_m * 0.4 + height / 2
    shifts = [
        (across, diagonal * 0.6),
        (-across, diagonal * 0.6),
        (0.0, up),
        (0.0, -up),
        (across, -diagonal * 0.6),
        (-across, -diagonal * 0.6),
        (across, up),
        (-across, up),
        (across, -up),
        (-across, -up),
        # Over or under it, partly beside: clear of a line that the others cross.
        *(
            (side * part * width, high)
            for part in _PARTS_BESIDE
            for high in (up, -up)
            for side in (1, -1)
        ),
    ]
    return [around(x + dx, y + dy, width, height) for dx, dy in shifts]


def place_point_label(
    view: MapFrame,
    point: shapely.Point,
    text: str,
    *,
    lettering: Lettering,
    gap_mm: float,
) -> bool:
    """Label a point where there is room."""
    gaps = [(gap_mm + far) * view.m_per_mm for far in _FURTHER_MM]

    def rings(lines: list[str]) -> list[list[Box]]:
        size_m = label_size_m(lines, lettering, view.m_per_mm)
        return [beside_point(point.x, point.y, size_m, gap) for gap in gaps]

    # On two lines before it crosses a limit; further off where all else is taken.
    for lines, clear in (([text], True), (halves(text), True), ([text], False)):
        *near_rings, far = rings(lines)
        box = view.placer.place(chain(*near_rings), clear=clear)
        if box is None and not clear:
            box = view.placer.place(far)
        if box is not None:
            draw_label(view.axes, box, lines, lettering)
            return True
    return False


def halves(text: str) -> list[str]:
    """Part a name on two lines of about one length; alone where it has no break.

    Examples
    --------
    >>> halves("Montesquieu-Volvestre")
    ['Montesquieu-', 'Volvestre']
    >>> halves("Rieux Volvestre")
    ['Rieux', 'Volvestre']
    >>> halves("Muret")
    ['Muret']
    """
    breaks = [at.end() for at in re.finditer("[- ]", text) if at.end() < len(text)]
    if not breaks:
        return [text]
    middle = min(breaks, key=lambda end: abs(2 * end - len(text)))
    return [text[:middle].rstrip(" "), text[middle:]]


def place_area_label(
    view: MapFrame, shape: shapely.Geometry, text: str, *, lettering: Lettering
) -> bool:
    """Label a polygon at its roomiest free place."""
    placer, points = view.placer, _inner_points(shape)
    # Whole inside, in smaller letters if need be, before it crosses its own border.
    small = lettering._replace(size_pt=max(TEXT_PT, _SMALLER * lettering.size_pt))
    found: dict[tuple[object, ...], tuple[list[Box], np.ndarray]] = {}
    for least, letters in ((0.999, lettering), (0.999, small), (0.8, small)):
        for width_mm in (36.0, 24.0, 18.0):
            lines = wrap(text, width_mm, size_pt=letters.size_pt, bold=letters.bold)
            written = (letters, *lines)
            if written not in found:
                width, height = label_size_m(lines, letters, view.m_per_mm)
                free = placer.free(around(x, y, width, height) for x, y in points)
                found[written] = free, _inside_share(free, shape)
            pairs = zip(*found[written], strict=True)
            box = placer.place([box for box, share in pairs if share >= least])
            if box is not None:
                draw_label(view.axes, box, lines, letters)
                return True
    # Too small for its name: wherever its middle is free.
    lines = wrap(text, 18.0, size_pt=lettering.size_pt, bold=lettering.bold)
    width, height = label_size_m(lines, lettering, view.m_per_mm)
    box = placer.place(around(x, y, width, height) for x, y in points)
    if box is not None:
        draw_label(view.axes, box, lines, lettering)
    return box is not None


def _inner_points(shape: shapely.Geometry) -> np.ndarray:
    """List points of a grid inside a polygon, farthest from its borders first."""
    xmin, ymin, xmax, ymax = shape.bounds
    x, y = np.meshgrid(np.linspace(xmin, xmax, _GRID), np.linspace(ymin, ymax, _GRID))
    points = shapely.points(x.ravel(), y.ravel())
    shapely.prepare(shape)
    inner = points[shapely.contains(shape, points)]
    away = shapely.distance(inner, shapely.boundary(shape))
    order = np.argsort(-away, kind="stable")
    return shapely.get_coordinates(inner[order[:_PLACES_TRIED]])


def _inside_share(boxes: list[Box], shape: shapely.Geometry) -> np.ndarray:
    if not boxes:
        return np.empty(0)
    areas = shapely.box(*np.array(boxes).T)
    # Whether a box lies inside is soon seen of a prepared shape; the share is not.
    is_cut = ~shapely.covers(shape, areas)
    cut = areas[is_cut]
    shares = np.ones(len(areas))
    shares[is_cut] = shapely.area(shapely.intersection(cut, shape)) / shapely.area(cut)
    return shares
