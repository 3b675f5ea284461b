"""Facts of unions against those of compared perimeters, on the row of six.

Every connected union of the three EPCI (see ``tests/scenarios/toy.py``) is measured
once as a union and once as if the study compared it.
"""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from eitgeo.reference.governance import carrier_rules, carriers
from eitgeo.scenarios.carriers.carriers import carrier_reasons, carrier_states
from eitgeo.scenarios.carriers.facts import Fact, Facts, Ground, neighbour_distances
from eitgeo.scenarios.measures.governance import members_of
from eitgeo.steps.decision.carrier_facts import FactSources, compared_facts, union_facts
from eitgeo.study.governance import Neighbour
from tests.scenarios.toy import (
    DAY,
    A,
    C,
    E,
    make_activity,
    make_bodies,
    make_communes,
    make_membership,
    make_study,
    make_targets,
    union,
)

UNIONS = [union(1), union(1, 2), union(1, 2, 3), union(2, 3), union(2), union(3)]
NEIGHBOUR = Neighbour(name="Voisine", commune=E, source="page")
ALONE = {"departure_changes", "departure_member_pct", "departure_epci"}
"""What a study measures of the perimeters that it compares, and of no other."""


def measured(number: int, n_epci: int) -> Facts:
    """Return released figures, other ones for each union."""
    values = {
        "n_epci": n_epci,
        "n_petr": min(number, 2),
        "n_departements": 1 + number % 2,
        "n_deliberations": n_epci + 1,
        "target_sites": 100.0 * number,
        "sites_per_animator": 50.0 * number,
        "seat_45min_pct": 20.0 * number,
    }
    return {name: Fact(float(value)) for name, value in values.items()}


def make_sources() -> FactSources:
    """Lay out a study whose members leave and whose firms have signed up."""
    epci = make_bodies()["kind"].eq("epci")
    bodies = make_bodies().assign(economic_competence=epci)
    communes = gpd.GeoDataFrame(
        make_communes().assign(seat_x=[5e3 + 1e4 * n for n in range(6)], seat_y=5e3),
        geometry=[box(1e4 * n, 0, 1e4 * n + 1e4, 1e4) for n in range(6)],
        crs=2154,
    )
    study = make_study()
    near = {"neighbours": (NEIGHBOUR,), "neighbour_km": 10.0}
    governance = study.governance.model_copy(update=near)
    orders = [
        (f"sans_20000000{n}", one.perimeter_id, 1.0, 2.0)
        for one in UNIONS
        for n in (1, 2, 3)
    ]
    names = ["stress_id", "perimeter_id", "rank_before", "rank_after"]
    of_bodies = members_of(bodies, make_membership(), DAY)
    return FactSources(
        study=study.model_copy(update={"governance": governance}),
        ground=Ground(communes, bodies, of_bodies, ("syndicat",)),
        communes=communes[["code_insee", "nom", "epci_siren", "epci_communes", "dep"]],
        measured={
            one.perimeter_id: measured(n, len(one.codes) // 2)
            for n, one in enumerate(UNIONS)
        },
        activity=make_activity(target=make_targets({A: 3, C: 1, E: 2})),
        distances_km=neighbour_distances(communes, neighbours=[NEIGHBOUR]),
        signed_up={"200000001": 21, "200000003": 4},
        stress_orders=pd.DataFrame(orders, columns=names).astype({"stress_id": "str"}),
        shared={"revenue_lines": Fact(0.0), "tgap_year": Fact("2026")},
    )


@pytest.fixture(scope="module")
def sources() -> FactSources:
    """Lay that study out once."""
    return make_sources()


def test_unions_have_the_facts_of_compared_perimeters_but_those_alone(sources) -> None:
    unions, compared = union_facts(UNIONS, sources), compared_facts(UNIONS, sources)
    assert list(unions) == list(compared) == [one.perimeter_id for one in UNIONS]
    for name, facts in unions.items():
        kept = {fact for fact in facts if fact not in ALONE}
        # As text: NaN is not itself.
        assert {fact: str(facts[fact]) for fact in kept} == {
            fact: str(compared[name][fact]) for fact in kept
        }
        for fact in ALONE & set(facts):
            assert facts[fact].missing == "mesuré pour les seuls périmètres comparés"
        assert set(compared[name]) - set(facts) <= ALONE


def test_states_differ_where_a_rule_waits_and_nowhere_else(sources) -> None:
    every = []
    for measure in (union_facts, compared_facts):
        facts = measure(UNIONS, sources)
        reasons = carrier_reasons(facts, rules=carrier_rules())
        states = carrier_states(reasons, facts, carriers=carriers())
        keys = ["perimeter_id", "carrier_id", "rule_id"]
        every.append((reasons.set_index(keys), states.set_index(keys[:2])))
    (reasons, states), (other_reasons, other_states) = every
    waits = reasons[reasons["outcome"] == "non_evalue"]
    alone = waits[waits["missing"] == "mesuré pour les seuls périmètres comparés"]
    assert set(alone.index.get_level_values("rule_id")) == {"C06"}
    kept = reasons.index.difference(alone.index)
    pd.testing.assert_frame_equal(
        reasons.loc[kept],
        other_reasons.loc[
            other_reasons.index.get_level_values("rule_id") != "C06"
        ].sort_index(),
    )
    moved = states.index[states["state"] != other_states["state"]]
    assert set(moved.get_level_values("carrier_id")) <= {"P1"}


def test_published_firms_count_for_unions_as_for_compared_perimeters(sources) -> None:
    found = union_facts(UNIONS, sources)
    counts = [
        None if f["n_firms"].missing else f["n_firms"].value for f in found.values()
    ]
    assert counts == [21.0, 21.0, 25.0, None, None, None]
    silent = union_facts(UNIONS, replace(sources, signed_up=None))
    assert all(facts["n_firms"] == Fact(0.0) for facts in silent.values())


def test_unions_leave_their_sources_untouched(sources) -> None:
    before = {name: dict(facts) for name, facts in sources.measured.items()}
    union_facts(UNIONS, sources)
    assert sources.measured == before
