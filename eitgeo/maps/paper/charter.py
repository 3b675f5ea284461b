"""The charter of prints: typeface, sizes, spaces, colours and symbols.

Tests hold the colours to three kinds of colour blindness and to grey
(``tests/maps/test_charter.py``); ``docs/cartes.md`` tells the charter to its readers.
"""

from __future__ import annotations

import io
import os
import struct
import tomllib
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple, override

import geopandas as gpd
import shapely
from matplotlib import ft2font
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

_CHARTER: dict[str, Any] = tomllib.loads(
    resources.files("eitgeo.maps.paper").joinpath("charter.toml").read_text("utf-8")
)
_SAID_SIZE = 2**31 - 1
"""What matplotlib says of the size of any face that it opens [bytes]."""
FONT: Final = ["IBM Plex Sans", "DejaVu Sans"]
"""Its figures all have one width; the other has the symbols that it lacks."""
HEADING_PT: Final = (16.0, 14.0, 12.5, 11.0, 10.0)
"""A heading takes the first size that fits."""
STUDY_PT: Final = (8.5, 8.0, 7.5)
PART_PT: Final = 9.0
"""Title of a part of the column."""
VALUE_PT: Final = 8.0
TEXT_PT: Final = 7.5
"""The smallest letters of a print: 7 points where a dossier prints it at 94 %."""
FOOTER_PT: Final = (7.5, 7.0, 6.5, 6.0, 5.5, 5.0)
"""Notes are smaller only where their credits do not fit in the foot of a page."""
COLUMN_ZOOMS: Final = (1.3, 1.22, 1.15, 1.08, 1.0, 0.95, 0.9)
"""How far the letters of a column grow or shrink to fill its height."""
WIDE_LEGEND: Final = 1.3
"""From which zoom a legend has one column."""
SEQUENTIAL, CATEGORICAL, _TOL_LIGHT = (
    tuple(_CHARTER["palettes"][name]) for name in ("sequential", "categorical", "soft")
)
STYLE: Final = {"font.family": FONT} | _CHARTER["settings"]
_CONFUSABLE = frozenset(map(tuple, _CHARTER["palettes"]["confusable"]))
"""Pairs of the scheme that a colour-blind reader may take one for the other: under
:data:`DISTINCT` in CAM02-UCS for one of the three deficiencies."""
DISTINCT = 7.5
"""Colour difference from which two fills side by side are told apart (CAM02-UCS)."""
PALETTE_SOFTNESS = 0.35
"""Share of white mixed in, so that names stay readable."""
_INKS: dict[str, str] = _CHARTER["inks"]
INK, MUTED, OUTSIDE, BUFFER = (
    _INKS[name] for name in ("ink", "muted", "outside", "buffer")
)
PAPER, DEMONSTRATION_INK, MOTORWAY, DEPARTEMENT = (
    _INKS[name] for name in ("paper", "demonstration", "motorway", "departement")
)
NEAR_M = 3000.0
"""EPCI closer than this are kept apart in colour [m]."""
_OTHER_LABELS: dict[str, str] = _CHARTER["other_outlets"]
"""Kinds that share one symbol: they are told apart by their numbers."""


@cache
def styles(sheet: str) -> dict[str, Any]:
    """Return how marks, lines and fills of a sheet are drawn, as the charter tells."""
    drawn: dict[str, Any] = _resolved(_CHARTER["styles"][sheet])
    return drawn


