"""The chapter on governance: carriers, roles, means, calendar."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from eitgeo.dossier.chapters.belief import belief_section
from eitgeo.dossier.chapters.means import means
from eitgeo.dossier.desk import Desk, exact, joined, told
from eitgeo.dossier.model import Block, Chapter, Paragraph, Row, Runs, Section, Value
from eitgeo.dossier.prose import Prose, read_prose
from eitgeo.dossier.views import lines, table
from eitgeo.ledger import Place
from eitgeo.maps.words.governance_words import (
    STATE_WORDS,
    deliberations_text,
    named_epci,
)
from eitgeo.maps.words.refusal_words import refusal_sentence
from eitgeo.maps.words.sentences import counted, reason_sentence
from eitgeo.words import MISSING

_TEXTS = read_prose("governance")
_ALL = "*"
_TASKS_OF = ("P3", "P2", "P1")
"""Carriers whose roles are laid out in full, the first that the tables know."""


def governance(desk: Desk) -> Chapter:
    """Say who could carry, who does what, with what means, by which calendar."""
    blocks: tuple[Block, ...] = (
        Section(_TEXTS.runs("notions"), (_TEXTS.say("notions_text"),)),
        Section(_TEXTS.runs("carriers"), _carriers(desk)),
        *_refusals(desk),
        Section(_TEXTS.runs("tasks"), _tasks(desk)),
        Section(_TEXTS.runs("means"), means(desk)),
        belief_section(desk, "Accessibilité", also=("memberships", "costs")),
        Section(_TEXTS.runs("calendar"), _calendar(desk)),
        Section(_TEXTS.runs("act"), _act(desk), new_page=True),
    )
    return Chapter(_TEXTS.runs("title"), blocks, ("R6", "R9"))


def _carriers(desk: Desk) -> tuple[Block, ...]:
    blocks: list[Block] = [_TEXTS.say("carriers_text"), _state_table(desk)]
    for name in desk.shown:
        blocks += [_reason_table(desk, name), *_watch(desk, name)]
    return (*blocks, _TEXTS.say("legal", style="warning"))


def _state_table(desk: Desk) -> Block:
    states = desk.public["carrier_states"].table
    cells = states.set_index(["carrier_id", "perimeter_id"]).to_dict("index")
    rows: list[Row] = []
    for carrier, carrier_row in desk.terms.governance.carriers.iterrows():
        found = tuple(_state(cells, str(carrier), one) for one in desk.shown)
        rows.append(
            ((told(carrier_row["carrier"], "carriers", carrier, "carrier"),), *found)
        )
    heads = tuple((desk.name(one),) for one in desk.shown)
    return table(
        _TEXTS,
        "carriers",
        rows,
        heads=(_TEXTS.runs("carrier_head"), *heads),
    )


def _state(cells: Mapping[Any, Any], carrier: str, perimeter_id: str) -> Runs:
    row = cells.get((carrier, perimeter_id))
    if row is None:
        return (MISSING,)
    where = f"{carrier} / {perimeter_id}"
    word = told(STATE_WORDS[str(row["state"])], "carrier_states", where, "state")
    asked = deliberations_text(
        float(row["deliberations_least"]),
        float(row["deliberations_most"]),
        Place("carrier_states", where),
    )
    if not asked:
        return _TEXTS.runs("state", word=word)
    n = told(asked, "carrier_states", where, "deliberations")
    return _TEXTS.runs("state_count", word=word, count=n)


def _reasons_of(
    desk: Desk, perimeter_id: str, carrier: str, outcome: str
) -> list[Value]:
    reasons = desk.public["carrier_reasons"].table
    own = reasons[
        (reasons["perimeter_id"] == perimeter_id)
        & (reasons["carrier_id"] == carrier)
        & (reasons["outcome"] == outcome)
    ].sort_values("rule_id", kind="stable")
    return [
        told(
            reason_sentence(row, demonstration=desk.demonstration),
            "carrier_reasons",
            f"{perimeter_id} / {carrier} / {row['rule_id']}",
            "sentence",
        )
        for _, row in own.iterrows()
    ]


def _reason_table(desk: Desk, perimeter_id: str) -> Block:
    rows: list[Row] = []
    for carrier, carrier_row in desk.terms.governance.carriers.iterrows():
        applied = _reasons_of(desk, perimeter_id, str(carrier), "applique")
        waiting = _reasons_of(desk, perimeter_id, str(carrier), "non_evalue")
        said = joined(applied, mark=" ") if applied else _TEXTS.runs("no_reason")
        name = told(carrier_row["carrier"], "carriers", carrier, "carrier")
        rows.append(((name,), said, joined(waiting, mark=" ; ")))
    return table(_TEXTS, "reasons", rows, perimeter=desk.name(perimeter_id))


def _watch(desk: Desk, perimeter_id: str) -> tuple[Paragraph, ...]:
    reasons = _reasons_of(desk, perimeter_id, _ALL, "applique")
    if not reasons:
        return ()
    what = joined(reasons, mark=" ")
    return (_TEXTS.say("watch", perimeter=desk.name(perimeter_id), what=what),)


def _refusals(desk: Desk) -> tuple[Section, ...]:
    """Say what is left where a council says no; nothing of perimeters that cut one."""
    refusals = desk.public["refusals"]
    told_of = set(refusals.table["perimeter_id"])
    names = {
        str(name): str(row["carrier"])
        for name, row in desk.terms.governance.carriers.iterrows()
    }
    said = []
    for name in desk.shown:
        if name not in told_of:
            continue
        sentence = refusal_sentence(
            refusals,
            name,
            epci_names=named_epci(desk.public["bodies"]),
            carrier_names=names,
            to_confirm=desk.perimeters["membership_status"][name] == "a_confirmer",
        )
        what = told(sentence, "refusals", name, "sentence")
        said.append(_TEXTS.say("refusal_of", perimeter=desk.name(name), what=what))
    if not said:
        return ()
    text = _TEXTS.say("refusals_text")
    return (Section(_TEXTS.runs("refusals"), (text, *said)),)


def _tasks(desk: Desk) -> tuple[Block, ...]:
    terms = desk.terms.governance
    carrier = next((one for one in _TASKS_OF if one in terms.tasks.columns), "")
    if not carrier:
        return (_TEXTS.say("tasks_text"),)
    rows: list[Row] = [
        (
            (told(str(task).capitalize(), "governance_tasks", task, "task"),),
            (told(str(row["meaning"]), "governance_tasks", task, "meaning"),),
            (told(str(row[carrier]), "governance_tasks", task, carrier),),
        )
        for task, row in terms.tasks.iterrows()
    ]
    name = told(str(terms.carriers["carrier"][carrier]), "carriers", carrier, "carrier")
    return (
        _TEXTS.say("tasks_text"),
        table(_TEXTS, "tasks", rows, carrier=name),
    )


def _calendar(desk: Desk) -> tuple[Block, ...]:
    actions = desk.terms.governance.actions
    own = actions[actions["axis"] == "Gouvernance"].sort_values(
        "start_month", kind="stable"
    )
    rows = action_lines(_TEXTS, "calendar", own)
    return (
        _TEXTS.say("calendar_text"),
        table(_TEXTS, "calendar", rows),
    )


def action_lines(prose: Prose, key: str, actions: pd.DataFrame) -> Iterator[Row]:
    """Lay actions out, each with when it begins and ends."""
    when = [_months(str(name), row) for name, row in actions.to_dict("index").items()]
    source, keys = "plan_actions", actions.index
    return lines(prose, key, actions, source=source, keys=keys, months=when)


def _months(name: str, row: Mapping[Hashable, Any]) -> Runs:
    """Say when an action begins and ends."""
    start, end = (
        exact(float(row[one]), ("plan_actions", name, one))
        for one in ("start_month", "end_month")
    )
    plan = read_prose("plan")
    if start.text == end.text:
        return plan.runs("month", start=start)
    return plan.runs("months", start=start, end=end)


def _act(desk: Desk) -> tuple[Block, ...]:
    """Write a block to paste in a deliberation; it decides nothing."""
    sheet, name = desk.sheet, desk.shown[0]
    row = desk.figures.get((name, "n_deliberations"))
    asked = math.nan if row is None else row.exact
    where = f"{name} / n_deliberations"
    place = Place("indicators_public", where)
    text = MISSING if math.isnan(asked) else counted(asked, "délibération", place)
    return (
        _TEXTS.say("act_note", style="note"),
        _TEXTS.say(
            "act_whereas_study",
            title=told(sheet.title, "étude", "identity", "title"),
            edition=told(sheet.edition_text, "étude", "identity", "edition"),
            status=told(sheet.status_stamp.lower(), "étude", "identity", "status"),
        ),
        _TEXTS.say(
            "act_whereas_perimeter",
            perimeter=desk.name(name),
            identity=desk.identity(name),
            deliberations=told(text, "indicators_public", where, "value"),
        ),
        _TEXTS.say("act_whereas_sure"),
        _TEXTS.say("act_decide"),
    )
