"""Zones drawn before: which are compared, what they are called, their ground."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import union_all

from eitgeo.errors import CrsError
from eitgeo.study.zones import Zones
from eitgeo.zones.reference_zones import (
    CIRCULAR,
    activity_areas,
    compared_sentence,
    compared_words,
    compared_zones,
    overlap,
)
from tests.zones.official_toy import make_official, square

CREDIT = "© OpenStreetMap, ODbL"
AREAS = {"reader": "osm_zones", "path": "z.geojson", "vintage": "août 2021"}
COMMUNES = gpd.GeoDataFrame(
    {"code_insee": ["31001", "31002"]},
    geometry=[square(0, 0, 1_000), square(1_000, 0, 1_000)],
    crs=2154,
)


def of_osm(**changes) -> Zones:
    """Return a section whose zones are those of OpenStreetMap."""
    return Zones.model_validate({"official": [AREAS | changes], "credit": CREDIT})


def test_uses_that_the_study_compares() -> None:
    known = make_official(A=square(0, 0, 100), B=square(200, 0, 100))
    known = known.assign(kind=["industrial", "retail"])

    def names(zones: Zones) -> list[str]:
        return compared_zones(known, zones=zones, area=COMMUNES)["zone_id"].tolist()

    assert names(of_osm()) == ["A"]
    assert names(of_osm(landuse=["retail"])) == ["B"]
    assert names(of_osm(landuse=["industrial", "retail"])) == ["A", "B"]
    # The kinds of an inventory are its own: all are compared.
    assert names(Zones()) == ["A", "B"]


def test_zones_without_ground_in_the_territory_are_not_compared() -> None:
    known = make_official(
        away=square(9_000, 0, 100), astride=square(-50, 0, 100), inside=square(5, 5, 9)
    )
    kept = compared_zones(known, zones=Zones(), area=COMMUNES)
    assert kept["zone_id"].tolist() == ["astride", "inside"]
    assert compared_zones(known[:0], zones=Zones(), area=COMMUNES).empty
    with pytest.raises(CrsError, match="communes"):
        compared_zones(known, zones=Zones(), area=COMMUNES.to_crs(4326))


def test_openstreetmap_is_no_inventory() -> None:
    words = compared_words(of_osm())
    assert not [text for text in words if "fficiel" in text]
    assert words.many.endswith("(août 2021), pas un inventaire")
    assert "août 2021" in words.one
    assert len(words.sheet) <= 31  # a title of Excel
    extract = {"reader": "osm", "path": "a.osm.pbf"}
    undated = compared_words(
        Zones.model_validate({"official": [extract], "credit": CREDIT})
    )
    assert undated.many.endswith("dessinées dans OpenStreetMap, pas un inventaire")


def test_shares_inside_count_each_zone_once() -> None:
    pairs = pd.DataFrame(
        {
            "zone_id": ["Z1", "Z1", "Z2", "", ""],
            "official_id": ["a", "b", "", "c", "d"],
            "n_in": [2, 1, 0, 0, 0],
            "n_out": [2, 3, 4, 0, 0],
            "headcount_in": [20.0, 30.0, 0.0, 0.0, 0.0],
            "headcount_out": [80.0, 70.0, 100.0, 0.0, 0.0],
        }
    )
    assert overlap(pairs) == (37.5, 25.0, 2, 2)
    nothing = overlap(pairs[:0])
    assert math.isnan(nothing.sites_pct)
    assert (nothing.n_met, nothing.n_empty) == (0, 0)


def test_the_sentence_tells_what_is_drawn_and_what_it_is_not() -> None:
    areas = pd.DataFrame({"n_areas": [160, 2], "area_ha": [852.4, 0.3]})
    pairs = pd.DataFrame(
        {
            "zone_id": ["Z1", "", ""],
            "official_id": ["a", "b", "c"],
            "n_in": [1, 0, 0],
            "n_out": [3, 0, 0],
        }
    )
    said = compared_sentence(areas, pairs, compared_words(of_osm()))
    assert "162 zones d'activités dessinées dans OpenStreetMap (août 2021)" in said
    assert "853\xa0ha" in said
    assert "pas un inventaire" in said
    assert "2 des 3 comparées (industrie et artisanat)" in said
    assert "25\xa0%" in said
    assert compared_sentence(areas[:0], pairs, compared_words(of_osm())) == ""
    assert "circulaire" not in said
    inside = compared_words(of_osm(), drawn_inside=True)
    assert compared_sentence(areas, pairs, inside).endswith(CIRCULAR)
    assert compared_words(Zones(), drawn_inside=True).circular == CIRCULAR


def areas_of(zones: gpd.GeoDataFrame, codes: list[str]) -> pd.DataFrame:
    """Measure zones whose communes are known."""
    return activity_areas(zones.assign(code_insee=codes), communes=COMMUNES)


def test_ground_is_that_of_each_commune_and_is_counted_once() -> None:
    # 2 ha astride, 1.5 of them in 31001; 1 ha that B covers twice; 1 ha out of both.
    zones = make_official(
        A=square(850, 0, 200, 100),
        B=square(0, 500, 100),
        C=square(0, 500, 100),
        D=square(-50, 800, 100),
    )
    found = areas_of(zones, ["31001"] * 4).set_index("code_insee")
    assert found["area_ha"].to_dict() == pytest.approx({"31001": 3.0, "31002": 0.5})
    assert found["n_areas"].to_dict() == {"31001": 4, "31002": 0}
    assert set(found["evidence"]) == {"O"}
    assert areas_of(zones[:0], []).empty


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-200, 1_900), st.integers(-200, 900), st.integers(10, 400)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_ground_adds_up_to_that_of_the_territory(places) -> None:
    shapes = {f"A{rank}": square(*place) for rank, place in enumerate(places)}
    found = areas_of(make_official(**shapes), ["31001"] * len(shapes))
    whole = union_all(COMMUNES.geometry.to_numpy())
    ground = union_all(list(shapes.values())).intersection(whole).area / 1e4
    assert np.isclose(found["area_ha"].sum(), ground)
    again = areas_of(make_official(**shapes)[::-1], ["31001"] * len(shapes))
    pd.testing.assert_frame_equal(found, again)
