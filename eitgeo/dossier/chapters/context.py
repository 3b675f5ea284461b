"""The chapter on the context: laws, plans, what past initiatives teach."""

from __future__ import annotations

from eitgeo.dossier.desk import Desk
from eitgeo.dossier.model import Block, Chapter, Row, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import lines, table

_CONTEXT = read_prose("context")


def context(desk: Desk) -> Chapter:
    """Say why the study is made: laws, plans, what past initiatives teach."""
    blocks: list[Block] = [
        _CONTEXT.say("intro"),
        _CONTEXT.say("question", style="lead"),
        _CONTEXT.say("two_kinds"),
        _CONTEXT.say("screen"),
    ]
    topics = {"loi": "law", "region": "region", "pratique": "practice"}
    for topic, key in topics.items():
        rows = _facts(desk, topic)
        if rows:
            blocks.append(
                Section(_CONTEXT.runs(key), (_fact_table(rows, f"{key}_caption"),))
            )
    rows = _facts(desk, "methode")
    blocks.append(
        Section(_CONTEXT.runs("method"), (_fact_table(rows, "method_caption"),))
    )
    blocks.append(_CONTEXT.say("legal", style="warning"))
    return Chapter(_CONTEXT.runs("title"), tuple(blocks), ("R1",))


def _facts(desk: Desk, topic: str) -> list[Row]:
    facts = desk.terms.facts
    own = facts[facts["topic"] == topic]
    states = [
        (*_CONTEXT.runs(f"status.{status}"), f" ({evidence})")
        for status, evidence in zip(own["status"], own["evidence"], strict=True)
    ]
    source, keys = "eit_facts", own.index
    return [*lines(_CONTEXT, "law", own, source=source, keys=keys, state=states)]


def _fact_table(rows: list[Row], caption: str) -> Block:
    return table(_CONTEXT, "law", rows, caption=_CONTEXT.runs(caption))
