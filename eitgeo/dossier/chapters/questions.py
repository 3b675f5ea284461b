"""The annex of questions to the owner of the study, and what an answer moves."""

from __future__ import annotations

from eitgeo.dossier.chapters.annexes import left_to_pay, shown_values
from eitgeo.dossier.desk import Desk, cell, count, exact, joined, told
from eitgeo.dossier.model import Block, Chapter, Row, Runs, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import table
from eitgeo.maps.words.governance_words import STATE_WORDS, unsure_lists
from eitgeo.words import MISSING, typographic

_TEXTS = read_prose("annexes")
_SYNDICATE = "P1"
_THEN, _IS, _COMMA = typographic(" ; "), typographic(" : "), ", "


def questions(desk: Desk) -> Chapter:
    """Ask the owner of the study what is open, and say what an answer moves."""
    states = _states(desk)
    moves = _moves(desk)
    rows: list[Row] = [
        ((question,), states[key], moves[key])
        for key, question in _TEXTS.pairs("questions.rows")
        if states.get(key)
    ]
    blocks: tuple[Block, ...] = (
        _TEXTS.say("questions.intro"),
        table(_TEXTS, "questions.", rows),
    )
    return Chapter(_TEXTS.runs("questions.title"), blocks)


def _states(desk: Desk) -> dict[str, Runs]:
    """Say where each question stands; empty: it does not arise here."""
    open_ = _TEXTS.runs("questions.open")
    stamp = told(desk.sheet.demonstration_text, "étude", "sources", "demonstration")
    real = _TEXTS.runs("questions.real")
    return {
        "members": _unsure_bodies(desk),
        "statutes": open_,
        "tonnages": open_,
        "ceilings": _ceilings(desk),
        "outlets": _unsure_outlets(desk),
        "zones": open_,
        "neighbours": _neighbours(desk),
        "budget": (left_to_pay(desk),),
        "rules": _open_rules(desk),
        "data": _TEXTS.runs("questions.demo", stamp=stamp)
        if stamp.text != MISSING
        else real,
    }


def _moves(desk: Desk) -> dict[str, Runs]:
    values: dict[str, Runs] = {
        "members": shown_values(desk, "confirmed_pct"),
        "statutes": _syndicate(desk),
        "outlets": shown_values(desk, "outlet_median_min"),
        "budget": (left_to_pay(desk),),
    }
    return {
        key: _TEXTS.runs(f"questions.moves.{key}", value=values.get(key, ()))
        for key, _ in _TEXTS.pairs("questions.rows")
    }


def _unsure_bodies(desk: Desk) -> Runs:
    bodies, overlaps = desk.public["bodies"], desk.public["perimeter_bodies"]
    used = bodies.table[bodies.table["body_id"].isin(overlaps.table["body_id"])]
    unsure = used[used["body_id"].isin(unsure_lists(bodies, overlaps))]
    if unsure.empty:
        return _TEXTS.runs("questions.bodies_none")
    names = joined(
        (
            cell(row, "bodies", row["body_id"], "name")
            for row in unsure.sort_values("body_id", kind="stable").to_dict("records")
        ),
        mark=" ; ",
    )
    return _TEXTS.runs("questions.bodies", names=names)


def _ceilings(desk: Desk) -> Runs:
    """Tell each ceiling with its outlet, its date and its amount."""
    known = desk.public["outlets"].table.set_index("outlet_id")["name"]
    ceilings = desk.terms.ceilings[desk.terms.ceilings["outlet_id"].isin(known.index)]
    values: list[str | Value] = []
    for row in ceilings.to_dict("records"):
        place = ("landfill_ceilings", str(row["ceiling_id"]))
        amount = exact(
            float(row["ceiling_t"]),
            (*place, "ceiling_t"),
            unit="t/an",
            evidence=str(row["evidence"]),
        )
        values += [_THEN] if values else []
        values += [
            told(str(known[row["outlet_id"]]), "outlets", row["outlet_id"], "name"),
            _COMMA,
            cell(row, *place, "label_fr"),
            _COMMA,
            cell(row, *place, "vintage"),
            _IS,
            amount,
        ]
    return tuple(values)


def _unsure_outlets(desk: Desk) -> Runs:
    status = desk.public["outlets"].table["status"]
    n = int((status != "publie").sum())
    if n == 0:
        return ()
    return _TEXTS.runs(
        "questions.state",
        n=count(n, "outlets", "a_verifier"),
        total=count(len(status), "outlets", "tous"),
    )


def _neighbours(desk: Desk) -> Runs:
    names = [
        told(name, "étude", "governance.neighbours", "name")
        for name, _, status in desk.terms.neighbours
        if status != "publie"
    ]
    if not names:
        return ()
    return _TEXTS.runs("questions.neighbours", names=joined(names, mark=" ; "))


def _open_rules(desk: Desk) -> Runs:
    reasons = desk.public["carrier_reasons"].table
    waiting = reasons[
        (reasons["outcome"] == "non_evalue") & reasons["perimeter_id"].isin(desk.shown)
    ]
    if waiting.empty:
        return _TEXTS.runs("questions.rules_none")
    why = sorted(set(waiting["missing"].astype(str)))
    return _TEXTS.runs(
        "questions.rules",
        n=count(waiting["rule_id"].nunique(), "carrier_reasons", "non_evalue"),
        why=joined(
            (told(one, "carrier_reasons", "non_evalue", "missing") for one in why),
            mark=" ; ",
        ),
    )


def _syndicate(desk: Desk) -> Runs:
    if desk.demonstration:  # beside a name, « favorable » would be a preference
        return _TEXTS.runs("questions.held")
    states = desk.public["carrier_states"].table
    own = states[states["carrier_id"] == _SYNDICATE].set_index("perimeter_id")
    answer: list[str | Value] = []
    for name in desk.shown:
        if name not in own.index:
            continue
        word = STATE_WORDS[str(own.loc[name, "state"])]
        value = told(word, "carrier_states", f"{_SYNDICATE} / {name}", "state")
        runs = _TEXTS.runs("hypotheses.of", perimeter=desk.name(name), value=value)
        answer += [_THEN, *runs] if answer else list(runs)
    return tuple(answer) or (MISSING,)
