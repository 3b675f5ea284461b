"""Sentences whose meaning hangs on a sign, a rank or a count, tried with the other."""

import json
import re
from itertools import product

import pandas as pd
import pytest

from eitgeo.ledger import Place
from eitgeo.maps.words.sentences import fill
from eitgeo.reference.governance import carrier_rules, swot_cells
from eitgeo.scenarios.carriers.carriers import carrier_reasons, holds, swot_rows
from eitgeo.scenarios.carriers.facts import Fact, syndicate_facts, unknown

COUNTS = (0, 1, 2, 3, 4, 5, 8, 9, 19, 20, 150, 151)
SHARES = (0.0, 1.0, 5.0, 6.0, 21.0, 50.0, 59.0, 60.0, 80.0, 81.0, 100.0)
MONEY = (-2e5, -1.0, 0.0, 1.0, 2e5)
PLURAL_OF_ONE = re.compile(r"(?<![\d,])\b[01]\s+\w+s\b")


def gains(low: float, high: float, status: str = "chiffre") -> pd.DataFrame:
    """Return the account as it is told: its balance, that of a plant, a member's."""
    rows = pd.DataFrame({"line": "balance", "outlet_id": ["x", "", ""]})
    rows = rows.assign(member=["", "m", ""], low=-9.0, high=9.0, status="chiffre")
    rows.loc[2, ["low", "high"]] = [low, high]
    return rows.assign(status=["chiffre", "chiffre", status])


def told(account: pd.DataFrame, *, rank: float = 1.0, **known) -> dict[str, str]:
    """Return the outcome of the two rules on what the syndicate gains."""
    facts = syndicate_facts(account, **({"demonstration": ()} | known)) | {
        "landfill_lever_rank": Fact(rank),
        "tgap_eur_per_t": Fact(69.0),
        "tgap_year": Fact("2026"),
    }
    reasons = carrier_reasons({"p": facts}, rules=carrier_rules().loc[["C05", "C25"]])
    return dict(zip(reasons["rule_id"], reasons["outcome"], strict=True))


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (1e4, 3e5, {"C05": "applique"}),
        (-4e5, -3e4, {"C25": "applique"}),
        # Of a sign that is not known, nothing is said.
        (-4e5, 3e5, {}),
        (0.0, 0.0, {}),
    ],
)
def test_the_syndicate_gains_or_loses_as_its_balance_says(low, high, outcome) -> None:
    assert told(gains(low, high)) == outcome


def test_a_gain_says_nothing_of_landfill_far_behind() -> None:
    assert told(gains(1e4, 3e5), rank=4.0) == {}


@pytest.mark.parametrize("status", ["secret", "non_chiffre"])
def test_a_balance_that_is_not_told_tells_no_sign(status) -> None:
    none = float("nan")
    waiting = {"C05": "non_evalue", "C25": "non_evalue"}
    assert told(gains(none, none, status)) == waiting
    assert told(gains(1e4, 3e5), demonstration=("routes",)) == waiting


def tried(condition: str, sentence: str) -> list[dict[str, Fact]]:
    """List facts under which a condition holds, at and around its thresholds."""
    names = dict.fromkeys(re.findall(r"([a-z]\w*)(?:<|>)", condition))
    numbers = [
        SHARES if one.endswith("_pct") else MONEY if one.endswith("_eur") else COUNTS
        for one in names
    ]
    found = []
    for values in product(*numbers):
        facts = {n: Fact(float(v)) for n, v in zip(names, values, strict=True)}
        if holds(condition, facts)[0]:
            found.append(facts | derived(facts, sentence))
    return found


def derived(facts: dict[str, Fact], sentence: str) -> dict[str, Fact]:
    """Give the facts that the sentence has more, the counts as they follow."""
    n_epci = facts.get("n_epci", Fact(1.0)).value
    more = {"n_other_epci": Fact(float(n_epci) - 1), "n_posts": Fact(1.0)}
    asked = set(re.findall(r"\{(\w+)\}", sentence)) - set(facts)
    return {name: more.get(name, Fact("quelque chose")) for name in asked}


@pytest.mark.parametrize("rule_id", carrier_rules().index)
def test_each_sentence_reads_well_at_each_count_that_its_rule_admits(rule_id) -> None:
    rule = carrier_rules().loc[rule_id]
    every = tried(str(rule["condition"]), str(rule["sentence"]))
    assert every
    for facts in every:
        reasons = carrier_reasons({"p": facts}, rules=carrier_rules().loc[[rule_id]])
        reason = reasons[reasons["outcome"] == "applique"].iloc[0]
        text = fill(
            reason["sentence"], json.loads(reason["facts"]), Place("signs", "a")
        )
        assert PLURAL_OF_ONE.search(text) is None, text


def test_a_coalition_is_of_two_and_covers_what_no_one_covers() -> None:
    rule = str(carrier_rules().loc["C10", "condition"])
    facts = {"economic_cover_pct": Fact(60.0), "parties_cover_pct": Fact(95.0)}
    held = [holds(rule, facts | {"n_parties": Fact(float(n))})[0] for n in range(6)]
    assert held == [False, False, True, True, True, False]
    weak = facts | {"parties_cover_pct": Fact(60.0), "n_parties": Fact(2.0)}
    assert holds(rule, weak)[0] is False


def test_few_firms_are_not_said_to_be_none() -> None:
    sentence = str(carrier_rules().loc["C15", "sentence"])
    assert holds(str(carrier_rules().loc["C15", "condition"]), {"n_firms": Fact(4.0)})
    assert sentence.startswith("Moins de cinq entreprises inscrites")


def test_no_statement_counts_posts_that_the_study_sets() -> None:
    """Sites per animator are per post, whatever the posts: not « un seul poste »."""
    rows = swot_rows({"p": {"sites_per_animator": Fact(100.0)}}, cells=swot_cells())
    mine = rows[rows["measure"] == "sites_per_animator"]
    sentences = [*mine["statement"], carrier_rules().loc["C19", "sentence"]]
    assert len(sentences) == 3
    for one in sentences:
        assert "seul poste" not in one
        assert "Un poste" not in one


def test_an_unknown_gain_waits() -> None:
    facts = {"syndicate_least_eur": unknown("secret"), "landfill_lever_rank": Fact(1.0)}
    condition = str(carrier_rules().loc["C05", "condition"])
    assert holds(condition, facts) == (None, "secret")
