"""Roads asked of a stand-in of Overpass on this machine: asked, resumed, refused."""

import json
import shutil
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote_plus

import osmium
import osmnx
import pytest
from pyproj import database

from eitgeo.errors import SourceError
from eitgeo.roads.network.graph import build_graph
from eitgeo.roads.network.osmnx_graph import graph_from_osmnx
from eitgeo.sources.fetch import overpass
from eitgeo.sources.fetch.overpass import CACHE_NAME, query_of
from eitgeo.sources.fetch.register import Download
from eitgeo.sources.fetch.run import announced_sizes, is_of_overpass
from eitgeo.sources.ground.osm_roads import read_osm_roads
from eitgeo.sources.ground.osmnx_roads import read_osmnx_graph
from tests.sources.fetch.official import Answer, status, whole

ROOT = Path(__file__).resolve().parents[3]
EXTRACT = ROOT / "notebooks/exemple_routes.osm"
FREE = b"Connected as: 1\nCurrent time: x\nRate limit: 2\n\n2 slots available now.\n"
DEAD_END: dict[str, object] = {"type": "way", "id": 1, "nodes": [7, 8]}
BOX = "0.60,42.88,0.82,43.12"


CUT = b'{"elements": [], "remark": "runtime error: Query timed out"}'


def moved(target: str) -> Answer:
    """Answer with a redirection."""
    return status(302, {"Location": target})


def elements() -> list[dict[str, object]]:
    """Write the roads of an extract as Overpass does."""
    found: list[dict[str, object]] = []
    extract: Any = osmium.FileProcessor(str(EXTRACT))
    for one in extract:
        if one.is_node():
            place = {"lat": one.lat, "lon": one.lon}
            found.append({"type": "node", "id": one.id, **place})
        elif one.is_way():
            nodes = [node.ref for node in one.nodes]
            told = {"nodes": nodes, "tags": dict(one.tags)}
            found.append({"type": "way", "id": one.id, **told})
    return found


def answer(rows: list[dict[str, object]]) -> bytes:
    """Return the body of an answer."""
    return json.dumps({"version": 0.6, "elements": rows}).encode()


@cache
def roads() -> bytes:
    """Return the body of the answer that holds all of the extract."""
    return answer(elements())


@pytest.fixture(autouse=True, scope="module")
def _zones_are_found_once() -> Iterator[None]:
    """osmnx asks PROJ for the UTM zone of the box, 0.1 s, twice a download."""
    find = cache(database.query_utm_crs_info)
    with mock.patch.object(database, "query_utm_crs_info", find):
        yield


@pytest.fixture
def asked(study) -> Download:
    """Return a row of a register: the server gives the roads of an extract."""
    study.official.give("/api/status", whole(FREE))
    study.official.give("/api/interpreter", whole(roads()))
    url = f"{study.official.url}/api?bbox={BOX}"
    return Download("OSM routes", "", url, "data/raw/routes.graphml", "ODbL 1.0", "")


def test_the_roads_of_a_box_are_those_of_its_extract(study, asked) -> None:
    before = dict(vars(osmnx.settings))
    assert is_of_overpass(asked)
    outcome = study.fetch(asked)
    assert (outcome.status, outcome.error) == ("fetched", None)
    # The roads that the reader of extracts finds, with the same tags and lengths.
    graph = graph_from_osmnx(read_osmnx_graph(study.base / asked.path))
    told = build_graph(read_osm_roads(EXTRACT))
    assert graph.edges["length_m"].sum() == pytest.approx(
        told.edges["length_m"].sum(), rel=2e-3
    )
    for column in ("class", "kmh_forward", "max_weight_t", "car_backward"):
        assert set(graph.edges[column].dropna()) == set(told.edges[column].dropna())
    assert set(graph.edges["way_id"]) == set(told.edges["way_id"])
    # One polite request: when the server is free, then the roads that carry traffic.
    how = [(way, path) for way, path, _ in study.official.asked]
    assert how == [("GET", "/api/status"), ("POST", "/api/interpreter")]
    assert "eitgeo/" in study.official.asked[1][2]["User-Agent"]
    # Nothing is left of the way: osmnx as it was, no answer kept, no name pinned.
    assert dict(vars(osmnx.settings)) == before
    assert not (study.base / CACHE_NAME).exists()
    assert socket.getaddrinfo.__module__ != "osmnx._http"
    assert study.left() == ["routes.graphml"]
    assert study.fetch(asked).status == "present"


def test_the_query_asks_for_the_roads_of_the_box_alone(
    study, asked, monkeypatch
) -> None:
    sent = []
    body = roads()

    def note(ask) -> None:
        sent.append(unquote_plus(ask.sent.decode()))
        ask.reply(200, body)

    study.official.give("/api/interpreter", note)
    monkeypatch.setattr(osmnx.settings, "max_query_area_size", 1e8)
    assert study.fetch(asked).status == "fetched"
    assert len(sent) > 3  # a large box is cut into several requests
    assert all('["highway"~"^(motorway|motorway_link|' in one for one in sent)
    assert all("track)$" in one and "poly:" in one for one in sent)


