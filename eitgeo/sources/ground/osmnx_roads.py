"""A graph that osmnx saved, read again: GraphML, with the types that osmnx gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyproj
import shapely.errors

from eitgeo.errors import CrsError, SourceError
from eitgeo.sources.files.csv import require_file

if TYPE_CHECKING:
    import networkx as nx

_MARK = b"<graphml"
_HEAD_BYTES = 4096


def read_osmnx_graph(path: Path) -> nx.MultiDiGraph[Any]:
    """Read a road graph that osmnx saved (``osmnx.save_graphml``).

    Parameters
    ----------
    path
        ``.graphml`` file, of any version of osmnx from 1.0 on.

    Returns
    -------
    networkx.MultiDiGraph
        As osmnx makes it.

    References
    ----------
    G. Boeing, *Modeling and Analyzing Urban Networks and Amenities with OSMnx*,
    Geographical Analysis, 2025, https://osmnx.readthedocs.io. Producer: OpenStreetMap
    contributors. Licence: ODbL 1.0. Vintage: the day of the request, which osmnx
    writes as ``created_date``. CRS: the graph's own.
    """
    require_file(path)
    with path.open("rb") as handle:
        if _MARK not in handle.read(_HEAD_BYTES):
            raise SourceError(_unreadable(path, "ce n'est pas du GraphML"))
    import osmnx  # noqa: PLC0415 - the library is loaded where a graph of it is read

    try:
        graph = osmnx.load_graphml(path)
    # XML, numbers, lists and geometries, each with errors of its own.
    except (
        AttributeError,
        KeyError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
        shapely.errors.ShapelyError,
    ) as error:
        raise SourceError(_unreadable(path, str(error))) from error
    _require_crs(graph, path)
    return graph


def _require_crs(graph: nx.MultiDiGraph[Any], path: Path) -> None:
    crs = graph.graph.get("crs")
    try:
        pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        message = (
            f"{path.name} : projection du graphe absente ou inconnue (« {crs} ») "
            "→ l'enregistrer avec osmnx.save_graphml"
        )
        raise CrsError(message) from error


def _unreadable(path: Path, reason: str) -> str:
    return (
        f"{path.name} : graphe d'osmnx illisible ({reason}) → l'enregistrer de nouveau "
        "avec osmnx.save_graphml, ou le télécharger de nouveau"
    )
