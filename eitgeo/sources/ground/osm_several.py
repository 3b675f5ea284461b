"""Roads of several extracts of OpenStreetMap put together: regions that touch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.sources.ground.osm_roads import NoRoadError, OsmRoads, read_osm_roads

if TYPE_CHECKING:
    from eitgeo.sources.ground.osm_roads import Bounds

    Ints = npt.NDArray[np.int64]


def read_osm_regions(
    paths: Sequence[Path], *, bounds: Bounds | None = None
) -> OsmRoads:
    """Read the roads of several extracts, one after the other, then join them.

    Parameters
    ----------
    paths
        Extracts of the same day or nearly: two producers of one region are no regions.
    bounds
        As :func:`read_osm_roads`; an extract without a road there gives none.

    Returns
    -------
    OsmRoads
        Each way once: where several extracts hold it, from the one that knows most of
        its nodes, the first of them on a tie. Each node, barrier and restriction once.

    Raises
    ------
    SourceError
        As :func:`read_osm_roads`, where no extract has a road within the bounds.

    References
    ----------
    As :func:`read_osm_roads`.
    """
    regions: list[OsmRoads] = []
    refusals: list[NoRoadError] = []
    for path in paths:
        try:
            regions.append(read_osm_roads(path, bounds=bounds))
        except NoRoadError as error:  # a region that does not reach the study
            refusals.append(error)
    if not regions:
        raise refusals[0]
    return regions[0] if len(regions) == 1 else _join_osm_roads(regions)


def _join_osm_roads(parts: Sequence[OsmRoads]) -> OsmRoads:
    """Join roads read apart; a way that several hold is taken from one alone."""
    node_id, first = np.unique(
        np.concatenate([one.node_id for one in parts]), return_index=True
    )
    lon = np.concatenate([one.lon for one in parts])[first]
    lat = np.concatenate([one.lat for one in parts])[first]
    tags, start, way_node = _ways(parts, node_id)
    return OsmRoads(
        node_id=node_id,
        lon=lon,
        lat=lat,
        way_tags=tags,
        way_start=start,
        way_node=way_node,
        barriers=_once([one.barriers for one in parts], "node_id"),
        restrictions=_once([one.restrictions for one in parts], "relation_id"),
        bounds=_around([one.bounds for one in parts]),
        counts={
            name: sum(one.counts.get(name, 0) for one in parts)
            for name in parts[0].counts
        },
    )


def _around(boxes: Sequence[Bounds | None]) -> Bounds | None:
    """Return the box of all boxes; None where one of them is not declared."""
    known = [box for box in boxes if box is not None]
    if len(known) < len(boxes):
        return None
    west, south, east, north = zip(*known, strict=True)
    return min(west), min(south), max(east), max(north)


def _ways(parts: Sequence[OsmRoads], node_id: Ints) -> tuple[pd.DataFrame, Ints, Ints]:
    """Lay the pieces of ways out, those of one way from one part."""
    pieces = pd.concat(
        [
            one.way_tags.assign(part=rank, n_nodes=np.diff(one.way_start))
            for rank, one in enumerate(parts)
        ],
        ignore_index=True,
    )
    sums = pieces.groupby(["way_id", "part"])["n_nodes"].sum().reset_index()
    best = sums.sort_values(
        ["way_id", "n_nodes", "part"], ascending=[True, False, True], kind="stable"
    ).drop_duplicates("way_id")
    owner = best.set_index("way_id")["part"]
    is_of_owner = pieces["part"].eq(pieces["way_id"].map(owner)).to_numpy()
    nodes = np.concatenate(
        [np.searchsorted(node_id, one.node_id)[one.way_node] for one in parts]
    )
    size = pieces["n_nodes"].to_numpy()
    start = np.concatenate([[0], np.cumsum(size[is_of_owner])])
    tags = pieces[is_of_owner].drop(columns=["part", "n_nodes"]).reset_index(drop=True)
    return tags, start.astype(np.int64), nodes[np.repeat(is_of_owner, size)]


def _once(tables: Sequence[pd.DataFrame], key: str) -> pd.DataFrame:
    rows = pd.concat(tables, ignore_index=True).drop_duplicates(key)
    return rows.sort_values(key, ignore_index=True, kind="stable")
