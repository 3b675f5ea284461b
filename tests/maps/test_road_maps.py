"""Maps of roads: what they show and say, same bytes, refusals, hostile names."""

import dataclasses
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from shapely import LineString

from eitgeo.disclosure.door.rules import release_register
from eitgeo.errors import CrsError
from eitgeo.ledger import LEDGER, Place, read_ledger
from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.ground import at_seats
from eitgeo.maps.paper.layout import open_map
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.roads.closures import closure_map, delays
from eitgeo.maps.roads.layers import (
    UNKNOWN,
    Roads,
    minute_classes,
    minute_layer,
    road_sheet,
)
from eitgeo.maps.roads.network import graded, link_map, network_map
from eitgeo.maps.roads.reach import Reach, answer, isochrone_map, seat_map
from tests.maps.test_print_maps import pixels, words
from tests.maps.toy import CODES, HOSTILE, SIDE_M, X0, Y0, Toy

AREA = CODES[:9]


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
def roads(toy):
    """Return three roads over the toy study, where a commune has a hostile name."""
    drawn = lines(label=["route secondaire", "route principale", "route locale"])
    communes = toy.ground.communes.copy()
    names = {"31001": "Aval", "31002": HOSTILE, "09003": "Amont"}
    communes["nom"] = communes["nom"].where(
        ~communes.index.isin([*names]), communes.index.map(names)
    )
    ground = dataclasses.replace(toy.ground, communes=communes, tables={})
    return Roads(ground, released(drawn), "routes d'essai")


def shown(layer):
    """Draw a layer alone, and return its legend."""
    with drawing_style():
        view = open_map(
            Page(FORMATS["A4"]),
            (X0, Y0, X0 + 3 * SIDE_M, Y0 + 3 * SIDE_M),
            low_mm=20.0,
        )
        items = layer.draw(view)
    return view, [item.label.replace("\xa0", " ") for item in items]


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


def draw(drawn, toy: Toy):
    return compose(drawn, toy.sheet)


def said(drawn, toy: Toy, folder):
    """Read what the PDF of a sheet says, its spaces plain."""
    text = words(draw(drawn, toy)["pdf"], folder)
    return " ".join(text.replace("\u202f", " ").split())


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_a_closure_says_what_is_closed_since_when_and_what_it_costs(
    roads, printed, tmp_path
):
    drawn = closure_map(roads, closure_tables(), closure_id="col")
    assert drawn.subject == "Fermeture : D 618 au col"
    assert plain(drawn.heading) == (
        "D 618 au col : fermer cette route éloigne 1 commune, de ≈ 20 min au plus"
    )
    text = said(drawn, printed, tmp_path)
    assert "1,5 km (2 tronçons)" in text
    assert "à confirmer, écrit le 25/11/2026" in text
    assert "4 déviés (≈ 10 min de plus en moyenne" in text
    assert "≈ 10 min avant, ≈ 30 min après" in text
    for label in ("Route fermée", "Son détour", "De 5 à 15 min de plus"):
        assert label in text
    assert "Sans chemin vers" not in text
    assert "Plus de 15 min de plus" not in text


def test_what_is_cut_off_is_counted_named_and_never_in_minutes(
    roads, printed, tmp_path
):
    drawn = closure_map(roads, closure_tables(cut=True), closure_id="col")
    assert plain(drawn.heading) == (
        "D 618 au col : fermer cette route laisse 1 commune sans chemin"
    )
    text = said(drawn, printed, tmp_path)
    assert "4 privés de chemin" in text
    assert "1 commune sans chemin vers une ville au moins" in text
    assert "Sans chemin vers une ville au moins" in text
    assert "nan" not in text.lower().split()
    assert "min après" not in text
    assert "Aval" in text


def test_a_way_that_is_lost_counts_more_than_any_delay():
    rows = [("a", 10.0, 40.0), ("b", 10.0, 12.0), ("b", 10.0, np.nan)]
    access = pd.DataFrame(rows, columns=["origin_id", "open_min", "closed_min"])
    assert delays(access).to_dict() == {"a": 30.0, "b": np.inf}


def test_a_closure_that_the_extract_does_not_have_is_still_a_map(
    roads, printed, tmp_path
):
    drawn = closure_map(roads, closure_tables(found=False), closure_id="col")
    assert drawn.heading == "D 618 au col : introuvable dans cet extrait"
    text = said(drawn, printed, tmp_path)
    assert "Rien : introuvable dans cet extrait." in text
    assert "Route fermée" not in text


