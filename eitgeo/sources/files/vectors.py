"""Vector layers of the producers, columns found; GDAL is kept to the file given."""

from __future__ import annotations

import logging
import re
import sqlite3
import warnings
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from eitgeo.check import WORKING_EPSG, Faults, hint, nearest
from eitgeo.crs import mover
from eitgeo.errors import SchemaError, SourceError
from eitgeo.reference.source_columns import source_columns
from eitgeo.sources.files.csv import UNSEEN, require_file
from eitgeo.sources.files.shapes import to_lambert93

type Bounds = tuple[float, float, float, float]


RASTERS = {".asc": "AAIGrid", ".hgt": "SRTMHGT"}
"""Suffix → the format of GDAL that is opened, GeoTIFF for others, and no other format:
some send it to the network."""

_HEAD_BYTES = 65_536
_SQLITE = b"SQLite format 3\0"
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_ELSEWHERE = re.compile(rb"<(?:OGR|GDAL|VRT)")


def require_own_data(path: Path) -> None:
    """Refuse a layer that sends GDAL elsewhere: to other files, or to the network."""
    head = _head(path)
    if _XML.match(head) or _ELSEWHERE.search(head):
        message = (
            f"{path.name} : couche virtuelle ou XML, qui peut renvoyer ailleurs "
            "→ l'enregistrer en GeoPackage, GeoJSON ou Shapefile"
        )
        raise SourceError(message)
    views = _views(path)
    # GDAL asks these before anything else.
    if any(name.casefold().startswith("gpkg_") for name in views):
        raise _computed(path, min(views))


def require_table(path: Path, layer: str | None = None) -> None:
    """Refuse a layer that is a query: it may have no end."""
    for name in sorted(_views(path)):
        if layer is None or name.casefold() == layer.casefold():
            raise _computed(path, name)


def _computed(path: Path, name: str) -> SourceError:
    message = (
        f"{path.name} : « {name} » est une vue (une requête), non une couche "
        "→ l'enregistrer comme couche (QGIS : Exporter)"
    )
    return SourceError(message)


def _views(path: Path) -> set[str]:
    if not _head(path).startswith(_SQLITE):
        return set()
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as base:
            # What SQLite makes of it: a row of its schema may call a view a table.
            rows = base.execute("PRAGMA table_list").fetchall()
    except sqlite3.Error:  # GDAL is the judge of spoilt files
        return set()
    return {name for _, name, kind, *_ in rows if kind == "view"}


