"""The layers that maps share."""

import io

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from PIL import Image, ImageColor
from shapely import LineString, Point, box

from eitgeo.errors import CrsError, StudyError
from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.paper.charter import outlet_symbol, soften, spread_colours
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.ground import (
    NEIGHBOURS_LON_LAT,
    Ground,
    at_seats,
    dissolved,
    make_ground,
    on_roads,
    short_epci_name,
)
from eitgeo.maps.paper.layers import MAIN_ROADS, base_legend
from eitgeo.maps.paper.layout import open_map
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.small_maps import territory_sketch
from eitgeo.maps.paper.study_map import ground_layers
from eitgeo.words import NARROW
from tests.maps.toy import RING, SIDE_M, X0, Y0, Toy, released, squares


def test_epci_are_named_and_dissolved(toy: Toy) -> None:
    epci = toy.ground.epci
    assert list(epci["short_name"]) == ["Aval", "Milieu", "Nord"]
    assert list(epci.geometry.area) == [3 * SIDE_M**2] * 3


def test_a_commune_without_epci_says_so(toy: Toy) -> None:
    assert toy.ground.communes.loc["09010", "epci_name"] == "sans EPCI"


def test_towns_outside_the_area_must_be_larger(toy: Toy) -> None:
    named = list(toy.ground.towns["name"])
    # The head of each EPCI is named, however small.
    assert named == ["Grandville", "Commune 31009", "Commune 09003"]


@pytest.mark.parametrize(("n_towns", "least"), [(40, "2 500"), (41, "5 000")])
def test_too_many_towns_are_told_from_more_inhabitants(
    toy: Toy, n_towns: int, least: str
) -> None:
    """A conurbation has a hundred: all marked, none would be read."""
    many = toy.places.table.iloc[[0] * (n_towns - 1)].assign(
        code_insee="31009", population=3_000, name="Faubourg"
    )
    places = released(pd.concat([toy.places.table.iloc[[0]], many], ignore_index=True))
    ground = make_ground(toy.communes, toy.bodies, places=places)
    shown = ground.towns["name"].eq("Faubourg").sum()
    assert shown == (n_towns - 1 if n_towns == 40 else 0)
    labels = [item.label.replace("\u202f", " ") for item in base_legend(ground)]
    assert any(f"Ville de plus de {least} habitants" in label for label in labels)


def test_outlets_are_numbered_by_kind(toy: Toy) -> None:
    numbered = dict(zip(toy.ground.outlets["name"], toy.ground.outlets["rank"]))  # noqa: B905
    assert numbered == {"Site o2": 1, "Site o1": 2, "Site o3": 3}


def test_motorways_follow_their_junctions_and_need_two(toy: Toy) -> None:
    lines = toy.ground.motorways
    assert list(lines["name"]) == ["A64"]
    assert lines.geometry.iloc[0].length == pytest.approx(2 * SIDE_M * 2**0.5)


def test_layers_may_be_absent(toy: Toy) -> None:
    ground = make_ground(toy.communes, toy.bodies)
    assert ground.towns.empty
    assert ground.outlets.empty
    assert ground.motorways.empty
    assert ground.root_code == ""


def test_inputs_are_untouched(toy: Toy) -> None:
    before = toy.communes.table.copy()
    make_ground(toy.communes, toy.bodies, root_commune="31005")
    pd.testing.assert_frame_equal(
        pd.DataFrame(toy.communes.table), pd.DataFrame(before)
    )


def test_degrees_are_refused(toy: Toy) -> None:
    with pytest.raises(CrsError, match="EPSG:2154"):
        make_ground(released(squares().to_crs(4326)), toy.bodies)


def test_an_empty_area_is_refused(toy: Toy) -> None:
    nowhere = squares().assign(in_area=False)
    with pytest.raises(StudyError, match="aucune dans le territoire d'étude"):
        make_ground(released(nowhere), toy.bodies)


def test_a_ring_keeps_its_hole_and_corners_stay_apart(toy: Toy) -> None:
    ring = dissolved(toy.ground.communes.loc[RING])
    assert len(ring.interiors) == 1
    corners = dissolved(toy.ground.communes.loc[["31001", "31009"]])
    assert shapely.get_num_geometries(corners) == 2
    assert dissolved(toy.ground.communes.iloc[:0]).is_empty


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("CC de la Haute Ariège", "Haute Ariège"),
        ("CC des Terres du Lauragais", "Terres du Lauragais"),
        ("CA Tarbes-Lourdes-Pyrénées", "Tarbes-Lourdes-Pyrénées"),
        ("Toulouse Métropole", "Toulouse Métropole"),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert short_epci_name(name) == short


def test_neighbours_never_share_a_colour() -> None:
    shapes = [box(x, y, x + 1e4, y + 1e4) for x in range(0, 60_000, 10_000)
              for y in range(0, 60_000, 10_000)]  # fmt: skip
    layer = gpd.GeoSeries(shapes, crs=2154)
    colours = spread_colours(layer)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="touches")
    assert all(colours[a] != colours[b] for a, b in zip(left, right, strict=True))


def test_soft_colours_keep_dark_labels_readable() -> None:
    shapes = gpd.GeoSeries([box(x, 0, x + 10, 10) for x in range(0, 100, 10)])
    for colour in spread_colours(shapes):
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.6


