"""Rows that leave on indicators, criteria and orders."""

from __future__ import annotations

from typing import Final

import pandas as pd

from eitgeo.disclosure.rule import Rows
from eitgeo.reference.indicators import indicator_bases, indicator_catalogue
from eitgeo.reference.labels import epci_fact_labels
from eitgeo.reference.tables import ranking_criteria
from eitgeo.scenarios.decision.orders import order_held
from eitgeo.study.project import Project

ORDERS: Final = (
    "decision_methods",
    "decision_order",
    "decision_pairs",
    "decision_ranks",
    "decision_switches",
    "stress_orders",
)
"""Leave where the criteria may order bodies; so do those of unions."""


def _of_sites() -> frozenset[str]:
    """Name what figures rest on that the file of sites tells: it is credited."""
    bases = indicator_bases()["credit"]
    return frozenset(bases.index[bases.str.contains("{sites}", regex=False)])


def known(project: Project, table: pd.DataFrame) -> Rows:
    """Keep the figures that rest on no drawn establishment."""
    study, names = project.study, ["bodies", "roads", "counts", "points"]
    if study.has_synthetic_sites:
        rests = indicator_catalogue()["rests_on"].str.split(";")
        allowed = rests.index[rests.map(_of_sites().isdisjoint)]
        is_seen = table["synthetic_share_pct"].eq(0)
        table = table[is_seen & table["indicator_id"].isin(allowed)]
    else:
        names += ["sites", "flows"]
    return Rows(table, sources=tuple(filter(None, map(study.credit, names))))


def undrawn_facts(project: Project, table: pd.DataFrame) -> Rows:
    """Keep the facts of EPCI that are no estimate, on no drawn establishment.

    Times on a network that stands in for roads stay in.
    """
    study, names = project.study, ["bodies", "counts"]
    off = _of_sites() if study.has_synthetic_sites else frozenset()
    names += [] if off else ["sites"]
    off |= {"roads"} if study.road_reasons else set()
    names += [] if study.road_reasons else ["roads"]
    rests = epci_fact_labels()["rests_on"].str.split(";")
    allowed = rests.index[rests.map(off.isdisjoint)]
    on_ground = rests.index[rests.map({"memberships", "roads"}.issuperset)]
    shown = table["evidence"].ne("H") | table["fact_id"].isin(on_ground)
    table = table[shown & table["fact_id"].isin(allowed)]
    return Rows(table, sources=tuple(filter(None, map(study.credit, names))))


def shares_known(project: Project, table: pd.DataFrame) -> pd.DataFrame:
    """Keep the shares of the cost of perimeters that no drawn establishment made."""
    return table[~table["perimeter_id"].isin(project.study.drawn_ids)]


def criteria(project: Project, table: pd.DataFrame) -> pd.DataFrame:
    """Keep in scores where no order leaves, and ranks that rest on assumptions."""
    is_held = _held(project, table)
    if not (is_held or project.study.demonstration_reasons):
        return table
    measure = table["indicator_id"].map(ranking_criteria()["measure"])
    is_inner = measure.eq("percentile") & (table["evidence"].eq("H") | is_held)
    numbers = table[["measured", "score"]].mask(is_inner)
    score = numbers["score"].mask(pd.Series(is_held, numbers.index))
    return table.assign(measured=numbers["measured"], score=score)


def orders(
    project: Project, decided: pd.DataFrame, table: pd.DataFrame
) -> pd.DataFrame:
    """Keep every order of bodies in where none is to be published."""
    return table.iloc[:0] if _held(project, decided) else table


def union_orders(
    project: Project, _: pd.DataFrame, decided: pd.DataFrame, table: pd.DataFrame
) -> pd.DataFrame:
    """Keep what puts unions in order in where that of bodies stays in."""
    return orders(project, decided, table)


def _held(project: Project, decided: pd.DataFrame) -> bool:
    reasons = project.study.demonstration_reasons
    return bool(order_held(decided, demonstration=reasons))
