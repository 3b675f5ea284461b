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
from eitgeo.dossier.desk import Desk, count, exact, joined, number, told
from eitgeo.dossier.model import Block, Chapter, Row, Runs, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import lines, table, wide_map
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
    prose = read_prose("perimeter")
    heads = (
        prose.runs("perimeter_head"),
        *((desk.label(one),) for one in indicator_ids),
    )
    return table(prose, "perimeter", rows, caption=caption, heads=heads)


def flows(desk: Desk) -> Chapter:
    """Tell arisings, allowed outlets and used ones apart."""
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
    answers = desk.public["survey_public"].table
    used = _FLOWS.say("used_none" if answers.empty else "used_some")
    blocks: tuple[Block, ...] = (
        Section(_FLOWS.runs("method"), method),
        Section(_FLOWS.runs("deposit"), deposit),
        *total_section(desk),
        Section(_FLOWS.runs("allowed"), allowed),
        *declared_sections(desk),
        *weighed_sections(desk),
        Section(_FLOWS.runs("used"), (_FLOWS.say("used_text"), used, *_answers(desk))),
        wide_map(desk, _FLOWS, "arisings", "map"),
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
    return table(_FLOWS, "epci", rows)


def _answers(desk: Desk) -> tuple[Block, ...]:
    """Lay out what was published of answers: a line of its own, in no other sum."""
    answers = desk.public["survey_public"].table
    if answers.empty:
        return ()
    names = desk.terms.governance.epci_names
    parts = answers[list(ANSWER_KEY)].astype(str)
    keys = parts.agg("/".join, axis="columns")
    sirens, masses = parts[ANSWER_KEY[0]], answers["mass_t"].astype(float)
    epci = [
        told(names.get(siren, siren), "bodies", f"epci_{siren}", "name")
        for siren in sirens
    ]
    amounts = [
        number(
            mass_t,
            ("survey_public", key, "mass_t"),
            unit="t/an",
            decimals=0 if mass_t >= _NO_DECIMAL_T else 2,
        )
        for mass_t, key in zip(masses, keys, strict=True)
    ]
    labels = [
        answer_label(subject, item)
        for subject, item in zip(parts["subject"], parts["item"], strict=True)
    ]
    rows = lines(
        _FLOWS,
        "answers",
        answers,
        source="survey_public",
        keys=keys,
        epci=epci,
        label=labels,
        amount=amounts,
    )
    return (table(_FLOWS, "answers", rows, note=desk.public["survey_public"].secrecy),)


def _outlet_table(desk: Desk) -> Block:
    outlets = desk.public["outlets"].table.sort_values(["kind", "outlet_id"])
    codes, states = outlets["code_insee"].astype(str), labels_of("row_status")
    shown = outlets.assign(
        nature=[outlet_symbol(str(kind)).label for kind in outlets["kind"]],
        commune=codes.map(desk.terms.commune_names).fillna(codes),
        sure=outlets["status"].eq("publie").map({True: "O", False: "H"}),
    )
    state = [(typographic(states[one]),) for one in outlets["status"]]
    keys = outlets["outlet_id"]
    rows = lines(_FLOWS, "outlets", shown, source="outlets", keys=keys, state=state)
    return table(_FLOWS, "outlets", rows)


def _ceilings(desk: Desk) -> tuple[Block, ...]:
    """Lay the published ceilings of an outlet of the study side by side."""
    known = desk.public["outlets"].table.set_index("outlet_id")["name"]
    ceilings = desk.terms.ceilings
    own = ceilings[ceilings["outlet_id"].isin(known.index)]
    if own.empty:
        return ()
    rows = lines(
        _FLOWS,
        "ceilings",
        own,
        source="landfill_ceilings",
        keys=own["ceiling_id"],
        outlet=[
            told(str(known[name]), "outlets", name, "name") for name in own["outlet_id"]
        ],
        amount=[
            exact(
                float(row["ceiling_t"]),
                ("landfill_ceilings", row["ceiling_id"], "ceiling_t"),
                unit="t/an",
                evidence=str(row["evidence"]),
            )
            for row in own.to_dict("records")
        ],
    )
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
            _FLOWS,
            "ceilings",
            rows,
            note=_FLOWS.runs("ceilings_note", questions=questions),
        ),
    )


def processes(desk: Desk) -> Chapter:
    """Write one sheet a family of processes: told elsewhere, then most reachable."""
    actors = desk.public["process_actors"].table
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
    content_ = table(_PROCESSES, "", rows, title=title)
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
    actors = desk.public["process_actors"].table
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