def _resolved(value: Any) -> Any:
    """Put colours where inks are named, and tuples where matplotlib wants them."""
    if isinstance(value, dict):
        return {key: _resolved(one) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(map(_resolved, value))
    kinds = {f"categorical {rank}": one for rank, one in enumerate(CATEGORICAL)}
    return (_INKS | kinds).get(value, value) if isinstance(value, str) else value


def sequential(count: int) -> tuple[str, ...]:
    """Spread so many classes over the family, the least always lightest.

    Examples
    --------
    >>> sequential(2)
    ('#f7f4c8', '#27407f')
    """
    last = len(SEQUENTIAL) - 1
    return tuple(
        SEQUENTIAL[round(rank * last / max(1, count - 1))] for rank in range(count)
    )


def load_typeface() -> None:
    """Make the typeface that the package ships known to matplotlib, held in memory."""
    shipped = _known_faces()
    usual, name = ft2font.FT2Font, "FT2Font"

    def opened(path: str, **options: Any) -> ft2font.FT2Font:
        if path in shipped:
            return open_face(path, usual, **options)
        return usual(path, **options)

    # A font that matplotlib opens by its path is read again for each letter set: the
    # ones that it keeps for this thread are opened here first.
    setattr(ft2font, name, opened)
    try:
        for weight in ("normal", "bold"):
            faces = [FontProperties(family=[one], weight=weight) for one in FONT]
            get_font([findfont(face) for face in faces])
    finally:
        setattr(ft2font, name, usual)


@cache
def _known_faces() -> set[str]:
    """Tell matplotlib of the faces, once, and return where they are."""
    folder = resources.files("eitgeo.maps.paper").joinpath("fonts")
    shipped = set()
    for weight in ("Regular", "Bold"):
        with resources.as_file(folder.joinpath(f"IBMPlexSans-{weight}.ttf")) as path:
            fontManager.addfont(path)
            shipped.add(os.path.realpath(path))
    return shipped


class _Face(io.BytesIO):
    """A face in memory, which goes by its path."""

    def __init__(self, path: str, content: bytes) -> None:
        super().__init__(content)
        self._path = path

    @override
    def __str__(self) -> str:
        return self._path


def open_face(
    path: str, opening: Callable[..., ft2font.FT2Font], **options: Any
) -> ft2font.FT2Font:
    """Open a face, held where FreeType reads it without Python, if it can."""
    content = Path(path).read_bytes()
    try:
        return opening(_Face(path, packed(content)), **options)
    except RuntimeError:  # a FreeType made without WOFF
        return opening(_Face(path, content), **options)


def packed(face: bytes) -> bytes:
    """Pack a TrueType face as WOFF 1.0, its tables as they are.

    FreeType unpacks a WOFF in memory of its own; it reads any other face through
    Python, ten times a letter. matplotlib gives it no size but the largest: private
    data, which nobody reads, are said to fill the rest.
    """
    kind, count = struct.unpack_from(">4sH", face)
    entries, tables, begins = b"", b"", 44 + 20 * count
    for rank in range(count):
        tag, check, start, size = struct.unpack_from(">4s3L", face, 12 + 16 * rank)
        place = begins + len(tables)
        entries += struct.pack(">4s4L", tag, place, size, size, check)
        tables += face[start : start + size] + bytes(-size % 4)
    ends, unpacked = begins + len(tables), 12 + 16 * count + len(tables)
    told = (_SAID_SIZE, count, 0, unpacked, 0, 0, 0, 0, 0, ends, _SAID_SIZE - ends)
    return struct.pack(">4s4sL2HL2H5L", b"wOFF", kind, *told) + entries + tables


class Symbol(NamedTuple):
    """How a kind of outlet is drawn and called."""

    marker: str  # Marker of matplotlib
    colour: str
    label: str  # French name, singular


OUTLET_SYMBOLS = {kind: Symbol(**about) for kind, about in _CHARTER["outlets"].items()}
_OTHER_MARKER = Symbol("X", "#444444", "Autre exutoire")


def outlet_symbol(kind: str) -> Symbol:
    """Return how a kind of outlet is drawn.

    Parameters
    ----------
    kind
        Kind of table ``outlets``.

    Returns
    -------
    Symbol
        A neutral one, named after the kind, where the kind is not known.

    Examples
    --------
    >>> outlet_symbol("isdnd").marker, outlet_symbol("quai_de_transfert").label
    ('s', 'Quai de transfert')
    """
    known = OUTLET_SYMBOLS.get(kind)
    if known is not None:
        return known
    label = _OTHER_LABELS.get(kind, kind.replace("_", " ").capitalize())
    return _OTHER_MARKER._replace(label=label)


def soften(colour: str, *, white: float = PALETTE_SOFTNESS) -> str:
    """Mix a colour with white.

    Examples
    --------
    >>> soften("#000000", white=0.5)
    '#808080'
    """
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * white):02x}" for part in parts)


def spread_colours(shapes: gpd.GeoSeries) -> list[str]:
    """Give each polygon a colour that is told apart from its neighbours'."""
    geometries = shapes.to_numpy()
    neighbours = shapely.STRtree(geometries).query(
        geometries, predicate="dwithin", distance=NEAR_M
    )
    taken: list[int] = []
    for rank in range(len(geometries)):
        others = {taken[b] for a, b in neighbours.T if a == rank and b < rank}
        free = [hue for hue in range(len(_TOL_LIGHT)) if hue not in others]
        plain = [hue for hue in free if not _is_confused(hue, others)]
        taken.append(min(plain or free or range(len(_TOL_LIGHT)), key=taken.count))
    return [soften(_TOL_LIGHT[hue]) for hue in taken]


def _is_confused(hue: int, others: set[int]) -> bool:
    return any((min(hue, one), max(hue, one)) in _CONFUSABLE for one in others)
