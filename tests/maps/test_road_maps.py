"""Road maps: what they show and say, same bytes, refusals, hostile names."""

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from eitgeo.disclosure.door.rules import release_register
from eitgeo.errors import CrsError, SchemaError
from eitgeo.ledger import LEDGER, Place, read_ledger
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.prints.reach_pictures import isochrone_picture, seat_picture
from eitgeo.maps.prints.road_maps import RoadGround, RoadLayer, _bounds, road_sheet
from eitgeo.maps.prints.road_pictures import (
    closure_picture,
    criticality_picture,
    outlier_picture,
)
from tests.maps.test_print_maps import pixels, words
from tests.maps.toy import HOSTILE, X0, Y0, Toy

SEATS = {"31001": (0, 0), "31002": (9_000, 0), "31003": (9_000, 7_000)}


def released(frame, *, demonstration=()):
    return release_register(
        frame,
        sources=("© les contributeurs OpenStreetMap",),
        demonstration=demonstration,
    )


def lines(**columns):
    shapes = [LineString([(X0 + a, Y0 + b), (X0 + c, Y0 + d)]) for a, b, c, d in ROADS]
    count = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(columns, geometry=shapes[:count], crs=2154)


ROADS = [
    (0, 0, 9_000, 0),
    (9_000, 0, 9_000, 7_000),
    (0, 0, 9_000, 7_000),
]


@pytest.fixture
def ground():
    seats = gpd.GeoDataFrame(
        {"code_insee": list(SEATS), "name": ["Aval", HOSTILE, "Amont"]},
        geometry=[Point(X0 + x, Y0 + y) for x, y in SEATS.values()],
        crs=2154,
    )
    roads = lines(label=["route secondaire", "route principale", "route locale"])
    limits = roads[["geometry"]].head(1)
    return RoadGround(
        released(roads),
        released(seats),
        released(limits),
        "routes d'essai",
    )


def closure_tables(*, cut=False, found=True):
    closures = pd.DataFrame(
        {
            "closure_id": ["col"],
            "label": ["D 618 au col"],
            "n_edges": [2 if found else 0],
            "length_m": [1_500.0 if found else 0.0],
            "note": ["" if found else "introuvable dans cet extrait"],
            "pairs": [4],
            "rerouted_pairs": [0 if cut else 4],
            "cut_pairs": [4 if cut else 0],
            "on_link_pairs": [0],
            "extra_min": [0.0 if cut else 40.0],
            "extra_min_max": [np.nan if cut else 15.0],
            "extra_km": [0.0],
            "source": ["cadre tracé"],
            "status": ["a_confirmer"],
            "as_of": ["2026-11-25"],
        }
    )
    access = pd.DataFrame(
        {
            "closure_id": "col",
            "origin_id": ["31001"],
            "destination_id": ["31002"],
            "open_min": [10.0],
            "closed_min": [np.nan if cut else 25.0],
            "status": ["other_component" if cut else "ok"],
        }
    )
    states = ["ouverte"] if cut else ["ouverte", "fermee"]
    trips = lines(state=states).assign(
        closure_id="col", origin_id="31001", destination_id="31002"
    )
    closed = lines(closure_id=["col"])
    empty = found is False
    return {
        "closures": released(closures),
        "closure_access": released(access.iloc[:0] if empty else access),
        "closure_trips": released(trips.iloc[:0] if empty else trips),
        "closed_roads": released(closed.iloc[:0] if empty else closed),
    }


def draw(picture, toy: Toy):
    return compose(road_sheet(picture), toy.sheet)


def said(picture):
    return {
        title.replace("\xa0", " "): text.replace("\xa0", " ")
        for title, text in picture.statements
    }


def test_a_closure_says_what_is_closed_since_when_and_what_it_costs(ground):
    picture = closure_picture(
        closure_tables(), closure_id="col", towns=["31003"], ground=ground
    )
    text = said(picture)
    assert picture.heading == "Fermeture : D 618 au col"
    assert "1,5 km (2 tronçons)" in text["Ce qui est fermé"]
    assert "à confirmer, écrit le 25/11/2026" in text["Ce qui est fermé"]
    assert (
        "4 déviés (+10 min en moyenne" in text["Trajets des communes vers les villes"]
    )
    access = next(t for title, t in text.items() if title.startswith("Accès"))
    assert "10 min avant, 25 min après" in access
    shown = {layer.role: len(layer.rows) for layer in picture.layers}
    assert shown == {
        "roads": 3,
        "path": 1,
        "path_after": 1,
        "closed": 1,
        "town": 1,
        "place": 2,
    }


