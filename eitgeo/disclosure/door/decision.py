"""Rows that leave on what changes between two perimeters, on criteria and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.reference.tables import ranking_criteria

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.scenarios.decision.difference import Difference
    from eitgeo.study.project import Project


def changed_communes(
    _: Project, members: pd.DataFrame, communes: pd.DataFrame, *, pair: tuple[str, str]
) -> pd.DataFrame:
    """List the communes that change from one perimeter to another."""
    return _difference(members, communes, pair).communes


def changed_epci(
    _: Project, members: pd.DataFrame, communes: pd.DataFrame, *, pair: tuple[str, str]
) -> pd.DataFrame:
    """List the EPCI that change from one perimeter to another."""
    return _difference(members, communes, pair).epci


def _difference(
    members: pd.DataFrame, communes: pd.DataFrame, pair: tuple[str, str]
) -> Difference:
    from eitgeo.scenarios.decision.difference import scenario_difference  # noqa: PLC0415 - scipy

    first, second = (
        dict.fromkeys(members.loc[members["perimeter_id"] == name, "code_insee"], name)
        for name in pair
    )
    return scenario_difference(first, second, communes=communes)


def gaps(
    _: Project, indicators: pd.DataFrame, *, pair: tuple[str, str]
) -> pd.DataFrame:
    """Take the released figures of one perimeter from those of another."""
    from eitgeo.scenarios.decision.difference import figure_gaps  # noqa: PLC0415 - scipy

    return figure_gaps(indicators, pair=pair)


def criteria(project: Project, table: pd.DataFrame) -> pd.DataFrame:
    """Keep in the ranks among unions that rest on assumptions, as indicators do."""
    if not project.study.demonstration_reasons:
        return table
    measure = table["indicator_id"].map(ranking_criteria()["measure"])
    is_assumed = measure.eq("percentile") & table["evidence"].eq("H")
    numbers = table[["measured", "score"]].mask(is_assumed)
    return table.assign(measured=numbers["measured"], score=numbers["score"])


def orders(project: Project, table: pd.DataFrame) -> pd.DataFrame:
    """Keep every order of real bodies in while an establishment may be made up."""
    return table.iloc[:0] if project.study.has_synthetic_sites else table
