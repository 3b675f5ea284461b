"""The verdict is what was answered: yes, no, or nothing asked, which is not 0."""

import datetime as dt

import numpy as np
import pytest

from eitgeo.maps.words.governance_words import VERDICT_WORDS
from eitgeo.maps.workbooks.governance_sheets import verdict_text
from eitgeo.reference.governance import verdict_conditions
from eitgeo.scenarios.carriers.carriers import verdict_rows
from eitgeo.study.governance import FieldWork, VerdictRule

RULE = VerdictRule()
DONE = ("firms_met", "firms_engaged", "workshop", "carrier_agreement")


def field(perimeter="p", n=3, kinds=DONE):
    """Return the field work of a perimeter."""
    day = dt.date(2026, 10, 1)
    return [
        FieldWork(perimeter=perimeter, kind=kind, n=n, on_date=day, source="s")
        for kind in kinds
    ]


def verdict(*done, rule=RULE):
    """Return the rows of a perimeter where this was done."""
    rows = verdict_rows(["p"], rule=rule, field=[one for each in done for one in each])
    return rows.set_index("condition_id")


def said(*done) -> str:
    """Write its verdict."""
    return verdict_text(verdict(*done).reset_index(), "p")


def test_nothing_asked_is_neither_no_nor_zero() -> None:
    rows = verdict()
    assert rows.index.tolist() == [*DONE]
    assert rows["value"].isna().all()
    assert set(rows["answer"]) == {"non_demandee"}
    assert set(rows["evidence"]) == {""}
    assert set(rows["verdict"]) == {"pas_encore"}
    assert said() == "Pas encore : aucune entreprise rencontrée"


def test_firms_and_councils_that_answer_make_it_yes() -> None:
    rows = verdict(field())
    assert set(rows["answer"]) == {"oui"}
    assert set(rows["evidence"]) == {"O"}
    assert set(rows["verdict"]) == {"confirme"}
    assert said(field()) == "Intérêt confirmé"


@pytest.mark.parametrize("name", DONE)
def test_each_condition_that_was_asked_and_fails_makes_it_no(name) -> None:
    others = [kind for kind in DONE if kind != name]
    rows = verdict(field(kinds=others), field(n=0, kinds=[name]))
    assert rows.loc[name, ["value", "answer", "evidence"]].tolist() == [0, "non", "O"]
    assert set(rows["verdict"]) == {"non_confirme"}
    text = said(field(kinds=others), field(n=0, kinds=[name]))
    assert text.endswith(f"(manque : {verdict_conditions()['label'][name]})")


@pytest.mark.parametrize("name", DONE)
def test_each_condition_that_was_not_asked_is_waited_for(name) -> None:
    done = field(kinds=[kind for kind in DONE if kind != name])
    assert np.isnan(verdict(done).loc[name, "value"])
    assert set(verdict(done)["verdict"]) == {"pas_encore"}
    lacking = verdict_conditions()["lacking"][name]
    assert said(done) == f"Pas encore : {lacking}"


def test_field_work_counts_where_it_was_done_and_adds_up() -> None:
    assert set(verdict(field("q"))["verdict"]) == {"pas_encore"}
    few = verdict(field(n=2))
    assert few.index[few["answer"] == "non"].tolist() == ["firms_met", "firms_engaged"]
    twice = verdict(field(n=2), field(n=1))
    assert twice.loc["firms_met", "value"] == 3
    assert set(twice["verdict"]) == {"confirme"}


def test_every_verdict_is_reached() -> None:
    found = [verdict(field()), verdict(field(n=0)), verdict()]
    assert [rows["verdict"].iloc[0] for rows in found] == [*VERDICT_WORDS]


def test_a_threshold_that_is_changed_says_why() -> None:
    for one in ({"min_firms": 5}, {"reason": "sans seuil"}):
        with pytest.raises(ValueError, match="seuil et motif vont ensemble"):
            VerdictRule.model_validate(one)
    rows = verdict(field(), rule=VerdictRule(min_firms=5, reason="cinq zones"))
    assert rows.loc["firms_met", ["threshold", "reason"]].tolist() == [5, "cinq zones"]
    assert rows.loc["workshop", "threshold"] == 1
    assert rows["reason"].ne("").all()
    assert set(rows["verdict"]) == {"non_confirme"}


def test_each_condition_says_what_makes_it_yes_and_no() -> None:
    told = verdict_conditions()
    assert told.index.tolist() == [*DONE]
    words = told[["label", "lacking", "yes", "no", "reason"]].to_numpy()
    assert (words != "").all()