def _head(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(_HEAD_BYTES)


_log = logging.getLogger(__name__)
_MOJIBAKE = "Ã[\u0080-\u00bf]|\ufffd"


@dataclass(frozen=True)
class VectorSource:
    """A layer whose columns stand in ``source_columns.csv``, in all their dialects.

    Attributes
    ----------
    name
        The source, in that table.
    layer
        Name of the layer.
    """

    name: str
    layer: str

    def read(self, path: Path, *, bounds: Bounds | None = None) -> gpd.GeoDataFrame:
        """Read its columns as text, by our names (:func:`read_features`)."""
        columns = source_columns(self.name)
        return read_features(
            path,
            layer=self.layer,
            columns={one.name: one.dialects for one in columns if one.is_needed},
            optional={one.name: one.dialects for one in columns if not one.is_needed},
            bounds=bounds,
        )


def read_features(
    path: Path,
    *,
    layer: str,
    columns: Mapping[str, Sequence[str]],
    optional: Mapping[str, Sequence[str]] | None = None,
    bounds: Bounds | None = None,
) -> gpd.GeoDataFrame:
    """Read some columns of a layer, as text, in the working CRS."""
    require_file(path)
    name = _layer_name(path, layer)
    present = list(_ask(path, pyogrio.read_info, layer=name)["fields"])
    names = _found(path, present, columns, optional or {})
    boxed = {} if bounds is None else {"bbox": _own_bounds(path, name, bounds)}
    asked = {"layer": name, "columns": sorted(set(names.values())), **boxed}
    frame = _decoded(path, fid_as_index=True, **asked)
    if not isinstance(frame, gpd.GeoDataFrame):
        message = (
            f"{path.name} : couche « {name} » sans géométrie → vérifier le fichier"
        )
        raise SourceError(message)
    if frame.empty and bounds is None:
        message = f"{path.name} : couche « {name} » vide → la compléter"
        raise SourceError(message)
    table = gpd.GeoDataFrame(
        {
            ours: as_text(frame[names[ours]]) if ours in names else ""
            for ours in [*columns, *(optional or {})]
        },
        geometry=frame.geometry,
        index=frame.index.rename("feature"),
    )
    _require_encoding(path, table)
    return table if table.empty else to_lambert93(table, where=path.name)


def count_features(path: Path, *, layer: str) -> int:
    """Count the features of a layer without reading them."""
    name = _layer_name(path, layer)
    info = _ask(path, pyogrio.read_info, layer=name, force_feature_count=True)
    return int(info["features"])


def as_text(values: pd.Series) -> pd.Series:
    """Write the cells of a typed column as text.

    Examples
    --------
    >>> import pandas as pd
    >>> as_text(pd.Series([3.0, 3.5, None])).tolist()
    ['3', '3.5', '']
    """
    if isinstance(values.dtype, pd.StringDtype):
        return values.fillna("").str.replace(UNSEEN, "", regex=True).str.strip()
    if pd.api.types.is_datetime64_any_dtype(values):
        texts = values.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_float_dtype(values):
        texts = values.map(lambda value: f"{value:.12g}", na_action="ignore")
    else:
        texts = values.map(str, na_action="ignore")
    return texts.astype(object).where(values.notna(), "").astype("str").str.strip()


def _decoded(path: Path, **asked: Any) -> Any:
    """Read a layer; a Shapefile that tells no encoding: UTF-8, else Windows-1252.

    As IGN delivers some: GDAL alone would take it for Latin-1.
    """
    if path.suffix.lower() != ".shp" or _tells_encoding(path):
        return _ask(path, pyogrio.read_dataframe, **asked)
    encoding_name = "UTF-8"
    try:
        frame = _ask(path, pyogrio.read_dataframe, encoding="UTF-8", **asked)
    except SourceError as error:
        if not isinstance(error.__cause__, UnicodeDecodeError):
            raise
        encoding_name = "Windows-1252"
        frame = _ask(path, pyogrio.read_dataframe, encoding="CP1252", **asked)
    _log.warning(
        "%s : encodage non dit (sans .cpg), lu en %s", path.name, encoding_name
    )
    return frame


def _tells_encoding(path: Path) -> bool:
    return any(path.with_suffix(end).exists() for end in (".cpg", ".CPG"))


def _ask(path: Path, question: Any, **options: Any) -> Any:
    try:
        with warnings.catch_warnings():
            # A cell that GDAL cannot decode comes back empty, and is then told.
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            return question(path, **options)
    except Exception as error:
        # Spoilt bytes meet many an exception of GDAL, SQLite and GEOS: all mean this.
        message = (
            f"{path.name} : couche illisible ({type(error).__name__}) "
            "→ vérifier le format, ou télécharger à nouveau"
        )
        raise SourceError(message) from error


def _layer_name(path: Path, layer: str) -> str:
    require_own_data(path)
    names = [str(name) for name, _ in _ask(path, pyogrio.list_layers)]
    folded = {name.casefold(): name for name in names}
    only = names[0] if len(names) == 1 and path.suffix.lower() != ".gpkg" else None
    found = folded.get(layer.casefold(), only)
    if found is not None:
        require_table(path, found)
        return found
    message = f"{path.name} : couche « {layer} » absente → {hint(layer, names)}"
    raise SchemaError(message)


def _found(
    path: Path,
    present: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    optional: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    folded = {name.casefold(): name for name in present}
    faults = Faults(path.name)
    names = {}
    for ours, dialects in [*columns.items(), *optional.items()]:
        known = [folded[d.casefold()] for d in dialects if d.casefold() in folded]
        if known:
            names[ours] = known[0]
        elif ours in columns:
            close = nearest(dialects[0], present)
            remedy = (
                f"renommer la colonne « {close} »" if close else "ajouter la colonne"
            )
            faults.add(
                f"colonne « {' » ou « '.join(dialects)} » absente", remedy=remedy
            )
    faults.raise_if_any(SchemaError)
    return names


def _own_bounds(path: Path, layer: str, bounds: Bounds) -> Bounds:
    crs = _ask(path, pyogrio.read_info, layer=layer)["crs"]
    if crs is None:
        return bounds
    move = mover(WORKING_EPSG, crs)
    xmin, ymin, xmax, ymax = move.transform_bounds(*bounds)
    return xmin, ymin, xmax, ymax


def _require_encoding(path: Path, table: pd.DataFrame) -> None:
    texts = table.drop(columns="geometry")
    spoilt = texts.apply(lambda column: column.str.contains(_MOJIBAKE, regex=True))
    if spoilt.to_numpy().any():
        message = (
            f"{path.name} : accents illisibles (« Ã » ou « � ») → rendre le fichier "
            ".cpg livré avec la couche, ou l'enregistrer en UTF-8"
        )
        raise SourceError(message)
