"""Chapters on flows and outlets, and on processes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from eitgeo.dossier.chapters.declared import (
    declared_sections,
    total_section,
    weighed_sections,
)
from eitgeo.dossier.chapters.territory import epci_fact
from eitgeo.dossier.desk import Desk, cell, count, exact, joined, number, table, told
from eitgeo.dossier.model import Block, Chapter, Row, Runs, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.flows.exchanges.synergies import LEAST_SHARE, TONNES
from eitgeo.maps.paper.charter import outlet_symbol
from eitgeo.maps.words.counts import actor_count
from eitgeo.reference.labels import labels_of
from eitgeo.reference.rules import (
    attested_exchanges,
    synergy_rules,
)
from eitgeo.sources.survey.published_answers import ANSWER_KEY, answer_label
from eitgeo.words import typographic

_FLOWS = read_prose("flows")
_PROCESSES = read_prose("processes")
_MOST_SHEETS = 8
_NAMED = 6
_NO_DECIMAL_T = 10.0


def indicator_table(
    desk: Desk, indicator_ids: Sequence[str], caption: Runs, *, every: bool = True
) -> Block:
    """Lay out indicators, one row a perimeter."""
    shown = desk.perimeters.index if every else desk.shown
    rows: list[Row] = [
        ((desk.name(name),), *((desk.indicator(name, one),) for one in indicator_ids))
        for name in shown
    ]
    first = read_prose("perimeter").runs("perimeter_head")
    heads = (first, *((desk.label(one),) for one in indicator_ids))
    widths = (2.0, *[1.3] * len(indicator_ids))
    return table(caption, heads, rows, widths=widths)


def flows(desk: Desk) -> Chapter:
    """Tell arisings, allowed outlets and used ones apart."""
    map_ = desk.wide_picture(
        "arisings", _FLOWS.runs("map"), alt="".join(map(str, _FLOWS.runs("map_alt")))
    )
    method = (_FLOWS.say("method_text"), _FLOWS.say("method_limits"))
    deposit = (
        _FLOWS.say("deposit_text"),
        indicator_table(desk, desk.shown_in("matter"), _FLOWS.runs("deposit_caption")),
        _epci_deposits(desk),
    )
    allowed = (
        _FLOWS.say("allowed_text"),
        indicator_table(desk, desk.shown_in("outlets"), _FLOWS.runs("allowed_caption")),
        _outlet_table(desk),
        *_ceilings(desk),
    )
    answers = desk.matter.answers.table
    used = _FLOWS.say("used_none" if answers.empty else "used_some")
    blocks: tuple[Block, ...] = (
        Section(_FLOWS.runs("method"), method),
        Section(_FLOWS.runs("deposit"), deposit),
        *total_section(desk),
        Section(_FLOWS.runs("allowed"), allowed),
        *declared_sections(desk),
        *weighed_sections(desk),
        Section(_FLOWS.runs("used"), (_FLOWS.say("used_text"), used, *_answers(desk))),
        map_,
    )
    return Chapter(_FLOWS.runs("title"), blocks, ("R4",))


def _epci_deposits(desk: Desk) -> Block:
    rows: list[Row] = [
        (
            (told(name, "bodies", f"epci_{siren}", "name"),),
            (epci_fact(desk, siren, "deposit_t"),),
            (epci_fact(desk, siren, "families"),),
        )
        for siren, name in desk.terms.governance.epci_names.items()
    ]
    return table(
        _FLOWS.runs("epci_caption"),
        _FLOWS.heads("epci_heads"),
        rows,
        widths=(2.4, 2.6, 1.4),
        note=_FLOWS.runs("epci_note"),
    )


def _answers(desk: Desk) -> tuple[Block, ...]:
    """Lay out what was published of answers: a line of its own, in no other sum."""
    answers = desk.matter.answers.table
    if answers.empty:
        return ()
    rows: list[Row] = []
    for row in answers.to_dict("records"):
        siren, subject, item = (str(row[one]) for one in ANSWER_KEY)
        name = desk.terms.governance.epci_names.get(siren, siren)
        where = ("survey_public", f"{siren}/{subject}/{item}")
        n_firms = number(float(row["n_firms"]), (*where, "n_firms"))
        mass_t = float(row["mass_t"])
        decimals = 0 if mass_t >= _NO_DECIMAL_T else 2
        mass = number(mass_t, (*where, "mass_t"), unit="t/an", decimals=decimals)
        rows.append(
            (
                (told(name, "bodies", f"epci_{siren}", "name"),),
                (told(answer_label(subject, item), *where, "item"),),
                (n_firms,),
                (mass,),
            )
        )
    return (
        table(
            _FLOWS.runs("answers_caption"),
            _FLOWS.heads("answers_heads"),
            rows,
            widths=(2.4, 2.6, 1.0, 1.2),
            note=desk.matter.answers.secrecy,
        ),
    )


def _outlet_table(desk: Desk) -> Block:
    outlets = desk.matter.outlets.table.sort_values(["kind", "outlet_id"])
    rows: list[Row] = []
    for outlet in outlets.to_dict("records"):
        key, code = str(outlet["outlet_id"]), str(outlet["code_insee"])
        capacity = number(
            float(outlet["capacity_t"]),
            ("outlets", key, "capacity_t"),
            evidence="O" if outlet["status"] == "publie" else "H",
            unit="t/an",
        )
        rows.append(
            (
                (cell(outlet, "outlets", key, "name"),),
                (
                    told(
                        outlet_symbol(str(outlet["kind"])).label, "outlets", key, "kind"
                    ),
                ),
                (
                    told(
                        desk.terms.commune_names.get(code, code), "outlets", key, "code"
                    ),
                ),
                (capacity,),
                (typographic(labels_of("row_status")[outlet["status"]]),),
            )
        )
    return table(
        _FLOWS.runs("outlets_caption"),
        _FLOWS.heads("outlets_heads"),
        rows,
        widths=(3.0, 2.2, 1.8, 1.3, 1.0),
        note=_FLOWS.runs("outlets_note"),
    )


def _ceilings(desk: Desk) -> tuple[Block, ...]:
    """Lay the published ceilings of an outlet of the study side by side."""
    known = desk.matter.outlets.table.set_index("outlet_id")["name"]
    ceilings = desk.terms.ceilings
    own = ceilings[ceilings["outlet_id"].isin(known.index)]
    if own.empty:
        return ()
    rows: list[Row] = [
        (
            (told(str(known[row["outlet_id"]]), "outlets", row["outlet_id"], "name"),),
            (cell(row, "landfill_ceilings", row["ceiling_id"], "label_fr"),),
            (cell(row, "landfill_ceilings", row["ceiling_id"], "vintage"),),
            (
                exact(
                    float(row["ceiling_t"]),
                    ("landfill_ceilings", row["ceiling_id"], "ceiling_t"),
                    unit="t/an",
                    evidence=str(row["evidence"]),
                ),
            ),
            (cell(row, "landfill_ceilings", row["ceiling_id"], "source"),),
        )
        for row in own.to_dict("records")
    ]
    asked = own.assign(name=own["outlet_id"].map(known)).groupby(
        "question", sort=False
    )["name"]
    questions = joined(
        (
            told(
                f"{', '.join(dict.fromkeys(names))} : {question}",
                "landfill_ceilings",
                "tous",
                "question",
            )
            for question, names in asked
        ),
        mark=" ; ",
    )
    return (
        table(
            _FLOWS.runs("ceilings_caption"),
            _FLOWS.heads("ceilings_heads"),
            rows,
            widths=(2.0, 2.0, 1.0, 1.1, 2.2),
            note=_FLOWS.runs("ceilings_note", questions=questions),
        ),
    )


def processes(desk: Desk) -> Chapter:
    """Write one sheet a family of processes: told elsewhere, then most reachable."""
    actors = desk.matter.actors.table
    reach = actors.groupby("sheet_id")["n_sites"].sum()
    sheets = desk.terms.sheets
    known = sheets[sheets.index.isin(reach.index)]
    order = known.assign(
        is_general=known["rule_families"].map(lambda one: not _supported(one)),
        is_unweighed=known["least_unit"].ne(TONNES),
        n_sites=-reach.reindex(known.index),
    ).sort_values(["is_unweighed", "is_general", "n_sites"], kind="stable")
    sections: list[Block] = [
        _process(desk, known.loc[name], str(name), first=rank == 0)
        for rank, name in enumerate(order.index[:_MOST_SHEETS])
    ]
    blocks = (_PROCESSES.say("intro"), *(sections or [_PROCESSES.say("none")]))
    return Chapter(_PROCESSES.runs("title"), blocks, ("R5",))


def _process(desk: Desk, sheet: pd.Series, name: str, *, first: bool) -> Section:
    title = told(str(sheet["title"]), "process_sheets", name, "title")
    example = _PROCESSES.runs(
        "example",
        text=told(sheet["examples"], "process_sheets", name, "examples"),
        source=told(sheet["examples_source"], "process_sheets", name, "source"),
    )
    place, unit = ("process_sheets", name, "least_low"), str(sheet["least_unit"])
    least = exact(LEAST_SHARE * float(sheet["least_low"]), place, unit=unit)
    content: dict[str, Runs] = {
        "principle": _sheet_cell(sheet, name, "principle"),
        "least": (
            *_sheet_cell(sheet, name, "least_note"),
            *_PROCESSES.runs("counted", least=least),
        ),
        "permit": _sheet_cell(sheet, name, "permit"),
        "maturity": _sheet_cell(sheet, name, "maturity"),
        "donor": _who(desk, name, "donor"),
        "taker": _who(desk, name, "taker"),
        "first_call": _sheet_cell(sheet, name, "first_call"),
        "question": _sheet_cell(sheet, name, "question"),
        "examples": example,
        "published": _published(str(sheet["rule_families"])),
    }
    rows = [(_PROCESSES.runs(key), runs) for key, runs in content.items()]
    caption = _PROCESSES.runs("caption", title=title)
    heads = _PROCESSES.heads("heads")
    content_ = table(caption, heads, rows, widths=(1.3, 4.2))
    return Section((title,), (content_,), new_page=not first)


def _supported(families: str) -> bool:
    """Say whether a source or a published exchange supports a rule of some families."""
    rules = synergy_rules()
    own = rules[rules["family"].isin(families.split(";"))]
    return bool((own["evidence"].ne("H") | own["attested_by"].ne("")).any())


def _published(families: str) -> Runs:
    """Name published exchanges of some families of rules, those of France first."""
    known = attested_exchanges()
    examples = known[known["family"].isin(families.split(";"))]
    examples = examples.drop_duplicates(["residue", "place_name"])
    examples = examples.assign(is_abroad=examples["country"].ne("France"))
    examples = examples.sort_values(["is_abroad", "exchange_id"], kind="stable")
    if examples.empty:
        return _PROCESSES.runs("unpublished")
    first = examples.drop_duplicates("residue").head(_NAMED)
    named = joined(
        (
            told(
                f"{row['residue']} → {row['use']} ({row['place_name']})",
                "attested_exchanges",
                row["exchange_id"],
                "use",
            )
            for row in first.to_dict("records")
        ),
        mark=" ; ",
    )
    if len(first) == len(examples):
        return named
    n = count(len(examples) - len(first), "attested_exchanges", families)
    return (*named, *_PROCESSES.runs("published_more", n=n))


def _sheet_cell(sheet: pd.Series, name: str, column: str) -> Runs:
    evidence = str(sheet["evidence"]) if column == "least_note" else ""
    return (
        told(str(sheet[column]), "process_sheets", name, column, evidence=evidence),
    )


def _who(desk: Desk, name: str, end: str) -> Runs:
    """Name the activities at one end of the rules, the most frequent first."""
    actors = desk.matter.actors.table
    own = actors[(actors["sheet_id"] == name) & (actors["end"] == end)]
    if own.empty:
        return _PROCESSES.runs("nobody")
    ordered = own.sort_values(["n_sites", "division"], ascending=[False, True])
    divisions = desk.terms.governance.division_names
    return joined(
        (
            told(
                f"{divisions.get(str(row['division']), row['division'])} "
                f"({actor_count(row)})",
                "process_actors",
                f"{name} / {end} / {row['division']}",
                "n_sites",
                evidence="H",
            )
            for row in ordered.head(_NAMED).to_dict("records")
        ),
        mark=" ; ",
    )
