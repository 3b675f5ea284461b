"""The states of carriers that the study's specification expects on real membership.

Expected (fixed before this code, from the member lists): PETR: P2 favorable, P3
possible, P1 under conditions C03, C04; syndicate of seven EPCI: P2 unsuited, 57 % of
the population outside, P1 under conditions C03, C04, P3 favorable (three PETR and one
syndicate); Territoire d'industrie: it cannot carry, P2 unsuited, 46 % outside.
"""

import pytest

from eitgeo.perimeters.contours.candidate import body_perimeters
from eitgeo.reference.governance import carrier_rules, carriers
from eitgeo.scenarios.carriers.carriers import carrier_reasons, carrier_states
from eitgeo.scenarios.carriers.facts import Fact, Ground, body_facts
from eitgeo.scenarios.measures.governance import members_of
from eitgeo.tables.files import read_table

pytestmark = pytest.mark.results

NAMES = ("petr_comminges", "systom_7_epci", "ti_comminges_nestes")
COUNTS = {
    "petr_comminges": {"n_epci": 3, "n_petr": 1, "n_deliberations": 4},
    "systom_7_epci": {"n_epci": 7, "n_petr": 3, "n_deliberations": 8},
    "ti_comminges_nestes": {"n_epci": 7, "n_petr": 3, "n_deliberations": 8},
}
"""Indicators of the perimeters, held by tests/studies/test_real.py."""


@pytest.fixture(scope="module")
def facts(project):
    """Measure the three perimeters on the bodies of the default data."""
    folder, study = project.processed, project.study
    bodies, membership = (read_table(folder, n) for n in ("bodies", "membership"))
    on_date = study.territory.on_date
    ground = Ground(
        read_table(folder, "communes"),
        bodies,
        members_of(bodies, membership, on_date),
        study.comparison.waste_bodies,
    )
    found = body_perimeters(
        NAMES, bodies=bodies, membership=membership, on_date=on_date
    )
    return {
        one.perimeter_id: body_facts(one, ground)
        | {name: Fact(float(n)) for name, n in COUNTS[one.perimeter_id].items()}
        for one in found
    }


@pytest.fixture(scope="module")
def reasons(facts):
    """Apply the rules."""
    return carrier_reasons(facts, rules=carrier_rules())


@pytest.fixture(scope="module")
def states(facts, reasons):
    """Return the state by perimeter and carrier."""
    table = carrier_states(reasons, facts, carriers=carriers())
    return table.set_index(["perimeter_id", "carrier_id"])["state"]


@pytest.mark.parametrize(
    ("perimeter_id", "carrier_id", "state"),
    [
        ("petr_comminges", "P1", "sous_conditions"),
        ("petr_comminges", "P2", "favorable"),
        ("petr_comminges", "P3", "possible"),
        ("systom_7_epci", "P1", "sous_conditions"),
        ("systom_7_epci", "P2", "peu_adapte"),
        ("systom_7_epci", "P3", "favorable"),
        ("ti_comminges_nestes", "P0", "impossible"),
        ("ti_comminges_nestes", "P2", "peu_adapte"),
    ],
)
def test_the_expected_states(states, perimeter_id, carrier_id, state) -> None:
    assert states[perimeter_id, carrier_id] == state


@pytest.mark.parametrize("perimeter_id", ["petr_comminges", "systom_7_epci"])
def test_the_conditions_of_the_syndicate_are_c03_and_c04(reasons, perimeter_id) -> None:
    mine = reasons[
        (reasons["perimeter_id"] == perimeter_id)
        & (reasons["carrier_id"] == "P1")
        & (reasons["effect"] == "condition")
        & (reasons["outcome"] == "applique")
    ]
    assert mine["rule_id"].tolist() == ["C03", "C04"]


@pytest.mark.parametrize(
    ("perimeter_id", "outside_pct"),
    [("petr_comminges", 0), ("systom_7_epci", 57), ("ti_comminges_nestes", 46)],
)
def test_the_population_outside_the_petr(facts, perimeter_id, outside_pct) -> None:
    found = float(facts[perimeter_id]["petr_outside_pct"].value)
    assert round(found) == outside_pct


def test_the_coalition_of_seven_epci_is_three_petr_and_one_syndicate(facts) -> None:
    # The list of the syndicate is to confirm: three PETR for sure, four at most.
    mine = facts["systom_7_epci"]
    assert mine["n_parties"].bounds == (3, 4)
    assert mine["parties_cover_pct"].bounds[1] == pytest.approx(100)


def test_a_part_without_known_waste_body_leaves_the_coalition_open(facts) -> None:
    assert "non renseigné" in facts["ti_comminges_nestes"]["n_parties"].missing
