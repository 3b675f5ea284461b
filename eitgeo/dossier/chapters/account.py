"""Who gains what; the syndicate: its account, its members, what it renegotiates."""

from __future__ import annotations

from collections.abc import Sequence

from eitgeo.dossier.desk import Desk, joined, told
from eitgeo.dossier.model import Block, Paragraph, Row, Runs, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import table, wide_map
from eitgeo.flows.exchanges.syndicate_account import BALANCE
from eitgeo.maps.words.account_words import (
    Line,
    Named,
    account_answer,
    account_clauses,
    account_names,
    detail_of,
    lines_of,
    space_sentences,
)
from eitgeo.reference.exchange_terms import syndicate_lines
from eitgeo.words import MISSING, name_key, typographic

_TEXTS, _LEVERS = read_prose("account"), read_prose("levers")
_TABLE = "syndicate_account"


def account_section(desk: Desk) -> Section:
    """Tell what the syndicate would gain and lose, and what it would ask."""
    account = desk.public["syndicate_account"]
    named = account_names(desk.public["outlets"], desk.public["bodies"])
    lines = lines_of(account, named, "matiere", "compte", "reste", "place", "membres")
    known = [line for line in lines if line.key[0] != "member_eur"]
    answer = Paragraph((_answer(desk),), "lead")
    if all(line.is_unknown for line in known):
        return Section(_TEXTS.runs("title"), (answer,))
    if_part = told(desk.terms.if_part, "étude", "flows.participation", "share")
    blocks: tuple[Block, ...] = (
        answer,
        _TEXTS.say("intro", if_part=if_part),
        _line_table(known),
        *_space(desk),
        _member_table(desk, named),
        _term_table(desk, named),
        wide_map(desk, _TEXTS, "syndicate", "sheet"),
    )
    return Section(_TEXTS.runs("title"), blocks)


def _value(line: Line) -> Value:
    evidence = "" if line.is_unknown else line.evidence
    return told(line.text, _TABLE, line.place, "mid", evidence=evidence)


def _line_table(lines: list[Line]) -> Block:
    words_of = syndicate_lines()
    rows: list[Row] = []
    for line in lines:
        ask, who = (typographic(str(words_of.loc[line.key[0], one])) for one in _ASKED)
        asked = _TEXTS.runs("question", ask=(ask,), who=(who,)) if ask else ()
        rows.append(((typographic(line.label),), (_value(line),), asked))
    return table(_TEXTS, "", rows)


_ASKED = ("ask", "who")


def _space(desk: Desk) -> list[Block]:
    """Say where the landfill stands, in published figures."""
    return [
        Paragraph((told(one, _TABLE, "repere", "mid", evidence="S"),), "bullet")
        for one in space_sentences(desk.public["syndicate_account"])
    ]


def _member_table(desk: Desk, named: Named) -> Block:
    members = detail_of(desk.public["syndicate_account"], named, "member_eur")
    rows: list[Row] = [
        ((typographic(line.label),), (_value(line),))
        for line in sorted(members, key=lambda line: name_key(line.label))
    ]
    return table(_TEXTS, "members", rows)


def _term_table(desk: Desk, named: Named) -> Block:
    rows: list[Row] = []
    for clause in account_clauses(desk.public["syndicate_account"], named):
        label, stake, ask, who = map(
            typographic,
            (clause.label, clause.stake, clause.question, f"({clause.who})"),
        )
        size = (_value(clause.size),) if clause.size else (MISSING,)
        asked = _TEXTS.runs("terms_question", ask=(ask,), who=(who,))
        rows.append(((label,), (stake,), size, asked))
    return table(_TEXTS, "terms", rows)


def who_gains(desk: Desk) -> Block:
    """Lay out what each actor may gain, and what it gives."""
    rows = [
        ((who,), *((part.strip(),) for part in text.split("||")))
        for who, text in _LEVERS.pairs("who_gains")
    ]
    return table(_LEVERS, "who", rows, note=(_answer(desk),))


def _answer(desk: Desk) -> Value:
    """Answer whether the syndicate gains or loses, as its sheet does."""
    account = desk.public["syndicate_account"]
    named = account_names(desk.public["outlets"], desk.public["bodies"])
    lines = lines_of(account, named, "compte")
    (balance,) = (line for line in lines if line.key[0] == BALANCE)
    evidence = "" if balance.is_unknown else balance.evidence
    return told(account_answer(account), _TABLE, BALANCE, "mid", evidence=evidence)


def left_out_note(missing: Sequence[str]) -> Runs:
    """Say what the syndicate's part of the levers does not count yet."""
    if not missing:
        return ()
    what = joined(
        (told(one, "lever_totals", "syndicate_t", "left_out") for one in missing),
        mark=" ; ",
    )
    return (" ", *_LEVERS.runs("left_out", what=what))
