"""Zones as they are told: classes of jobs, no ground that is that of a hidden site.

Z001: a, b, c (c is a natural person, 900 m east)   Z002: d, e (e hidden)
I001: f alone     I002: g alone, hidden
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from eitgeo.disclosure.zones import ACTIVITY_DRAWN, publish_zones, size_class
from eitgeo.errors import CrsError, SchemaError
from eitgeo.tables.schema import validate
from eitgeo.zones.footprint import Ground, zone_table
from tests.zones.official_toy import make_official, square
from tests.zones.toy import X0, Y0, make_sites, make_zones

SPOTS = {
    "a": (0, 0, 20, "Z001"),
    "b": (200, 100, 20, "Z001"),
    "c": (900, 0, 20, "Z001"),
    "d": (5_000, 0, 10, "Z002"),
    "e": (5_300, 0, 25, "Z002"),
    "f": (9_000, 0, 60, "I001"),
    "g": (14_000, 0, 60, "I002"),
}
HIDDEN = {"c", "e", "g"}
NONE = make_official()


def sites(*, hidden=HIDDEN, siret=None) -> gpd.GeoDataFrame:
    """Draw the sites; hidden ones are natural persons or non-diffusible in turn."""
    names = list(SPOTS)
    layer = make_sites(*[(x, y, jobs) for x, y, jobs, _ in SPOTS.values()])
    numbers = [f"{rank:09d}00011" for rank in range(len(names))]
    return layer.assign(
        site_id=pd.Series(names, dtype="str"),
        zone_id=pd.Series([zone for *_, zone in SPOTS.values()], dtype="str"),
        siret=pd.Series(siret or numbers, dtype="str"),
        diffusible=[name not in hidden or name == "c" for name in names],
        natural_person=[name in hidden and name == "c" for name in names],
    )


def told(layer=None, *, official=NONE, zones=None) -> gpd.GeoDataFrame:
    """Tell the zones of the drawn sites."""
    layer = sites() if layer is None else layer
    zones = zones or make_zones()
    ground = Ground(official if len(official) else None)
    table = zone_table(layer, layer["zone_id"], zones=zones, ground=ground)
    return publish_zones(table, layer, official=official, zones=zones)


def test_a_zone_without_a_site_to_tell_stays_in() -> None:
    table = validate(told(), table="zones_public")
    assert table["zone_id"].tolist() == ["I001", "Z001", "Z002"]


def test_jobs_are_classes_and_secret_where_they_would_tell_a_firm() -> None:
    table = told().set_index("zone_id")
    assert table.loc["Z001", "size_class"] == "50 à 99"
    # 35 jobs of two firms, one of which is public: the other would be told.
    assert table.loc["Z002", "size_class"] == "secret"
    assert table.loc["I001", "size_class"] == "50 à 99"
    assert not [name for name in table if "headcount" in name]
    open_table = told(sites(hidden=set())).set_index("zone_id")
    assert open_table.loc["Z002", "size_class"] == "moins de 50"


def test_an_activity_that_one_drawn_site_makes_is_not_told() -> None:
    drawn = sites().assign(synthetic=True, naf="37.00Z")
    table = told(drawn).set_index("zone_id")
    # I001 is one site; three sites of 20 jobs make the activity of Z001.
    assert set(table.loc["I001", ["main_naf", "main_industry"]]) == {ACTIVITY_DRAWN}
    assert table.loc["Z001", "main_naf"] == "37"
    drawn["headcount_mid"] = [228.0, 3, 2, 10, 25, 60, 60]
    assert told(drawn).set_index("zone_id").loc["Z001", "main_naf"] == ACTIVITY_DRAWN
    # As much where other activities leave it most of the jobs, but not nearly all.
    drawn["naf"] = ["37.00Z", "43.21A", "43.21A", *["37.00Z"] * 4]
    drawn["headcount_mid"] = [50.0, 20, 20, 10, 25, 60, 60]
    assert told(drawn).set_index("zone_id").loc["Z001", "main_naf"] == ACTIVITY_DRAWN
    real = told(drawn.assign(synthetic=False))
    assert ACTIVITY_DRAWN not in {*real["main_naf"], *real["main_industry"]}


def test_sites_of_one_firm_are_one_firm() -> None:
    one = [f"111111111{rank}0001" for rank in range(7)]
    table = told(sites(siret=one)).set_index("zone_id")
    assert table.loc["Z001", "size_class"] == "secret"
    unnamed = told(sites(siret=[""] * 7)).set_index("zone_id")
    assert unnamed.loc["Z001", "size_class"] == "50 à 99"


@pytest.mark.parametrize("official", [NONE, make_official(A=square(-50, -50, 300))])
def test_no_ground_is_that_of_a_hidden_site(official) -> None:
    layer = sites()
    table = told(layer, official=official)
    ground = table.union_all()
    for name, point in zip(layer["site_id"], layer.geometry, strict=True):
        assert ground.intersects(point) == (name not in HIDDEN), name


def test_official_ground_is_public_even_under_a_hidden_site() -> None:
    official = make_official(A=square(-100, -100, 1_200))
    table = told(official=official).set_index("zone_id")
    assert table.geometry["Z001"].covers(Point(X0 + 900, Y0))
    assert table.loc["Z001", "official_zone"] == "A"
    osm = {"reader": "osm", "path": "x.osm.pbf"}
    zones = make_zones(official=[osm], credit="© les contributeurs d’OpenStreetMap")
    compared = told(official=official, zones=zones).set_index("zone_id")
    assert not compared.geometry["Z001"].covers(Point(X0 + 900, Y0))


def test_ground_is_an_area_and_never_nothing() -> None:
    """What is left of Z001 lies 200 m east of a and b; official ground touches I001."""
    layer, zones = sites(), make_zones()
    table = zone_table(layer, layer["zone_id"], zones=zones)
    squares = [square(x - 400, -400, 800) for x, *_ in SPOTS.values()]
    own = dict(zip(layer["zone_id"], squares, strict=True))
    drawn = table.set_geometry([own[name] for name in table["zone_id"]], crs=2154)
    beside = make_official(A=square(9_400, -400, 100))
    public = publish_zones(drawn, layer, official=beside, zones=zones)
    assert {*public.geom_type} == {"Polygon"}
    ground = public.set_index("zone_id").geometry["Z001"]
    assert ground.covers(Point(X0, Y0))
    assert not ground.intersects(Point(X0 + 900, Y0))


def test_grounds_stay_apart_and_stay_within_the_zones() -> None:
    layer = sites(hidden=set())
    zones = make_zones()
    table = zone_table(layer, layer["zone_id"], zones=zones)
    public = publish_zones(table, layer, official=NONE, zones=zones)
    within = public.geometry.difference(table.union_all()).area.sum()
    assert within == pytest.approx(0, abs=1e-3)
    assert public.area.sum() == pytest.approx(public.union_all().area)


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = sites().sample(frac=1, random_state=1)
    one = validate(told(), table="zones_public")
    other = validate(told(shuffled), table="zones_public")
    pd.testing.assert_frame_equal(
        one.drop(columns="geometry"), other.drop(columns="geometry")
    )
    assert one.geometry.geom_equals_exact(other.geometry, 1e-6).all()


def test_no_zone_is_no_trouble() -> None:
    none = sites().iloc[:0]
    assert len(validate(told(none), table="zones_public")) == 0


def test_unknown_rights_stay_in() -> None:
    layer = sites()
    layer["diffusible"] = layer["diffusible"].astype(object)
    layer.loc[layer["site_id"].eq("f"), "diffusible"] = None
    assert "I001" not in set(told(layer)["zone_id"])


def test_classes_at_their_bounds() -> None:
    jobs = pd.Series([0.0, 49.9, 50.0, 99.9, 100.0, 250.0, 500.0])
    assert size_class(jobs).tolist() == [
        "moins de 50",
        "moins de 50",
        "50 à 99",
        "50 à 99",
        "100 à 249",
        "250 à 499",
        "500 ou plus",
    ]


def test_refusals() -> None:
    layer = sites()
    zones = make_zones()
    table = zone_table(layer, layer["zone_id"], zones=zones)
    with pytest.raises(SchemaError, match="diffusible"):
        publish_zones(
            table, layer.drop(columns="diffusible"), official=NONE, zones=zones
        )
    with pytest.raises(CrsError, match="zones"):
        publish_zones(table.to_crs(4326), layer, official=NONE, zones=zones)
    assert np.isfinite(table.area).all()
