"""Contours of one's own units: the best under ceilings, what several have in common."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sized
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import SchemaError
from eitgeo.library.layers import (
    require_column,
    require_labels,
    require_listed,
    require_numbers,
    require_polygons,
)
from eitgeo.library.perimeters import contiguity
from eitgeo.perimeters.ensemble.core_fringe import (
    ALL_FAMILIES,
    CORE_ABOVE,
    ROUNDING,
    Vote,
    membership_frequency,
)
from eitgeo.perimeters.optimum.choice import Choice, Limit
from eitgeo.perimeters.optimum.optimum import best_set

if TYPE_CHECKING:
    type Contours = (
        Mapping[Hashable, Collection[Hashable]]
        | Iterable[Collection[Hashable]]
        | pd.Series[Any]
    )

CORE, FRINGE, OUTSIDE = "core", "fringe", "outside"
_BOTH_ENDS = 2


def core_and_fringe(
    contours: Contours,
    units: gpd.GeoDataFrame,
    *,
    families: Mapping[Hashable, str] | None = None,
    core_above: float = CORE_ABOVE,
) -> gpd.GeoDataFrame:
    """Say which units nearly all of some contours hold, and which only some do.

    Parameters
    ----------
    contours
        Labels of the units that each holds: a list of collections, a mapping or a
        Series of them (``unions["members"]``).
    units
        Polygons in any CRS.
    families
        Name of a contour → family of the method that drew it; each family has one
        voice then, however often it was run. None: each contour has one.
    core_above
        Share above which a unit is in the core (0–1).

    Returns
    -------
    geopandas.GeoDataFrame
        On the index of ``units``, EPSG:2154: ``n_contours`` that hold the unit,
        ``share`` (0–1), and ``part``: ``core``, ``fringe`` or ``outside``.

    Raises
    ------
    KeyError
        When a contour names what is no label of the layer, or has no family.
    SchemaError
        When there is no contour, an empty one, or a text in place of one.
    CrsError
        When the layer has no CRS.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> import eitgeo as eg
    >>> squares = gpd.GeoDataFrame(index=["a", "b", "c"], geometry=[
    ...     box(x, 6.2e6, x + 1000, 6.201e6) for x in (5e5, 5.01e5, 5.02e5)], crs=2154)
    >>> eg.core_and_fringe([["a", "b"], ["a"]], squares)["part"].to_dict()
    {'a': 'core', 'b': 'fringe', 'c': 'outside'}
    """
    layer = require_polygons(units, name="units")
    named = _named(contours)
    rank = {label: f"{row:09d}" for row, label in enumerate(layer.index)}
    votes = []
    for name, labels in named:
        require_labels(labels, layer, name=f"contour {name!r}")
        if families is not None and name not in families:
            message = f"families: contour {name!r} has none"
            raise KeyError(message)
        family = "" if families is None else str(families[name])
        codes = frozenset(rank[label] for label in labels)
        votes.append(Vote(str(name), family, {}, codes))
    frequency = membership_frequency(votes, rank.values())
    every = frequency[frequency["family"] == ALL_FAMILIES].set_index("code_insee")[
        "share"
    ]
    share = every.loc[list(rank.values())].to_numpy()
    counts = [sum(code in vote.codes for vote in votes) for code in rank.values()]
    is_core = share > core_above + ROUNDING
    part = np.select([is_core, share > 0], [CORE, FRINGE], OUTSIDE)
    return gpd.GeoDataFrame(
        {"n_contours": counts, "share": share, "part": pd.Series(part, dtype="str")},
        geometry=layer.geometry.to_numpy(),
        crs=WORKING_EPSG,
    ).set_index(layer.index)


def _named(contours: Contours) -> list[tuple[Hashable, Collection[Hashable]]]:
    """Give each contour its name, its rank where it has none."""
    if isinstance(contours, Mapping | pd.Series):
        drawn = list(contours.items())
    else:
        drawn = list(enumerate(contours))
    if not drawn:
        message = "contours: one contour at least is needed"
        raise SchemaError(message)
    for name, labels in drawn:
        if isinstance(labels, str):
            message = (
                f"contours: {labels!r} is a text: several contours are needed, each a "
                "collection of labels"
            )
            raise SchemaError(message)
        if not isinstance(labels, Sized):
            message = f"contours: {labels!r} is no collection of labels"
            raise SchemaError(message)
        if not len(labels):
            message = f"contours: contour {name!r} holds no unit"
            raise SchemaError(message)
    return drawn


def best_contour(  # noqa: PLR0913 - options, by name alone
    units: gpd.GeoDataFrame,
    *,
    ceilings: Mapping[str, float],
    floors: Mapping[str, float] | None = None,
    root: Hashable | None = None,
    worth: str | None = None,
    flows: pd.Series[float] | None = None,
    include: Collection[Hashable] = (),
    exclude: Collection[Hashable] = (),
    group: str | None = None,
    max_cut: int = 0,
    gap: float = 0.01,
    max_nodes: int = 20,
) -> pd.Series[Any]:
    """Find the contour in one piece that keeps most under ceilings, with a proof.

    Parameters
    ----------
    units
        Polygons in any CRS that form a coverage.
    ceilings, floors
        Column → the most, and the least, that its sum over the contour may be.
    root
        Label of a unit that is held; None: any may be the first.
    worth
        Column of what each unit is worth by itself.
    flows
        Indexed by two labels: what is kept when both are held (tonnes exchanged, both
        ways summed). With an end outside the layer it is left out.
    include, exclude
        Labels of units that are held, and that are not.
    group
        Column of the body that each unit is a member of; bodies are cut then no more
        often than ``max_cut``.
    max_cut
        Bodies that may be held in part.
    gap
        Stop when no contour can keep more than ``1 + gap`` times the one found.
    max_nodes
        Stop after so many nodes of the search, never on time.

    Returns
    -------
    pandas.Series
        ``members`` (tuple of labels, in the order of the layer), ``n_units``,
        ``value`` that is kept, ``bound`` that no contour can pass, ``gap`` between
        them (0–1), ``is_proved`` (the gap asked for was reached), then the sum of each
        column of a ceiling or floor.

    Raises
    ------
    KeyError
        When a label is not of the layer.
    SchemaError
        When a column is absent, a value negative or unknown, or nothing is kept.
    InfeasibleError
        When no contour keeps the rules.
    CrsError
        When the layer has no CRS.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from shapely import box
    >>> import eitgeo as eg
    >>> squares = gpd.GeoDataFrame({"people": [5, 1, 5]}, index=["a", "b", "c"],
    ...     geometry=[box(x, 6.2e6, x + 1000, 6.201e6) for x in (5e5, 5.01e5, 5.02e5)],
    ...     crs=2154)
    >>> tonnes = pd.Series({("a", "b"): 2.0, ("b", "c"): 3.0})
    >>> found = eg.best_contour(squares, flows=tonnes, ceilings={"people": 6})
    >>> found["members"], found["value"], bool(found["is_proved"])
    (('b', 'c'), 3.0, True)
    """
    if worth is None and flows is None:
        message = "best_contour: worth= or flows= says what a contour keeps"
        raise SchemaError(message)
    layer = _choosable(units, root=root, include=include, exclude=exclude)
    limits = _limits(layer, ceilings, floors or {})
    own, pairs, value = _kept(layer, flows)
    if worth is not None:
        own = own + require_numbers(layer, worth, name="units")
    if group is not None:
        require_column(layer, group, name="units")
    choice = Choice(
        units=tuple(map(str, layer.index)),
        links=_ranks(layer, contiguity(layer).index),
        own=own,
        pairs=pairs,
        pair_value=value,
        limits=limits,
        root=None if root is None else int(layer.index.get_indexer([root])[0]),
        include=layer.index.get_indexer(list(include)).astype(np.int64),
        exclude=layer.index.get_indexer(list(exclude)).astype(np.int64),
        groups=None if group is None else pd.factorize(layer[group])[0],
        max_split=None if group is None else max_cut,
    )
    best = best_set(choice, gap=gap, max_nodes=max_nodes)
    figures: dict[str, Any] = {
        "members": tuple(layer.index[best.held]),
        "n_units": int(best.held.sum()),
        "value": best.value,
        "bound": best.bound,
        "gap": best.gap,
        "is_proved": best.proved,
    }
    sums = {limit.name: limit.weight[best.held].sum() for limit in limits}
    return pd.Series(figures | sums, dtype=object)


def _choosable(
    units: Any,
    *,
    root: Hashable | None,
    include: Collection[Hashable],
    exclude: Collection[Hashable],
) -> gpd.GeoDataFrame:
    """Return the units, once the labels that the caller names are among them."""
    layer = require_polygons(units, name="units")
    if layer.empty:
        message = "units: a contour needs one unit at least"
        raise SchemaError(message)
    require_listed(include, name="include")
    require_listed(exclude, name="exclude")
    named = [*([] if root is None else [root]), *include, *exclude]
    require_labels(named, layer, name="units")
    return layer


def _limits(
    layer: gpd.GeoDataFrame, ceilings: Mapping[str, float], floors: Mapping[str, float]
) -> tuple[Limit, ...]:
    names = dict.fromkeys([*ceilings, *floors])
    return tuple(
        Limit(
            name,
            require_numbers(layer, name, name="units"),
            low=floors.get(name, -np.inf),
            high=ceilings.get(name, np.inf),
        )
        for name in names
    )


def _kept(
    layer: gpd.GeoDataFrame, flows: Any
) -> tuple[Any, npt.NDArray[np.int64], Any]:
    """Part flows: what stays in a unit, and what two keep when both are held."""
    n_units = len(layer)
    if flows is None:
        return np.zeros(n_units), np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    if not isinstance(flows, pd.Series) or flows.index.nlevels != _BOTH_ENDS:
        message = "flows: a Series indexed by two labels is needed, from and to"
        raise SchemaError(message)
    amount = flows.to_numpy(dtype=float)
    if not (np.isfinite(amount) & (amount >= 0)).all():
        message = "flows: a value is negative or unknown"
        raise SchemaError(message)
    pairs = np.sort(_ranks(layer, flows.index), axis=1)
    known = pairs[:, 0] >= 0
    pairs, amount = pairs[known], amount[known]
    is_inner = pairs[:, 0] == pairs[:, 1]
    inner = np.bincount(pairs[is_inner, 0], amount[is_inner], minlength=n_units)
    key = pairs[~is_inner, 0] * n_units + pairs[~is_inner, 1]
    pair, pair_of = np.unique(key, return_inverse=True)
    value = np.bincount(pair_of, amount[~is_inner], minlength=len(pair))
    return inner, np.column_stack([pair // n_units, pair % n_units]), value


def _ranks(layer: gpd.GeoDataFrame, pairs: pd.Index[Any]) -> npt.NDArray[np.int64]:
    """Return the rows of both ends of pairs of labels; −1 where there is none."""
    ends = [layer.index.get_indexer(pairs.get_level_values(level)) for level in (0, 1)]
    return np.column_stack(ends).astype(np.int64)
