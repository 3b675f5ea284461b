"""Whether the layer of communes is a coverage: no gap, no overlap, no surprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import require_columns, require_lambert93

MIN_OVERLAP_M2 = 1.0
"""Overlaps below this area [m²] are rounding, not faults."""

_POLYGONS = [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON]
_COLUMNS = ["fault_id", "kind", "subject", "detail", "repaired"]


def coverage_report(
    communes: gpd.GeoDataFrame, *, max_gap_m2: float = 10_000.0
) -> pd.DataFrame:
    """List what departs from a perfect coverage, and what a reader must know.

    Polygons in EPSG:2154 that are invalid (``invalide``), overlaps (``recouvrement``),
    gaps (``trou``), communes that share no border (``ile``), inside one other commune
    (``enclave``), or in several parts (``morceaux``). A gap above ``max_gap_m2`` is an
    enclave of land that the layer does not hold, told and kept. ``repaired`` is True
    for the kinds that :func:`repair_coverage` mends.
    """
    require_columns(communes, ["code_insee", "nom"], where="communes")
    require_lambert93(communes, where="communes")
    ordered = communes.sort_values("code_insee", kind="stable").reset_index(drop=True)
    labels = (ordered["nom"] + " (" + ordered["code_insee"] + ")").to_numpy()
    valid = shapely.make_valid(ordered.geometry.to_numpy())
    contacts = _contacts(valid)
    faults = [
        *_invalid(ordered.geometry.to_numpy(), labels),
        *_overlaps(contacts, labels),
        *_gaps(valid, labels, max_gap_m2),
        *_isolated(valid, contacts, labels),
        *_multipart(valid, labels),
    ]
    rows = [(f"{i:05d}", *fault) for i, fault in enumerate(faults, start=1)]
    report = pd.DataFrame(rows, columns=_COLUMNS)
    text = dict.fromkeys(["fault_id", "kind", "subject", "detail"], "str")
    return report.astype({**text, "repaired": "bool"})


def repair_coverage(
    communes: gpd.GeoDataFrame, *, max_gap_m2: float = 10_000.0
) -> gpd.GeoDataFrame:
    """Mend invalid polygons, overlaps and small gaps; leave a clean layer untouched.

    Gaps up to ``max_gap_m2`` are filled by the neighbour of longest border. On the same
    index; polygons identical where nothing was wrong.

    Notes
    -----
    GEOS mends overlaps and unmatched vertices. It takes a width for gaps, so that a
    long and narrow one of any area would go: gaps are filled here, by area.
    """
    require_lambert93(communes, where="communes")
    polygons = communes.geometry.to_numpy()
    if _is_clean(polygons, max_gap_m2):
        return communes.copy()
    cleaned = shapely.coverage_clean(_polygonal(shapely.make_valid(polygons)))
    mended = _without_gaps(cleaned, max_gap_m2)
    same = shapely.equals_identical(
        shapely.normalize(polygons), shapely.normalize(mended)
    )
    polygons_kept = np.where(same, polygons, mended)
    return communes.set_geometry(
        gpd.GeoSeries(polygons_kept, communes.index, communes.crs)
    )


def united(polygons: Any) -> Any:
    """Unite polygons: in no time where they are a coverage, as they come elsewhere."""
    unite = shapely.coverage_union_all if _fit(polygons) else shapely.union_all
    return unite(polygons)


def _fit(shapes: Any) -> bool:
    """Say whether all are polygons, valid, that share vertices where they meet."""
    # GEOS judges polygons alone, and what is beside them as if it were not there.
    are_polygons = np.isin(shapely.get_type_id(shapes), _POLYGONS).all()
    return bool(
        are_polygons
        and shapely.is_valid(shapes).all()
        and shapely.coverage_is_valid(shapes)
    )


def _without_gaps(shapes: Any, max_gap_m2: float) -> Any:
    filled = shapes.copy()
    for hole in _holes(shapely.union_all(shapes)):
        if shapely.area(hole) <= max_gap_m2:
            tree = shapely.STRtree(filled)
            neighbours = np.sort(tree.query(hole, predicate="intersects"))
            border = shapely.intersection(
                shapely.boundary(filled[neighbours]), shapely.boundary(hole)
            )
            taker = neighbours[np.argmax(shapely.length(border))]
            filled[taker] = shapely.union(filled[taker], hole)
    return filled


def _polygonal(shapes: Any) -> Any:
    collections = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    cleaned = shapes.copy()
    for i in np.flatnonzero(collections):
        parts = shapely.get_parts(shapes[i])
        cleaned[i] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004
    return cleaned


def _invalid(shapes: Any, labels: Any) -> Iterator[tuple[str, str, str, bool]]:
    for i in np.flatnonzero(~shapely.is_valid(shapes)):
        reason = shapely.is_valid_reason(shapes[i])
        yield "invalide", labels[i], f"polygone invalide : {reason}", True


def _contacts(shapes: Any) -> tuple[Any, Any]:
    """Pair the polygons that meet, each pair once, with what they share."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = np.unique(np.column_stack([left, right])[left < right], axis=0)
    return pairs, shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])


