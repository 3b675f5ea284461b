"""Zones on the real files at hand: IREP sites, industrial areas of Andorra.

IREP: 254 sites of 2017, placed at their commune, headcount unknown. Their points serve
as they are, with ten jobs each, to put real places through the whole chain.
"""

from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score

from eitgeo.sources.ground.osm_areas import read_osm_areas
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.waste.gerep import read_irep_sites
from eitgeo.study.zones import Zones
from eitgeo.tables.schema import validate
from eitgeo.zones.clustering import name_zones
from eitgeo.zones.drawn_before import (
    concordance,
    merge_official,
    official_agreement,
    official_of,
)
from eitgeo.zones.eligible import clusterable, exclusions
from eitgeo.zones.footprint import Ground, zone_outlines, zone_table
from eitgeo.zones.near import plane_pairs
from eitgeo.zones.stability import (
    STABLE,
    choose_setting,
    mean_agreement,
    site_stability,
    zone_stability,
)
from eitgeo.zones.sweep import run_sweep, setting_table
from tests.zones.toy import make_zones

DATA = Path(__file__).parents[3] / "shared/data"
IREP = DATA / "industry/irep_etablissements_09_31_32_65_2003_2017.csv"
ANDORRA = DATA / "roads/andorra_2025.osm.pbf"
COMMUNES = Path(__file__).parents[2] / "data/raw/communes.geojson"

pytestmark = pytest.mark.results


@pytest.fixture(scope="module")
def irep() -> gpd.GeoDataFrame:
    """Read the declarations of 2017."""
    if not IREP.is_file():
        pytest.skip("IREP absent: ../shared/data")
    communes = read_communes(COMMUNES)
    return read_irep_sites(IREP, communes=communes, year=2017).table


@pytest.fixture(scope="module")
def placed(irep) -> gpd.GeoDataFrame:
    """Take the points as if they were those of streets, ten jobs each."""
    jobs = {"headcount_low": 5.0, "headcount_mid": 10.0, "headcount_high": 20.0}
    near_centre = irep.assign(position_quality="rue", **jobs)
    return near_centre[clusterable(near_centre, zones=Zones())]


def swept(sites, zones=None, *, n_draws=1):
    """Sweep in straight lines."""
    zones = zones or Zones()
    return run_sweep(
        sites,
        zones=zones,
        measure=partial(plane_pairs, max_m=max(zones.radii)),
        rng=np.random.default_rng(2),
        n_draws=n_draws,
    )


def test_as_declared_they_make_no_zone_and_each_says_why(irep) -> None:
    reasons = exclusions(irep, zones=Zones())
    assert reasons.ne("").all()
    assert reasons.eq("position à la commune").sum() > 100
    sweep = swept(irep[reasons.eq("")])
    table = setting_table(sweep, zones=Zones())
    assert (table["n_zones"] == 0).all()


def test_clusters_are_those_of_scikit_learn(placed) -> None:
    zones = Zones()
    sweep = swept(placed, n_draws=0)
    ordered = placed.sort_values("site_id")
    xy = np.column_stack([ordered.geometry.x, ordered.geometry.y])
    for rank, setting in enumerate(sweep.settings):
        if setting.method != "dbscan":
            continue
        peer = DBSCAN(eps=setting.radius, min_samples=setting.min_sites).fit(
            xy, sample_weight=np.full(len(xy), 10 * setting.min_sites / 30)
        )
        ours = sweep.as_given(rank)
        # Of two sites of 10 jobs none weighs enough alone: three, or nothing.
        assert ((ours >= 0) <= (peer.labels_ >= 0)).all()
        both = ours >= 0
        pairs = set(zip(ours[both].tolist(), peer.labels_[both].tolist(), strict=True))
        assert len(pairs) == len({one for one, _ in pairs})
    assert zones.min_sites == 3


