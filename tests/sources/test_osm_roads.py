"""Roads of OpenStreetMap: what is kept of a drawn file, and what is refused."""

import re
import shutil
import tempfile
from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eitgeo.errors import SourceError
from eitgeo.sources.ground import osm_roads
from eitgeo.sources.ground.osm_roads import OsmRoads, read_osm_roads
from tests.roads.extracts import ANDORRA
from tests.roads.osm_files import IDS, NODES, write_osm
from tests.sources.mutate import mutated_bytes

DELIVERED = Path(__file__).resolve().parents[2] / "data/raw/osm_roads_2021.osm.pbf"

ROAD = {"highway": "primary"}
WAYS = {"ABC": ROAD, "BE": ROAD | {"name": "=HYPERLINK(1) <b>"}, "EF": ROAD}


def read(folder, ways=WAYS, **more):
    options = {key: more.pop(key) for key in ("bounds",) if key in more}
    return read_osm_roads(write_osm(folder / "dessin.osm", ways, **more), **options)


def as_pbf(path):
    """Write the same objects as ``.osm.pbf``, and return its bytes."""
    target = path.with_suffix(".osm.pbf")
    with osmium.SimpleWriter(str(target)) as writer:
        for one in osmium.FileProcessor(str(path)):
            writer.add(one)
    return target.read_bytes()


def nodes_of(roads, way):
    rows = roads.way_node[roads.way_start[way] : roads.way_start[way + 1]]
    return roads.node_id[rows].tolist()


def test_ways_stand_on_their_nodes_in_order(tmp_path):
    roads = read(tmp_path)
    assert nodes_of(roads, 0) == [IDS[name] for name in "ABC"]
    assert nodes_of(roads, 1) == [IDS[name] for name in "BE"]
    assert roads.node_id.tolist() == sorted(IDS[name] for name in "ABCEF")
    at = np.searchsorted(roads.node_id, IDS["E"])
    assert (roads.lon[at], roads.lat[at]) == pytest.approx(NODES["E"])


def test_tags_stay_as_they_are_written(tmp_path):
    roads = read(tmp_path)
    assert roads.way_tags["name"].tolist() == ["", "=HYPERLINK(1) <b>", ""]
    assert roads.way_tags["maxspeed"].tolist() == ["", "", ""]


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "proposed"},
        {"highway": "service", "area": "yes"},
        {"railway": "rail"},
    ],
)
def test_what_carries_no_vehicle_is_left_out(tmp_path, tags):
    assert len(read(tmp_path, WAYS | {"CF": tags}).way_tags) == len(WAYS)


def test_barriers_and_restrictions_are_read(tmp_path):
    roads = read(
        tmp_path,
        barriers={"B": {"barrier": "gate", "access": "no"}, "L": {"barrier": "gate"}},
        restrictions=[("no_left_turn", "ABC", "B", "BE", {"except": "hgv"})],
    )
    # The gate at L is on no road.
    assert roads.barriers["node_id"].tolist() == [IDS["B"]]
    assert roads.barriers["access"].tolist() == ["no"]
    row = roads.restrictions.iloc[0]
    assert (row["restriction"], row["except"]) == ("no_left_turn", "hgv")
    assert row["via"] == (("n", IDS["B"]),)
    assert row["from"] == (("w", 1000),)


def test_a_way_is_cut_where_its_nodes_are_missing(tmp_path):
    path = write_osm(tmp_path / "dessin.osm", {"ABCDI": ROAD, "BE": ROAD})
    lines = path.read_text(encoding="utf-8").splitlines()
    text = [line for line in lines if f'<node id="{IDS["C"]}"' not in line]
    path.write_text("\n".join(text), encoding="utf-8")
    roads = read_osm_roads(path)
    found = [nodes_of(roads, way) for way in range(3)]
    assert found == [[IDS[name] for name in part] for part in ("AB", "DI", "BE")]
    assert roads.way_tags["way_id"].tolist() == [1000, 1000, 1001]
    assert roads.counts["nœuds absents de l'extrait"] == 1


