"""The verdict may be « non », and says what it lacks."""

import pandas as pd
import pytest

from eitgeo.perimeters import Candidate
from eitgeo.scenarios import Fact, verdict_facts, verdict_rows
from eitgeo.scenarios.facts import ASSUMED, unknown
from eitgeo.study import VerdictRule
from tests.scenarios.toy import (
    A,
    B,
    E,
    make_activity,
    make_amounts,
    make_families,
    make_rounds,
    make_study,
    make_targets,
)

RULE = VerdictRule(min_sites=80, min_families=5, min_groups=3)
NAMES = ("target_sites", "seat_45min_pct", "synergy_families", "mutual_groups")
COUNTS = ("synergy_families", "mutual_groups")


def verdict(sites=160, near=50, families=5, groups=3, *, told=None, without=None):
    """Return the rows of a perimeter; without the largest site: the same but one.

    A source tells every family and group, unless `told` says otherwise.
    """
    values = dict(zip(NAMES, (sites, near, families, groups), strict=True))
    values |= {f"{name}_documented": values[name] for name in COUNTS} | (told or {})
    apart = values | (without or {})
    facts = {name: as_fact(value) for name, value in values.items()}
    facts |= {f"{name}_without_top": as_fact(value) for name, value in apart.items()}
    return verdict_rows({"p": facts}, rule=RULE).set_index("condition_id")


def as_fact(value):
    """Make a fact of a number, or of the reason why there is none."""
    return unknown(value) if isinstance(value, str) else Fact(float(value))


def test_at_the_thresholds_it_is_confirmed() -> None:
    rows = verdict()
    assert set(rows["verdict"]) == {"confirme"}
    assert set(rows["answer"]) == {"oui"}
    assert rows.loc["sites_45min", "value"] == 80


@pytest.mark.parametrize(
    ("changes", "failing"),
    [
        ({"sites": 159}, ["sites_45min", "without_top"]),
        ({"families": 4}, ["synergy_families", "without_top"]),
        ({"groups": 2}, ["mutual_groups", "without_top"]),
    ],
)
def test_what_fails_as_it_is_fails_without_the_largest_site_too(
    changes, failing
) -> None:
    rows = verdict(**changes)
    assert rows.index[rows["answer"] == "non"].tolist() == failing
    assert set(rows["verdict"]) == {"non_confirme"}


def test_one_condition_fails_and_is_named() -> None:
    rows = verdict(without={"target_sites": 158})
    assert rows.index[rows["answer"] == "non"].tolist() == ["without_top"]
    assert set(rows["verdict"]) == {"sous_conditions"}


def test_synthetic_data_leave_it_open() -> None:
    reason = "données synthétiques"
    rows = verdict(sites=reason, families=reason, groups=reason)
    assert set(rows["verdict"]) == {"non_evaluable"}
    assert set(rows["answer"]) == {"non_evaluee"}
    assert rows["missing"].str.contains(f" : {reason} ; évaluable avec ").all()


def test_memory_alone_never_confirms() -> None:
    rows = verdict(told={"synergy_families_documented": 2.0})
    assert set(rows["verdict"]) == {"non_evaluable"}
    assert rows.loc["synergy_families", "answer"] == "non_evaluee"
    assert rows.loc["synergy_families", "missing"].startswith(
        "familles de synergies : 2 sous des règles sourcées, 5 avec celles de mémoire "
        "(classe H) ; évaluable avec des établissements observés"
    )


def test_memory_may_refuse() -> None:
    """Even the rules from memory give no more than four families and two groups."""
    told = {"synergy_families_documented": 1.0, "mutual_groups_documented": 0.0}
    rows = verdict(families=4, groups=2, told=told)
    assert rows.loc[["synergy_families", "mutual_groups"], "answer"].eq("non").all()
    assert set(rows["verdict"]) == {"non_confirme"}


def test_a_figure_of_class_h_is_named_with_what_would_make_it_known() -> None:
    rows = verdict(near=ASSUMED, groups=ASSUMED)
    assert rows.loc["sites_45min", "missing"] == (
        "temps de route vers le siège : réseau de substitution (classe H) ; évaluable "
        "avec des établissements observés (SIRENE) et un réseau routier réel (OSM, BD "
        "TOPO)"
    )
    assert rows.loc["mutual_groups", "missing"].startswith("groupes de mutualisation")


HERE = Candidate("p", "p", "corps", frozenset({A, B}))
GIVERS = [("bois", A, "s0"), ("bois", A, "s1"), ("bois", B, "s2"), ("métal", A, "s0")]


def known(**changes):
    """Return facts of the verdict measured on three sites; s0 has most jobs."""
    rows = [("s0", A, 50.0), ("s1", A, 20.0), ("s2", B, 20.0)]
    sites = ["s0", "s1", "s2"]
    activity = make_activity(
        industry=make_amounts("headcount", *rows),
        target=make_targets({A: 2, B: 1}).assign(site_id=sites),
        families=make_families(*GIVERS, documented=True),
        rounds=make_rounds(*[("g", A, one) for one in sites]),
    )
    facts = {name: Fact(1.0) for name in NAMES} | changes
    return verdict_facts(
        HERE,
        facts,
        activity,
        town_names=pd.Series({A: "a", E: "e"}),
        comparison=make_study().comparison,
        min_givers=3,
    )


def test_the_largest_site_takes_its_families_and_groups_away() -> None:
    """Wood has three givers, s0 among them; the round asks for three sites."""
    found = {name: fact.value for name, fact in known().items()}
    assert found["synergy_families_documented"] == 1
    assert found["mutual_groups_documented"] == 0, "no source tells the rule of g"
    assert found["target_sites_without_top"] == 2
    assert found["synergy_families_without_top"] == 0
    assert found["mutual_groups_without_top"] == 0


def test_what_is_not_known_as_it_is_stays_so_without_the_largest_site() -> None:
    found = known(mutual_groups=unknown("non mesuré"))
    assert found["mutual_groups_documented_without_top"].missing == "non mesuré"
    assert found["synergy_families_without_top"].missing == ""


def test_two_failures_are_enough_whatever_is_not_known() -> None:
    rows = verdict(families=1, groups=1, sites="non mesuré")
    assert set(rows["verdict"]) == {"non_confirme"}


def test_one_failure_and_one_unknown_is_open() -> None:
    rows = verdict(groups="non mesuré", without={"target_sites": 100})
    assert rows.loc["without_top", "answer"] == "non"
    assert set(rows["verdict"]) == {"non_evaluable"}


def test_more_of_everything_never_makes_it_worse() -> None:
    order = ["non_confirme", "sous_conditions", "confirme"]
    found = [
        order.index(verdict(sites, 50, families, groups)["verdict"].iloc[0])
        for sites, families, groups in [(10, 1, 0), (160, 5, 2), (160, 5, 3)]
    ]
    assert found == sorted(found)
