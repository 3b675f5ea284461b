"""The verdict may be « non », and says what it lacks."""

import datetime as dt

import pytest

from eitgeo.maps.words.governance_words import VERDICT_WORDS
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.carriers.facts import ASSUMED, SYNTHETIC, Fact, unknown
from eitgeo.scenarios.carriers.verdict import Tried, try_conditions, verdict_rows
from eitgeo.scenarios.carriers.without_top import desk_facts, verdict_facts
from eitgeo.study.governance import FieldWork, VerdictRule
from tests.scenarios.toy import (
    A,
    B,
    E,
    make_activity,
    make_amounts,
    make_families,
    make_inputs,
    make_rounds,
    make_targets,
)

RULE = VerdictRule()
NAMES = ("target_sites", "seat_45min_pct", "synergy_families", "mutual_groups")
COUNTS = ("synergy_families", "mutual_groups")
DESK = (
    "firms_10_45min",
    "sites_45min",
    "synergy_families",
    "mutual_groups",
    "without_top",
)
WEIGHS, ALL_HOLD = Tried(10, 5, 5), Tried(10, 0, 10)
DONE = ("firms_met", "firms_engaged", "workshop", "carrier_agreement")


def field(perimeter="p", n=3, kinds=DONE):
    """Return the field work of a perimeter."""
    day = dt.date(2026, 10, 1)
    return [
        FieldWork(perimeter=perimeter, kind=kind, n=n, on_date=day, source="s")
        for kind in kinds
    ]


def facts(
    sites=160, near=50, families=5, groups=3, *, firms=80, told=None, without=None
):
    """Return the facts of a perimeter; without the largest site: the same but one.

    A source tells every family and group, unless `told` says otherwise.
    """
    values = dict(zip(NAMES, (sites, near, families, groups), strict=True))
    values |= {f"{name}_documented": values[name] for name in COUNTS} | (told or {})
    apart = values | (without or {})
    found = {name: as_fact(value) for name, value in values.items()}
    found["counted_firms_10_45min"] = as_fact(firms)._replace(evidence="S")
    return found | {f"{name}_without_top": as_fact(v) for name, v in apart.items()}


def verdict(*values, weighing=DESK, done=(), rule=RULE, surrogate=False, **changes):
    """Return the rows of a perimeter, with the conditions that weigh."""
    tried = {name: WEIGHS if name in weighing else ALL_HOLD for name in DESK}
    mine = {"p": facts(*values, **changes)}
    rows = verdict_rows(mine, rule=rule, tried=tried, field=done, surrogate=surrogate)
    return rows.set_index("condition_id")


def as_fact(value):
    """Make a fact of a number, or of the reason why there is none."""
    if value in (ASSUMED, SYNTHETIC):
        return Fact(float("nan"), value, evidence="H", potential=10.0)
    return unknown(value) if isinstance(value, str) else Fact(float(value))


def test_at_the_thresholds_desk_data_make_it_possible_and_no_more() -> None:
    rows = verdict()
    assert set(rows["verdict"]) == {"possible"}
    assert set(rows.loc[[*DESK], "answer"]) == {"oui"}
    assert rows.loc[["firms_10_45min", "sites_45min"], "value"].tolist() == [80, 80]
    assert set(rows.loc[[*DONE], "answer"]) == {"non"}
    assert rows.loc[[*DONE], "missing"].str.contains("governance.field").all()


def test_field_work_confirms_what_desk_data_allow() -> None:
    rows = verdict(done=field())
    assert set(rows["verdict"]) == {"confirme"}
    assert set(rows["answer"]) == {"oui"}
    assert set(verdict(160, 50, 5, 1, done=field())["verdict"]) == {"non_confirme"}


@pytest.mark.parametrize("missing", DONE)
def test_each_piece_of_field_work_is_needed(missing) -> None:
    kinds = [kind for kind in DONE if kind != missing]
    rows = verdict(done=field(kinds=kinds))
    assert set(rows["verdict"]) == {"possible"}
    assert rows.index[rows["answer"] == "non"].tolist() == [missing]


def test_field_work_counts_where_it_was_done_and_enough_of_it() -> None:
    assert set(verdict(done=field("q"))["verdict"]) == {"possible"}
    rows = verdict(done=field(n=2))
    assert rows.index[rows["answer"] == "non"].tolist() == [
        "firms_met",
        "firms_engaged",
    ]
    twice = [*field(n=2), *field(n=1)]
    assert set(verdict(done=twice)["verdict"]) == {"confirme"}