def test_of_a_node_held_twice_the_last_one_holds(tmp_path):
    path = write_osm(tmp_path / "dessin.osm", WAYS)
    again = f'<node id="{IDS["B"]}" version="2" lon="0.9" lat="43.2"/>\n<way id="1000"'
    text = path.read_text(encoding="utf-8").replace('<way id="1000"', again)
    path.write_text(text, encoding="utf-8")
    roads = read_osm_roads(path)
    assert roads.node_id.tolist() == sorted(IDS[name] for name in "ABCEF")
    at = np.searchsorted(roads.node_id, IDS["B"])
    assert (roads.lon[at], roads.lat[at]) == pytest.approx((0.9, 43.2))


def test_a_box_keeps_the_ways_that_have_a_node_in_it(tmp_path):
    lon, lat = NODES["A"]
    box = (lon - 0.001, lat - 0.001, lon + 0.001, lat + 0.001)
    roads = read(tmp_path, bounds=box)
    assert roads.way_tags["way_id"].tolist() == [1000]
    assert roads.counts["voies hors de l'emprise"] == 2


@pytest.mark.parametrize("small_bytes", [0, 2**23])
@pytest.mark.parametrize("at_once", [1, 2, 96])
def test_identifiers_far_apart_are_read_in_any_number_of_passes(
    tmp_path, monkeypatch, at_once, small_bytes
):
    path = write_osm(tmp_path / "dessin.osm", WAYS)
    text = path.read_text(encoding="utf-8")
    far = {name: 13_000_000_000 - 900_000_000 * IDS[name] // 10 for name in "ABCEF"}
    for name, key in far.items():
        text = text.replace(f'node id="{IDS[name]}"', f'node id="{key}"')
        text = text.replace(f'nd ref="{IDS[name]}"', f'nd ref="{key}"')
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(osm_roads, "_CHUNKS", at_once)
    monkeypatch.setattr(osm_roads, "_SMALL_BYTES", small_bytes)
    roads = read_osm_roads(path)
    assert roads.node_id.tolist() == sorted(far.values())
    assert nodes_of(roads, 0) == [far[name] for name in "ABC"]
    at = np.searchsorted(roads.node_id, far["F"])
    assert (roads.lon[at], roads.lat[at]) == pytest.approx(NODES["F"])


def test_pbf_and_xml_give_the_same(tmp_path):
    xml = read(tmp_path)
    as_pbf(tmp_path / "dessin.osm")
    pbf = read_osm_roads(tmp_path / "dessin.osm.pbf")
    np.testing.assert_array_equal(xml.node_id, pbf.node_id)
    np.testing.assert_array_equal(xml.way_node, pbf.way_node)
    assert xml.way_tags.equals(pbf.way_tags)


def test_no_road_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"aucune route dans l'emprise[^→]*→"):
        read(tmp_path, {"ABC": {"railway": "rail"}})


def test_a_study_out_of_the_extract_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"dessin\.osm : aucune route dans l'emp"):
        read(tmp_path, bounds=(2.0, 48.0, 3.0, 49.0))


def test_files_that_are_no_extract_are_refused(tmp_path):
    with pytest.raises(SourceError, match="fichier introuvable"):
        read_osm_roads(tmp_path / "absent.osm.pbf")
    for name, content in (("a.osm.pbf", b""), ("b.osm", b"<html>404</html>")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceError, match=rf"{name} : extrait .* illisible[^→]*→"):
            read_osm_roads(tmp_path / name)
    (tmp_path / "c.txt").write_bytes(b"highway;primary")
    with pytest.raises(SourceError, match=r"c\.txt : extrait .* illisible"):
        read_osm_roads(tmp_path / "c.txt")


def test_an_extract_cut_short_is_refused(tmp_path):
    if not ANDORRA.is_file():
        pytest.skip("extract of Andorra absent: ../shared/data")
    content = ANDORRA.read_bytes()
    path = tmp_path / "coupe.osm.pbf"
    for share in (0.1, 0.5, 0.99):
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(SourceError, match=r"coupe\.osm\.pbf : extrait .* illis"):
            read_osm_roads(path)