def minutes(*known):
    """Return the minutes of the first communes; the others are not known."""
    table = pd.DataFrame({"code_insee": AREA[: len(known)], "minutes": known})
    return released(table)


def shares():
    return released(
        pd.DataFrame(
            {
                "profile": "truck",
                "origin_id": "31001",
                "measure": "time_min",
                "band": [15.0, 30.0],
                "inhabitants_pct": [20.4, 61.0],
                "without_way_pct": 3.0,
            }
        )
    )


REACH = Reach("31001", "truck", (15.0, 30.0), 20.0)
KNOWN = (0.0, 12.0, 30.0, 31.0, np.inf, np.nan, 18.0, 20.0, 16.0)


def test_a_commune_that_is_not_computed_is_not_drawn_as_far(roads):
    """Nearest first, at the limit inside, beyond all apart from what is not known."""
    view, legend = shown(minute_layer(roads, minutes(*KNOWN), limits=(15.0, 30.0)))
    classes = ["Jusqu’à 15 min", "De 15 à 30 min", "Plus de 30 min"]
    assert legend == [*classes, UNKNOWN]
    areas = [
        sum(len(path.vertices) for path in drawn.get_paths())
        for drawn in view.axes.collections
    ]
    assert all(areas)
    colours = {tuple(one.get_facecolor()[0]) for one in view.axes.collections}
    assert len(colours) == 4
    assert view.axes.collections[-1].get_hatch()
    known = [*KNOWN[:5], 40.0, *KNOWN[6:]]
    _, legend = shown(minute_layer(roads, minutes(*known), limits=(15.0, 30.0)))
    assert legend == classes


def test_the_legend_holds_each_class_drawn_and_no_other(roads):
    _, legend = shown(minute_layer(roads, minutes(5.0, 50.0), limits=(15.0, 30.0)))
    assert legend == ["Jusqu’à 15 min", "Plus de 30 min", UNKNOWN]
    every = [plain(one) for one in minute_classes((15.0, 30.0))]
    assert every[1] == "De 15 à 30 min"


def test_a_colour_is_that_of_its_class_whichever_others_are_drawn(roads):
    def colours(*known):
        view, legend = shown(minute_layer(roads, minutes(*known), limits=(15.0, 30.0)))
        drawn = [tuple(one.get_facecolor()[0]) for one in view.axes.collections]
        return dict(zip(legend, drawn, strict=True))

    some, every = colours(50.0), colours(5.0, 20.0, 50.0)
    assert some["Plus de 30 min"] == every["Plus de 30 min"]


def test_isochrones_tell_chief_towns_in_minutes_and_what_share_lives_there(
    roads, printed, tmp_path
):
    drawn = isochrone_map(roads, minutes(*KNOWN), shares(), reach=REACH)
    # The most peopled of each EPCI: 09003 at 30 min, 31006 not known, 31009 at 16.
    assert plain(drawn.heading) == (
        "1 EPCI sur 3 a sa plus grande ville à moins de 20 min de Aval"
    )
    assert drawn.subject == "Temps de route depuis Aval, en poids lourd"
    text = said(drawn, printed, tmp_path)
    assert (
        "≈ 20 % à moins de 15 min ; ≈ 60 % à moins de 30 min ; ≈ 3 % sans chemin"
        in text
    )
    assert "Amont, ≈ 30 min" in text
    assert "Plus grande ville de chaque EPCI, et ses minutes" in text
    rows = [
        (f"epci_{row.epci_siren}", row.code_insee, "s")
        for row in roads.ground.chiefs.itertuples()
    ]
    seats = pd.DataFrame(rows, columns=["body_id", "code_insee", "source"])
    sitting = dataclasses.replace(roads, ground=at_seats(roads.ground, released(seats)))
    drawn = isochrone_map(sitting, minutes(*KNOWN), shares(), reach=REACH)
    assert plain(drawn.heading) == "1 EPCI sur 3 a son siège à moins de 20 min de Aval"
    assert "Commune 31006" in text
    assert "Commune 31006, " not in text
    assert "Non calculé" in text


