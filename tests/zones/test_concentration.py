"""The table of concentration: a planted cluster is found, row order says nothing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely.affinity
from scipy.spatial.distance import cdist

from eitgeo.study.sectors import Sectors
from eitgeo.tables.schema import validate
from eitgeo.zones.clustering import plane_pairs
from eitgeo.zones.concentration import (
    concentration,
    concentration_sentence,
    matrix_bins,
)
from tests.zones.toy import X0, Y0, make_sites

#   40 sites of sector 10 and 20 of sector 16 at random over 20 km;
#   sector 25: 20 sites within 400 m of one point.
SETTINGS = Sectors(radii_m=(500.0, 5000.0), min_sites=10)


def sites(seed: int = 7) -> gpd.GeoDataFrame:
    """Return the drawn sites."""
    rng = np.random.default_rng(seed)
    xy = np.vstack(
        [rng.uniform(0, 20_000, (60, 2)), 9000 + rng.uniform(0, 400, (20, 2))]
    )
    naf = ["10.51A"] * 40 + ["16.10A"] * 20 + ["25.62B"] * 20
    jobs = rng.integers(1, 60, 80)
    spots = [(x, y, float(w)) for (x, y), w in zip(xy, jobs, strict=True)]
    return make_sites(*spots, naf=pd.Series(naf), evidence="O")


def measured(layer: gpd.GeoDataFrame, **options) -> pd.DataFrame:
    """Return the table, with 39 permutations."""
    return concentration(
        layer,
        settings=SETTINGS,
        n_permutations=39,
        rng=np.random.default_rng(1),
        **options,
    )


def test_a_planted_cluster_is_concentrated_at_short_distance_only() -> None:
    table = validate(measured(sites()), table="concentration")
    at = table.set_index(["division", "measure", "distance_m"])["status"]
    assert at["25", "M", 500.0] == "concentre"
    kd = at["25", "Kd"]
    assert kd.iloc[0] == "concentre"
    assert kd.iloc[-1] != "concentre"
    p_value = table.groupby(["division", "measure"])["p_value"].first()
    assert (p_value["25"] <= 0.05).all()
    assert table.groupby("measure").size().to_dict() == {"Kd": 3 * 41, "M": 3 * 2}


def test_row_order_changes_nothing() -> None:
    layer = sites()
    shuffled = layer.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(measured(shuffled), measured(layer))


@pytest.mark.parametrize("turn", [0.0, 33.0])
def test_a_shift_and_a_turn_of_the_map_change_nothing(turn) -> None:
    layer = sites()
    moved = layer.set_geometry(
        layer.geometry.map(
            lambda p: shapely.affinity.translate(
                shapely.affinity.rotate(p, turn, origin=(X0, Y0)), 5000, -3000
            )
        )
    ).set_crs(2154)
    held, turned = measured(layer), measured(moved)
    of_m = held["measure"].eq("M")
    names = ["value", "low", "high", "p_value"]
    pd.testing.assert_frame_equal(turned.loc[of_m, names], held.loc[of_m, names])
    # Distances change class at the edge of one.
    for name in ("value", "low", "high"):
        assert turned[name].to_numpy() == pytest.approx(held[name], rel=2e-3, abs=1e-9)


def test_given_straight_distances_are_the_default() -> None:
    layer = sites()
    xy = np.column_stack([layer.geometry.x, layer.geometry.y])
    found = measured(
        layer,
        pairs=plane_pairs(layer, max_m=5000),
        distances=matrix_bins(cdist(xy, xy)),
    )
    pd.testing.assert_frame_equal(found, measured(layer))


def test_small_sectors_and_empty_layers_give_no_row() -> None:
    few = sites().iloc[[0, 1, 40, 41, 60, 61]]
    for layer in (few, few.iloc[:1], few.iloc[:0]):
        table = validate(measured(layer), table="concentration")
        assert table.empty


def test_all_sites_on_one_point_give_no_row() -> None:
    spots = [(0.0, 0.0, 5.0)] * 30
    assert measured(make_sites(*spots, evidence="O")).empty


def test_a_sector_without_neighbour_says_so() -> None:
    spots = [(6000.0 * i, 0.0, 5.0) for i in range(12)]
    table = measured(make_sites(*spots, evidence="O"))
    of_m = table[table["measure"].eq("M")]
    assert set(of_m["status"]) == {"sans_voisin"}
    assert of_m["value"].isna().all()


def test_drawn_sites_are_told() -> None:
    layer = sites().assign(synthetic=True)
    table = measured(layer)
    assert table["synthetic_share_pct"].eq(100).all()
    assert table["evidence"].eq("H").all()
    assert measured(sites())["evidence"].eq("O").all()


def curve(division: str, p_value: float, *statuses: str) -> pd.DataFrame:
    """Return a curve Kd told at 0, 1 000, 2 000 … metres."""
    return pd.DataFrame(
        {
            "division": division,
            "measure": "Kd",
            "distance_m": 1000.0 * np.arange(len(statuses)),
            "p_value": p_value,
            "status": statuses,
        }
    )


def test_the_sentence_counts_whole_curves_that_leave_upwards() -> None:
    table = pd.concat(
        [
            curve("10", 0.01, "aucun_ecart", "concentre", "concentre"),
            curve("16", 0.04, "aucun_ecart", "aucun_ecart", "concentre"),
            curve("25", 0.01, "disperse", "disperse"),
            curve("31", 0.4, "aucun_ecart"),
        ]
    )
    told = concentration_sentence(table)
    assert told.startswith("Sur 4 secteurs assez nombreux pour être mesurés, 2 sont")
    assert "jusqu'à 0,2)" in told
    assert told.endswith("l'écart commence à 1,5 km (médiane).")
    assert concentration_sentence(table, drawn_inside=True).startswith(told)
    one = concentration_sentence(curve("10", 0.01, "concentre"), drawn_inside=True)
    assert one.endswith("la mesure est circulaire.")
    assert "un est plus regroupé" in one


def test_the_sentence_says_when_there_is_nothing() -> None:
    none = concentration_sentence(curve("31", 0.4, "aucun_ecart"))
    assert "aucun n'est plus regroupé" in none
    assert none.endswith("jusqu'à 0,1).")
    empty = concentration_sentence(measured(sites().iloc[:0]))
    assert empty.startswith("Aucun secteur n'a assez de sites")