def test_a_broken_download_resumes_from_what_was_answered(
    study, asked, monkeypatch
) -> None:
    monkeypatch.setattr(osmnx.settings, "max_query_area_size", 1e8)
    body = roads()
    good, bad = whole(body), whole(b"{cut", {"Content-Length": "9"})
    study.official.give("/api/interpreter", good, good, bad)
    broken = study.fetch(asked)
    assert broken.status == "failed"
    assert "Overpass" in str(broken.error)
    assert (study.base / CACHE_NAME).is_dir()
    assert study.left() == []  # nothing bears the name of a graph that is not whole
    n_asked = sum(way == "POST" for way, *_ in study.official.asked)
    study.official.give("/api/interpreter", good)
    assert study.fetch(asked).status == "fetched"
    n_again = sum(way == "POST" for way, *_ in study.official.asked) - n_asked
    shutil.rmtree(study.base / "data")
    assert study.fetch(asked, force=True).status == "fetched"
    n_whole = sum(way == "POST" for way, *_ in study.official.asked) - n_asked - n_again
    assert n_again == n_whole - 2


@pytest.mark.parametrize(
    ("told", "met"),
    [
        (whole(answer([])), "réponse inutilisable du serveur Overpass"),
        (status(400), "réponse inutilisable du serveur Overpass"),
        (whole(b"<html>maintenance</html>"), "réponse inutilisable"),
        (whole(b"[1]"), "réponse inutilisable"),
        (whole(b"[" * 100_000), "réponse inutilisable"),
        (whole(b'{"elements": [{"type": "node"}]}'), "réponse inutilisable"),
        (whole(answer([{"type": "node", "id": 1, "lat": 91, "lon": 0}])), "réponse"),
        (whole(answer([{"type": "way", "id": 1, "nodes": [7, 8]}])), "réponse"),
        (whole(CUT), "réponse inutilisable du serveur Overpass (coupée avant sa fin"),
        (moved("ftp://127.0.0.1/"), "redirection vers le protocole « ftp » refusée"),
    ],
)
def test_an_answer_that_is_no_road_is_refused(study, asked, told, met) -> None:
    study.official.give("/api/interpreter", told)
    outcome = study.fetch(asked)
    assert outcome.status == "failed"
    assert str(outcome.error).startswith(f"routes.graphml : {met}")
    assert study.left() == []


def test_a_busy_server_is_waited_for_as_it_says(study, asked, monkeypatch) -> None:
    waits_s: list[float] = []
    monkeypatch.setattr("osmnx._overpass.time.sleep", waits_s.append)
    study.official.give("/api/interpreter", status(429), whole(roads()))
    assert study.fetch(asked).status == "fetched"
    assert max(waits_s) >= 30


@pytest.mark.parametrize("bad", [CUT, answer([]), answer([DEAD_END])])
def test_a_bad_answer_does_not_spoil_the_next_try(study, asked, bad) -> None:
    study.official.give("/api/interpreter", whole(bad))
    assert study.fetch(asked).status == "failed"
    study.official.give("/api/interpreter", whole(roads()))
    assert study.fetch(asked).status == "fetched"


def test_an_answer_that_was_cut_on_the_disk_is_asked_again(study, asked) -> None:
    study.official.give("/api/interpreter", whole(roads()), status(400))
    kept = study.base / CACHE_NAME

    def cut(*_args, **_kept) -> None:
        for one in kept.iterdir():
            one.write_text("{cut", encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(osmnx, "save_graphml", lambda *_: (_ for _ in ()).throw(OSError))
        assert study.fetch(asked).status == "failed"
    cut()
    assert "Overpass" in str(study.fetch(asked).error)
    study.official.give("/api/interpreter", whole(roads()))
    assert study.fetch(asked).status == "fetched"


def test_a_server_that_is_always_busy_is_left(study, asked, monkeypatch) -> None:
    waits_s: list[float] = []
    monkeypatch.setattr("osmnx._overpass.time.sleep", waits_s.append)
    study.official.give("/api/interpreter", status(429))
    assert "trop occupé → relancer plus tard" in str(study.fetch(asked).error)
    assert sum(waits_s) <= 300


def test_a_server_that_is_absent_is_told(study, asked, monkeypatch) -> None:
    monkeypatch.setattr("osmnx._overpass.time.sleep", lambda _: None)
    gone = Download(
        "x", "", f"http://127.0.0.1:9/api?bbox={BOX}", asked.path, "ODbL 1.0", ""
    )
    outcome = study.fetch(gone)
    assert "le serveur Overpass ne répond pas" in str(outcome.error)


@pytest.mark.parametrize(
    "query", ["", "?bbox=", "?bbox=1,2,3", "?bbox=a,b,c,d", "?bbox=1,43,0,44"]
)
def test_a_box_that_is_none_is_refused(query) -> None:
    with pytest.raises(SourceError, match="cadre absent ou mal écrit"):
        query_of(f"https://overpass.example.org/api{query}")


def test_a_graph_that_is_saved_somewhere_is_a_plain_file(study, asked) -> None:
    study.fetch(asked)
    body = study.content(asked)
    study.official.give("/copie.graphml", whole(body))
    plain = study.item("/copie.graphml")
    assert not is_of_overpass(plain)
    assert study.fetch(plain).status == "fetched"
    assert study.content(plain) == body
    study.official.give("/page.graphml", whole(b"<html>non</html>"))
    page = study.fetch(study.item("/page.graphml"))
    assert "une page web" in str(page.error)


def test_no_size_is_asked_of_overpass(study, asked) -> None:
    assert announced_sizes([asked], client=study.client()) == {asked.path: None}
    assert study.official.asked == []
    assert overpass.CACHE_NAME.startswith(".eitgeo/")  # git ignores it
