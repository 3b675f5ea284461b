"""The two maps of zones: words, symbols, same bytes, refusals."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from eitgeo.errors import CrsError
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.prints.zone_maps import listed_zones, stability_map, zones_map
from eitgeo.maps.words.sentences import zone_list_title
from eitgeo.tables.public import Released
from eitgeo.words import name_key
from tests.maps.test_print_maps import pixels, words
from tests.maps.toy import Toy, released
from tests.maps.zone_toy import setting_rows, site_rows, zone_rows

STABLE = 0.75


CLASSES = {"Z001": "300 à 1 000", "Z002": "secret", "I001": "secret"}


def potential_rows(**changes: object) -> Released:
    """Release the zones of the toy study with the class of their waste."""
    table = zone_rows(**changes).table
    return released(table.assign(potential_class=table["zone_id"].map(CLASSES)))


def draw_zones(toy: Toy, **changes) -> dict[str, bytes]:
    """Draw the map of zones of the toy study."""
    given: dict[str, Any] = {"zones": potential_rows(), "settings": setting_rows()}
    given |= {"sheet": toy.sheet} | changes
    sheet, zones = given.pop("sheet"), given.pop("zones")
    return compose(zones_map(toy.ground, zones, stable_from=STABLE, **given), sheet)


def draw_stability(toy: Toy, **changes) -> dict[str, bytes]:
    """Draw the picture of stability of the toy study."""
    given: dict[str, Any] = {
        "zones": zone_rows(),
        "sites": site_rows(),
        "settings": setting_rows(),
        "sheet": toy.sheet,
    } | changes
    sheet, zones = given.pop("sheet"), given.pop("zones")
    made = stability_map(toy.ground, zones, stable_from=STABLE, **given)
    return compose(made, sheet)


@pytest.fixture(scope="module")
def drawn(toy: Toy) -> Callable[[Callable[..., dict[str, bytes]]], dict[str, bytes]]:
    """Return what draws a map of the toy study: once for all who look at it."""
    return cache(lambda draw: draw(toy))


@pytest.mark.parametrize("draw", [draw_zones, draw_stability])
def test_the_same_inputs_give_the_same_bytes(toy: Toy, drawn, draw) -> None:
    assert draw(toy) == drawn(draw)


def test_words_of_the_map_of_zones(drawn, tmp_path: Path) -> None:
    text = words(drawn(draw_zones)["pdf"], tmp_path)
    for expected in (
        "2 zones d’activités, dont ≈ 50 % de moins de 50 emplois",
        "zones stables",
        "DBSCAN, 500 m, au moins 3 sites ou 30 emplois",
        "75 % en moyenne par 60 classements",
        "Commune 31001",
        "250 à 499",
        "300 à 1 000",
        "secret",
        "Tenu secret",
        "300 à 1 000 t/an",
        "Un demi-rond à gauche pour les emplois",
        "DÉMONSTRATION – établissements synthétiques",
        "source : Licence Ouverte 2.0",
    ):
        assert expected in text, expected
    # A lone site is one firm: neither numbered nor listed.
    assert "I1" not in text
    assert re.findall(r"Z\d Commune \d+", text) == [
        "Z1 Commune 31001",
        "Z2 Commune 31005",
    ]
    assert "attendu" not in text


def test_words_of_the_map_of_stability(drawn, tmp_path: Path) -> None:
    text = words(drawn(draw_stability)["pdf"], tmp_path)
    for expected in (
        "toujours ensemble, parfois, jamais",
        "60 classements",
        "au moins 90 % d’entre eux",
        "Site toujours avec les mêmes voisins",
        "Zone stable",
        "Z1",
    ):
        assert expected in text, expected
    assert "Z2" not in text  # 40 %: not stable, hence not numbered


def test_a_radius_in_minutes_is_told(printed: Toy, tmp_path: Path) -> None:
    by_road = setting_rows(radius_m=float("nan"), radius_min=1.5, method="hdbscan")
    text = words(draw_zones(printed, settings=by_road)["pdf"], tmp_path)
    assert "HDBSCAN, 1,5 min de camion" in text


def test_a_site_that_may_not_be_told_is_not_drawn(pictured: Toy, drawn) -> None:
    assert site_rows().withheld == 1
    rest = site_rows().table.iloc[1:]
    fewer = draw_stability(pictured, sites=released(rest))
    assert fewer["png"] != drawn(draw_stability)["png"]


def test_jobs_and_tonnes_each_change_the_picture(pictured: Toy, drawn) -> None:
    plain = pixels(drawn(draw_zones)["png"])
    more = potential_rows().table.assign(potential_class="1 000 ou plus")
    for zones in (potential_rows(size_class="500 ou plus"), released(more)):
        assert (pixels(draw_zones(pictured, zones=zones)["png"]) != plain).any()


def test_real_data_bear_no_stamp(printed: Toy, tmp_path: Path) -> None:
    real = replace(printed.sheet, demonstration=())
    plain = replace(printed, ground=replace(printed.ground, tables={}))
    zones = released(potential_rows().table, demonstration=False)
    settings = released(setting_rows().table, demonstration=False)
    told = draw_zones(plain, sheet=real, zones=zones, settings=settings)
    assert "DÉMONSTRATION" not in words(told["pdf"], tmp_path)


def test_drawn_zones_are_listed_by_name_and_none_is_called_the_largest(
    toy: Toy,
) -> None:
    table = zone_rows().table
    names = toy.ground.communes["nom"]
    first, last = sorted(["31001", "31005"], key=lambda code: name_key(names[code]))
    # The largest zone, Z001, is in the commune that comes last.
    table["code_insee"] = table["zone_id"].map({"Z001": last, "Z002": first})
    drawn = listed_zones(table, toy.ground, evidence="H")
    assert drawn["zone_id"].tolist() == ["Z002", "Z001"]
    assert listed_zones(table, toy.ground, evidence="H", count=1).index.size == 1
    real = listed_zones(table, toy.ground, evidence="O")
    assert real["zone_id"].tolist() == ["Z001", "Z002"]
    assert zone_list_title("zones", evidence="H") == "Quelques zones (ordre des noms)"
    assert zone_list_title("zones", evidence="O").startswith("Les plus grandes")


def test_no_zone_at_all_is_a_map(printed: Toy, tmp_path: Path) -> None:
    none = released(potential_rows().table.iloc[:0])
    no_site = released(site_rows().table.iloc[:0])
    text = words(draw_zones(printed, zones=none)["pdf"], tmp_path)
    assert "(ordre des noms) Aucune : trop peu d’établissements" in text
    assert draw_stability(printed, zones=none, sites=no_site)["pdf"]


def test_refusals(toy: Toy) -> None:
    degrees = released(gpd.GeoDataFrame(site_rows().table).to_crs(4326))
    with pytest.raises(CrsError, match="EPSG:2154"):
        draw_stability(toy, sites=degrees)
