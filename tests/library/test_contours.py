"""Best contours, and what several have in common, of an analyst's own units."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

import eitgeo as eg
from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.perimeters.ensemble.core_fringe import Vote, membership_frequency
from eitgeo.perimeters.optimum.exchanges import exchange_choice
from eitgeo.perimeters.optimum.optimum import best_set
from eitgeo.study.methods import ExchangeContour

NAMES = list("abcdefghi")
TONNES = {
    ("a", "b"): 3.0,
    ("b", "a"): 1.0,
    ("e", "e"): 2.0,
    ("e", "f"): 4.0,
    ("c", "f"): 2.5,
    ("e", "h"): 1.5,
    ("d", "g"): 7.0,
    ("h", "i"): 0.5,
    ("e", "elsewhere"): 90.0,
}
FLOWS = pd.Series(TONNES)


@pytest.fixture
def units():
    """Nine squares of 1 km, three by three."""
    return gpd.GeoDataFrame(
        {"people": [4, 1, 2, 3, 1, 2, 5, 1, 1], "epci": list("xxxyyyzzz")},
        geometry=[
            box(5e5 + 1000 * column, 6.2e6 + 1000 * row, 5.01e5 + 1000 * column,
                6.201e6 + 1000 * row)
            for row in range(3)
            for column in range(3)
        ],
        index=NAMES,
        crs=2154,
    )  # fmt: skip


def kept(members):
    return sum(t for ends, t in TONNES.items() if set(ends) <= set(members))


@pytest.mark.parametrize("ceiling", [3, 6, 9])
def test_the_best_is_that_of_all_unions(units, ceiling):
    unions = eg.unions_of(units, root="e", sums=["people"])
    allowed = unions.loc[unions["people"] <= ceiling, "members"]
    found = eg.best_contour(
        units, root="e", flows=FLOWS, ceilings={"people": ceiling}, gap=0.0
    )
    assert found["value"] == pytest.approx(max(map(kept, allowed)))
    assert found["value"] == pytest.approx(kept(found["members"]))
    assert found["members"] in set(allowed)
    assert found["people"] <= ceiling
    assert found["bound"] >= found["value"]


def test_rules_hold_and_bodies_stay_whole(units):
    whole = eg.best_contour(
        units, flows=FLOWS, ceilings={"people": 9}, group="epci", include=["e"]
    )
    assert eg.certify(whole["members"], units, group="epci")["groups_cut"] == ()
    told = eg.best_contour(
        units,
        root="e",
        worth="people",
        ceilings={"people": 9},
        floors={"people": 7},
        include=["a"],
        exclude=["d"],
    )
    assert {"a", "e"} <= set(told["members"])
    assert "d" not in told["members"]
    assert 7 <= told["value"] == told["people"] <= 9
    with pytest.raises(InfeasibleError):
        eg.best_contour(units, root="g", worth="people", ceilings={"people": 4})


def test_it_is_the_contour_of_the_study(units):
    links = eg.contiguity(units).reset_index()
    contour = ExchangeContour(population_share=0.3, max_split_epci=None)
    choice = exchange_choice(
        pd.DataFrame(
            {
                "code_insee": NAMES,
                "in_area": True,
                "population": units["people"].to_numpy(),
                "epci_siren": units["epci"].to_numpy(),
            }
        ),
        links.rename(columns={"unit": "code_a", "neighbour": "code_b"}).assign(
            road_minutes=1.0
        ),
        pd.DataFrame(
            [(*ends, t) for ends, t in TONNES.items() if ends != ("b", "a")],
            columns=["code_a", "code_b", "t_mid"],
        ),
        jobs=pd.Series(dtype=float),
        root="e",
        contour=contour,
    )
    studied = best_set(choice)
    found = eg.best_contour(
        units, root="e", flows=FLOWS.drop(("b", "a")), ceilings={"people": 6.0}
    )
    assert found["members"] == tuple(units.index[studied.held])
    assert (found["value"], found["bound"]) == (studied.value, studied.bound)


def test_core_is_what_nearly_all_hold_as_in_the_study(units):
    drawn = {"m1": "abe", "m2": "abef", "n1": "aeh"}
    families = {"m1": "m", "m2": "m", "n1": "n"}
    contours = {name: list(labels) for name, labels in drawn.items()}
    votes = [Vote(n, families[n], {}, frozenset(drawn[n])) for n in drawn]
    table = membership_frequency(votes, NAMES)
    table = table[table["family"] == "ensemble"].set_index("code_insee")
    found = eg.core_and_fringe(contours, units.iloc[::-1], families=families)
    assert found.index.tolist() == NAMES[::-1]
    assert found["share"].to_dict() == table["share"].to_dict()
    assert found["n_contours"].loc[["a", "b", "f", "i"]].tolist() == [3, 2, 1, 0]
    assert found["part"].loc[["a", "b", "i"]].tolist() == ["core", "fringe", "outside"]
    plain = eg.core_and_fringe(pd.Series(contours), units)
    assert plain["share"].tolist() == pytest.approx(plain["n_contours"] / 3)


def test_a_contour_that_is_none_is_told(units):
    with pytest.raises(SchemaError, match="'31042' is a text"):
        eg.core_and_fringe(["31042"], units)
    with pytest.raises(KeyError, match="contour 0: 'q' is no label"):
        eg.core_and_fringe([["q"]], units)
    with pytest.raises(SchemaError, match="one contour at least"):
        eg.core_and_fringe([], units)
    with pytest.raises(KeyError, match="contour 0 has none"):
        eg.core_and_fringe([["a"]], units, families={})
    with pytest.raises(SchemaError, match="worth= or flows="):
        eg.best_contour(units, ceilings={"people": 3})
    with pytest.raises(SchemaError, match="no column 'jobs'"):
        eg.best_contour(units, worth="people", ceilings={"jobs": 3})
    with pytest.raises(SchemaError, match="two labels"):
        eg.best_contour(units, flows=units["people"], ceilings={"people": 3})
