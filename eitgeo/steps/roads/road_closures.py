"""Close roads one at a time, and say what the trips of the study lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.reference.tables import ready_closures
from eitgeo.roads.matrix.od_matrix import commune_places, matrix_table
from eitgeo.roads.matrix.od_matrix import trips as trips_of
from eitgeo.roads.matrix.router import paths, snap
from eitgeo.roads.matrix.topology import Ends
from eitgeo.roads.network.closures import Closure, find_closures, without
from eitgeo.roads.network.graph_tables import edge_ids, names_of_table
from eitgeo.roads.questions.criticality import (
    Trips,
    access_changes,
    closure_losses,
    criticality,
    dead_end_valleys,
    main_links,
    served,
    study_pairs,
    worst_change,
)
from eitgeo.steps.roads.road_network import read_graph, ready_networks
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table

if TYPE_CHECKING:
    from eitgeo.steps.roads.road_network import Ready

TABLES = (
    "closures",
    "closed_roads",
    "closure_access",
    "closure_trips",
    "link_criticality",
    "dead_end_valleys",
)
STATES = ("ouverte", "fermee")


@step(
    "Routes fermées et liaisons critiques",
    writes=(
        "closures",
        "closed_roads",
        "closure_access",
        "closure_trips",
        "link_criticality",
        "dead_end_valleys",
    ),
)
def run(affinity: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write the tables of closures, and of the criticality of main links."""
    roads = project.study.roads
    tables = {name: empty_table(name) for name in TABLES}
    facts: dict[str, object] = {"fermetures": len(roads.closures)}
    if roads.closures or roads.criticality is not None:
        places, towns, inhabitants = _places(project)
        graph = read_graph(project)
        ready = ready_networks(project, graph)["truck"]
        set_down = _set_down(ready, places)
        pairs = study_pairs(
            places["place_id"].tolist(),
            towns,
            affinity,
        )
        facts |= {
            "trajets vers les villes": len(pairs.access),
            "échanges": len(pairs.exchanges),
            "échanges écartés": pairs.left_out,
        }
        names = names_of_table(read_table(project.processed, "road_names"))
        trips = served(
            *ready[:2], origins=set_down, destinations=set_down, pairs=pairs.both
        )
        if roads.closures:
            closures = find_closures(graph, names, roads.closures)
            tables |= _closed(trips, closures)
            access = _access(ready, closures, places=places, towns=towns, ends=set_down)
            tables |= dict(
                zip(("closure_access", "closure_trips"), access, strict=True)
            )
            facts["fermetures introuvables"] = sum(not len(c.edges) for c in closures)
        if roads.criticality is not None:
            links = _critical(trips)
            valleys = dead_end_valleys(links, names, inhabitants)
            tables["link_criticality"] = links.drop(columns="isolated")
            if len(valleys):
                tables["dead_end_valleys"] = valleys
            facts |= {
                "liaisons empruntées": len(links),
                "vallées à une seule route": len(valleys),
            }
    for name, rows in tables.items():
        write_table(project.processed, rows, table=name)
    return facts


def _places(project: Project) -> tuple[pd.DataFrame, list[str], pd.Series[int]]:
    """Return the communes of the area as places, its towns, and who lives there."""
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]]
    study = project.study
    is_town = area["population"] >= study.comparison.seat_min_population
    towns = {*area.loc[is_town, "code_insee"], study.methods.reach.seat}
    places = commune_places(area)
    inhabitants = area.set_index("code_insee")["population"]
    at_hand = sorted(towns & {*area["code_insee"]})
    return places, at_hand, inhabitants.loc[places["place_id"]]


def _set_down(ready: Ready, places: pd.DataFrame) -> Ends:
    network, costs, limits = ready
    x, y = (places[name].to_numpy(dtype=float) for name in ("x", "y"))
    return snap(network, costs, x=x, y=y, max_snap_m=limits.max_snap_m).ends


def _closed(trips: Trips, closures: tuple[Closure, ...]) -> dict[str, pd.DataFrame]:
    """Measure what each closure costs, and draw what it closes."""
    graph = trips.network.graph
    losses = closure_losses(trips, closures=closures)
    with_sources = losses.rename(
        columns={"edges": "n_edges", "extra_tkm": "detour_tkm"}
    ).join(ready_closures()[["evidence", "source", "status", "as_of"]], on="closure_id")
    described = {
        "evidence": "H",
        "source": "étude",
        "status": "a_confirmer",
        "as_of": "",
    }
    edge = np.concatenate([one.edges for one in closures])
    owner = np.repeat(
        [one.closure_id for one in closures], [len(one.edges) for one in closures]
    )
    rows = graph.edges.iloc[edge]
    closed = gpd.GeoDataFrame(
        {
            "closure_id": pd.array(owner, dtype="str"),
            "edge_id": edge_ids(edge),
            "class": pd.array(rows["class"].to_numpy(), dtype="str"),
            "length_m": rows["length_m"].to_numpy(),
        },
        geometry=graph.lines[edge],
        crs=2154,
    )
    return {"closures": with_sources.fillna(described), "closed_roads": closed}


def _access(
    ready: Ready,
    closures: tuple[Closure, ...],
    *,
    places: pd.DataFrame,
    towns: list[str],
    ends: Ends,
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Compute the way of each commune to each town again, each closure in turn."""
    network, costs, limits = ready
    to_towns = places[places["place_id"].isin(towns)]
    tables, trips = [empty_table("closure_access")], [empty_table("closure_trips")]
    open_trips = trips_of(
        network, costs, origins=places, destinations=to_towns, limits=limits
    )
    before = matrix_table(open_trips, places, to_towns)
    row = pd.Series(np.arange(len(places)), index=places["place_id"])
    for closed_roads in (closure for closure in closures if len(closure.edges)):
        shut = trips_of(
            network,
            costs,
            origins=places,
            destinations=to_towns,
            limits=limits,
            closed=closed_roads.edges,
            ends=open_trips.ends,
        )
        after = matrix_table(shut, places, to_towns)
        changed = access_changes(before, after)
        changes = changed.assign(closure_id=closed_roads.closure_id)
        worst = worst_change(changes)
        tables.append(changes)
        if worst is None:
            continue
        pair = row.loc[[worst["origin_id"], worst["destination_id"]]].to_numpy()
        for state, open_to in zip(
            STATES, (costs, without(costs, closed_roads.edges)), strict=True
        ):
            driven = paths(
                network,
                open_to,
                origins=ends,
                destinations=ends,
                pairs=pair.reshape(1, 2),
            )
            key = {name: worst[name] for name in ("origin_id", "destination_id")}
            labelled = driven.assign(
                closure_id=closed_roads.closure_id, state=state, **key
            )
            trips.append(labelled[labelled["driven"].map(len) > 0])
    return _joined(tables), _joined(trips)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Join tables of which the first, without a row, has the columns."""
    some = [one for one in tables if len(one)] or tables[:1]
    return pd.concat(some, ignore_index=True)[list(tables[0])]


def _critical(trips: Trips) -> gpd.GeoDataFrame:
    """Close each main link that a trip drives."""
    links = main_links(trips.network.graph, trips.costs)
    table = criticality(trips, links=links).rename(columns={"extra_tkm": "detour_tkm"})
    driven = table[
        (table["pairs"] > 0) | (table["detour_tkm"] > 0) | (table["cut_t"] > 0)
    ]
    return driven.assign(edge_id=edge_ids(driven["edge"].to_numpy()))
