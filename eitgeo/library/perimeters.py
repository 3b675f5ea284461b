"""Perimeters of one's own units: unions in one piece, what they are, what differs."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.library.layers import (
    require_column,
    require_labels,
    require_listed,
    require_polygons,
)
from eitgeo.perimeters.contours.candidate import connected_unions
from eitgeo.territory.borders import border_contiguity


def contiguity(units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure the border that each pair of neighbours shares.

    Parameters
    ----------
    units
        Polygons in any CRS that neither overlap nor leave gaps: communes, EPCI.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``unit`` and ``neighbour``, each pair once, in the order of the
        layer: ``shared_border_m``. Two units that touch in a point are no neighbours.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When it holds other shapes than polygons.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> import eitgeo as eg
    >>> squares = gpd.GeoDataFrame(index=["a", "b"], geometry=[
    ...     box(x, 6.2e6, x + 1000, 6.201e6) for x in (5e5, 5.01e5)], crs=2154)
    >>> eg.contiguity(squares)["shared_border_m"].to_dict()
    {('a', 'b'): 1000.0}
    """
    layer = require_polygons(units, name="units")
    named = gpd.GeoDataFrame(
        {"code_insee": [f"{row:09d}" for row in range(len(layer))]},
        geometry=layer.geometry.to_numpy(),
        crs=WORKING_EPSG,
    )
    borders = border_contiguity(named)
    labels = [
        layer.index[borders[name].astype("int64").to_numpy()]
        for name in ("code_a", "code_b")
    ]
    pairs = pd.MultiIndex.from_arrays(labels, names=["unit", "neighbour"])
    return borders[["shared_border_m"]].set_index(pairs)


def unions_of(
    units: gpd.GeoDataFrame,
    *,
    root: Hashable,
    sums: Sequence[str] = (),
    limit: int = 20_000,
) -> pd.DataFrame:
    """List every union of units in one piece that holds the root, each once.

    Parameters
    ----------
    units
        Polygons in any CRS that form a coverage: EPCI, communes.
    root
        Label of the unit that every union holds.
    sums
        Columns that are summed over the units.
    limit
        Refuse beyond this count rather than list a part.

    Returns
    -------
    pandas.DataFrame
        By size: ``n_units``, ``members`` (tuple of labels, in the order of the
        layer), and the sums.

    Raises
    ------
    KeyError
        When the root is no label of the layer.
    InfeasibleError
        When there are more unions than the limit.
    CrsError, SchemaError
        As :func:`contiguity`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> import eitgeo as eg
    >>> squares = gpd.GeoDataFrame({"jobs": [1, 2, 4]}, index=["a", "b", "c"],
    ...     geometry=[box(x, 6.2e6, x + 1000, 6.201e6) for x in (5e5, 5.01e5, 5.02e5)],
    ...     crs=2154)
    >>> eg.unions_of(squares, root="b", sums=["jobs"])["jobs"].tolist()
    [2, 3, 6, 7]
    """
    layer = require_polygons(units, name="units")
    if root not in layer.index:
        message = f"units: root {root!r} is no label of the layer"
        raise KeyError(message)
    rank = {label: f"{row:09d}" for row, label in enumerate(layer.index)}
    touching: dict[str, set[str]] = {name: set() for name in rank.values()}
    for first, other in contiguity(layer).index:
        touching[rank[first]].add(rank[other])
        touching[rank[other]].add(rank[first])
    neighbours = {name: frozenset(others) for name, others in touching.items()}
    try:
        unions = connected_unions(neighbours, rank[root], limit=limit)
    except InfeasibleError as error:
        message = f"plus de {limit} unions → ôter des unités, ou relever limit"
        raise InfeasibleError(message) from error
    rows = [sorted(map(int, names)) for names in unions]
    table = pd.DataFrame(
        {
            "n_units": [len(members) for members in rows],
            "members": [tuple(layer.index[members]) for members in rows],
        }
    )
    require_listed(sums, name="sums")
    for name in sums:
        amount = _summed(layer, name)
        table[name] = [amount[members].sum() for members in rows]
    return table


