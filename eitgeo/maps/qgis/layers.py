"""What a layer of the QGIS project is and looks like; those of `layers.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar
from xml.sax.saxutils import escape

import geopandas as gpd
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eitgeo.check import WORKING_EPSG, Faults, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.maps.paper import charter
from eitgeo.maps.paper.charter import INK
from eitgeo.outlines import DRAWN_LAYER

MARKS = {
    "o": "circle",
    "s": "square",
    "D": "diamond",
    "d": "diamond",
    "v": "equilateral_triangle",
    "^": "triangle",
    "<": "triangle",
    "h": "hexagon",
    "p": "pentagon",
    "P": "cross_fill",
    "X": "cross_fill",
    "*": "star",
}
"""Marker of matplotlib → shape of QGIS."""
_TURNED = {"v": 180, "<": -90}
QGIS_VERSION = "3.34.0"
"""Version whose file format is written: the long-term release of 2024."""
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = "[%"
_IN_ATTRIBUTES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#09;"}


@dataclass(frozen=True)
class Class:
    """A class of a style."""

    label: str  # What the legend says
    symbol: Symbol
    value: str = ""  # The category; empty in classes of numbers, and for « the others »
    lower: float = 0.0  # Bounds of a class of numbers, both held
    upper: float = 0.0


@dataclass(frozen=True)
class Label:
    """How names are written."""

    text: str  # A column, or an expression of QGIS
    size_pt: float = 8.0  # Height
    # ``#rrggbb``
    colour: str = "#222222"
    bold: bool = False
    is_expression: bool = False
    # Names show at this scale and larger ones (``200_000``); 0: always
    least_scale: int = 0
    place: str = "over"  # ``over`` a polygon, ``around`` a point, or ``along`` a line


@dataclass(frozen=True)
class Style:
    """How a layer is drawn."""

    # One: the same for all; several: by `column`
    classes: Sequence[Class] = field(default_factory=tuple)
    column: str = ""  # What tells the classes apart; empty with one class
    graduated: bool = False  # Whether classes are ranges of numbers
    label: Label | None = None
    # Fields that the form asks for, the first without fail; empty: no form
    form: Sequence[str] = ()

    @property
    def renderer(self) -> str:
        """The renderer of QGIS."""
        if not self.column:
            return "singleSymbol"
        return "graduatedSymbol" if self.graduated else "categorizedSymbol"


def qml(style: Style, aliases: Mapping[str, str]) -> str:
    """Write what QGIS reads as the default style of a layer: a QML file."""
    return filled("layer.qml", style=style, aliases=aliases)


@dataclass(frozen=True)
class Fill:
    """A filled area."""

    kind: ClassVar[str] = "fill"
    colour: str = ""  # ``#rrggbb``; empty: no fill
    outline: str = INK  # ``#rrggbb``; empty: no outline
    width_mm: float = 0.2
    alpha: int = 255  # Of the fill, 0 to 255
    hatch: str = ""  # ``#rrggbb`` of the hatch; empty: none


@dataclass(frozen=True)
class Line:
    """A line."""

    kind: ClassVar[str] = "line"
    colour: str = INK  # ``#rrggbb``
    width_mm: float = 0.4
    dashed: bool = False


@dataclass(frozen=True)
class Mark:
    """A mark on a point."""

    kind: ClassVar[str] = "marker"
    marker: str = "o"  # Marker of matplotlib, a key of ``MARKS``
    colour: str = INK  # ``#rrggbb``
    size_mm: float = 2.5  # Its width
    alpha: int = 255  # 0 to 255

    @property
    def shape(self) -> str:
        """The shape of QGIS."""
        return MARKS.get(self.marker, "circle")

    @property
    def angle(self) -> int:
        """How far the shape is turned [degrees]."""
        return _TURNED.get(self.marker, 0)


Symbol = Fill | Line | Mark


def filled(template: str, **values: Any) -> str:
    """Fill a template of this folder; what is put in is text, never XML."""
    return _templates().get_template(template).render(values)


def plain(value: str) -> str:
    """Write a text that QGIS does not compute and XML can hold.

    Without control characters; ``[%``, which opens an expression in the titles and
    labels of QGIS, is cut in two.

    Examples
    --------
    >>> plain("ZA [% env('HOME') %]")
    "ZA [ % env('HOME') %]"
    """
    return _FORBIDDEN.sub("", value).replace(_FORMULA, "[ %")


def rgba(colour: str, *, alpha: int = 255) -> str:
    """Write a colour, ``#rrggbb``, as QGIS does.

    Examples
    --------
    >>> rgba("#a3182d", alpha=128)
    '163,24,45,128'
    """
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return ",".join(str(part) for part in (*parts, alpha))


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_as_xml,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals.update(ink=INK, rgba=rgba, version=QGIS_VERSION, zip=zip)
    return made


def _as_xml(value: Any) -> Markup:
    if isinstance(value, Markup):  # of a macro
        return value
    return Markup(escape(plain(str(value)), _IN_ATTRIBUTES))  # noqa: S704 - escaped


GEOMETRIES = {"Point": 0, "MultiPoint": 0, "LineString": 1, "MultiLineString": 1}
_AREA = 2
KINDS = ("Point", "Line", "Polygon", "No geometry")
_TABLE = 3
_DECLARED = tomllib.loads(
    resources.files("eitgeo.maps.qgis").joinpath("layers.toml").read_text("utf-8")
)
_SYMBOLS = {"fill": Fill, "line": Line, "mark": Mark}
_OF_STYLE = ("column", "graduated", "form")


@dataclass(frozen=True)
class Theme:
    """A choice of layers, with a print layout that shows it."""

    name: str  # What layers call it
    title: str
    note: str = ""  # What the reader must know, French; may be empty


@dataclass(frozen=True)
class QgisLayer:
    """A layer of the project."""

    name: str  # Of the table in the GeoPackage: letters, digits and « _ »
    title: str  # What the analyst reads
    group: str  # Group of the layer tree
    # A GeoDataFrame in EPSG:2154, or a table without geometry
    rows: pd.DataFrame = field(repr=False)
    # Column → French name; every column of `rows` has one
    aliases: Mapping[str, str] = field(repr=False)
    style: Style = field(default_factory=Style, repr=False)
    shown: bool = True  # Whether it is ticked when the project opens
    sources: tuple[str, ...] = ()  # Credits and licences, French
    # Why it is a demonstration, French; empty when its inputs are real
    demonstration: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()  # What is « à confirmer », French
    themes: Sequence[str] = ()  # Map themes, each with its print layout, that show it
    subset: str = ""  # Rows shown, as SQL (``"perimeter_id" = 'a'``); empty: all
    table: str = ""  # Table of the GeoPackage that holds the rows; empty: `name`
    # File of the user that holds the layer, which is edited there; empty: that of the
    # study, read-only
    file: str = ""

    @property
    def held_in(self) -> str:
        """Return the table of the GeoPackage that holds the rows."""
        return self.table or self.name

    @property
    def key(self) -> str:
        """Return what the project calls the layer."""
        return f"eitgeo_couche_{self.name}"

    @property
    def kind(self) -> str:
        """Return what is drawn."""
        if not isinstance(self.rows, gpd.GeoDataFrame):
            return KINDS[_TABLE]
        met = self.rows.geometry.dropna().geom_type
        return KINDS[_AREA if met.empty else GEOMETRIES.get(met.iloc[0], _AREA)]


def check_layers(layers: Sequence[QgisLayer]) -> None:
    """Refuse layers that QGIS could not tell apart or draw where they are."""
    faults = Faults("projet QGIS")
    tables: dict[str, pd.DataFrame] = {}
    seen: set[str] = set()
    for layer in layers:
        if not layer.name.replace("_", "").isalnum() or not layer.name.isascii():
            faults.add(f"couche « {layer.name} »", remedy="lettres, chiffres et « _ »")
        if layer.name in seen:
            faults.add(f"couche « {layer.name} » donnée deux fois", remedy="renommer")
        seen.add(layer.name)
        if tables.setdefault(layer.held_in, layer.rows) is not layer.rows:
            faults.add(
                f"table « {layer.held_in} » : deux contenus", remedy="une table chacune"
            )
        columns = [name for name in layer.rows.columns if name != "geometry"]
        bare = [name for name in columns if name not in layer.aliases]
        if bare:
            faults.add(
                f"couche « {layer.name} » : {', '.join(bare)} sans nom français",
                remedy="compléter « aliases »",
            )
        if isinstance(layer.rows, gpd.GeoDataFrame):
            require_lambert93(layer.rows, where=layer.name)
    faults.raise_if_any(SchemaError)


THEMES = tuple(Theme(name, **about) for name, about in _DECLARED["themes"].items())
"""Map themes, each with its layout."""


def declared_kinds() -> list[str]:
    """Name the layers of `layers.toml`."""
    return list(_DECLARED["layers"])


def declared_columns(kind: str) -> list[str]:
    """Return the columns of a layer of `layers.toml`, its geometry left out."""
    return list(_DECLARED["layers"][kind]["columns"])


def declared_layer(
    kind: str,
    rows: pd.DataFrame,
    *,
    classes: Sequence[Class] | None = None,
    **more: Any,
) -> QgisLayer:
    """Make a layer that `layers.toml` declares; `more`: what depends on the study."""
    about = _DECLARED["layers"][kind]
    names = _DECLARED["names"] | about.get("names", {})
    themes = about.get("themes", ())
    label = about.get("label")
    if classes is None:
        classes = [_class(one) for one in about.get("classes", ())]
    given = {"name": kind, "title": about.get("title", "")}
    given["themes"] = tuple(one.name for one in THEMES) if themes == "*" else themes
    return QgisLayer(
        group=about["group"],
        rows=rows,
        aliases={column: names[column] for column in about["columns"]},
        style=Style(
            classes,
            label=Label(**_with_colours(label)) if label else None,
            **{key: about[key] for key in _OF_STYLE if key in about},
        ),
        **{"shown": about.get("shown", True)} | given | more,
    )


def _class(about: Mapping[str, Any]) -> Class:
    kind = next(one for one in _SYMBOLS if one in about)
    more = {key: value for key, value in about.items() if key != kind}
    return Class(symbol=_SYMBOLS[kind](**_with_colours(about[kind])), **more)


def _with_colours(about: Mapping[str, Any]) -> dict[str, Any]:
    """Put the colours of the charter where it names them."""
    return {
        key: getattr(charter, value) if f"{value}".isupper() else value
        for key, value in about.items()
    }


def drawing_layer() -> QgisLayer:
    """Describe the layer; it lies in a file of the user, beside that of the study."""
    kind = DRAWN_LAYER.stem
    fields = {one: pd.Series(dtype="str") for one in declared_columns(kind)}
    rows = gpd.GeoDataFrame(fields, geometry=[], crs=WORKING_EPSG)
    return declared_layer(kind, rows, file=DRAWN_LAYER.name)