def test_zones_of_irep_are_whole_and_stable_ones_are_told(placed) -> None:
    zones = Zones()
    sweep = swept(placed)
    chosen = choose_setting(sweep, mean_agreement(sweep), zones=zones)
    names = name_zones(
        sweep.as_given(chosen), sweep.jobs, sweep.site_id, isolated_jobs=50
    )
    ordered = placed.sort_values("site_id")
    zone_of = pd.Series(names, index=ordered.index, dtype="str")
    stability = zone_stability(sweep, names)
    table = zone_table(
        ordered,
        zone_of,
        zones=zones,
        measures=pd.DataFrame({"stability": stability, "core_share_pct": np.nan}),
    )
    tidy = validate(table, table="zones")
    assert len(tidy) >= 5
    assert tidy["n_sites"].ge(2).all()
    assert tidy["stability"].between(0, 1).all()
    assert (tidy["stability"] >= STABLE).any()
    assert tidy.area.sum() == pytest.approx(tidy.union_all().area)
    status = site_stability(sweep, names)["status"]
    assert set(status) == {"toujours", "parfois", "isole"}


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    """Read ``landuse=industrial`` of Andorra as official zones."""
    if not ANDORRA.is_file():
        pytest.skip("extract of Andorra absent: ../shared/data")
    return merge_official([read_osm_areas(ANDORRA).table]).table


@pytest.fixture(scope="module")
def inside(areas) -> gpd.GeoDataFrame:
    """Draw four sites in each industrial area, and forty elsewhere in the country."""
    rng = np.random.default_rng(4)
    points = areas.geometry.sample_points(4, rng=rng).explode().to_list()
    xmin, ymin, xmax, ymax = areas.total_bounds
    far = gpd.points_from_xy(rng.uniform(xmin, xmax, 40), rng.uniform(ymin, ymax, 40))
    every = [*points, *far]
    return gpd.GeoDataFrame(
        {
            "site_id": [f"s{rank:03d}" for rank in range(len(every))],
            "headcount_low": 5.0,
            "headcount_mid": 10.0,
            "headcount_high": 20.0,
            "naf": "25.62B",
            "code_insee": "31483",
            "position_quality": "exacte",
            "synthetic": True,
        },
        geometry=every,
        crs=2154,
    )


def test_official_zones_of_andorra_give_their_ground(areas, inside) -> None:
    zones = make_zones(radius_m=250, method="dbscan")
    sweep = swept(inside, zones, n_draws=0)
    chosen = choose_setting(sweep, mean_agreement(sweep), zones=zones)
    label = sweep.as_given(chosen)
    names = name_zones(label, sweep.jobs, sweep.site_id, isolated_jobs=50)
    zone_of = pd.Series(names, index=inside.index, dtype="str")
    table = zone_table(inside, zone_of, zones=zones, ground=Ground(areas))
    official = validate(table, table="zones")
    assert official["footprint_source"].eq("officielle").mean() > 0.9
    held = official.union_all().intersection(areas.union_all()).area
    assert held == pytest.approx(areas.union_all().area, rel=0.02)
    pairs = concordance(
        inside,
        zone_of,
        outlines=zone_outlines(inside, zone_of, zones=zones),
        official=areas,
    )
    tidy = validate(pairs, table="zone_concordance")
    assert set(tidy["official_id"]) - {""} == set(areas["zone_id"])
    assert tidy["iou"].max() > 0.2
    # Each drawn site of an area is counted in it once.
    counts = tidy.groupby("official_id")["n_in"].sum().drop("", errors="ignore")
    assert counts.sum() <= 4 * len(areas) + 40
    official_id = official_of(inside, areas)
    alone = pd.Series([f"site {rank}" for rank in range(len(inside))])
    found = pd.Series(label).astype(str).where(label >= 0, alone)
    known = official_id.where(official_id.ne(""), alone)
    expected = adjusted_rand_score(found, known)
    assert official_agreement(label, official_id) == pytest.approx(expected)
    assert expected > 0.2