def test_what_is_cut_off_is_counted_and_never_in_minutes(ground):
    picture = closure_picture(
        closure_tables(cut=True), closure_id="col", towns=[], ground=ground
    )
    text = " ".join(said(picture).values())
    assert "4 privés de chemin" in text
    assert "1 commune sans chemin vers une ville au moins" in text
    assert "nan" not in text.lower()
    assert "min après" not in text


def test_a_closure_that_the_extract_does_not_have_is_still_a_map(ground, toy):
    picture = closure_picture(
        closure_tables(found=False), closure_id="col", towns=[], ground=ground
    )
    assert said(picture)["Ce qui est fermé"] == "Rien : introuvable dans cet extrait."
    assert set(draw(picture, toy)) == {"pdf", "png"}


def isochrone_tables():
    bands = gpd.GeoDataFrame(
        {
            "profile": "truck",
            "seat_code": "31001",
            "minutes": [30.0, 15.0],
            "method": "routes atteintes élargies de 250 m",
        },
        geometry=[
            box(X0 - 2_000, Y0 - 2_000, X0 + 9_000, Y0 + 6_000),
            box(X0 - 1_000, Y0 - 1_000, X0 + 2_000, Y0 + 2_000),
        ],
        crs=2154,
    )
    shares = pd.DataFrame(
        {
            "profile": "truck",
            "origin_id": "31001",
            "measure": "time_min",
            "band": [15.0, 30.0],
            "inhabitants_pct": [20.4, 61.0],
            "without_way_pct": 3.0,
        }
    )
    return released(bands), released(shares)


def test_isochrones_go_from_the_nearest_and_say_what_share_lives_there(ground):
    picture = isochrone_picture(
        *isochrone_tables(), seat="31001", towns=["31001", "31003"], ground=ground
    )
    assert picture.heading == "Temps de route depuis Aval, en poids lourd"
    bands = next(one for one in picture.layers if one.role == "bands").rows
    assert bands["minutes"].tolist() == [15, 30]
    text = said(picture)["Habitants du territoire atteints"].replace("\u202f", " ")
    assert text == (
        "20 % à moins de 15 min ; 61 % à moins de 30 min ; 3 % sans chemin connu."
    )


def test_on_a_surrogate_times_and_shares_have_one_figure(ground):
    rough = dataclasses.replace(ground, evidence="H")
    picture = isochrone_picture(
        *isochrone_tables(), seat="31001", towns=[], ground=rough
    )
    text = said(picture)["Habitants du territoire atteints"].replace("\u202f", " ")
    assert text.startswith(
        "de l’ordre de 20 % à moins de 15 min ; de l’ordre de 60 % à moins de 30 min"
    )


def test_the_same_inputs_give_the_same_bytes_and_a_stamp(ground, toy, tmp_path):
    picture = isochrone_picture(
        *isochrone_tables(), seat="31001", towns=["31002"], ground=ground
    )
    once, twice = draw(picture, toy), draw(picture, toy)
    assert once == twice
    image = pixels(once["png"])
    assert image.std() > 0.02
    text = words(once["pdf"], tmp_path)
    assert toy.sheet.demonstration
    assert "DÉMONSTRATION" in text
    assert "Moins de 15 min" in text
    assert "Limite d’EPCI" in text
    # A hostile name is drawn as it is written, markup and mathematics included.
    assert "alert(1)" in text


def test_links_are_told_apart_by_what_they_cost_and_cuts_are_no_time(ground):
    links = lines(edge_id=["a", "b", "c"]).assign(
        class_="primary",
        length_m=[1_000.0, 2_000.0, 3_000.0],
        pairs=5,
        rerouted_pairs=[2, 3, 0],
        cut_pairs=[0, 0, 5],
        extra_min=[60.0, 600.0, 0.0],
        extra_min_max=[30.0, 45.0, np.nan],
    )
    picture = criticality_picture(
        released(links), classes=4, towns=["31001"], ground=ground
    )
    graded = next(one for one in picture.layers if one.role == "graded").rows
    labels = [label.replace("\xa0", " ") for label in graded["label"]]
    assert labels == ["1,0 h d’allongement cumulé", "10,0 h d’allongement cumulé"]
    text = said(picture)
    assert text["La plus coûteuse"].startswith("Sa fermeture dévie 3 trajets")
    assert text["Sans autre chemin"].startswith("1 tronçon (3 km)")


