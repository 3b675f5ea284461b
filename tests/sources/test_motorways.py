"""Junctions in order, and known trips."""

from eitgeo.sources.ground import motorways
from eitgeo.sources.ground.motorways import read_known_trips, read_motorway_exits
from tests.sources.source import Source, plain

EXITS = "motorway,rank,name,code_insee,status,source\n"
TRIPS = "from_code,from,to_code,to,road_km,car_minutes,status\n"


def test_junctions_are_ordered_as_numbers(write):
    lines = "".join(f"A1,{n},J{n},31001,publie,s\n" for n in (10, 9, 2))
    assert read_motorway_exits(write("e.csv", EXITS + lines))["rank"].tolist() == [
        2,
        9,
        10,
    ]


def test_trips_keep_kilometres_and_minutes(write):
    line = "31483,Saint-Gaudens,31042,Luchon,47.5,45,de mémoire\n"
    trip = read_known_trips(write("t.csv", TRIPS + line)).iloc[0]
    assert (trip["road_km"], trip["car_minutes"]) == (47.5, 45.0)


def test_the_default_motorway_runs_from_west_to_east(raw):
    exits = read_motorway_exits(raw / "motorway_exits.csv")
    names = exits.loc[exits["motorway"] == "A64", "name"].tolist()
    order = ["Lannemezan", "Montréjeau", "Boussens", "Muret"]
    assert [name for name in names if name in order] == order
    assert set(exits["status"]) == {"a_verifier"}


SAMPLES = {
    "exits": Source(
        "Échangeurs d'autoroute, CSV",
        ("read_motorway_exits",),
        "exits.csv",
        plain(motorways.read_motorway_exits),
        (EXITS + "A1,1,Été,09001,publie,s\nA1,2,K,31002,publie,s\n").encode(),
    ),
    "trips": Source(
        "Trajets connus, CSV",
        ("read_known_trips",),
        "trips.csv",
        plain(motorways.read_known_trips),
        (TRIPS + "31483,a,09042,été,47.5,45,s\n09042,b,31390,c,9,8,s\n").encode(),
    ),
}
