"""The five nearest at the other end of a rule: by road, once, who may be told."""

from typing import Any

import pandas as pd
import pytest

from eitgeo.flows.exchanges.synergies import Resource, nearest_partners
from tests.flows.survey_toy import SAWMILL, declared
from tests.flows.toy import BOARD, P, Q, R, S, make_pairs, make_rules

PALLETS = Resource(SAWMILL, "disponible", "palettes", P)


def registered(*rows: tuple[str, str], **changes: Any) -> pd.DataFrame:
    """Return sites of a register: name and commune; board makers unless said so."""
    table = pd.DataFrame(rows, columns=["site_id", "code_insee"])
    usual: dict[str, Any] = {
        "siret": "",
        "name": table["site_id"].str.upper(),
        "naf": BOARD,
        "diffusible": True,
        "natural_person": False,
        "synthetic": False,
    }
    return table.assign(**(usual | changes))


def partners(
    sites: pd.DataFrame, resource: Resource = PALLETS, **known: Any
) -> list[tuple[str, float]]:
    """Return who is found, and in how many minutes."""
    rules = known.get("rules", make_rules({"rule_id": "SYN005"}))
    found = nearest_partners(
        resource,
        known.get("declarations", declared()),
        sites=sites,
        rules=rules,
        od_matrix=make_pairs().assign(profile="truck"),
    )
    return list(zip(found["site_id"], found["time_s"] / 60, strict=True))


def test_the_nearest_by_road_come_first_and_five_at_most() -> None:
    sites = registered(("r", R), ("q2", Q), ("q1", Q), ("p", P), ("s", S))
    assert partners(sites) == [("p", 1.0), ("q1", 10.0), ("q2", 10.0), ("r", 20.0)]
    many = registered(*((f"q{n}", Q) for n in range(9)))
    assert [name for name, _ in partners(many)] == ["q0", "q1", "q2", "q3", "q4"]


def test_beyond_the_longest_distance_of_the_rule_nobody_is_told() -> None:
    rules = make_rules({"rule_id": "SYN005", "dist_max_km": 15.0})
    assert partners(registered(("q", Q), ("r", R)), rules=rules) == [("q", 10.0)]


@pytest.mark.parametrize(
    "changes",
    [
        {"diffusible": False},
        {"natural_person": True},
        {"siret": SAWMILL},
        {"naf": "47.11F"},
    ],
)
def test_who_is_never_told(changes) -> None:
    assert partners(registered(("q", Q), **changes)) == []


def test_a_firm_under_two_rules_is_told_once() -> None:
    sawdust = Resource(SAWMILL, "disponible", "sciures", P)
    rules = make_rules({"rule_id": "SYN003"}, {"rule_id": "SYN004"})
    assert partners(registered(("q", Q)), sawdust, rules=rules) == [("q", 10.0)]


def test_what_is_looked_for_is_asked_of_those_who_give() -> None:
    wanted = Resource("1", "recherchee", "palettes", Q)
    givers = registered(("scie", P), naf="16.10A")
    nobody = declared({"sens": "recherchee"})
    assert partners(givers, wanted, declarations=nobody) == [("scie", 10.0)]


def test_another_rule_than_those_of_the_nature_does_not_count() -> None:
    assert partners(registered(("q", Q)), rules=make_rules()) == []


def test_firms_of_the_survey_are_told_when_they_share_their_form() -> None:
    other = {"siret": "39931827800021", "sens": "recherchee", "commune": R}
    rows = declared({}, other)
    assert partners(registered(), declarations=rows) == [("ENQ39931827800021", 20.0)]
    silent = declared({}, other | {"consent_partage": False})
    assert partners(registered(), declarations=silent) == []
    same_way = declared({}, other | {"sens": "disponible"})
    assert partners(registered(), declarations=same_way) == []
    # Beside what a register says of it, its own word stands.
    known = registered(("r", R), siret="39931827800021")
    assert partners(known, declarations=rows) == [("ENQ39931827800021", 20.0)]


def test_a_firm_that_declared_it_comes_before_nearer_ones_that_a_rule_supposes() -> (
    None
):
    far = {"siret": "39931827800021", "sens": "recherchee", "commune": R}
    near = registered(*((f"q{rank}", Q) for rank in range(6)))
    found = partners(near, declarations=declared({}, far))
    assert [name for name, _ in found] == ["ENQ39931827800021", "q0", "q1", "q2", "q3"]


def test_a_resource_of_no_place_has_no_partner() -> None:
    nowhere = Resource(SAWMILL, "disponible", "palettes", "")
    assert partners(registered(("q", Q)), nowhere) == []
