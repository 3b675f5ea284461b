"""Distances between sites near each other, by hand and by brute force."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import CrsError, InfeasibleError
from eitgeo.steps.engine import run as engine
from eitgeo.steps.engine.contract import Step, StepReport
from eitgeo.steps.perimeters import foreseen
from eitgeo.steps.zones.concentration import road_options
from eitgeo.study.sectors import Sectors
from eitgeo.study.zones import Zones
from eitgeo.zones import clustering
from eitgeo.zones.clustering import plane_pairs
from tests.zones.toy import make_sites


def test_a_right_triangle() -> None:
    """s00 ─ 300 m ─ s01; s02 400 m above s00, 500 m from s01; s03 far away."""
    sites = make_sites((0, 0, 1), (300, 0, 1), (0, 400, 1), (9_000, 0, 1))
    assert plane_pairs(sites, max_m=500).toarray().tolist() == [
        [0, 300, 400, 0],
        [300, 0, 500, 0],
        [400, 500, 0, 0],
        [0, 0, 0, 0],
    ]
    assert plane_pairs(sites, max_m=499).nnz == 4


def test_sites_on_one_point_are_near_not_apart() -> None:
    assert plane_pairs(make_sites(*[(0, 0, 1)] * 2), max_m=1).toarray().tolist() == [
        [0, 0.001],
        [0.001, 0],
    ]


def test_no_site_and_one_site() -> None:
    assert plane_pairs(make_sites(), max_m=500).shape == (0, 0)
    assert plane_pairs(make_sites((0, 0, 1)), max_m=500).nnz == 0


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), max_size=30),
    st.floats(1, 800),
)
def test_it_is_the_brute_force(spots, max_m) -> None:
    sites = make_sites(*((x, y, 1.0) for x, y in spots))
    x, y = sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()
    apart_m = np.maximum(np.round(np.hypot(x[:, None] - x, y[:, None] - y), 3), 0.001)
    np.fill_diagonal(apart_m, np.inf)
    expected = np.where(apart_m <= max_m, apart_m, 0.0)
    np.testing.assert_allclose(
        plane_pairs(sites, max_m=max_m).toarray(), expected, atol=1e-9
    )
    narrow = clustering.within(plane_pairs(sites, max_m=max_m), max_m / 2)
    expected = np.where(apart_m <= max_m / 2, apart_m, 0.0)
    np.testing.assert_allclose(narrow.toarray(), expected, atol=1e-9)


def test_a_radius_that_takes_in_too_much_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(clustering, "MAX_PAIRS", 2)
    three = make_sites(*[(0, 0, 1)] * 3)
    with pytest.raises(InfeasibleError, match=r"3 paires .* → réduire zones\.radius_m"):
        plane_pairs(three, max_m=1)
    assert plane_pairs(three.iloc[:2], max_m=1).nnz == 2


def test_distances_by_road_between_all_are_refused_before_roads_are_read(
    monkeypatch,
) -> None:
    """Radii change nothing there: the remedy is the key that does."""
    monkeypatch.setattr(clustering, "MAX_PAIRS", 65)
    twelve = make_sites(*[(0, 0, 1)] * 12)
    zones = Zones(distance="truck_m", radius_m=400)
    study = SimpleNamespace(zones=zones, sectors=Sectors(min_sites=10))
    project: Any = SimpleNamespace(study=study)
    told = r"66 paires .* \(65 au plus\) → .* \(zones\.distance: plane\)$"
    with pytest.raises(InfeasibleError, match=told):
        road_options(project, twelve)


@pytest.mark.parametrize("distance", ["plane", "truck_m", "truck_min"])
def test_sites_too_many_for_roads_are_foreseen_of_a_current_table(
    monkeypatch, distance
) -> None:
    """Twelve sites that may make a zone, of fifteen: 66 pairs, not 105."""
    twelve = make_sites(*[(n, 0, 1) for n in range(15)])
    twelve.loc[12:, "code_insee"] = "31000"  # around the territory
    tables = {
        "sites": twelve.assign(source="SIRENE", siret=""),
        "communes": pd.DataFrame({"code_insee": ["31483"], "in_area": [True]}),
    }
    monkeypatch.setattr(foreseen, "read_table", lambda _, name: tables[name])
    monkeypatch.setattr(foreseen, "clusterable", lambda here, **_: here["naf"].ne(""))
    study = SimpleNamespace(zones=SimpleNamespace(distance=distance))
    project: Any = SimpleNamespace(study=study, processed=None)
    monkeypatch.setattr(clustering, "MAX_PAIRS", 66)
    foreseen.require_measurable(project)
    monkeypatch.setattr(clustering, "MAX_PAIRS", 65)
    if distance == "plane":
        foreseen.require_measurable(project)
        return
    told = r"66 paires .* \(zones\.distance: plane\)$"
    sites = Step("sites", "Établissements")
    # A table of another day says nothing.
    engine._foresee([StepReport(sites, "pending")], project)  # noqa: SLF001
    with pytest.raises(InfeasibleError, match=told):
        engine._foresee([StepReport(sites, "current")], project)  # noqa: SLF001


def test_degrees_are_refused() -> None:
    with pytest.raises(CrsError, match="EPSG:2154"):
        plane_pairs(make_sites((0, 0, 1)).to_crs(4326), max_m=500)
