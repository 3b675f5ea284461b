"""The generator: right counts, right law, no cluster, no order, no surprise."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from eitgeo.errors import CrsError, SchemaError
from eitgeo.reference.tables import sector_mix
from eitgeo.sources.sites.synthetic import (
    BANDS,
    SIZE_PROFILES,
    SPREAD,
    drawn_employers,
    synthetic_sites,
)
from eitgeo.sources.territory.communes import read_communes

MIX = pd.DataFrame(
    {
        "naf": ["10.71C", "16.10A"],
        "per_1000_employers": [750.0, 250.0],
        "size_profile": ["micro", "industrial"],
    }
)


def draw(communes, seed=1, mix=MIX, **options):
    return synthetic_sites(communes, mix, rng=np.random.default_rng(seed), **options)


def test_counts_follow_the_inhabitants(communes):
    sites = draw(communes, n_employers=4000)
    # 100 and 300 inhabitants: 1000 ± 4 standard deviations (√(4000 × ¼ × ¾) = 27).
    assert len(sites) == 4000
    assert (sites["code_insee"] == "09001").sum() == pytest.approx(1000, abs=110)
    assert (sites["naf"] == "10.71C").sum() == pytest.approx(3000, abs=110)


def test_every_row_says_what_it_is(communes):
    sites = draw(communes, n_employers=50)
    assert sites["synthetic"].all()
    assert set(sites["position_quality"]) == {"synthetique"}
    assert set(sites["evidence"]) == {"H"}
    assert sites["site_id"].tolist()[:2] == ["SYN000001", "SYN000002"]
    assert (sites["siret"] + sites["name"] == "").all()


def test_the_same_seed_gives_the_same_table_in_any_order(communes):
    one = draw(communes, n_employers=300)
    other = synthetic_sites(
        communes.iloc[::-1],
        MIX.iloc[::-1],
        rng=np.random.default_rng(1),
        n_employers=300,
    )
    assert one.equals(other)
    assert not one.equals(draw(communes, seed=2, n_employers=300))


def test_each_draw_of_employers_is_the_one_of_its_generator(communes):
    def drawn(*seeds: int) -> pd.DataFrame:
        rngs = map(np.random.default_rng, seeds)
        return drawn_employers(communes, MIX, rngs=rngs, n_employers=40)

    both, second = drawn(1, 2), drawn(2)
    assert both["draw"].value_counts().to_dict() == {0: 40, 1: 40}
    alone = both[both["draw"].eq(1)].assign(draw=0).reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, second)
    assert not both[both["draw"].eq(0)].reset_index(drop=True).equals(second)
    assert set(both["code_insee"]) <= set(
        communes.loc[communes["in_area"], "code_insee"]
    )
    assert set(both["naf"]) <= set(MIX["naf"])


def test_inputs_are_untouched(communes):
    before = communes.copy()
    draw(communes, n_employers=10)
    assert communes.equals(before)


def test_headcounts_are_bands_with_their_geometric_mean(communes):
    sites = draw(communes, n_employers=2000)
    bands = {tuple(pair) for pair in BANDS}
    assert (
        set(zip(sites["headcount_low"], sites["headcount_high"], strict=True)) <= bands
    )
    product = sites["headcount_low"] * sites["headcount_high"]
    assert np.allclose(sites["headcount_mid"] ** 2, product)


def test_size_bands_follow_the_profile(communes):
    mix = MIX.assign(size_profile="small")
    sites = draw(communes, mix=mix, n_employers=10_000)
    share = (sites["headcount_low"] == 1).mean()
    # 0.34 ± 4 standard deviations (√(0.34 × 0.66 / 10 000) = 0.0047).
    assert share == pytest.approx(SIZE_PROFILES["small"][0], abs=0.019)


@pytest.mark.parametrize("profile", sorted(SIZE_PROFILES))
def test_profiles_are_shares(profile):
    assert sum(SIZE_PROFILES[profile]) == pytest.approx(1.0)
    assert len(SIZE_PROFILES[profile]) == len(BANDS)


def test_in_the_buffer_only_larger_sites_at_the_same_rate(communes):
    communes["in_area"] = [True, False]
    sites = draw(communes, n_employers=3000)
    beyond = sites[sites["code_insee"] == "31002"]
    assert (sites["code_insee"] == "09001").sum() == 3000
    assert beyond["headcount_low"].min() == 10
    # Three times the inhabitants: 9000 drawn, ¾ micro (5.5 %), ¼ industrial (60 %).
    expected = 9000 * (0.75 * 0.055 + 0.25 * 0.60)
    assert len(beyond) == pytest.approx(expected, rel=0.1)
    everyone = draw(communes, n_employers=3000, min_headcount_in_buffer=0)
    assert len(everyone) == 12_000


def test_positions_are_inside_even_a_narrow_commune(communes):
    narrow = box(504_900, 6_200_000, 505_100, 6_210_000)
    communes = communes.set_geometry([narrow, communes.geometry[1]])
    sites = draw(communes, n_employers=1000)
    polygons = communes.set_index("code_insee").geometry.loc[sites["code_insee"]]
    assert shapely.covers(polygons.to_numpy(), sites.geometry.to_numpy()).all()


def test_pairs_are_as_far_apart_as_the_radial_law_says(communes):
    """Two normal points differ by a normal of √2 σ: distances are Rayleigh(√2 σ).

    The share of pairs within d is 1 − exp(−d²/4σ²); a planted cluster would give more
    close pairs. σ = 0.2 × √100 km² = 2 km; the border, 2.5 σ away, cuts 2.5 %.
    """
    sites = draw(communes, n_employers=6000)
    here = sites[sites["code_insee"] == "31002"]
    xy = shapely.get_coordinates(here.geometry.to_numpy())
    apart_m = np.hypot(*(xy[:, None] - xy[None, :]).reshape(-1, 2).T)
    n = len(here)
    sigma_m = SPREAD * 10_000
    for d_m in (250.0, 500.0, 1000.0):
        share = ((apart_m <= d_m).sum() - n) / (n * (n - 1))
        law = 1 - np.exp(-(d_m**2) / (4 * sigma_m**2))
        assert share == pytest.approx(law, rel=0.15)
    assert len(np.unique(xy, axis=0)) == n


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 300), st.integers(0, 2**32 - 1))
def test_the_count_asked_is_the_count_drawn(count, seed):
    communes = gpd.GeoDataFrame(
        {
            "code_insee": ["09001"],
            "population": [10],
            "area_km2": [1.0],
            "seat_x": [500_500.0],
            "seat_y": [6_200_500.0],
            "in_area": [True],
        },
        geometry=[box(500_000, 6_200_000, 501_000, 6_201_000)],
        crs="EPSG:2154",
    )
    assert len(draw(communes, seed=seed, n_employers=count)) == count


def test_refusals(communes):
    with pytest.raises(SchemaError, match="profil de taille inconnu « petit »"):
        draw(communes, mix=MIX.assign(size_profile="petit"))
    with pytest.raises(SchemaError, match="poids des activités"):
        draw(communes, mix=MIX.assign(per_1000_employers=0.0))
    with pytest.raises(SchemaError, match="aucun habitant"):
        draw(communes.assign(in_area=False))
    with pytest.raises(SchemaError, match="colonne « seat_x » absente"):
        draw(communes.drop(columns="seat_x"))
    with pytest.raises(CrsError, match="EPSG:2154"):
        draw(communes.to_crs(4326))


def test_the_shipped_mix_over_the_default_territory(raw):
    communes = read_communes(raw / "communes.geojson")
    area = {
        "200072643",
        "200073146",
        "200072635",
        "200066819",
        "200067940",
        "200068815",
        "200070829",
        "200070795",
        "200070787",
        "246500573",
    }
    communes["in_area"] = communes["epci_siren"].isin(area)
    sites = draw(communes, mix=sector_mix())
    inside = sites["code_insee"].isin(communes.loc[communes["in_area"], "code_insee"])
    assert inside.sum() == 6000
    jobs = sites.loc[inside, "headcount_mid"].sum()
    # About 212 000 inhabitants: between one job for ten and one for four.
    assert 21_000 < jobs < 53_000
    assert sites.loc[~inside, "headcount_low"].min() >= 10


def test_the_shipped_mix_is_a_stated_assumption():
    mix = sector_mix()
    assert mix["naf"].is_unique
    assert mix["naf"].str.fullmatch(r"\d{2}\.\d{2}[A-Z]").all()
    assert mix["per_1000_employers"].sum() == pytest.approx(1000, abs=1)
    assert set(mix["size_profile"]) == set(SIZE_PROFILES)
    assert mix.groupby(["status", "evidence"]).size().to_dict() == {
        ("hypothese", "H"): 212,
        ("derive", "H"): 18,  # its denominator is of second hand
        ("derive", "S"): 7,
    }
