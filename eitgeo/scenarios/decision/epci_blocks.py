"""What each EPCI adds, indicator by indicator and for each deliberation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import require_columns
from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.blocks import block_contributions
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import pandas as pd

    from eitgeo.perimeters.contours.candidate import Candidate

DELIBERATIONS = "n_deliberations"
_POINTS = {"%": "points"}


def epci_blocks(
    indicators: pd.DataFrame,
    candidates: Iterable[Candidate],
    *,
    names: Mapping[str, str],
    root_epci: str,
    within: Collection[str] = (),
) -> pd.DataFrame:
    """Say what each EPCI adds to the one that all unions hold.

    Parameters
    ----------
    indicators
        Table ``indicators_public``: every figure here is a difference, or a mean of
        differences, of its figures for unions of whole EPCI.
    candidates
        The perimeters; those that are unions of whole EPCI count.
    names
        SIREN → name of the EPCI.
    root_epci
        SIREN of the EPCI that every union holds.
    within
        SIREN of the EPCI that unions could hold, so that those which stop at a size
        are not taken for all; by default those that some union holds.

    Returns
    -------
    pandas.DataFrame
        Table ``epci_blocks``: one row an EPCI and an indicator that is known for all
        unions; none where these stop at a size (``methods.max_union_epci``): a mean
        over orders of joining asks for all. ``alone``, ``last``, ``low``, ``high``,
        ``mean`` as `block_contributions` gives them;
        ``n_deliberations`` that the EPCI adds on average, and
        ``mean_per_deliberation``, NaN where it adds none. ``unit`` is « points » for
        percentages.

    Raises
    ------
    StudyError
        When there is no union, or they are not all those around the root.
    """
    unions = [one for one in candidates if one.method == "union_epci"]
    if not unions:
        message = "aucune union d'EPCI entiers : rien à décomposer"
        raise StudyError(message)
    held = [frozenset(_members(one)) for one in unions]
    if frozenset().union(*held, within) not in held:
        return empty_table("epci_blocks")
    values = _by_union(indicators, [one.perimeter_id for one in unions])
    table = block_contributions(held, values, root=root_epci)
    joined = table[table["indicator_id"] == DELIBERATIONS]
    n_joined = table["unit"].map(joined.set_index("unit")["mean"]).astype(float)
    about = indicators.groupby("indicator_id")
    unit = table["indicator_id"].map(about["unit"].first())
    return table.assign(
        epci_siren=table["unit"],
        name=table["unit"].map(names),
        n_deliberations=n_joined,
        mean_per_deliberation=(table["mean"] / n_joined).where(n_joined > 0),
        unit=unit.replace(_POINTS),
        evidence=table["indicator_id"].map(worst_evidence(indicators)),
    )


def worst_evidence(indicators: pd.DataFrame) -> pd.Series[str]:
    """Return the least sure class that an indicator has anywhere."""
    groups = indicators.groupby("indicator_id")["evidence"]
    return groups.agg(lambda letters: max(letters, key="OSH".index))


def _members(union: Candidate) -> list[str]:
    members = union.parameters["epci"]
    return [str(one) for one in members] if isinstance(members, list) else []


def _by_union(indicators: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """Lay the figures out: one row a union, one column a fully known indicator."""
    need = ["perimeter_id", "indicator_id", "value", "unit", "evidence"]
    require_columns(indicators, need, where="indicators_public")
    wide = indicators.pivot_table(
        index="perimeter_id", columns="indicator_id", values="value", dropna=False
    )
    return wide.reindex(ids).dropna(axis="columns").reset_index(drop=True)