@pytest.mark.parametrize(
    ("failed", "held", "weighs"),
    [(1, 9, True), (0, 10, False), (9, 1, True), (10, 0, False), (5, 0, False)],
)
def test_a_condition_weighs_where_one_in_ten_fails_and_one_in_ten_holds(
    failed, held, weighs
) -> None:
    assert Tried(10, failed, held).weighs is weighs


def test_a_condition_is_tried_on_all_and_open_ones_are_neither() -> None:
    few, many, unseen = facts(sites=10), facts(), facts(sites="non mesuré")
    tried = try_conditions({"a": few, "b": many, "c": unseen}, rule=RULE)
    assert tried["sites_45min"] == Tried(3, 1, 1)
    assert tried["synergy_families"] == Tried(3, 0, 3)
    assert tried["without_top"] == Tried(3, 1, 1)
    assert not Tried(0, 0, 0).weighs


def test_what_tells_nothing_apart_does_not_count() -> None:
    rows = verdict(160, 50, 4, 2, weighing=("sites_45min",))
    assert rows["weighs"].tolist() == ["non", "oui", "non", "non", "non", *["oui"] * 4]
    assert set(rows["verdict"]) == {"possible"}, "the only one that weighs holds"
    assert set(verdict(weighing=(), done=field())["verdict"]) == {"indecidable"}


def test_one_condition_that_weighs_and_fails_is_no() -> None:
    rows = verdict(10, weighing=("sites_45min",))
    assert set(rows["verdict"]) == {"non_confirme"}


def test_every_verdict_is_reached() -> None:
    found = [
        verdict(done=field()),
        verdict(),
        verdict(*[SYNTHETIC] * 4),
        verdict(without={"target_sites": 158}),
        verdict(families=1),
        verdict(weighing=()),
        verdict(*[SYNTHETIC] * 4, firms="non mesuré"),
    ]
    assert [rows["verdict"].iloc[0] for rows in found] == [*VERDICT_WORDS]


def test_a_threshold_that_is_changed_says_why() -> None:
    with pytest.raises(ValueError, match=r"seuil changé sans motif \(min_sites"):
        VerdictRule(min_sites=40)
    rows = verdict(rule=VerdictRule(min_sites=40, reason="un mi-temps"))
    assert rows.loc["sites_45min", "reason"] == "un mi-temps"
    assert "choix de trois" in rows.loc["synergy_families", "reason"]
    assert rows["reason"].ne("").all()


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
    assert rows.loc[[*DESK]].query("answer == 'non'").index.tolist() == failing
    assert set(rows["verdict"]) == {"non_confirme"}


def test_one_condition_fails_and_is_named() -> None:
    rows = verdict(without={"target_sites": 158})
    assert rows.loc[[*DESK]].query("answer == 'non'").index.tolist() == ["without_top"]
    assert set(rows["verdict"]) == {"sous_conditions"}


@pytest.mark.parametrize("weighing", [DESK, DESK[:1]])
def test_on_drawn_establishments_counts_alone_decide(weighing) -> None:
    """What is drawn is told with what it would be, and counts for nothing."""
    rows = verdict(160, *[SYNTHETIC] * 3, weighing=weighing, done=field())
    assert set(rows["verdict"]) == {"a_confirmer"}
    assert rows.loc["firms_10_45min", ["answer", "evidence"]].tolist() == ["oui", "S"]
    drawn = rows.loc[[*DESK[1:]]]
    assert set(drawn["answer"]) == {"a_confirmer"}
    assert set(drawn["evidence"]) == {"H"}
    assert drawn["value"].tolist()[:3] == [160 * 10 / 100, 10, 10]
    assert drawn["missing"].str.contains(f" : {SYNTHETIC} ; évaluable avec ").all()
    rows = verdict(160, *[SYNTHETIC] * 3, firms=79, weighing=weighing)
    assert set(rows["verdict"]) == {"non_confirme"}


def test_counts_that_tell_no_territory_apart_do_not_decide() -> None:
    rows = verdict(*[SYNTHETIC] * 4, weighing=DESK[1:])
    assert rows.loc["firms_10_45min", "weighs"] == "non"
    assert set(rows["verdict"]) == {"indecidable"}


def test_counts_under_the_threshold_are_no_whatever_else_holds() -> None:
    rows = verdict(firms=79)
    assert rows.loc[[*DESK], "answer"].tolist() == ["non", *["oui"] * 4]
    assert set(rows["verdict"]) == {"non_confirme"}


