"""The chapter on the verdict, its rule and what would make it firmer."""

from __future__ import annotations

import math

import pandas as pd

from eitgeo.dossier.chapters.belief import belief_section, gap_bullets
from eitgeo.dossier.chapters.levers import animators, realised_value
from eitgeo.dossier.desk import Desk, number, told
from eitgeo.dossier.model import Block, Chapter, Paragraph, Row, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import table
from eitgeo.flows.exchanges.realised import lever_realised
from eitgeo.maps.words.belief import gaps
from eitgeo.maps.words.governance_words import ANSWER_WORDS
from eitgeo.maps.workbooks.verdict_sheets import verdict_text
from eitgeo.reference.governance import verdict_conditions

_TEXTS = read_prose("governance")
_SAVED = "eur_firms"
_GROUPS = ("Activité comptée", "Tissu économique", "Accessibilité")


def interest(desk: Desk) -> Chapter:
    """Write the verdict, its rule and what would make it firmer."""
    verdicts = desk.public["verdicts"].table
    said = _verdicts(desk, verdicts)
    none = desk.public["survey_public"].table.empty
    surveyed = "expressed_none" if none else "expressed_some"
    firmer = gap_bullets(gaps([*desk.weak, "field"], desk.weak | {"field"}))
    blocks: tuple[Block, ...] = (
        belief_section(desk, *_GROUPS, first_screen=True),
        Section(
            _TEXTS.runs("verdict"),
            (
                *said,
                _TEXTS.say("rule"),
                _verdict_table(desk, verdicts),
            ),
        ),
        Section(
            _TEXTS.runs("missing"),
            (
                *firmer,
                _TEXTS.say("expressed", told=_TEXTS.runs(surveyed)),
                _cost(desk),
            ),
        ),
    )
    return Chapter(_TEXTS.runs("verdict_title"), blocks, ("R1",))


def _cost(desk: Desk) -> Paragraph:
    """Hold what animation costs against what cases make, not against a potential."""
    levers = desk.public["levers"].table.set_index("lever")["mid"]
    potential = float(levers.get(_SAVED, math.nan))
    reached = lever_realised(desk.terms.animation, _SAVED, potential)
    amount = realised_value(reached, _SAVED, "€/an")
    return _TEXTS.say("cost", who=animators(desk), amount=amount)


def _verdicts(desk: Desk, verdicts: pd.DataFrame) -> tuple[Paragraph, ...]:
    """Say the verdict of each perimeter, once where it is the same for all."""
    verdict_of = {
        str(name): told(verdict_text(verdicts, str(name)), "verdicts", name, "verdict")
        for name in desk.perimeters.index
    }
    if len({one.text for one in verdict_of.values()}) == 1:
        verdict = next(iter(verdict_of.values()))
        return (_TEXTS.say("verdict_of_all", style="lead", verdict=verdict),)
    return tuple(
        _TEXTS.say(
            "verdict_of", style="bullet", perimeter=desk.name(name), verdict=verdict
        )
        for name, verdict in verdict_of.items()
    )


def _verdict_table(desk: Desk, verdicts: pd.DataFrame) -> Block:
    """Say of each condition what was answered, and what makes it yes or no."""
    cells = verdicts.set_index(["condition_id", "perimeter_id"]).to_dict("index")
    rows: list[Row] = []
    for condition, words in verdict_conditions().iterrows():
        for name in desk.shown:
            cell, where = cells[condition, name], f"{condition} / {name}"
            limit, value = (
                number(float(cell[one]), ("verdicts", where, one), evidence=evidence)
                for one, evidence in (("threshold", "O"), ("value", cell["evidence"]))
            )
            said = ANSWER_WORDS[cell["answer"]]
            label, answer, yes, no = (
                (told(one, "verdicts", where, "answer"),)
                for one in (words["label"], said, words["yes"], words["no"])
            )
            rows.append(
                (label, (_bare(limit),), (desk.name(name),), (value,), answer, yes, no)
            )
    return table(_TEXTS, "verdict", rows)


def _bare(value: Value) -> Value:
    """Drop the class of a threshold: its reason is told with the rule."""
    return told(value.text, value.source.table, value.source.row, value.source.column)
