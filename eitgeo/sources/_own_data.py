"""Keep GDAL to the file that it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eitgeo.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

RASTERS = {".asc": "AAIGrid", ".hgt": "SRTMHGT"}
"""Suffix → the format of GDAL that is opened, GeoTIFF for others, and no other format:
some send it to the network."""

_HEAD_BYTES = 65_536
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_ELSEWHERE = re.compile(rb"<(?:OGR|GDAL|VRT)")


def require_own_data(path: Path) -> None:
    """Refuse a layer that sends GDAL elsewhere: to other files, or to the network.

    Parameters
    ----------
    path
        A vector file, present.

    Raises
    ------
    SourceError
        When it holds XML (virtual layers, addresses of services), whatever its name:
        GDAL goes by the content.
    """
    with path.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
    if _XML.match(head) or _ELSEWHERE.search(head):
        message = (
            f"{path.name} : couche virtuelle ou XML, qui peut renvoyer ailleurs "
            "→ l'enregistrer en GeoPackage, GeoJSON ou Shapefile"
        )
        raise SourceError(message)
