"""Pictures of one's own layers: one set of classes serves table, plot and map.

A map of one's own pans without a network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import geopandas as gpd
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch

from eitgeo.errors import SchemaError, StudyError
from eitgeo.library.layers import require_column, require_layer
from eitgeo.maps.pages.page_parts import html_text, leaflet_script, leaflet_style
from eitgeo.words import french_number, round_significant

if TYPE_CHECKING:
    type Ints = npt.NDArray[np.int64]

_FIGURES = 3
"""Significant figures of a bound between two classes."""
_UNKNOWN, _GREY = "sans valeur", "#d0d0d0"
_LIGHT, _DARK = 0.1, 0.95
_WIDTH = 0.6
_LEGEND = (
    '<div style="position:fixed;bottom:1em;left:1em;z-index:999;padding:.5em .8em;'
    'max-width:40%;background:#fff;font:13px sans-serif"><b>{{ this.title }}</b>'
    "{% for colour, label in this.rows %}<br>"
    '<span style="background:{{ colour }};padding:0 .6em;margin-right:.5em"></span>'
    "{{ label }}{% endfor %}</div>"
)

_FETCHED = re.compile(r"""(?:(?:src|href)=|tileLayer\(\s*)["'](https?:[^"']+)""")


class _Classed(NamedTuple):
    """A layer, its classes, and the class of each row."""

    layer: gpd.GeoDataFrame
    table: pd.DataFrame
    rank: Ints

    @property
    def colours(self) -> list[str]:
        """Return the colour of each row."""
        return [str(colour) for colour in self.table["colour"].iloc[self.rank]]


def class_table(
    layer: gpd.GeoDataFrame,
    column: str,
    *,
    n_classes: int = 5,
    breaks: Sequence[float] | None = None,
) -> pd.DataFrame:
    """List the classes that :func:`plot_layer` and :func:`map_layer` draw.

    Parameters
    ----------
    layer
        Points, lines or polygons in any CRS.
    column
        Numbers are classed; anything else is a category.
    n_classes
        Classes of as many rows each, as far as bounds can be round; where no more
        values differ, as many as there are.
    breaks
        Bounds between classes, rising, each the last value of the class below it;
        None: quantiles.

    Returns
    -------
    pandas.DataFrame
        By class, as the legend names it: ``low`` (left out) and ``high``, NaN where
        nothing bounds it, ``n`` rows, ``colour``. Unknown values come last.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When the column is absent, or the bounds do not rise.

    Examples
    --------
    >>> import geopandas as gpd
    >>> points = gpd.GeoDataFrame({"jobs": [1, 2, 30, 40]},
    ...     geometry=gpd.GeoSeries.from_xy([5e5] * 4, [6.2e6] * 4), crs=2154)
    >>> class_table(points, "jobs", breaks=[10])["n"].to_dict()
    {'≤ 10': 2, '> 10': 2}
    """
    return _classed(layer, column, n_classes=n_classes, breaks=breaks).table


def plot_layer(
    layer: gpd.GeoDataFrame,
    column: str,
    *,
    n_classes: int = 5,
    breaks: Sequence[float] | None = None,
    title: str | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw a layer on axes of matplotlib, coloured by the classes of a column.

    Parameters
    ----------
    layer
        Points, lines or polygons in any CRS.
    column
        As in :func:`class_table`.
    n_classes, breaks
        As in :func:`class_table`.
    title
        Of the legend; None: the name of the column.
    axes
        To draw on; None: new ones.

    Returns
    -------
    matplotlib.axes.Axes
        In metres (EPSG:2154), a legend beside; ``axes.figure.savefig`` keeps it.

    Raises
    ------
    CrsError, SchemaError
        As :func:`class_table`.

    Examples
    --------
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> axes = eg.plot_layer(roads.edges, "class")
    >>> axes.get_legend().get_title().get_text()
    'class'
    """
    classed = _classed(layer, column, n_classes=n_classes, breaks=breaks)
    shown = ~(
        classed.layer.geometry.isna() | classed.layer.geometry.is_empty
    ).to_numpy()
    colours = np.array(classed.colours, dtype=object)[shown].tolist()
    axes = classed.layer[shown].plot(color=colours, ax=axes, linewidth=_WIDTH)
    handles = [
        Patch(facecolor=str(colour), label=str(label))
        for label, colour in classed.table["colour"].items()
    ]
    axes.legend(
        handles=handles, title=title or column, loc="upper left", bbox_to_anchor=(1, 1)
    )
    axes.set_axis_off()
    return axes


def map_layer(
    layer: gpd.GeoDataFrame,
    column: str,
    *,
    n_classes: int = 5,
    breaks: Sequence[float] | None = None,
    title: str | None = None,
) -> folium.Map:
    """Draw a layer on a map that pans without a network: no tiles, nothing fetched.

    Parameters
    ----------
    layer
        Points, lines or polygons in any CRS; every row is written into the page.
    column
        As in :func:`class_table`.
    n_classes, breaks
        As in :func:`class_table`.
    title
        Of the legend; None: the name of the column.

    Returns
    -------
    folium.Map
        Other layers are added to it; ``.save`` writes a page that holds all it needs.

    Raises
    ------
    CrsError, SchemaError
        As :func:`class_table`.

    Examples
    --------
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> page = eg.map_layer(roads.edges, "class").get_root().render()
    >>> "https://" in page
    False
    """
    classed = _classed(layer, column, n_classes=n_classes, breaks=breaks)
    shown = gpd.GeoDataFrame(
        {
            "label": [html_text(str(label)) for label in layer.index],
            "value": [html_text(_text(value)) for value in classed.layer[column]],
            "colour": classed.colours,
        },
        geometry=classed.layer.geometry.to_crs(4326).to_numpy(),
        crs=4326,
    )
    shown = shown[~(shown.geometry.isna() | shown.geometry.is_empty)]
    page = _offline_map()
    if shown.empty:
        return page
    folium.GeoJson(
        shown,
        style_function=_style,
        marker=folium.CircleMarker(radius=5),
        tooltip=folium.GeoJsonTooltip(["label", "value"], ["", html_text(column)]),
    ).add_to(page)
    west, south, east, north = shown.total_bounds.tolist()
    page.fit_bounds([[south, west], [north, east]])
    legend: Any = folium.Element(_LEGEND)
    legend.title = html_text(title or column)
    legend.rows = [
        (colour, html_text(str(label)))
        for label, colour in classed.table["colour"].items()
    ]
    root: Any = page.get_root()
    root.html.add_child(legend)
    return page


def _offline_map() -> folium.Map:
    page = folium.Map(tiles=None)
    page.default_js, page.default_css = [], []
    root: Any = page.get_root()
    for name, text in (("style", leaflet_style()), ("script", leaflet_script())):
        element: Any = folium.Element(f"<{name}>{{{{ this.text }}}}</{name}>")
        element.text = text
        root.header.add_child(element)
    return page


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    colour = feature["properties"]["colour"]
    return {"color": colour, "fillColor": colour, "weight": 2, "fillOpacity": 0.7}


def _classed(
    layer: Any, column: str, *, n_classes: int, breaks: Sequence[float] | None
) -> _Classed:
    shown = require_layer(layer, name="layer")
    require_column(shown, column, name="layer")
    values = shown[column]
    is_number = pd.api.types.is_numeric_dtype(values)
    if is_number and not pd.api.types.is_bool_dtype(values):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        table, rank = _intervals(numbers, n_classes=n_classes, breaks=breaks)
    else:
        table, rank = _categories(values)
    unknown = rank < 0
    if unknown.any():
        row = {"low": np.nan, "high": np.nan, "colour": _GREY}
        table.loc[_UNKNOWN] = pd.Series(row)
        rank = np.where(unknown, len(table) - 1, rank)
    counts = np.bincount(rank, minlength=len(table))
    table.insert(2, "n", counts)
    return _Classed(shown, table.rename_axis("class"), rank)


def _intervals(
    values: npt.NDArray[np.float64],
    *,
    n_classes: int,
    breaks: Sequence[float] | None,
) -> tuple[pd.DataFrame, Ints]:
    """Class numbers; a bound belongs to the class below it."""
    known = values[np.isfinite(values)]
    if breaks is None:
        parts = np.linspace(0, 1, n_classes + 1)[1:-1]
        apart = np.unique(known)
        few = len(apart) <= n_classes
        asked = apart if few else np.quantile(known, parts)
        rounded = {round_significant(float(bound), _FIGURES) for bound in asked}
        low, high = known.min(initial=np.inf), known.max(initial=-np.inf)
        bounds = np.array(sorted(one for one in rounded if low <= one < high))
    else:
        bounds = np.array(breaks, dtype=float)
        if not (np.isfinite(bounds).all() and (np.diff(bounds) > 0).all()):
            message = f"breaks: rising numbers are needed, got {list(breaks)}"
            raise SchemaError(message)
    rank = np.searchsorted(bounds, values, side="left")
    texts = [_text(bound) for bound in bounds.tolist()]
    between = [f"{a} à {b}" for a, b in pairwise(texts)]
    labels = [f"≤ {texts[0]}", *between, f"> {texts[-1]}"] if texts else ["toutes"]
    ramp = mpl.colormaps["cividis_r"]
    shades = np.linspace(_LIGHT, _DARK, len(labels))
    table = pd.DataFrame(
        {
            "low": np.concatenate([[np.nan], bounds]),
            "high": np.concatenate([bounds, [np.nan]]),
            "colour": [to_hex(ramp(shade)) for shade in shades.tolist()],
        },
        index=pd.Index(labels, dtype="str"),
    )
    return table, np.where(np.isfinite(values), rank, -1)


def _categories(values: pd.Series[Any]) -> tuple[pd.DataFrame, Ints]:
    """Name categories in their order, else in that of their names."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        names = [str(name) for name in values.cat.categories]
    else:
        names = sorted({str(value) for value in values.dropna()})
    hues = mpl.colormaps["okabe_ito"]  # its first is black: it comes last
    table = pd.DataFrame(
        {
            "low": np.nan,
            "high": np.nan,
            "colour": [to_hex(hues((row + 1) % hues.N)) for row in range(len(names))],
        },
        index=pd.Index(names, dtype="str"),
    )
    texts = values.astype("object").map(str, na_action="ignore")
    return table, pd.Index(names, dtype="object").get_indexer(pd.Index(texts))


def _text(value: Any) -> str:
    """Write a number in French; anything else as it is."""
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        if not np.isfinite(value):
            return _UNKNOWN
        return french_number(round_significant(float(value), _FIGURES))
    return _UNKNOWN if pd.isna(value) else str(value)


def offline_map(fmap: folium.Map) -> folium.Map:
    """Let a map of folium, as ``GeoDataFrame.explore`` makes it, do without a network.

    Parameters
    ----------
    fmap
        Without tiles and legend: ``layer.explore("minutes", tiles=None,
        legend=False)``; both are fetched when the map is opened.

    Returns
    -------
    folium.Map
        The same, Leaflet of the package written in it: it pans in a notebook and, by
        its ``save``, in a page.

    Raises
    ------
    StudyError
        When the map would still fetch something: what is named.

    Examples
    --------
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> shown = roads.edges.explore("class", tiles=None, legend=False)
    >>> "https:" in eg.offline_map(shown).get_root().render()
    False
    """
    fmap.default_js, fmap.default_css = [], []
    page: Any = fmap.get_root()
    assets = f"<script>{leaflet_script()}</script><style>{leaflet_style()}</style>"
    page.header.add_child(
        folium.Element(f"{{% raw %}}{assets}{{% endraw %}}"), name="leaflet"
    )
    if fetched := sorted(set(_FETCHED.findall(page.render()))):
        message = (
            f"fmap: {', '.join(fetched)} would be fetched: "
            "explore(…, tiles=None, legend=False)"
        )
        raise StudyError(message)
    return fmap
