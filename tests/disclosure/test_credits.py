"""What rests on roads carries their credit, with the date of their extract."""

from dataclasses import replace
from pathlib import Path

import pytest

from eitgeo.disclosure.door.catalogue import CATALOGUE, needed_tables
from eitgeo.disclosure.door.passing import released
from eitgeo.steps.declared import STEPS
from eitgeo.study.project import Project, open_project
from eitgeo.study.roads import RoadNetwork
from eitgeo.tables.schema import empty_table
from tests.scenarios.toy import ROOT
from tests.surrogate import on_surrogate
from tests.tables.conftest import frame_of

OSM = "© les contributeurs d’OpenStreetMap, ODbL"
NOT_ON_ROADS = {
    "animation_budget": "posts and their cost, by body",
    "arising_blocks": "tonnes of sites, in groups of communes that share a border",
    "arising_streams": "parts of these by family of streams",
    "arising_sums": "sums of these",
    "break_even": "prices of rules alone: no pair of places",
    "declared_destinations": "what the register of emissions tells",
    "epci_bodies": "communes that an EPCI shares with a body",
    "key_sectors": "jobs by sector",
    "process_actors": "sites whose own tonnes or needs a process counts",
    "register_counts": "counts of registers",
    "survey_public": "what firms told",
    "verdicts": "what firms and councils answered",
    "weighed_public": "what weighbridges told",
}
"""Written by steps that read roads for another of their tables."""


def behind(name: str) -> set[str]:
    """List the tables from which a row of the catalogue descends."""
    writers = {table: step for step in STEPS for table in step.writes}
    found: set[str] = set()
    waiting = [*needed_tables(name)]
    while waiting:
        table = waiting.pop()
        if table not in found and table in writers:
            found.add(table)
            waiting += writers[table].tables
    return found


def credits_of(name: str) -> set[str]:
    rule = CATALOGUE[name]
    return {*rule.credits} or set().union(*map(credits_of, rule.of))


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_what_descends_from_the_roads_carries_their_credit(name) -> None:
    rests = not behind(name).isdisjoint({"contiguity", "od_matrix", "road_edges"})
    if name in NOT_ON_ROADS:
        assert rests
        assert "roads" not in credits_of(name)
    elif rests:
        assert "roads" in credits_of(name)


@pytest.fixture
def delivered_study(tmp_path: Path) -> Project:
    """The delivered study before it runs."""
    return open_project(ROOT / "study.yaml", out=tmp_path)


def test_roads_are_credited_with_the_date_of_their_extract(delivered_study) -> None:
    def credit(text: str = OSM, **keys: str) -> str:
        given = {"reader": "osm", "path": "x.osm.pbf", **keys}
        network = RoadNetwork.model_validate(given)
        study = delivered_study.study
        roads = study.roads.model_copy(update={"network": network})
        told = study.sources.credits.model_copy(update={"roads": text})
        sources = study.sources.model_copy(update={"credits": told})
        dated = study.model_copy(update={"roads": roads, "sources": sources})
        project = replace(delivered_study, study=dated)
        (text,) = released(
            project, "reach_shares", given={"reach_shares": empty_table("reach_shares")}
        ).sources
        return text

    assert credit(vintage="août 2021") == f"{OSM} (août 2021)"
    assert credit() == f"{OSM} (millésime non indiqué)"
    told = f"{OSM} (août 2021)"
    assert credit(told) == credit(told, vintage="août 2021") == told


def test_zones_by_road_carry_the_credit_of_the_roads(delivered_study) -> None:
    study = delivered_study.study
    by_road = study.zones.model_copy(update={"distance": "truck_m"})
    given = {"zone_settings": empty_table("zone_settings")}
    found = [
        released(project, "zone_settings", given=given).sources
        for project in (
            delivered_study,
            replace(delivered_study, study=study.model_copy(update={"zones": by_road})),
        )
    ]
    credit = study.sources.credits
    assert [credit.roads in told for told in found] == [False, True]
    assert all(credit.sites in told for told in found)


def test_declarations_carry_the_credit_of_their_register(delivered_study) -> None:
    rows = {name: frame_of(name) for name in ("declared_destinations", "backtest")}
    found = {name: released(delivered_study, name, given=rows) for name in rows}
    told = {name: " ".join(one.sources) for name, one in found.items()}
    assert all("registre des émissions polluantes" in text for text in told.values())
    assert [OSM in told[name] for name in rows] == [False, True]
    assert all("Registre public (IREP)" in one.secrecy[0] for one in found.values())
    # What outlets predict rests on roads; no site that is drawn declares anything.
    assert [found[name].demonstration for name in rows] == [(), ()]
    beside = replace(delivered_study, study=on_surrogate(delivered_study.study))
    stand_in = [released(beside, name, given=rows).demonstration for name in rows]
    assert stand_in == [(), beside.study.reasons("roads")]
    none = {name: empty_table(name) for name in rows}
    empty = [released(delivered_study, name, given=none) for name in rows]
    assert [(one.sources, one.secrecy) for one in empty] == [((), ())] * 2