def test_soften_bounds() -> None:
    assert soften("#123456", white=0.0) == "#123456"
    assert soften("#123456", white=1.0) == "#ffffff"


def test_an_unknown_outlet_kind_is_still_drawn() -> None:
    assert outlet_symbol("quai_de_transfert").label == "Quai de transfert"


def test_a_large_town_stands_for_its_suburbs_outside_the_area(toy: Toy) -> None:
    """Four towns outside, 10 km apart in a row: the second largest is near the first;
    the next, near that one alone, is named."""
    spots = gpd.GeoDataFrame(
        {
            "name": ["Ville", "Faubourg", "Bourg", "Petit"],
            "population": [90_000, 30_000, 20_000, 12_000],
            "code_insee": ["09011", "09012", "09013", "09014"],
        },
        geometry=[Point(X0 + x, Y0 - 50_000) for x in (0, 1e4, 2e4, 3e4)],
        crs=2154,
    )
    ground = make_ground(toy.communes, toy.bodies, places=released(spots))
    far = ground.towns[ground.towns["code_insee"].str.startswith("0901")]
    assert list(far["name"]) == ["Ville", "Bourg"]


def test_real_roads_are_drawn_by_class_with_their_credit(toy: Toy) -> None:
    lines = [LineString([(X0, Y0 + y), (X0 + 9_000, Y0 + y)]) for y in (1e3, 2e3)]
    table = gpd.GeoDataFrame(
        {"label": ["route locale", MAIN_ROADS]}, geometry=lines, crs=2154
    )
    roads = released(table, demonstration=False)
    ground = on_roads(toy.ground, roads)
    told = [item.label for item in base_legend(ground)]
    assert "Autoroute ou voie express" in told
    assert not [one for one in told if "schématique" in one or "locale" in one]
    credit = [one for layer in ground_layers(ground) for one in layer.tables]
    assert any(one is roads for one in credit)


@pytest.mark.parametrize(("side", "is_told"), [(1, False), (40, True)])
def test_neighbours_are_told_where_the_frame_shows_one(
    toy: Toy, side: int, *, is_told: bool
) -> None:
    home = toy.ground.communes.loc["31005", "geometry"].centroid
    bounds = home.buffer(side * SIDE_M / 8).bounds
    with drawing_style():
        view = open_map(Page(FORMATS["A4"]), bounds, low_mm=20.0)
        told = [item.label for item in ground_layers(toy.ground)[0].draw(view)]
    assert ("Communes voisines" in told) is is_told
    assert "Territoire d’étude" in told


def test_the_valley_of_aran_is_in_spain() -> None:
    """Vielha, 42°42′ N, 0°48′ E; Bossòst, 42°47′ N, 0°41′ E."""
    spain = shapely.Polygon(NEIGHBOURS_LON_LAT["Espagne"])
    assert all(spain.contains([Point(0.80, 42.70), Point(0.69, 42.79)]))
    assert not spain.contains(Point(0.59, 42.79))


def test_the_small_map_of_the_territory_gives_each_epci_its_colour(
    toy: Toy,
) -> None:
    png = compose(territory_sketch(toy.ground), toy.sheet)["png"]
    with Image.open(io.BytesIO(png)) as picture:
        colours = picture.convert("RGB").getcolors(picture.width * picture.height)
    assert colours is not None
    large = {colour for count, colour in colours if count > 1_000}
    wanted = {ImageColor.getrgb(one) for one in toy.ground.epci["colour"]}
    assert len(wanted) == 3
    assert wanted <= large


def test_seats_take_the_place_of_the_largest_communes_where_they_are_told(
    toy: Toy,
) -> None:
    """Aval sits in 31003, its least peopled commune; Nord in a commune far from it."""
    chiefs = toy.ground.chiefs.set_index("epci_siren")["code_insee"]
    label = "Ville de plus de 2 500 habitants, ou"
    assert f"{label} plus grande commune d’un EPCI" in legend_of(toy.ground)
    area = toy.ground.area
    mine = area[area["epci_siren"] == "200000001"].sort_values("population")
    seat = str(mine["code_insee"].iloc[0])
    assert seat != chiefs["200000001"]
    rows = [("epci_200000001", seat, "s"), ("epci_200000003", "09010", "s")]
    columns = ["body_id", "code_insee", "source"]
    ground = at_seats(toy.ground, released(pd.DataFrame(rows, columns=columns)))
    told = ground.chiefs.set_index("epci_siren")["code_insee"]
    # The seat of the last one lies out of the study area: nothing is guessed for it.
    assert told.to_dict() == {**chiefs.to_dict(), "200000001": seat}
    assert ground.chiefs["is_seat"].sum() == 1
    some = "siège (à défaut, plus grande commune) d’un EPCI"
    assert f"{label} {some}" in legend_of(ground)
    assert ground.made_of("body_seats")
    every = [(f"epci_{siren}", code, "s") for siren, code in chiefs.items()]
    ground = at_seats(toy.ground, released(pd.DataFrame(every, columns=columns)))
    assert f"{label} siège d’un EPCI" in legend_of(ground)
    assert (
        ground.towns["code_insee"].tolist() == toy.ground.towns["code_insee"].tolist()
    )


def legend_of(ground: Ground) -> list[str]:
    return [
        " ".join(item.label.replace(NARROW, " ").split())
        for item in base_legend(ground)
    ]