def test_on_a_surrogate_times_and_shares_have_one_figure(roads, printed, tmp_path):
    made_up = released(minutes(*KNOWN).table, demonstration=("substitution",))
    drawn = isochrone_map(roads, made_up, shares(), reach=REACH)
    assert drawn.heading == drawn.subject
    text = said(drawn, printed, tmp_path)
    assert "≈ 20 % à moins de 15 min ; ≈ 60 %" in text
    assert "Amont, ≈ 30 min" not in text


def test_the_same_inputs_give_the_same_bytes_and_a_stamp(roads, toy, tmp_path):
    made = [
        draw(isochrone_map(roads, minutes(*KNOWN), shares(), reach=REACH), toy)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert pixels(made[0]["png"]).std() > 0.02
    text = words(made[0]["pdf"], tmp_path)
    assert toy.sheet.demonstration
    assert "DÉMONSTRATION" in text
    assert "Limite d’EPCI" in text


def test_a_hostile_name_is_drawn_as_it_is_written(roads, printed, tmp_path):
    drawn = isochrone_map(
        roads, minutes(*KNOWN), shares(), reach=REACH._replace(seat="31002")
    )
    assert "alert(1)" in said(drawn, printed, tmp_path)


def links():
    return lines(edge_id=["a", "b", "c"]).assign(
        class_="primary",
        length_m=[1_000.0, 2_000.0, 3_000.0],
        pairs=5,
        rerouted_pairs=[2, 3, 0],
        cut_pairs=[0, 0, 5],
        extra_min=[60.0, 600.0, 0.0],
        extra_min_max=[30.0, 45.0, np.nan],
        ref=["D 1", "A 64", ""],
    )


def test_links_are_told_apart_by_what_they_cost_and_cuts_are_no_time(
    roads, printed, tmp_path
):
    costly = links().iloc[:2]
    labels = [plain(label) for label in graded(costly, 4)["label"]]
    assert labels == ["1 h d’allongement cumulé", "10 h d’allongement cumulé"]
    drawn = link_map(roads, released(links()), classes=4)
    assert plain(drawn.heading) == (
        "La liaison la plus coûteuse à perdre : A 64, 3 trajets à rallonger de "
        "≈ 200 min en moyenne"
    )
    text = said(drawn, printed, tmp_path)
    assert "Sa fermeture dévie 3 trajets pour ≈ 10 h en tout" in text
    assert "1 tronçon (3 km)" in text
    nameless = released(links().assign(ref="", length_m=40.0))
    plainer = link_map(roads, nameless, classes=4)
    assert plainer.heading == plainer.subject
    with drawing_style():
        page = Page(FORMATS["A4"])
        plainer.side[1](page, page.side_top)
        told = plain(" ".join(one.get_text() for one in page.figure.findobj(Text)))
    # Forty metres are not « 0 km ».
    assert "1 tronçon (moins de 1 km)" in " ".join(told.split())


def valleys():
    return lines(valley_id=["a", "b"]).assign(
        n_links=1,
        length_m=[1_000.0, 2_000.0],
        ref=["D 1", "D 2;N 3"],
        n_communes=[1, 2],
        communes=["31007", "31008;31009"],
        inhabitants=[7_000, 17_000],
    )


def test_the_network_says_who_hangs_on_one_road_and_what_closures_cut(
    roads, printed, tmp_path
):
    drawn = network_map(
        roads, closure_tables(cut=True) | {"dead_end_valleys": released(valleys())}
    )
    assert plain(drawn.heading) == (
        "3 communes ne tiennent aux villes que par une route (24 000 habitants)"
    )
    text = said(drawn, printed, tmp_path)
    assert "D 618 au col : 0 trajet dévié, 4 privés de chemin." in text
    assert "D 2, N 3, vers Commune 31009" in text
    for label in ("Fermeture étudiée", "Route sans autre chemin", "Route principale"):
        assert label in text
    # Most inhabitants first.
    assert text.index("D 2, N 3, vers") < text.index("D 1, vers")


def test_a_list_of_roads_that_is_cut_says_so(roads, printed, tmp_path):
    many = pd.concat([valleys()] * 7, ignore_index=True)
    many["valley_id"] = [f"v{at}" for at in range(14)]
    many["ref"] = [f"D {at}" for at in range(14)]
    drawn = network_map(roads, closure_tables() | {"dead_end_valleys": released(many)})
    assert "route (12 sur 14)" in said(drawn, printed, tmp_path)


def test_a_network_without_question_is_still_a_map(roads, printed, tmp_path):
    none = closure_tables()
    empty = {name: released(one.table.iloc[:0]) for name, one in none.items()}
    drawn = network_map(
        roads, empty | {"dead_end_valleys": released(valleys().iloc[:0])}
    )
    assert drawn.heading == drawn.subject == "Le réseau des routes et ce qui en ferme"
    text = said(drawn, printed, tmp_path)
    assert "Fermeture" not in text
    assert "Derrière une seule route" not in text


def seats(**changes):
    table = pd.DataFrame(
        {
            "criterion": ["median", "median", "share", "share"],
            "n_seats": [1, 2, 1, 2],
            "seat_1": ["31001"] * 4,
            "seat_2": ["", "09003", "", "09003"],
            "median_min": [20.0, 12.0, 20.0, 12.0],
            "inhabitants_pct": [70.0, 90.0, 70.0, 90.0],
            "ties": 0,
        }
    )
    return table.assign(**changes)


def seat_sheet(roads, table, *, n_seats=2, demonstration=()):
    return seat_map(
        roads,
        released(table, demonstration=demonstration),
        minutes(*KNOWN),
        n_seats=n_seats,
        limit_min=45.0,
    )


def test_seats_are_named_measured_and_not_recommended(roads, printed, tmp_path):
    drawn = seat_sheet(roads, seats())
    assert plain(drawn.heading) == (
        "À Aval et à Amont, un animateur serait à ≈ 10 min au plus de la moitié des "
        "habitants"
    )
    text = said(drawn, printed, tmp_path)
    # The same choice by the other criterion is told once.
    assert text.count("Aval et Amont : médiane ≈ 10 min, ≈ 90 %") == 1
    assert text.index("Avec deux sièges") < text.index("Avec un siège")
    assert "n’est pas une recommandation" in text
    assert "Siège du temps médian le plus court" in text


@pytest.mark.parametrize(
    "changes", [{"ties": [0, 1, 0, 0]}, {"seat_2": ["", "09003", "", "31009"]}]
)
def test_there_is_one_answer_or_none(roads, printed, tmp_path, changes):
    table = seats(**changes)
    assert answer(released(table), 2) == ()
    assert answer(released(table), 1) == ("31001",)
    drawn = seat_sheet(roads, table)
    assert drawn.heading == drawn.subject
    text = said(drawn, printed, tmp_path)
    assert "Aucune ville n’est marquée" in text
    assert "Jusqu’à 15 min" not in text


def test_no_town_is_preferred_on_roads_that_are_made_up(roads, printed, tmp_path):
    for reasons, named in (((), True), (("routes de substitution",), False)):
        drawn = seat_sheet(roads, seats(), n_seats=1, demonstration=reasons)
        assert ("Aval" in drawn.heading) == named
        text = said(drawn, printed, tmp_path)
        assert ("Jusqu’à 15 min" in text) == named
        assert ("Siège du temps" in text) == named
        assert ("Aval : médiane ≈ 20 min" in text) == named
        assert ("Une ville : médiane ≈ 20 min" in text) != named


def test_what_is_around_does_not_widen_the_map(roads):
    told: dict[str, Any] = {"subject": "x", "heading": "x", "side": ()}
    spot = roads.seat("31001")
    near = road_sheet(roads, seen=[spot], **told)
    # A point is shown with what is around it.
    assert near.bounds[2] - near.bounds[0] == pytest.approx(26_000)
    whole = road_sheet(roads, **told)
    assert whole.bounds == tuple(roads.ground.area.total_bounds)


def test_a_table_that_is_not_released_or_not_in_metres_is_refused(roads):
    table = roads.lines.table
    told: dict[str, Any] = {"subject": "x", "heading": "x", "side": ()}
    turned = released(table.to_crs(4326))
    with pytest.raises(CrsError):
        road_sheet(dataclasses.replace(roads, lines=turned), **told)


def test_times_and_shares_of_a_map_are_told_in_the_ledger(
    roads, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv(LEDGER, str(tmp_path))
    figure = roads.figure(20.4, "%", Place("reach_shares", "a", "inhabitants_pct"))
    (one,) = read_ledger(tmp_path)
    assert (one.number, one.text) == (20.0, figure)