def block_ends(content):
    """Return where each block of a PBF file ends: length, header, then its data."""
    at, ends = 0, []
    while at < len(content):
        header = int.from_bytes(content[at : at + 4])
        start = at + 4
        # Tag 1 is the name of the block, tag 3 the size of its data, as a varint.
        after_name = start + 2 + content[start + 1]
        assert content[after_name] == 0x18
        size, shift = 0, 0
        for byte in content[after_name + 1 : after_name + 6]:
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        at = start + header + size
        ends.append(at)
    return ends


def test_an_extract_cut_between_two_blocks_is_warned_of(tmp_path, caplog):
    if not ANDORRA.is_file():
        pytest.skip("extract of Andorra absent: ../shared/data")
    content = ANDORRA.read_bytes()
    ends = block_ends(content)
    assert ends[-1] == len(content)
    read_osm_roads(ANDORRA)
    assert caplog.messages == []
    path = tmp_path / "coupe.osm.pbf"
    n_warned = 0
    for end in ends[-2::-9]:
        path.write_bytes(content[:end])
        try:
            roads = read_osm_roads(path)
        except SourceError:
            continue
        if roads.restrictions.empty:
            n_warned += 1
            assert "coupé avant ses relations" in caplog.messages[-1]
    assert n_warned >= 1
    assert len(caplog.messages) == n_warned


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(tmp_path, data):
    drawn = write_osm(tmp_path / "dessin.osm", WAYS)
    (tmp_path / "dessin.osm.pbf").unlink(missing_ok=True)
    path = tmp_path / "abime.osm.pbf"
    path.write_bytes(data.draw(mutated_bytes(as_pbf(drawn))))
    try:
        roads = read_osm_roads(path)
    except SourceError as error:
        assert re.search(r"abime\.osm\.pbf : [^→]+\n  → ", str(error))  # noqa: PT017
    else:
        assert isinstance(roads, OsmRoads)
        assert (np.diff(roads.way_start) > 1).all()


TEXTS = [
    "Rue de l'Église, 3 = 4 @ 50 %",
    "%20%",
    "deux\nlignes\tet un blanc\u00a0fin",
    "日本 🛣",
    '"guillemets" \\ N/A',
    " ",
]


def test_any_text_of_a_tag_is_read_as_it_is_written(tmp_path):
    routes = ["ABC", "BE", "EF", "CF", "CD", "DI"]
    named = {
        route: ROAD | {"name": text} for route, text in zip(routes, TEXTS, strict=True)
    }
    write_osm(tmp_path / "dessin.osm", named | {"GB": ROAD | {"odd, key=%": "x"}})
    as_pbf(tmp_path / "dessin.osm")
    roads = read_osm_roads(tmp_path / "dessin.osm.pbf")
    assert roads.way_tags["name"].tolist() == [*TEXTS, ""]


def test_a_barrier_is_told_by_its_key_alone(tmp_path):
    barriers = {"B": {"not:barrier": "gate"}, "E": {"barrier": "gate", "hgv": "no"}}
    roads = read(tmp_path, barriers=barriers)
    assert roads.barriers["node_id"].tolist() == [IDS["E"]]
    assert roads.barriers.iloc[0][["barrier", "hgv", "access"]].tolist() == [
        "gate",
        "no",
        "",
    ]


@pytest.mark.parametrize("place", ["", ' lon="200.0" lat="43.0"'])
def test_a_node_without_a_place_is_missing(tmp_path, place):
    path = write_osm(tmp_path / "dessin.osm", WAYS)
    lon, lat = NODES["C"]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f' lon="{lon:.7f}" lat="{lat:.7f}"', place, 1))
    roads = read_osm_roads(path)
    assert IDS["C"] not in roads.node_id
    assert roads.counts["nœuds absents de l'extrait"] == 1


def test_a_disk_too_full_is_told_before_osmium_ends_all(monkeypatch):
    """Its writer ends the process from a destructor: no message can follow."""
    usage = shutil.disk_usage(".")._replace(free=1_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(SourceError, match=r"1.Mo libres, il en faut (.|\n)*TMPDIR"):
        read_osm_roads(DELIVERED)


def test_no_passing_folder_is_not_a_bad_extract(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    with pytest.raises(SourceError, match=r"dossier provisoire impossible.*TMPDIR"):
        read_osm_roads(DELIVERED)