def test_seats_are_named_measured_and_not_recommended(ground):
    seats = pd.DataFrame(
        {
            "criterion": ["median", "median", "share"],
            "n_seats": [1, 2, 1],
            "seat_1": ["31001", "31001", "31001"],
            "seat_2": ["", "31003", ""],
            "median_min": [20.0, 12.0, 20.0],
            "inhabitants_pct": [70.0, 90.0, 70.0],
        }
    )
    zones = gpd.GeoDataFrame(
        {"label": ["moins de 15 min"]},
        geometry=[box(X0, Y0, X0 + 9_000, Y0 + 7_000)],
        crs=2154,
    )
    picture = seat_picture(
        released(seats),
        released(zones),
        seats_shown=["31001", "31003"],
        limit_min=45.0,
        ground=ground,
    )
    text = said(picture)
    assert text["Temps médian le plus court, deux sièges"].startswith(
        "Aval et Amont : médiane 12 min, 90 %"
    )
    # The same choice by the other criterion is told once.
    assert len(text) == 3
    assert "pas une recommandation" in text["Lecture"].replace("’", "'")


def test_no_town_is_preferred_on_roads_that_are_made_up(ground):
    row = {"criterion": "median", "n_seats": 1, "seat_1": "31001", "seat_2": ""}
    seats = pd.DataFrame([row | {"median_min": 20.0, "inhabitants_pct": 70.0}])
    zones = gpd.GeoDataFrame({"label": ["moins de 15 min"]}, geometry=[None], crs=2154)
    roles, texts = [], []
    for reasons in ((), ("routes de substitution",)):
        picture = seat_picture(
            released(seats, demonstration=reasons),
            released(zones),
            seats_shown=["31001"],
            limit_min=45.0,
            ground=ground,
        )
        roles.append({one.role for one in picture.layers})
        texts.append(said(picture)["Temps médian le plus court, un siège"])
    assert {"bands", "seat"} & roles[0] == {"bands", "seat"}
    assert {"bands", "seat"} & roles[1] == set()
    assert texts[0].startswith("Aval : médiane 20 min")
    assert texts[1].startswith("Une ville : médiane 20 min")


def test_outliers_of_an_engine_are_drawn_worst_first(ground):
    checks = pd.DataFrame(
        {
            "check": ["détour", "Valhalla : temps"],
            "pairs": [10, 10],
            "p05": 0.9,
            "median": 1.07,
            "p95": 1.2,
            "outliers": [0, 3],
        }
    )
    outliers = lines(ratio=[1.6, 0.4, 1.7]).assign(
        check="Valhalla : temps",
        origin_id="a",
        destination_id=["1", "2", "3"],
        reason=["autre chemin", "autre chemin", "même longueur, autres vitesses"],
    )
    picture = outlier_picture(
        released(checks), released(outliers), engine="Valhalla", shown=2, ground=ground
    )
    drawn = next(one for one in picture.layers if one.role == "path").rows
    assert drawn["ratio"].tolist() == [0.4, 1.7]
    text = said(picture)
    assert "médiane 1,07" in text["Temps : nous ÷ Valhalla"]
    assert "Autre chemin : 2" in text["Pourquoi"].replace("\u202f", " ")


def test_roads_and_towns_around_do_not_widen_the_map(ground):
    far = gpd.GeoDataFrame(
        {"name": ["Loin"]}, geometry=[Point(X0 + 90_000, Y0)], crs=2154
    )
    near = ground.points("place", ["31001"], "lieu")
    alone = _bounds([near])
    assert _bounds([near, ground.layer, RoadLayer("town", released(far))]) == alone
    # A point is shown with what is around it.
    assert alone[2] - alone[0] == pytest.approx(12_000)


def test_a_table_that_is_not_released_or_not_in_metres_is_refused(ground, toy):
    bands, shares = isochrone_tables()
    picture = isochrone_picture(bands, shares, seat="31001", towns=[], ground=ground)
    (drawn,) = [one for one in picture.layers if one.role == "bands"]
    plain = (drawn._replace(table=bands.table),)
    with pytest.raises(SchemaError, match="non diffusable"):
        draw(picture._replace(layers=plain), toy)
    turned = bands.table.assign(label="x").to_crs(4326)
    degrees = (drawn._replace(part=turned),)
    with pytest.raises(CrsError):
        draw(picture._replace(layers=degrees), toy)
    more = (drawn._replace(part=bands.table.assign(label="x", secret=1)),)
    with pytest.raises(SchemaError, match="« secret » absente de la table diffusable"):
        draw(picture._replace(layers=more), toy)


def test_times_and_shares_of_a_map_are_told_in_the_ledger(
    ground, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv(LEDGER, str(tmp_path))
    figure = ground.figure(20.4, "%", Place("reach_shares", "a", "inhabitants_pct"))
    (one,) = read_ledger(tmp_path)
    assert (one.number, one.text) == (20.0, figure)
