"""What opens a dossier: cover, a page for elected members, warnings, context."""

from __future__ import annotations

from collections.abc import Sequence

from eitgeo.dossier.chapters.annexes import left_to_pay
from eitgeo.dossier.chapters.belief import indicator_rows
from eitgeo.dossier.desk import Desk, count, lines, table, told, words_of
from eitgeo.dossier.model import (
    Block,
    Chapter,
    Figure,
    Pair,
    Paragraph,
    Row,
    Section,
    Value,
)
from eitgeo.dossier.prose import read_prose
from eitgeo.ledger import Place
from eitgeo.maps.words.sentences import counted
from eitgeo.maps.workbooks.governance_sheets import verdict_text

_LEVELS = ("low", "mid", "high")
_LETTERS = ("A", "B")
_TEXTS = read_prose("front")
GOVERNANCE = "Quelle gouvernance"
_TO_CONFIRM = 6


def cover(desk: Desk) -> tuple[Paragraph, ...]:
    """Say what the dossier is, for whom it was made, and on what date."""
    sheet = desk.sheet
    status = _TEXTS.say(
        "cover.status",
        status=told(sheet.status_stamp, "étude", "identity", "status"),
        edition=told(sheet.edition_text, "étude", "identity", "edition"),
        effort=told(sheet.effort_text, "étude", "identity", "effort"),
    )
    lines = [_TEXTS.say("cover.kind", style="lead"), status]
    if sheet.funders:
        funders = told(sheet.funders, "étude", "identity", "funders")
        lines.append(_TEXTS.say("cover.funders", funders=funders))
    if sheet.contact:
        contact = told(sheet.contact, "étude", "identity", "contact")
        lines.append(_TEXTS.say("cover.contact", contact=contact))
    else:
        lines.append(_TEXTS.say("cover.no_contact"))
    lines.append(_TEXTS.say("cover.not_a_decision", style="warning"))
    lines.append(_TEXTS.say("cover.accessible", style="note"))
    return tuple(lines)


def summary(desk: Desk, chapters: Sequence[Chapter]) -> Chapter:
    """Write the page for elected members."""
    blocks: tuple[Block, ...] = (
        Section(_TEXTS.runs("summary.verdict"), _verdicts(desk)),
        Section(_TEXTS.runs("summary.maps"), _maps(desk)),
        Section(_TEXTS.runs("summary.figures"), _five(desk)),
        Section(_TEXTS.runs("summary.decisions"), _decisions(desk, chapters)),
    )
    return Chapter(_TEXTS.runs("summary.title"), blocks)


def _verdicts(desk: Desk) -> tuple[Paragraph, ...]:
    rows = desk.public["verdicts"].table
    said = {
        name: told(verdict_text(rows, name), "verdicts", name, "verdict")
        for name in desk.shown
    }
    texts = {one.text for one in said.values()}
    if len(texts) == 1:
        verdict = said[desk.shown[0]]
        return (_TEXTS.say("summary.verdict_all", style="big", verdict=verdict),)
    return tuple(
        _TEXTS.say(
            "summary.verdict_of",
            style="bullet",
            perimeter=desk.name(name),
            verdict=verdict,
        )
        for name, verdict in said.items()
    )


def _maps(desk: Desk) -> tuple[Block, ...]:
    first, second = (desk.name(one) for one in desk.pair)
    pictures_of = [
        desk.picture(
            "territory_sketch",
            _TEXTS.runs("summary.territory"),
            alt=words_of(_TEXTS, "summary.territory_alt"),
        )
    ]
    if len(desk.shown) > 1:
        caption = _TEXTS.runs("summary.difference", first=first, second=second)
        alt = words_of(_TEXTS, "summary.difference_alt")
        pictures_of.append(desk.picture("difference_sketch", caption, alt=alt))
    pictures = tuple(one for one in pictures_of if isinstance(one, Figure))
    others = tuple(one for one in pictures_of if not isinstance(one, Figure))
    return ((Pair(pictures),) if pictures else ()) + others


def _five(desk: Desk) -> tuple[Block, ...]:
    is_single = len(desk.shown) == 1
    rows = indicator_rows(desk, desk.shown_in("summary"), desk.shown)
    heads = tuple(
        (desk.name(name),) if is_single else (f"{letter} – ", desk.name(name))
        for letter, name in zip(_LETTERS, desk.shown, strict=False)
    )
    caption = "summary.figures_caption_one" if is_single else "summary.figures_caption"
    return (
        table(
            _TEXTS,
            "summary.figures",
            rows,
            caption=_TEXTS.runs(caption),
            heads=(_TEXTS.runs("summary.figure_head"), *heads),
            note=_TEXTS.runs("summary.letters"),
        ),
    )


