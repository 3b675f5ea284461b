"""The facts that indicators are measured on, read from the tables of the study."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from eitgeo.flows.exchanges.synergies import flows_between
from eitgeo.flows.outlets.legal_outlets import legal_pairs, nearest_outlets
from eitgeo.reference.exchange_terms import heading_wastes
from eitgeo.reference.rules import mutualisation_rules
from eitgeo.reference.waste import icpe_headings
from eitgeo.roads.questions.seats import no_seats, town_minutes
from eitgeo.scenarios.measures.activity import (
    Activity,
    counted_facts,
    read_activity,
    target_sites,
)
from eitgeo.scenarios.measures.indicators import unread_facts
from eitgeo.sources.activity.cells import cell_of, told_establishments
from eitgeo.study.project import Project
from eitgeo.study.sections import Comparison
from eitgeo.tables.columns import OD_WAYS
from eitgeo.tables.files import read_table

_NDNI, _RATIO = "NDNI", "ratio"


def study_activity(project: Project) -> Activity:
    """Read what indicators need, without draws."""
    folder, comparison = project.processed, project.study.comparison
    communes = read_table(folder, "communes")
    arisings = read_table(folder, "arisings")
    sites, cells = read_table(folder, "sites"), read_table(folder, "site_cells")
    points = read_table(folder, "points")
    pairs = read_table(folder, "od_matrix", columns=OD_WAYS)
    activity = read_activity(
        communes,
        sites=sites,
        arisings=arisings,
        exchanges=flows_between(read_table(folder, "synergies")),
        families=read_table(folder, "givers"),
        town_minutes=town_minutes(
            communes, pairs, min_population=comparison.seat_min_population
        ),
        comparison=comparison,
    )
    if len(cells):
        activity = _in_cells(activity, sites, cells, comparison)
    outlets = read_table(folder, "outlets")
    to_outlet = pairs[pairs["destination_id"].isin(outlets["outlet_id"])]
    by_truck = to_outlet[to_outlet["profile"].eq("truck")]
    ways = outlet_ways(possible_targets(activity), arisings, outlets, by_truck)
    rules = mutualisation_rules().set_index("rule_id")
    groups = read_table(folder, "mutual_groups")
    groups = groups.assign(
        family=groups["rule_id"].map(rules["family"]),
        fewest_sites=groups["rule_id"].map(rules["fewest_sites"]),
        documented=groups["rule_id"].map(rules["evidence"].ne("H")).astype(bool),
    )
    tables = ("activity_urssaf", "activity_insee", "activity_ape")
    counted = counted_facts(*(read_table(folder, name) for name in tables))
    return replace(
        activity,
        groups=groups,
        outlet_ways=ways,
        counted=counted,
        unread=unread_facts(project.study),
        no_seats=no_seats(read_table(folder, "road_checks")),
        points=points[points["code_insee"].isin(activity.codes)],
    )


def _in_cells(
    activity: Activity, sites: pd.DataFrame, cells: pd.DataFrame, comparison: Comparison
) -> Activity:
    """Count the establishments that cells tell in the place of the cells.

    Facts are counted among ``sites``: none is forgotten.
    """
    counted_sites = told_establishments(sites, cells, least=comparison.min_headcount)
    inside = counted_sites[counted_sites["code_insee"].isin(activity.codes)]
    target, unsure = target_sites(inside, comparison)
    return replace(activity, target=target, unsure=unsure, sites=inside, in_cells=True)


def possible_targets(activity: Activity) -> pd.DataFrame:
    """List the target sites; of cells, those that may be too, ``is_sure`` False."""
    if not activity.in_cells:
        return activity.target
    parts = [
        rows.assign(is_sure=is_sure, cell_id=rows["site_id"].map(cell_of))
        for rows, is_sure in ((activity.target, True), (activity.unsure, False))
    ]
    return pd.concat(parts, ignore_index=True)


def outlet_ways(
    target: pd.DataFrame,
    arisings: pd.DataFrame,
    outlets: pd.DataFrame,
    od_matrix: pd.DataFrame,
) -> pd.DataFrame:
    """Time the way from each target site to an outlet for each kind of its waste."""
    legal = legal_pairs(outlets, wastes=heading_wastes(), headings=icpe_headings())
    nearest = nearest_outlets(legal[legal["stream"].eq(_NDNI)], od_matrix)
    is_told = arisings["stream"].eq(_NDNI) & arisings["method"].eq(_RATIO)
    kinds = arisings.loc[is_told, ["site_id", "ewc_stat"]].drop_duplicates()
    names = ["site_id", "code_insee", "is_sure", "cell_id"]
    rows = target[[name for name in names if name in target]]
    if "cell_id" in rows:
        rows = rows.merge(kinds.rename(columns={"site_id": "cell_id"}), on="cell_id")
    else:
        rows = rows.merge(kinds, on="site_id")
    timed = rows.merge(
        nearest.drop(columns="stream"), on=["code_insee", "ewc_stat"], how="left"
    )
    return timed.sort_values(["site_id", "ewc_stat"], ignore_index=True)
