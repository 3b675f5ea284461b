"""Which existing bodies a perimeter meets, wholly or in part, and how far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

OVERLAP_COLUMNS = [
    "group_id",
    "body_id",
    "cover",
    "n_communes",
    "population",
    "of_group_pct",
    "of_body_pct",
    "jobs_pct",
    "status",
]


def body_overlaps(
    groups: Mapping[str, frozenset[str]],
    communes: pd.DataFrame,
    *,
    of_bodies: Mapping[str, pd.DataFrame],
    blocks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Measure what groups of communes share with bodies.

    Parameters
    ----------
    groups
        INSEE codes of each perimeter, or of each EPCI.
    communes
        ``code_insee``, ``population``.
    of_bodies
        Members of each body, as `members_of` returns them.
    blocks
        Released blocks of jobs: ``code_insee``, ``block_id``, ``value`` of the block,
        one row a commune; None: no share of jobs.

    Returns
    -------
    pandas.DataFrame
        One row a group and a body that meet: ``group_id``, ``body_id``, ``cover``
        (``entier``: all communes of the body are in the group, ``partie``),
        ``n_communes``, ``population`` in common, ``of_group_pct`` and ``of_body_pct``
        [% of the population], ``jobs_pct`` (share of the jobs of the group, over
        blocks that lie whole in each; NaN where there is none), ``status``
        (``a_confirmer`` when a member in common is). A body that reaches beyond
        ``communes`` is never whole, and its share is NaN.

    Examples
    --------
    >>> communes = pd.DataFrame({"code_insee": ["31001", "31002"],
    ...     "population": [100, 300]})
    >>> body = pd.DataFrame({"code_insee": ["31002"], "status": ["publie"]})
    >>> body_overlaps({"p": frozenset(["31001", "31002"])}, communes,
    ...     of_bodies={"b": body})[["cover", "of_group_pct", "of_body_pct"]].to_numpy()
    array([['entier', 75.0, 100.0]], dtype=object)
    """
    people = communes.set_index("code_insee")["population"].astype(float)
    held = {name: frozenset(rows["code_insee"]) for name, rows in of_bodies.items()}
    bodies: dict[str, _Body] = {}
    rows = []
    for group_id, codes in groups.items():
        total = people.reindex(sorted(codes)).sum()
        jobs = np.nan if blocks is None else block_sum(blocks, codes)
        for body_id, members in of_bodies.items():
            both = codes & held[body_id]
            if not both:
                continue
            if body_id not in bodies:
                bodies[body_id] = _body(members, people)
            body = bodies[body_id]
            shared = people.reindex(sorted(both)).sum()
            rows.append(
                {
                    "group_id": group_id,
                    "body_id": body_id,
                    "n_communes": len(both),
                    "population": int(shared),
                    "of_group_pct": _pct(shared, total),
                    "jobs_pct": _jobs_pct(blocks, both, jobs),
                    "cover": "entier" if len(both) == body.n_members else "partie",
                    "of_body_pct": _pct(shared, body.people),
                    "status": "a_confirmer" if both & body.doubtful else "publie",
                }
            )
    return pd.DataFrame(rows, columns=OVERLAP_COLUMNS)


class _Body(NamedTuple):
    """A body: its communes in doubt, its people (NaN where some are beyond)."""

    doubtful: frozenset[str]
    n_members: int
    people: float


def _body(members: pd.DataFrame, people: pd.Series[float]) -> _Body:
    held = members["code_insee"]
    return _Body(
        doubtful=frozenset(held[members["status"].ne("publie")]),
        n_members=len(held),
        people=float(people.reindex(held).sum(skipna=False)),
    )


def _pct(part: float, whole: float) -> float:
    return float(100 * part / whole) if whole > 0 else float("nan")


def _jobs_pct(
    blocks: pd.DataFrame | None, both: frozenset[str], of_group: float
) -> float:
    if blocks is None:
        return float("nan")
    return _pct(block_sum(blocks, both), of_group)


def block_sum(blocks: pd.DataFrame, codes: frozenset[str]) -> float:
    """Sum the blocks that lie whole in a group of communes."""
    inside = blocks["code_insee"].isin(codes)
    whole = inside.groupby(blocks["block_id"]).all()
    values = blocks.groupby("block_id")["value"].first()
    return float(values[whole].sum())
