"""Zones found and official zones, drawn; figures by hand.

   A: 1 km square            B: 1 km square          C: 1 km square, nothing in it
┌───────────┐            ┌───────────┐           ┌───────────┐
│ s00 s01   │ s03        │    s04    │           │           │
│   s02     │            └───────────┘           └───────────┘      s05 s06 s07
└───────────┘
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from eitgeo.errors import CrsError, SchemaError
from eitgeo.tables.schema import validate
from eitgeo.zones.footprint import zone_outlines
from eitgeo.zones.reference_zones import concordance, official_agreement, official_of
from tests.zones.official_toy import make_official, square
from tests.zones.toy import make_sites, make_zones

SITES = make_sites(
    (200, 600, 10),
    (800, 600, 20),
    (500, 200, 30),
    (1_300, 600, 5),
    (3_500, 500, 7),
    (9_000, 0, 1),
    (9_100, 0, 1),
    (9_000, 100, 1),
)
ZONE_OF = pd.Series(["Z001"] * 4 + [""] + ["Z002"] * 3, dtype="str")
OFFICIAL = make_official(
    A=square(0, 0, 1_000), B=square(3_000, 0, 1_000), C=square(6_000, 0, 1_000)
)


def compared(official=OFFICIAL, zone_of=ZONE_OF, outlines=None):
    """Compare the drawn zones, checked."""
    if outlines is None:
        outlines = zone_outlines(SITES, zone_of, zones=make_zones())
    table = concordance(SITES, zone_of, outlines=outlines, official=official)
    return validate(table, table="zone_concordance").set_index(
        ["zone_id", "official_id"]
    )


def test_sites_are_counted_in_and_out() -> None:
    table = compared()
    assert table.index.tolist() == [("", "B"), ("", "C"), ("Z001", "A"), ("Z002", "")]
    columns = ["n_in", "n_out", "n_others", "headcount_in", "headcount_out"]
    assert table.loc[("Z001", "A"), columns].tolist() == [3, 1, 0, 60, 5]
    assert table.loc[("Z002", ""), columns].tolist() == [0, 3, 0, 0, 3]
    assert table.loc[("", "B"), columns].tolist() == [0, 0, 1, 0, 0]
    assert table.loc[("", "C"), columns].tolist() == [0, 0, 0, 0, 0]
    assert table["official_name"].tolist() == ["ZAE B", "ZAE C", "ZAE A", ""]
    assert (table["iou"] == 0).tolist() == [True, True, False, True]


def test_iou_by_hand() -> None:
    """The outline is the square A moved by half its side: 1/3."""
    shapes = [square(500, 0, 1_000), square(9_000, 0, 100)]
    index = pd.Index(["Z001", "Z002"], name="zone_id")
    outlines = gpd.GeoSeries(shapes, index=index, crs=2154)
    assert compared(outlines=outlines)["iou"]["Z001", "A"] == pytest.approx(1 / 3)


def test_the_same_ground_is_one() -> None:
    shapes = [square(0, 0, 1_000), square(9_000, 0, 100)]
    index = pd.Index(["Z001", "Z002"], name="zone_id")
    outlines = gpd.GeoSeries(shapes, index=index, crs=2154)
    assert compared(outlines=outlines)["iou"]["Z001", "A"] == 1


def test_a_site_in_an_official_zone_pairs_both_even_without_ground() -> None:
    """A zone with no surface in common but a site: a row, IoU 0."""
    index = pd.Index(["Z001", "Z002"], name="zone_id")
    shapes = [square(1_200, 500, 200), square(9_000, 0, 100)]
    table = compared(outlines=gpd.GeoSeries(shapes, index=index, crs=2154))
    assert table.loc[("Z001", "A"), "iou"] == 0
    assert table.loc[("Z001", "A"), "n_in"] == 3


def test_without_official_zones_nothing_is_compared() -> None:
    assert compared(OFFICIAL.iloc[:0]).empty


def test_without_a_zone_every_official_one_is_alone() -> None:
    table = compared(zone_of=pd.Series([""] * 8, dtype="str"))
    assert table.index.tolist() == [("", "A"), ("", "B"), ("", "C")]
    assert table["n_others"].tolist() == [3, 1, 0]


def test_the_order_of_rows_changes_nothing() -> None:
    turned = SITES.iloc[::-1]
    outlines = zone_outlines(SITES, ZONE_OF, zones=make_zones())
    table = concordance(
        turned, ZONE_OF.iloc[::-1], outlines=outlines, official=OFFICIAL.iloc[::-1]
    )
    found = validate(table, table="zone_concordance")
    expected = compared().reset_index()[found.columns]
    pd.testing.assert_frame_equal(found, expected)


def test_a_border_is_inside_and_the_first_of_two_zones_has_the_site() -> None:
    both = make_official(B=square(0, 0, 100), A=square(100, 0, 100))
    sites = make_sites((100, 50, 1), (50, 50, 1), (300, 50, 1))
    sites.index = pd.Index(["x", "y", "z"])
    found = official_of(sites, both)
    assert found.to_dict() == {"x": "A", "y": "B", "z": ""}
    assert found.name == "official_id"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), min_size=2))
def test_agreement_is_that_of_scikit_learn(pairs) -> None:
    found, known = np.array(pairs).T
    _, label = np.unique(found[found >= 0], return_inverse=True)
    dense = np.full(len(found), -1)
    dense[found >= 0] = label
    names = pd.Series(np.where(known < 0, "", known.astype(str)), dtype="str")
    lone = 100 + np.arange(len(found))
    expected = adjusted_rand_score(
        np.where(found < 0, lone, found), np.where(known < 0, lone, known)
    )
    measured = official_agreement(dense, names)
    if (known < 0).all():
        assert np.isnan(measured)
    else:
        assert measured == pytest.approx(expected, abs=1e-9)


def test_layers_are_checked() -> None:
    with pytest.raises(CrsError, match="zones officielles"):
        official_of(SITES, OFFICIAL.to_crs(4326))
    with pytest.raises(SchemaError, match="zone_id"):
        official_of(SITES, OFFICIAL.drop(columns="zone_id"))
