"""What zones are made of: figures by hand, nearest places by road, land cover."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.tables.schema import validate
from eitgeo.zones.sectors import nearest_by_road, shannon, zone_profile
from tests.tables.conftest import row_of
from tests.zones.toy import make_sites

#  Z001: a sawmill of 60 jobs, a paper mill of 120, a baker of 20; Z002: a lone mill.
SITES = make_sites(
    (0, 0, 60), (100, 0, 120), (200, 0, 20), (9_000, 0, 80), evidence="O"
).assign(
    naf=pd.Series(["16.10A", "17.11Z", "10.71C", "16.10A"]),
    zone_id=pd.Series(["Z001"] * 3 + ["Z002"]),
)
RULES = pd.DataFrame(
    {
        "rule_id": ["R1", "R2", "R3", "R4"],
        "synergy_type": ["substitution", "eau", "mutualisation", "energie"],
        "source_naf": ["16.10A", "10.71C", "16.10A", "*"],
        "taker_naf": ["17.11Z;35.30Z", "01.13Z", "17.11Z", "17.11Z"],
    }
)
ROADS = pd.DataFrame(
    {
        "motorway_exit": ["Saint-Gaudens", ""],
        "motorway_min": [12.0, np.nan],
        "motorway_status": ["ok", "other_component"],
        "outlet_id": ["isdnd", "isdnd"],
        "outlet_min": [20.0, 30.0],
        "outlet_status": ["ok", "ok"],
    },
    index=pd.Index(["Z001", "Z002"], dtype="str", name="zone_id"),
).astype({"motorway_exit": "str"})


def profiled(sites=SITES, **options) -> pd.DataFrame:
    """Describe the drawn zones."""
    table = zone_profile(sites, RULES, anchor_jobs=50, roads=ROADS, **options)
    return validate(table, table="zone_profile").set_index("zone_id")


def test_figures_by_hand() -> None:
    z1 = profiled().loc["Z001"]
    assert (z1["n_sites"], z1["headcount_mid"]) == (3, 200.0)
    assert (z1["headcount_low"], z1["headcount_high"]) == (100.0, 400.0)
    assert (z1["n_divisions"], z1["n_subclasses"]) == (3, 3)
    assert z1["shannon"] == pytest.approx(np.log(3))
    assert (z1["n_anchors"], z1["anchors"]) == (2, "s01;s00")
    assert z1["largest_share_pct"] == pytest.approx(60)
    assert z1["motorway_min"] == 12.0
    assert z1["cover_status"] == "sans_raster"
    assert np.isnan(z1["industrial_pct"])


def test_a_rule_counts_where_both_ends_are_two_sites_of_the_zone() -> None:
    table = profiled()
    # R1: sawmill → paper mill. R2 lacks its taker; R3 is a service; R4 has no end.
    assert table.loc["Z001", "rules_inside"] == "R1"
    assert table["n_rules_inside"].tolist() == [1, 0]
    alone = RULES.iloc[:1].assign(taker_naf="16.10A")
    table = zone_profile(SITES, alone, anchor_jobs=50, roads=ROADS)
    assert table["n_rules_inside"].sum() == 0


def test_altitude_and_land_cover() -> None:
    cover = pd.DataFrame(
        {
            "zone_id": ["Z001", "Z001"],
            "class_code": ["112", "121"],
            "label": ["Tissu urbain", "Zones industrielles"],
            "share_pct": [70.0, 30.0],
        }
    )
    altitude = pd.Series({"Z001": 405.0})
    table = profiled(altitude_m=altitude, cover=cover)
    assert table.loc["Z001", "industrial_pct"] == 30.0
    assert table.loc["Z001", "main_cover"] == "Tissu urbain"
    assert table["cover_status"].tolist() == ["mesure", "hors_raster"]
    assert table.loc["Z001", "altitude_m"] == 405.0
    assert table["altitude_m"].isna().tolist() == [False, True]


def test_drawn_sites_make_a_hypothesis() -> None:
    table = profiled(SITES.assign(synthetic=True))
    assert table["evidence"].eq("H").all()
    assert table["synthetic_share_pct"].eq(100).all()
    assert profiled()["evidence"].eq("O").all()


def test_no_zone_gives_an_empty_table_in_good_form() -> None:
    assert len(profiled(SITES.iloc[:0])) == 0


def test_row_order_changes_nothing() -> None:
    pd.testing.assert_frame_equal(
        profiled(SITES.sample(frac=1, random_state=2)), profiled()
    )


@pytest.mark.parametrize("n", [1, 2, 7])
def test_diversity_of_equal_parts_is_the_logarithm_of_their_number(n) -> None:
    assert shannon(pd.Series([3] * n)) == pytest.approx(np.log(n))
    assert shannon(pd.Series([0] * n)) == 0.0


def pair(origin, destination, **changes):
    """Return a pair of table ``od_matrix``, by truck on open roads."""
    names = {"origin_id": origin, "destination_id": destination}
    return row_of("od_matrix", **names, profile="truck", closure_id="") | changes


OD = pd.DataFrame(
    [
        pair("A", "far", time_s=1200.0),
        pair("A", "near", time_s=600.0),
        pair("A", "car", time_s=60.0, profile="car"),
        pair("A", "shut", time_s=60.0, closure_id="col"),
        pair("B", "near", time_s=np.nan, status="other_component"),
        pair("B", "far", time_s=np.nan, status="snap_too_far"),
    ]
)
PLACES = pd.Series({one: f"sortie {one}" for one in ("near", "far", "car", "shut")})


def test_the_first_place_that_a_truck_reaches() -> None:
    zones = pd.Series({"Z001": "A", "Z002": "B", "Z003": "C"})
    found = nearest_by_road(zones, OD, destinations=PLACES)
    assert found["name"].tolist() == ["sortie near", "", ""]
    assert found["minutes"].tolist()[0] == 10.0
    assert found["minutes"].isna().tolist() == [False, True, True]
    assert found["status"].tolist() == ["ok", "snap_too_far", "outside_extract"]


def test_equal_times_go_to_the_first_place_and_zones_share_communes() -> None:
    same = OD.assign(time_s=600.0, status="ok")
    zones = pd.Series({"Z001": "A", "Z002": "A"})
    found = nearest_by_road(zones, same, destinations=PLACES)
    assert found["name"].tolist() == ["sortie far", "sortie far"]
