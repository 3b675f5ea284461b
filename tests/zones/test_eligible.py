"""Who may make a zone, and what is said of the others."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from eitgeo.errors import CrsError
from eitgeo.zones.sectors import clusterable, exclusions
from tests.zones.toy import X0, Y0, make_sites, make_zones

RULE = make_zones()


def communes(seat=(5_000, 5_000)) -> gpd.GeoDataFrame:
    """Return one commune of 4 km by 4 km: centroid at 2 000, 2 000; seat elsewhere."""
    square = box(X0, Y0, X0 + 4_000, Y0 + 4_000)
    return gpd.GeoDataFrame(
        {"code_insee": ["31483"], "seat_x": [X0 + seat[0]], "seat_y": [Y0 + seat[1]]},
        geometry=[square],
        crs=2154,
    )


def test_only_placed_productive_sites_of_known_size_make_zones() -> None:
    kinds = {
        "position_quality": ["exacte", "rue", "synthetique", "commune", "exacte"],
        "naf": ["25.62B"] * 4 + ["86.10Z"],
    }
    sites = make_sites(*[(0, 0, 5)] * 5, **kinds)
    usable = clusterable(sites, zones=RULE)
    assert usable.tolist() == [True, True, True, False, False]
    sizes = make_sites((0, 0, np.nan), (0, 0, 0), (0, 0, 1))
    assert clusterable(sizes, zones=RULE).tolist() == [False, False, True]
    assert not clusterable(make_sites((0, 0, 5), naf=""), zones=RULE).any()


def test_each_reason_is_told_the_first_that_holds() -> None:
    sites = make_sites(
        (0, 0, 5),
        (0, 0, 5),
        (0, 0, np.nan),
        (0, 0, 0),
        naf=["86.10Z", "25.62B", "25.62B", "86.10Z"],
        position_quality=["commune", "commune", "exacte", "commune"],
    )
    assert exclusions(sites, zones=RULE).tolist() == [
        "autre activité",
        "position à la commune",
        "effectif inconnu ou nul",
        "autre activité",
    ]


@pytest.mark.parametrize("centre", [(2_000, 2_000), (5_000, 5_000)])
def test_sites_that_share_the_centre_of_their_commune_make_no_zone(centre) -> None:
    """Their source says « exacte »: so many sites on one point are a geocoder's."""
    x, y = centre
    sites = make_sites(*[(x + 20, y, 20)] * 3, (x + 10, y, 20))
    told = exclusions(sites, zones=RULE, communes=communes())
    assert told.tolist() == ["point partagé au centre de la commune"] * 3 + [""]


def test_a_shared_point_elsewhere_is_a_place_of_many_firms() -> None:
    sites = make_sites(*[(1_000, 1_000, 20)] * 3)
    assert clusterable(sites, zones=RULE, communes=communes()).all()


def test_sites_of_no_known_commune_are_left_to_their_position() -> None:
    sites = make_sites(*[(2_000, 2_000, 20)] * 3, code_insee="09001")
    assert clusterable(sites, zones=RULE, communes=communes()).all()


def test_one_siret_counts_once_in_a_commune_the_largest_site() -> None:
    sites = make_sites(
        (0, 0, 10),
        (0, 0, 20),
        (0, 0, 20),
        (0, 0, 5),
        (0, 0, 6),
        (0, 0, 7),
        siret=["39931827800021"] * 4 + ["", ""],
        code_insee=["31483"] * 3 + ["31002"] + ["31483"] * 2,
    )
    told = exclusions(sites, zones=RULE)
    assert told.tolist() == ["SIRET déjà compté", "", "SIRET déjà compté", "", "", ""]


def test_no_site_gives_no_reason_and_inputs_are_left_alone() -> None:
    assert exclusions(make_sites(), zones=RULE, communes=communes()).tolist() == []
    sites = make_sites((0, 0, 5), siret="39931827800021")
    sites.index = pd.Index(["a"])
    before = sites.copy()
    assert exclusions(sites, zones=RULE, communes=communes()).to_dict() == {"a": ""}
    pd.testing.assert_frame_equal(sites, before)


def test_degrees_are_refused() -> None:
    with pytest.raises(CrsError, match=r"sites : .*EPSG:2154"):
        exclusions(make_sites((0, 0, 1)).to_crs(4326), zones=RULE)