def certify(
    members: Collection[Hashable],
    units: gpd.GeoDataFrame,
    *,
    group: str | None = None,
    sums: Sequence[str] = (),
) -> pd.Series[Any]:
    """Say what a perimeter is, from its polygons alone.

    Parameters
    ----------
    members
        Labels of the units that it holds.
    units
        Polygons in any CRS that form a coverage.
    group
        Column of the body that each unit is a member of (EPCI of a commune).
    sums
        Columns that are summed over the units.

    Returns
    -------
    pandas.Series
        ``n_units``, ``n_pieces``, ``n_holes``, ``area_km2``, ``perimeter_km``,
        ``compactness`` (Polsby–Popper, 4πA ÷ P², 0 to 1), with ``group``
        ``groups_whole`` and ``groups_cut`` (tuples), and the sums.

    Raises
    ------
    KeyError
        When a member is no label of the layer.
    SchemaError
        When there is no member, or the column of groups is absent.
    CrsError
        When the layer has no CRS.

    Notes
    -----
    Whole is judged on the layer: a body whose other members it does not hold passes
    for whole.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> import eitgeo as eg
    >>> squares = gpd.GeoDataFrame({"epci": ["x", "x", "y"]}, index=["a", "b", "c"],
    ...     geometry=[box(x, 6.2e6, x + 1000, 6.201e6) for x in (5e5, 5.01e5, 5.02e5)],
    ...     crs=2154)
    >>> told = eg.certify(["a", "c"], squares, group="epci")
    >>> int(told["n_pieces"]), told["groups_whole"], told["groups_cut"]
    (2, ('y',), ('x',))
    """
    layer = require_polygons(units, name="units")
    require_listed(members, name="members")
    require_listed(sums, name="sums")
    require_labels(members, layer, name="units")
    inside = layer[layer.index.isin(list(members))]
    if inside.empty:
        message = "members: a perimeter needs one unit at least"
        raise SchemaError(message)
    shapes = inside.geometry.to_numpy()
    whole = shapely.coverage_union_all(shapes)
    pieces = shapely.get_parts(whole)
    area_m2, around_m = float(shapely.area(shapes).sum()), float(shapely.length(whole))
    figures: dict[str, Any] = {
        "n_units": len(inside),
        "n_pieces": len(pieces),
        "n_holes": int(shapely.get_num_interior_rings(pieces).sum()),
        "area_km2": area_m2 / 1e6,
        "perimeter_km": around_m / 1e3,
        "compactness": 4 * np.pi * area_m2 / around_m**2,
    }
    if group is not None:
        require_column(layer, group, name="units")
        counts = inside[group].value_counts()
        size = layer[group].value_counts().reindex(counts.index)
        is_whole = (counts == size).to_numpy()
        figures["groups_whole"] = tuple(sorted(counts.index[is_whole]))
        figures["groups_cut"] = tuple(sorted(counts.index[~is_whole]))
    for name in sums:
        figures[name] = _summed(inside, name).sum()
    return pd.Series(figures, dtype=object)


def compare(
    first: Collection[Hashable],
    second: Collection[Hashable],
    units: gpd.GeoDataFrame,
    *,
    group: str | None = None,
    sums: Sequence[str] = (),
) -> pd.DataFrame:
    """Set two perimeters side by side, with what the second brings and loses.

    Parameters
    ----------
    first, second
        Labels of the units that each holds.
    units
        Polygons in any CRS that form a coverage.
    group, sums
        As in :func:`certify`.

    Returns
    -------
    pandas.DataFrame
        Rows of :func:`certify`, columns ``first``, ``second`` and ``change`` (second
        less first; None where it is no number), then rows ``joins`` and ``leaves``:
        tuples of the units that the second has alone, and lacks.

    Raises
    ------
    KeyError, SchemaError, CrsError
        As :func:`certify`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> import eitgeo as eg
    >>> squares = gpd.GeoDataFrame({"jobs": [1, 2]}, index=["a", "b"], geometry=[
    ...     box(x, 6.2e6, x + 1000, 6.201e6) for x in (5e5, 5.01e5)], crs=2154)
    >>> found = eg.compare(["a"], ["a", "b"], squares, sums=["jobs"])
    >>> found.loc["jobs"].map(int).tolist()
    [1, 3, 2]
    """
    layer = require_polygons(units, name="units")
    table = pd.DataFrame(
        {
            "first": certify(first, layer, group=group, sums=sums),
            "second": certify(second, layer, group=group, sums=sums),
        }
    )
    before, after = set(first), set(second)
    is_number = [isinstance(value, int | float | np.number) for value in table["first"]]
    table["change"] = None
    numbers = table[is_number]
    table.loc[is_number, "change"] = numbers["second"] - numbers["first"]
    moved = {
        "joins": tuple(label for label in layer.index if label in after - before),
        "leaves": tuple(label for label in layer.index if label in before - after),
    }
    for name, labels in moved.items():
        table.loc[name] = pd.Series({"first": None, "second": labels, "change": None})
    return table


def _summed(layer: gpd.GeoDataFrame, column: str) -> Any:
    """Return a column that can be summed."""
    require_column(layer, column, name="units")
    if not pd.api.types.is_numeric_dtype(layer[column]):
        message = f"units: column {column!r} holds no numbers ({layer[column].dtype})"
        raise SchemaError(message)
    return layer[column].to_numpy()
