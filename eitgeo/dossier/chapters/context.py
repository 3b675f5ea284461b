"""The chapter on the context: laws, plans, what past initiatives teach."""

from __future__ import annotations

from eitgeo.dossier.desk import Desk, table, told
from eitgeo.dossier.model import Block, Chapter, Row, Section
from eitgeo.dossier.prose import read_prose

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
    return [
        (
            (told(row["statement"], "eit_facts", name, "statement"),),
            (*_CONTEXT.runs(f"status.{row['status']}"), f" ({row['evidence']})"),
            (told(row["source"], "eit_facts", name, "source"),),
        )
        for name, row in facts[facts["topic"] == topic].iterrows()
    ]


def _fact_table(rows: list[Row], caption: str) -> Block:
    return table(
        _CONTEXT.runs(caption),
        _CONTEXT.heads("law_heads"),
        rows,
        widths=(4.2, 1.1, 1.9),
    )
