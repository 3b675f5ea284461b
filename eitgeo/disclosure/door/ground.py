"""Rows that leave on communes, bodies, perimeters, roads and zones."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.disclosure.rule import Rows
from eitgeo.perimeters.contours.stamps import TO_CONFIRM, contour_stamps
from eitgeo.roads.questions.nearest_outlets import nearest_outlets
from eitgeo.roads.questions.seats import (
    agreed_seats,
    no_seats,
    seats_of_unions,
    town_minutes,
)
from eitgeo.scenarios.measures.counted_facts import counted_facts, vintage_words
from eitgeo.study.project import Project
from eitgeo.territory.membership import members_by_body
from eitgeo.words import split_name


def motorway_exits(
    _: Project, junctions: pd.DataFrame, communes: pd.DataFrame
) -> pd.DataFrame:
    """Keep the junctions of motorways that lie in the communes of the study."""
    return junctions[junctions["code_insee"].isin(communes["code_insee"])]


def body_members(
    project: Project, membership: pd.DataFrame, bodies: pd.DataFrame
) -> Rows:
    """List who is a member of what on the date of the study.

    ``body_id``, ``code_insee``, ``status``, one row a commune of a body; a doubt on one
    of its rows is a doubt on the commune.
    """
    day = project.study.territory.on_date
    names = bodies.set_index("body_id")["name"]
    of_bodies = members_by_body(membership, on_date=day)
    rows = pd.concat(
        [
            part.assign(body_id=body)
            for body, part in of_bodies.items()
            if body in names
        ],
        ignore_index=True,
    )
    doubtful = rows.loc[rows["status"] == "a_confirmer", "body_id"].unique()
    return Rows(
        rows,
        to_confirm=tuple(f"{names[body]} : {TO_CONFIRM}" for body in sorted(doubtful)),
    )


def waste_members(
    project: Project, bodies: pd.DataFrame, held: pd.DataFrame
) -> pd.DataFrame:
    """List the members of bodies that treat waste, list by list.

    ``code_insee``, ``status``, ``list`` (its name): those of the bodies of the study,
    and of the other syndicates that treat waste: they are hypotheses of the same list.
    """
    is_waste = bodies["kind"].eq("syndicat") & bodies["waste_competence"]
    ids = {*bodies.loc[is_waste, "body_id"], *project.study.comparison.waste_bodies}
    names = bodies.set_index("body_id")["name"].astype(str)
    lists = names.map(lambda name: split_name(name)[1] or name)
    rows = held[held["body_id"].isin(ids)]
    rows = rows.assign(list=rows["body_id"].map(lists))
    return rows[["code_insee", "status", "list"]].reset_index(drop=True)


def neighbours(project: Project, communes: pd.DataFrame) -> Rows:
    """Place the initiatives near by at the town hall of their commune."""
    seats = communes.set_index("code_insee")[["seat_x", "seat_y"]]
    places = [
        place
        for place in project.study.governance.neighbours
        if place.commune in seats.index
    ]
    seats = seats.loc[[place.commune for place in places]]
    table = gpd.GeoDataFrame(
        {
            "name": [place.name for place in places],
            "status": [place.status for place in places],
        },
        geometry=gpd.points_from_xy(seats["seat_x"], seats["seat_y"]),
        crs=2154,
    )
    return Rows(
        table,
        sources=tuple(f"{place.name} : {place.source}" for place in places),
        to_confirm=tuple(place.name for place in places if place.status != "publie"),
    )


def nearest(
    _: Project, communes: pd.DataFrame, od_matrix: pd.DataFrame, outlets: pd.DataFrame
) -> pd.DataFrame:
    """Say which commune with an outlet of each kind is nearest to each EPCI."""
    return nearest_outlets(communes, od_matrix, outlets)


def activity_counts(
    project: Project, urssaf: pd.DataFrame, insee: pd.DataFrame, ape: pd.DataFrame
) -> pd.DataFrame:
    """Lay out what perimeters sum of registers: ``fact``, ``code_insee``, ``n``, when.

    Communes beyond the study area are there too: quotients are against them all.
    """
    counted = counted_facts(urssaf, insee, ape)
    if counted is None:
        return pd.DataFrame(columns=["fact", "code_insee", "n", "when"])
    edition = project.study.identity.edition
    when = {fact: vintage_words(day, edition) for fact, day in counted.vintages.items()}
    table = counted.table.rename_axis("code_insee").reset_index()
    rows = table.melt("code_insee", var_name="fact", value_name="n").dropna()
    return rows.assign(when=rows["fact"].map(when)).reset_index(drop=True)


def counted_sectors(project: Project, table: pd.DataFrame) -> pd.DataFrame:
    """Say in words when each sum was so."""
    edition = project.study.identity.edition
    when = {day: vintage_words(day, edition) for day in set(table["vintage"])}
    return table.assign(when=table["vintage"].map(when).astype("str"))


def perimeters(project: Project, table: pd.DataFrame) -> Rows:
    """Order the perimeters, those that the study compares first.

    What a contour keeps of the exchanges stays in: it is no sum of cells.
    """
    order = {name: rank for rank, name in enumerate(project.study.compared_ids)}
    shown = table.sort_values(
        "perimeter_id", key=lambda ids: ids.map(order).fillna(len(order)), kind="stable"
    )
    by_exchanges = shown["method"].eq("optimum")
    shown[["objective", "bound"]] = shown[["objective", "bound"]].mask(by_exchanges)
    drawn_by, doubtful = contour_stamps(project.study, shown)
    return Rows(shown, demonstration=drawn_by, to_confirm=doubtful)


def minutes(
    project: Project,
    communes: pd.DataFrame,
    od_matrix: pd.DataFrame,
    road_checks: pd.DataFrame,
) -> pd.DataFrame:
    """Lay out car minutes from each commune to each town that could be a seat.

    On roads that are not believed, none could.
    """
    least = project.study.comparison.seat_min_population
    found = town_minutes(communes, od_matrix, min_population=least)
    return found.iloc[:, :0] if no_seats(road_checks) else found


def commune_minutes(
    project: Project, od_matrix: pd.DataFrame, animation_seats: pd.DataFrame
) -> pd.DataFrame:
    """Lay out the minutes that maps of reach show, commune by commune.

    ``map``: INSEE code of the town left from, or ``seats``: to the nearest seat of the
    answer; ``code_insee``; ``minutes``, infinite beyond what the study asks.
    """
    study = project.study
    bands, asked = study.roads.isochrones, study.roads.seats
    shown = []
    if bands:
        for start in bands.seats or (study.methods.reach.seat,):
            left = od_matrix[od_matrix["origin_id"].eq(start)]
            minutes = _nearest_minutes(left, bands.profile, to="destination_id")
            shown.append(minutes.assign(map=start))
    if asked and not study.road_reasons:
        seats = agreed_seats(animation_seats, asked.shown)
        left = od_matrix[od_matrix["destination_id"].isin(seats)]
        shown.append(_nearest_minutes(left, "car", to="origin_id").assign(map="seats"))
    columns = ["map", "code_insee", "minutes"]
    return pd.concat([pd.DataFrame(columns=columns), *shown], ignore_index=True)


def _nearest_minutes(ways: pd.DataFrame, profile: str, *, to: str) -> pd.DataFrame:
    """Keep the shortest way of each commune; infinite beyond what the study asks."""
    ways = ways[ways["profile"].eq(profile)]
    minutes = (ways["time_s"] / 60).mask(ways["status"].eq("beyond_limit"), np.inf)
    nearest = minutes.groupby(ways[to], sort=True).min()
    return nearest.rename("minutes").rename_axis("code_insee").reset_index()


def union_seats(
    project: Project,
    perimeters: pd.DataFrame,
    communes: pd.DataFrame,
    *ways: pd.DataFrame,
) -> pd.DataFrame:
    """Say how far each EPCI of each union of whole EPCI is from its best seat.

    ``ways``: what `minutes` reads after the communes.
    """
    rows = perimeters[perimeters["method"] == "union_epci"]
    lists = [json.loads(text)["epci"] for text in rows["parameters"]]
    return seats_of_unions(
        dict(zip(rows["perimeter_id"].astype(str), lists, strict=True)),
        communes,
        minutes(project, communes, *ways),
    )


def busy(
    _: Project, link_criticality: pd.DataFrame, road_names: pd.DataFrame
) -> pd.DataFrame:
    """Keep the links that some pair uses, with the number of their road."""
    used = link_criticality[link_criticality["pairs"] > 0]
    numbers = road_names.drop_duplicates("edge_id").set_index("edge_id")["ref"]
    return used.assign(ref=used["edge_id"].map(numbers).fillna(""))


def activity_areas(
    _: Project, areas: pd.DataFrame, communes: pd.DataFrame, bodies: pd.DataFrame
) -> pd.DataFrame:
    """Keep the ground of activity of the territory; name its communes and EPCI."""
    inside = communes.loc[communes["in_area"], ["code_insee", "nom", "epci_siren"]]
    names = bodies.set_index("body_id")["name"]
    epci = ("epci_" + inside["epci_siren"]).map(names).fillna("").astype("str")
    return areas.merge(inside.assign(epci=epci).drop(columns="epci_siren"))


def zone_profile(
    _: Project, profile: pd.DataFrame, outlets: pd.DataFrame
) -> pd.DataFrame:
    """Name the nearest outlet of each zone."""
    names = outlets.set_index("outlet_id")["name"]
    outlet_name = profile["outlet_id"].map(names).fillna("").astype("str")
    return profile.assign(outlet_name=outlet_name)


def zone_potentials(
    _: Project, zones_public: pd.DataFrame, potentials: pd.DataFrame
) -> pd.DataFrame:
    """Give the zones the class of their potential waste."""
    classes = potentials.set_index("zone_id")["potential_class"]
    return zones_public.assign(potential_class=zones_public["zone_id"].map(classes))


def site_stability(
    _: Project, sites: gpd.GeoDataFrame, stability: pd.DataFrame
) -> pd.DataFrame:
    """Place the sites whose zone holds more or less; no name, no jobs."""
    where = sites[["site_id", "diffusible", "natural_person", "geometry"]]
    return where.merge(stability, on="site_id")
