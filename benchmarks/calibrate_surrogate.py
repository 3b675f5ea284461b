"""Fit the surrogate network to the real roads of a study, by halves of its ground.

Usage: ``python -m benchmarks.calibrate_surrogate [study.yaml]`` after ``eitgeo run`` on
a real network. Each half (every second EPCI from west to east, both ends of a pair in
it) is fitted, and held against the other; then the whole ground is fitted.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.surrogate_fit import (
    by_class,
    calibrate,
    departures,
    draw_pairs,
    with_classes,
)
from eitgeo.roads.network.surrogate import surrogate_links
from eitgeo.sources.ground.elevation import heights, read_elevation
from eitgeo.sources.ground.motorways import read_motorway_exits
from eitgeo.study.project import open_project
from eitgeo.study.roads import Roads
from eitgeo.tables.files import read_table
from eitgeo.territory.membership import within_layer

if TYPE_CHECKING:
    import geopandas as gpd

    from eitgeo.roads.network.surrogate import Links

SEED = 20210806


def halves(communes: gpd.GeoDataFrame) -> tuple[set[str], set[str]]:
    """Cut the area in two: every second EPCI, from west to east."""
    area = communes[communes["in_area"]]
    order = area.groupby("epci_siren")["seat_x"].mean().sort_values(kind="stable")
    is_first = area["epci_siren"].isin(order.index[::2])
    return set(area.loc[is_first, "code_insee"]), set(area.loc[~is_first, "code_insee"])


def inside(truth: pd.DataFrame, half: set[str]) -> pd.DataFrame:
    """Keep the pairs that have both ends in a half."""
    return truth[truth["origin_id"].isin(half) & truth["destination_id"].isin(half)]


def fitted(
    truth: pd.DataFrame, links: Links, communes: gpd.GeoDataFrame, roads: Roads
) -> Roads:
    """Fit a half, or the whole, and print what is found."""
    found = calibrate(
        draw_pairs(truth, seed=SEED), links, communes=communes, roads=roads
    )
    for name, value in found.model_dump(exclude_unset=True).items():
        print(f"  {name}: {value}")
    return found


def main() -> None:
    """Calibrate, then print the parameters and the fit they give."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path, nargs="?", default=Path("study.yaml"))
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--truth", type=Path, default=None, help="another od_matrix")
    parser.add_argument("--table", type=Path, default=None, help="CSV to write")
    options = parser.parse_args()
    project = open_project(options.study, out=options.out)
    sources = project.study.sources
    communes = read_table(project.processed, "communes")
    exits = read_motorway_exits(project.path(sources.motorway_exits))
    draw = partial(
        surrogate_links,
        communes,
        read_table(project.processed, "borders"),
        heights=heights(read_elevation(project.path(sources.elevation))),
        motorway_exits=within_layer(exits, communes),
    )
    links, before = draw(roads=Roads()), project.study.roads
    truth = (
        pd.read_parquet(options.truth)
        if options.truth
        else read_table(project.processed, "od_matrix")
    )
    first, second = halves(communes)
    parts = []
    for name, mine, other in (("pairs", first, second), ("impairs", second, first)):
        print(f"Fitted on one half ({len(mine)} communes):")
        roads = fitted(inside(truth, mine), links, communes, Roads())
        held_out = inside(truth, other)
        apart = with_classes(held_out[held_out["status"].eq("ok")])
        for state, values in (("before", before), ("after", roads)):
            drawn = draw(roads=values)
            table = by_class(departures(apart, drawn, communes=communes, roads=values))
            print(f"{state}, on the other half:")
            print(table.round(2).to_string(index=False))
        parts.append(table.assign(held_out=name))
    if options.table:
        pd.concat(parts).round(3).to_csv(options.table, index=False)
    print("Fitted on the whole:")
    fitted(inside(truth, first | second), links, communes, Roads())


if __name__ == "__main__":
    main()