def _overlaps(
    contacts: tuple[Any, Any], labels: Any
) -> Iterator[tuple[str, str, str, bool]]:
    pairs, shared = contacts
    for (i, j), area_m2 in zip(pairs, shapely.area(shared), strict=True):
        if area_m2 > MIN_OVERLAP_M2:
            detail = f"recouvre {labels[j]} sur {area_m2:.0f} m²"
            yield "recouvrement", labels[i], detail, True


def _holes(union: Any) -> Any:
    """Return the holes of a union of polygons, as polygons."""
    parts = shapely.get_parts(union)
    rings = np.concatenate(
        [shapely.get_rings(part)[1:] for part in parts] or [np.array([])]
    )
    return shapely.polygons(rings) if len(rings) else np.array([], dtype=object)


def _is_clean(shapes: Any, max_gap_m2: float) -> bool:
    if not _fit(shapes):
        return False
    holes = _holes(shapely.coverage_union_all(shapes))
    return not np.any(shapely.area(holes) <= max_gap_m2)


def _gaps(
    shapes: Any, labels: Any, max_gap_m2: float
) -> Iterator[tuple[str, str, str, bool]]:
    for hole in _holes(united(shapes)):
        area_m2 = shapely.area(hole)
        around = labels[shapely.STRtree(shapes).query(hole, predicate="intersects")]
        subject = ", ".join(sorted(around)[:4])
        mended = bool(area_m2 <= max_gap_m2)
        kind = "petit trou comblé" if mended else "terre absente de la couche"
        yield "trou", subject, f"{kind} : {area_m2:.0f} m²", mended


def _isolated(
    shapes: Any, contacts: tuple[Any, Any], labels: Any
) -> Iterator[tuple[str, str, str, bool]]:
    pairs, shared = contacts
    # A contact in points only is no border.
    borders = pairs[shapely.get_dimensions(shared) > 0]
    both = np.concatenate([borders, borders[:, ::-1]])
    neighbours = pd.Series(both[:, 1]).groupby(both[:, 0]).agg(list)
    for i, shape in enumerate(shapes):
        neighbours_of = neighbours.get(i, [])
        if len(neighbours_of) == 0:
            yield "ile", labels[i], "aucune limite avec une autre commune", False
        elif len(neighbours_of) == 1 and shapely.covers(
            _filled(shapes[neighbours_of[0]]), shape
        ):
            yield (
                "enclave",
                labels[i],
                f"entourée par {labels[neighbours_of[0]]}",
                False,
            )


def _filled(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    return shapely.union_all(shapely.polygons(shapely.get_exterior_ring(parts)))


def _multipart(shapes: Any, labels: Any) -> Iterator[tuple[str, str, str, bool]]:
    counts = shapely.get_num_geometries(shapes)
    for i in np.flatnonzero(counts > 1):
        yield "morceaux", labels[i], f"{counts[i]} morceaux", False
