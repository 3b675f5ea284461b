"""Rows that the door makes on its way out: actors, roads, facts of EPCI, criteria."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from eitgeo.disclosure.door.passing import drawn_tables, released
from eitgeo.study.project import Project, open_project
from eitgeo.study.roads import RoadNetwork
from tests.scenarios.toy import ROOT
from tests.tables.conftest import frame_of, row_of


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory) -> Project:
    """The delivered study: made-up sites on real roads."""
    return open_project(ROOT / "study.yaml", out=tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Project:
    """A study of real sites, on a network that stands in for roads."""
    path = ROOT / "tests" / "studies" / "real.yaml"
    return open_project(path, out=tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def sure(real: Project) -> Project:
    """The same on real roads: no demonstration."""
    network = RoadNetwork.model_validate({"reader": "osm", "path": "x.osm.pbf"})
    roads = real.study.roads.model_copy(update={"network": network})
    return replace(real, study=real.study.model_copy(update={"roads": roads}))


def test_tables_with_drawn_figures_are_named_with_what_they_are_read_from(
    demonstration, real, sure
) -> None:
    found = drawn_tables(demonstration.study)
    assert {"arising_blocks", "communes_public", "arising_sums", "sites"} <= found
    assert found.isdisjoint({"bodies", "activity_urssaf", "reach_shares"})
    on_roads = drawn_tables(real.study)
    assert {"reach_shares", "nearest_outlets", "exchange_links"} <= on_roads
    assert on_roads.isdisjoint({"bodies", "sites", "arising_blocks", "arising_sums"})
    assert drawn_tables(sure.study) == set()


def test_actors_are_sites_of_the_area_that_may_be_told(sure) -> None:
    """Of four sawmills one is hidden, one a person's, one elsewhere: one is left."""
    places = {"a": "31001", "hidden": "31001", "person": "31001", "away": "31002"}
    sites = frame_of(
        "sites",
        *(
            row_of(
                "sites",
                site_id=name,
                code_insee=code,
                naf="16.10A",
                diffusible=name != "hidden",
                natural_person=name == "person",
            )
            for name, code in places.items()
        ),
    )
    communes = pd.DataFrame({"code_insee": ["31001", "31002"]})
    communes["in_area"] = [True, False]
    cells = frame_of("site_cells").iloc[:0]
    given = {"communes": communes, "sites": sites, "site_cells": cells}
    found = released(sure, "process_actors", given=given).table
    assert set(found["division"]) == {"16"}
    assert set(found["n_sites"]) == {1}


def test_links_that_no_pair_uses_stay_in(sure) -> None:
    pairs = {"used": 3, "unnamed": 1, "unused": 0}
    rows = [
        row_of("link_criticality", edge_id=name, pairs=n) for name, n in pairs.items()
    ]
    names = [
        row_of("road_names", edge_id=name, ref="D 817") for name in ("used", "unused")
    ]
    given = {
        "link_criticality": frame_of("link_criticality", *rows),
        "road_names": frame_of("road_names", *names),
    }
    found = released(sure, "link_criticality", given=given).table
    assert found[["edge_id", "ref"]].to_numpy().tolist() == [
        ["used", "D 817"],
        ["unnamed", ""],
    ]


FACTS = {
    "communes": "O",
    "counted_firms_10": "O",
    "outlets": "H",
    "target_sites": "O",
    "industry_jobs": "O",
    "deposit_t": "H",
    "minutes_to_root": "S",
}


@pytest.mark.parametrize(
    ("name", "told", "credits_"),
    [
        (
            "demonstration",
            ["communes", "counted_firms_10", "minutes_to_root"],
            ["bodies", "counts", "roads"],
        ),
        (
            "real",
            ["communes", "counted_firms_10", "target_sites", "industry_jobs"],
            ["bodies", "counts", "sites"],
        ),
        (
            "sure",
            [fact for fact, evidence in FACTS.items() if evidence != "H"],
            ["bodies", "counts", "sites", "roads"],
        ),
    ],
)
def test_facts_on_what_is_drawn_or_assumed_stay_in(
    name, told, credits_, request
) -> None:
    project = request.getfixturevalue(name)
    rows = [
        row_of("epci_facts", fact_id=fact, evidence=evidence)
        for fact, evidence in FACTS.items()
    ]
    given = {"epci_facts": frame_of("epci_facts", *rows)}
    found = released(project, "epci_facts_undrawn", given=given)
    assert found.table["fact_id"].tolist() == told
    credited = [project.study.credit(one) for one in credits_]
    assert list(found.sources) == [one for one in credited if one]


def numbers(project: Project, *axes: str) -> Any:
    """Release criteria of two perimeters: axes that tell them apart, an assumed rank.

    Returns: which criteria are told measured, and which with a score.
    """
    weighed = dict.fromkeys(axes, 50.0) | {"naf_diversity": 0.0}
    rows = [
        row_of(
            "decision_criteria",
            perimeter_id=perimeter,
            indicator_id=name,
            measured=measured,
            score=0.5,
            weight=weight,
            evidence="O" if weight else "H",
        )
        for name, weight in weighed.items()
        for perimeter, measured in (("a", 1.0), ("b", 2.0))
    ]
    given = {"decision_criteria": frame_of("decision_criteria", *rows)}
    table = released(project, "decision_criteria", given=given).table
    return [
        set(table.loc[table[one].notna(), "indicator_id"])
        for one in ("measured", "score")
    ]


def test_scores_stay_in_with_the_order_and_ranks_with_their_assumption(
    demonstration, sure
) -> None:
    one, two = ("n_deliberations",), ("n_deliberations", "seat_45min_pct")
    assert numbers(demonstration, *one) == numbers(sure, *one) == [{*one}, set()]
    assert numbers(demonstration, *two) == [{*two}, {*two}]
    every = {*two, "naf_diversity"}
    assert numbers(sure, *two) == [every, every]
