"""What a layer of the QGIS project is; those that `layers.toml` declares."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import geopandas as gpd
import pandas as pd

from eitgeo.check import WORKING_EPSG, Faults, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.maps.paper import charter
from eitgeo.maps.qgis.styles import Class, Fill, Label, Line, Mark, Style
from eitgeo.outlines import DRAWN_LAYER

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
