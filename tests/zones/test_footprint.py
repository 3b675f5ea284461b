"""Footprints: valid, apart, and holding their sites."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.tables.schema import validate
from eitgeo.zones.clustering import cluster_sites
from eitgeo.zones.footprint import Ground, zone_outlines, zone_table
from tests.zones.official_toy import make_official, square
from tests.zones.toy import Spot, make_sites, make_zones

RULE = make_zones()
DISC_M2 = np.pi * 100**2
"""Ground of a lone site: a disc of 100 m, drawn with 32 sides."""


def zones_of(sites: gpd.GeoDataFrame, names=None, **changes) -> gpd.GeoDataFrame:
    """Describe the zones of sites, found or given."""
    rule = make_zones(**changes)
    if names is None:
        zone_of = cluster_sites(sites, zones=rule)
    else:
        zone_of = pd.Series(names, index=sites.index, dtype="str")
    table = zone_table(sites, zone_of, zones=rule)
    validate(table, table="zones")
    return table.set_index("zone_id")


def test_a_zone_by_hand() -> None:
    sites = make_sites(
        (0, 0, 10),
        (400, 0, 20),
        (0, 300, 30),
        naf=["25.62B", "10.51C", "25.11Z"],
        code_insee=["31483", "31002", "31483"],
        synthetic=[True, False, False],
    )
    zone = zones_of(sites).loc["Z001"]
    assert zone["kind"] == "zone"
    assert zone["n_sites"] == 3
    assert zone[["headcount_low", "headcount_mid", "headcount_high"]].tolist() == [
        30.0,
        60.0,
        120.0,
    ]
    assert zone["main_naf"] == "25"  # 40 jobs of 60
    assert zone["main_industry"] == "25"
    assert zone["code_insee"] == "31483"
    assert zone["richness"] == 2
    assert zone["synthetic_share_pct"] == pytest.approx(100 / 6)
    # A right triangle of 300, 400, 500 m and 100 m around it.
    around = 60_000 + 1_200 * 100 + DISC_M2
    assert zone["geometry"].area == pytest.approx(around, rel=5e-3)


def test_building_and_retail_are_no_industry() -> None:
    sites = make_sites((0, 0, 90), (1, 0, 20), naf=["43.21A", "10.51C"])
    zone = zones_of(sites).loc["Z001"]
    assert (zone["main_naf"], zone["main_industry"]) == ("43", "10")
    none = zones_of(make_sites((0, 0, 90), (1, 0, 20), naf=["43.21A", "47.11F"]))
    assert none.loc["Z001", "main_industry"] == ""


def test_ties_of_activity_and_commune_go_to_the_first_code() -> None:
    sites = make_sites(
        (0, 0, 20), (1, 0, 20), naf=["33.11Z", "25.62B"], code_insee=["31483", "09001"]
    )
    zone = zones_of(sites).loc["Z001"]
    assert (zone["main_naf"], zone["code_insee"]) == ("25", "09001")


def test_a_lone_site_covers_a_disc() -> None:
    zone = zones_of(make_sites((0, 0, 60))).loc["I001"]
    assert zone["kind"] == "site_isole"
    assert zone["geometry"].area == pytest.approx(DISC_M2, rel=1e-2)


def test_sites_on_one_point_or_one_line_have_ground_too() -> None:
    point = zones_of(make_sites(*[(0, 0, 1)] * 4)).loc["Z001", "geometry"]
    assert point.area == pytest.approx(DISC_M2, rel=1e-2)
    line = zones_of(make_sites((0, 0, 16), (400, 0, 16))).loc["Z001", "geometry"]
    assert line.area == pytest.approx(DISC_M2 + 400 * 200, rel=1e-2)


def test_ground_that_two_zones_claim_goes_to_the_larger() -> None:
    """Two lone sites 150 m apart: their discs of 100 m overlap."""
    sites = make_sites((0, 0, 60), (150, 0, 90))
    table = zones_of(sites, ["I002", "I001"])
    small, large = table.loc["I002", "geometry"], table.loc["I001", "geometry"]
    assert large.area == pytest.approx(DISC_M2, rel=1e-2)
    lens = 2 * 100**2 * np.arccos(0.75) - 75 * np.sqrt(4 * 100**2 - 150**2)
    assert small.area == pytest.approx(DISC_M2 - lens, rel=1e-2)
    assert small.intersection(large).area == pytest.approx(0, abs=1e-6)


def test_a_zone_inside_a_larger_one_is_cut_out_of_it() -> None:
    """A lone site in the hollow of a square of sites keeps its ground.

    s00 ─────── s01
     │    s04    │      2 km a side
    s02 ─────── s03
    """
    corners = [(0, 0, 200), (2_000, 0, 200), (0, 2_000, 200), (2_000, 2_000, 200)]
    sites = make_sites(*corners, (1_000, 1_000, 60))
    table = zones_of(sites, ["Z001"] * 4 + ["I001"], hull_ratio=1)
    ring, disc = table.loc["Z001", "geometry"], table.loc["I001", "geometry"]
    assert disc.area == pytest.approx(DISC_M2, rel=1e-2)
    assert len(ring.interiors) == 1
    assert ring.intersection(disc).area == pytest.approx(0, abs=1e-6)
    assert disc.covers(sites.geometry.iloc[4])


@pytest.mark.parametrize(
    "spots", [[], [(0, 0, 1)], [(0, 0, 10), (400, 0, 10)]], ids=["none", "one", "two"]
)
def test_no_zone_gives_an_empty_table_in_good_form(spots: list[Spot]) -> None:
    table = zone_table(
        make_sites(*spots),
        cluster_sites(make_sites(*spots), zones=RULE),
        zones=RULE,
    )
    assert len(validate(table, table="zones")) == 0
    assert table.crs.to_epsg() == 2154


def test_sites_and_names_are_left_as_they_were() -> None:
    sites = make_sites((0, 0, 16), (100, 0, 16), (9_000, 0, 1))
    names = cluster_sites(sites, zones=RULE)
    before = sites.copy(), names.copy()
    zone_table(sites, names, zones=RULE)
    pd.testing.assert_frame_equal(sites, before[0])
    pd.testing.assert_series_equal(names, before[1])


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 4_000), st.floats(0, 4_000), st.sampled_from([1.0, 20.0, 80.0])
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([0.0, 0.4, 1.0]),
)
def test_footprints_are_valid_apart_and_hold_their_sites(spots, hull_ratio) -> None:
    sites = make_sites(*spots)
    rule = make_zones(hull_ratio=hull_ratio)
    names = cluster_sites(sites, zones=rule)
    table = zone_table(sites, names, zones=rule)
    validate(table, table="zones")
    shapes = table.set_index("zone_id").geometry
    assert shapes.is_valid.all()
    assert not shapes.is_empty.any()
    assert shapes.area.sum() == pytest.approx(shapes.union_all().area, rel=1e-9)
    ground = shapes.union_all().buffer(1e-6)
    assert sites.geometry[names != ""].within(ground).all()
    # What a zone lost went to another one: whole, it would hold all its sites.
    assert table["n_sites"].sum() == names.ne("").sum()
    jobs = sites["headcount_mid"][names != ""].sum()
    assert table["headcount_mid"].sum() == pytest.approx(jobs)


ROW = [(100, 100, 20), (300, 100, 20), (500, 100, 20)]
"""Three sites in a row, within an official zone of 1 km by 200 m."""


def grounds(*spots, official=None, cover=None, names=None):
    """Describe zones with the grounds known beside the sites."""
    sites = make_sites(*spots)
    rule = make_zones()
    if names is None:
        zone_of = cluster_sites(sites, zones=rule)
    else:
        zone_of = pd.Series(names, index=sites.index, dtype="str")
    table = zone_table(sites, zone_of, zones=rule, ground=Ground(official, cover))
    return validate(table, table="zones").set_index("zone_id"), sites


def test_an_official_zone_gives_its_ground() -> None:
    official = make_official(A=square(0, 0, 1_000, 200), B=square(5_000, 0, 100))
    table, _ = grounds(*ROW, official=official)
    zone = table.loc["Z001"]
    assert (zone["official_zone"], zone["footprint_source"]) == ("A", "officielle")
    assert zone["geometry"].equals(square(0, 0, 1_000, 200))


def test_sites_out_of_the_official_zone_keep_a_disc() -> None:
    official = make_official(A=square(0, 0, 1_000, 200))
    table, sites = grounds(*ROW, (500, 500, 20), official=official)
    ground = table.loc["Z001", "geometry"]
    assert ground.area == pytest.approx(200_000 + DISC_M2, rel=1e-2)
    assert sites.within(ground).all()


def test_an_official_zone_of_few_of_the_jobs_gives_nothing() -> None:
    """20 jobs of 60 in A: less than half."""
    official = make_official(A=square(0, 0, 200))
    table, _ = grounds(*ROW, official=official)
    zone = table.loc["Z001"]
    assert (zone["official_zone"], zone["footprint_source"]) == ("", "enveloppe")


def test_two_official_zones_are_one_ground_and_the_main_one_is_named() -> None:
    official = make_official(A=square(0, 0, 200), B=square(200, 0, 400, 200))
    table, _ = grounds(*ROW, official=official)
    assert table.loc["Z001", "official_zone"] == "B"  # 40 jobs of 60
    assert table.loc["Z001", "geometry"].area == pytest.approx(120_000)


def test_an_official_zone_of_two_zones_goes_to_that_of_more_jobs() -> None:
    official = make_official(A=square(0, 0, 5_000, 200))
    spots = [*ROW, (4_000, 100, 30), (4_200, 100, 80)]
    table, _ = grounds(*spots, official=official)
    large, small = table.loc["Z001"], table.loc["Z002"]
    assert large["headcount_mid"] == 110
    assert large["footprint_source"] == "officielle"
    assert small["footprint_source"] == "enveloppe"
    assert small["official_zone"] == large["official_zone"] == "A"
    # The outline of the smaller one lies wholly in A: it is cut out of it.
    assert large["geometry"].intersection(small["geometry"]).area < 1e-6
    both = large["geometry"].union(small["geometry"])
    assert both.symmetric_difference(square(0, 0, 5_000, 200)).area < 1e-6


def test_official_ground_comes_before_the_outline_of_a_larger_zone() -> None:
    """The lone site has A; the zone of 600 jobs around it goes around A."""
    corners = [(x, y, 150) for x in (0, 400) for y in (0, 400)]
    official = make_official(A=square(150, 150, 100))
    table, _ = grounds(
        *corners, (200, 200, 60), official=official, names=["Z001"] * 4 + ["I001"]
    )
    assert table.loc["I001", "geometry"].equals(square(150, 150, 100))
    assert not table.loc["Z001", "geometry"].overlaps(square(150, 150, 100))


def test_land_cover_trims_the_outline_and_leaves_the_sites() -> None:
    """Class 121 under the two sites on the left only."""
    cover = square(0, 0, 350, 200)
    table, sites = grounds(*ROW, cover=cover)
    zone = table.loc["Z001"]
    assert zone["footprint_source"] == "corine_121"
    whole, _ = grounds(*ROW)
    assert zone["geometry"].area < whole.loc["Z001", "geometry"].area
    assert sites.within(zone["geometry"]).all()


def test_land_cover_elsewhere_says_nothing() -> None:
    table, _ = grounds(*ROW, cover=square(5_000, 0, 100))
    assert table.loc["Z001", "footprint_source"] == "enveloppe"


def test_measures_are_taken_by_zone() -> None:
    sites = make_sites(*ROW, (9_000, 0, 60))
    measures = pd.DataFrame(
        {"stability": [0.8, 1.0], "core_share_pct": [50.0, 0.0]},
        index=["Z001", "I001"],
    )
    table = zone_table(
        sites, cluster_sites(sites, zones=RULE), zones=RULE, measures=measures
    ).set_index("zone_id")
    assert table["stability"].to_dict() == {"I001": 1.0, "Z001": 0.8}
    assert table["core_share_pct"].to_dict() == {"I001": 0.0, "Z001": 50.0}


def test_outlines_are_drawn_by_zone() -> None:
    sites = make_sites(*ROW, (9_000, 0, 60))
    outlines = zone_outlines(sites, cluster_sites(sites, zones=RULE), zones=RULE)
    assert outlines.index.tolist() == ["I001", "Z001"]
    assert outlines["I001"].area == pytest.approx(DISC_M2, rel=1e-2)
    assert outlines.crs.to_epsg() == 2154
    none = zone_outlines(
        sites, pd.Series("", index=sites.index, dtype="str"), zones=RULE
    )
    assert none.empty