@pytest.mark.parametrize(
    ("every", "answer"), [(79, "non"), (80, "non_evaluee"), ("–", "non_evaluee")]
)
def test_too_few_establishments_in_all_are_too_few_near_any_seat(every, answer) -> None:
    mine = facts(firms="aucune ville") | {"counted_firms_10": as_fact(every)}
    tried = try_conditions({"a": mine}, rule=RULE)
    assert tried["firms_10_45min"] == Tried(1, int(answer == "non"), 0)
    rows = verdict_rows({"a": mine}, rule=RULE, tried=tried).set_index("condition_id")
    assert rows.loc["firms_10_45min", "answer"] == answer


def test_a_study_without_counts_decides_as_it_did() -> None:
    rows = verdict(firms="non mesuré", weighing=DESK[1:], done=field())
    assert rows.loc["firms_10_45min", "answer"] == "non_evaluee"
    assert "sources.counts" in rows.loc["firms_10_45min", "missing"]
    assert set(rows["verdict"]) == {"confirme"}


def test_memory_alone_never_confirms() -> None:
    rows = verdict(told={"synergy_families_documented": 2.0})
    assert set(rows["verdict"]) == {"a_confirmer"}
    assert rows.loc["synergy_families", ["answer", "value"]].tolist() == [
        "a_confirmer",
        5,
    ]
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
    rows = verdict(near=ASSUMED, groups=ASSUMED, surrogate=True)
    assert rows.loc["sites_45min", "missing"] == (
        "temps de route vers le siège : réseau de substitution (classe H) ; évaluable "
        "avec des établissements observés (SIRENE) et un réseau routier réel (OSM, BD "
        "TOPO)"
    )
    assert rows.loc["mutual_groups", "missing"].startswith("groupes de mutualisation")


def test_on_real_roads_no_road_is_asked_for() -> None:
    rows = verdict(near=ASSUMED, groups=ASSUMED)
    assert rows.loc["sites_45min", "missing"] == (
        "temps de route vers le siège : hypothèse de travail (classe H) ; évaluable "
        "avec des établissements observés (SIRENE)"
    )
    assert rows.loc["mutual_groups", "missing"] == (
        "groupes de mutualisation : règles de mémoire (classe H) ; évaluable avec des "
        "établissements observés (SIRENE) et des règles sourcées (colonne evidence : "
        "S) qui suffisent à elles seules"
    )


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
    return verdict_facts({"p": facts}, make_inputs(HERE, activity=activity))["p"]


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


def test_one_failure_is_told_whatever_is_not_known() -> None:
    rows = verdict(groups="non mesuré", without={"target_sites": 100})
    assert rows.loc["without_top", "answer"] == "non"
    assert set(rows["verdict"]) == {"sous_conditions"}
    rows = verdict(groups="non mesuré")
    assert set(rows["verdict"]) == {"a_confirmer"}


def test_more_of_everything_never_makes_it_worse() -> None:
    order = ["non_confirme", "sous_conditions", "possible"]
    found = [
        order.index(verdict(sites, 50, families, groups)["verdict"].iloc[0])
        for sites, families, groups in [(10, 1, 0), (160, 5, 2), (160, 5, 3)]
    ]
    assert found == sorted(found)


def test_territories_tried_together_have_the_facts_of_each_alone() -> None:
    """The largest site is s0 in A, s2 in B; there is none in E."""
    sites = ["s0", "s1", "s2"]
    rows = [("s0", A, 50.0), ("s1", A, 20.0), ("s2", B, 20.0)]
    activity = make_activity(
        industry=make_amounts("headcount", *rows),
        target=make_targets({A: 2, B: 1}).assign(site_id=sites),
        families=make_families(*GIVERS, documented=True),
        rounds=make_rounds(*[("g", A, one) for one in sites]),
    )
    places = {"a": {A}, "b": {B}, "ab": {A, B}, "e": {E}}
    bodies = [Candidate(n, n, "structure", frozenset(c)) for n, c in places.items()]
    together = desk_facts(make_inputs(*bodies, activity=activity))
    for one in bodies:
        alone = desk_facts(make_inputs(one, activity=activity))
        assert str(alone[one.perimeter_id]) == str(together[one.perimeter_id])
    assert together["ab"]["target_sites_without_top"].value == 2
    assert together["b"]["target_sites_without_top"].value == 0
    assert together["e"]["target_sites_without_top"].missing.startswith("premier")
    assert together["b"]["seat_45min_pct"].missing, "no town: not known, not a failure"