def _decisions(desk: Desk, chapters: Sequence[Chapter]) -> tuple[Paragraph, ...]:
    names = [desk.name(one) for one in desk.pair]
    asked = [_TEXTS.runs("summary.deliberations", n=_asked(desk, p)) for p in desk.pair]
    if len(desk.shown) == 1:
        perimeter = _TEXTS.say(
            "summary.perimeter_one",
            style="number",
            first_name=names[0],
            first=asked[0],
        )
    else:
        perimeter = _TEXTS.say(
            "summary.perimeter",
            style="number",
            first_name=names[0],
            first=asked[0],
            second_name=names[1],
            second=asked[1],
        )
    chapter = _chapter_number(chapters, GOVERNANCE)
    return (
        perimeter,
        _TEXTS.say("summary.carrier", style="number", chapter=chapter),
        _TEXTS.say(
            "summary.means", style="number", chapter=chapter, left=left_to_pay(desk)
        ),
    )


def _asked(desk: Desk, perimeter_id: str) -> Value:
    """Say how many deliberations a perimeter asks."""
    row = desk.figures.get((perimeter_id, "n_deliberations"))
    value = float("nan") if row is None else row.exact
    where = f"{perimeter_id} / n_deliberations"
    place = Place("indicators_public", where)
    text = counted(value, "délibération", place) if value == value else ""  # noqa: PLR0124
    return told(text, "indicators_public", where, "value")


def _chapter_number(chapters: Sequence[Chapter], start: str) -> Value:
    titles = ["".join(map(str, one.title)) for one in chapters]
    rank = next(n for n, text in enumerate(titles, start=1) if text.startswith(start))
    return count(rank, "sommaire", start)


def warning(desk: Desk, chapters: Sequence[Chapter]) -> Chapter:
    """Say what is observed, estimated, assumed, to be confirmed; point to results."""
    sheet = desk.sheet
    blocks: list[Block] = []
    if sheet.demonstration:
        stamp = told(sheet.demonstration_text, "étude", "sources", "demonstration")
        blocks.append(_TEXTS.say("warning.demonstration", style="warning", stamp=stamp))
    blocks += [
        _TEXTS.say("warning.classes"),
        _TEXTS.say("warning.shares", **_shares(desk)),
    ]
    if_part = told(desk.terms.if_part, "étude", "flows.participation", "share")
    blocks.append(_TEXTS.say("warning.potential", if_part=(if_part,)))
    if sheet.to_confirm:
        shown = "; ".join(sheet.to_confirm[:_TO_CONFIRM]).replace("; ", " ; ")
        what = told(shown, "tables publiées", "à confirmer", "to_confirm")
        blocks.append(_TEXTS.say("warning.to_confirm", what=what))
    n = count(sheet.withheld, "tables publiées", "retenues")
    blocks.append(
        _TEXTS.say("warning.secrecy", told=_TEXTS.runs("warning.withheld", n=n))
    )
    blocks.append(
        Section(_TEXTS.runs("warning.results"), (_results(chapters),)),
    )
    return Chapter(_TEXTS.runs("warning.title"), tuple(blocks))


def _shares(desk: Desk) -> dict[str, Value]:
    """Count the published figures of the compared perimeters by class."""
    rows = [row for row in desk.figures.values() if row.text != "–"]
    shares = {
        f"n_{letter.lower()}": sum(row.evidence == letter for row in rows)
        for letter in "OSH"
    }
    shares["n_missing"] = len(desk.figures) - len(rows)
    return {
        name: count(n, "indicators_public", f"classe {name[2:]}")
        for name, n in shares.items()
    }


def _results(chapters: Sequence[Chapter]) -> Block:
    rows: list[Row] = []
    for result, asked in _TEXTS.pairs("warning.expected"):
        numbers = [
            n for n, one in enumerate(chapters, start=1) if result in one.results
        ]
        places = ", ".join(str(n) for n in numbers)
        chapter = told(places, "sommaire", result, "chapitre")
        rows.append(((result,), (asked,), (chapter,)))
    return table(_TEXTS, "warning.results", rows)


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
