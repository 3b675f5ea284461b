"""Chapters on flows, outlets and processes; what others tell stands beside."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from eitgeo.dossier.chapters.territory import epci_fact
from eitgeo.dossier.desk import (
    Desk,
    count,
    exact,
    joined,
    lines,
    number,
    table,
    told,
    wide_map,
)
from eitgeo.dossier.model import Block, Chapter, Row, Runs, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.flows.arisings.backtest import (
    SELECTION,
    backtest_rows,
    set_aside_text,
    years_text,
)
from eitgeo.flows.arisings.declared import Period
from eitgeo.flows.exchanges.synergies import LEAST_SHARE, TONNES
from eitgeo.flows.outlets.destinations import chapter_tonnes
from eitgeo.maps.paper.charter import outlet_symbol
from eitgeo.maps.words.sentences import actor_count
from eitgeo.reference.labels import labels_of
from eitgeo.reference.rules import (
    attested_exchanges,
    synergy_rules,
)
from eitgeo.reference.tables import waste_totals
from eitgeo.sources.survey.published_answers import ANSWER_KEY, answer_label
from eitgeo.sources.survey.published_weighings import (
    client_label,
    family_label,
    outlet_names,
    place_label,
)
from eitgeo.words import (
    MISSING,
    french_number,
    french_period,
    range_text,
    round_significant,
    typographic,
)

_FLOWS = read_prose("flows")
_TABLE = "declared_destinations"
_WEIGHED = "weighed_public"
_CHECKS = "arising_checks"
_SCALES = ("by_inhabitants", "by_employees")


def declared_sections(desk: Desk) -> Iterator[Section]:
    """Tell where declared waste goes, and what it says of the calculation."""
    destinations = desk.public["declared_destinations"].table
    if len(destinations):
        blocks: tuple[Block, ...] = (
            _FLOWS.say("declared_text"),
            _destinations(destinations, desk.public["declared_destinations"].secrecy),
        )
        yield Section(_FLOWS.runs("declared"), blocks)
    backtest = desk.public["backtest"].table
    if len(backtest):
        evidence = "H" if desk.public["backtest"].demonstration else "O"
        blocks = (_FLOWS.say("backtest_text"), _measures(backtest, evidence))
        yield Section(_FLOWS.runs("backtest"), blocks)


def weighed_sections(desk: Desk) -> Iterator[Section]:
    """Tell what the syndicate weighed, beside what is estimated and never in it."""
    rows = desk.public["weighed_public"].table
    if rows.empty:
        return
    blocks: list[Block] = [_FLOWS.say("weighed_text"), _weighed(desk)]
    days = sorted({*zip(rows["first_day"], rows["last_day"], strict=True)})
    short = [one for one in days if not Period(*map(str, one)).is_year()]
    for first, last in short:
        told_days = told(
            french_period(str(first), str(last)), _WEIGHED, "", "first_day"
        )
        blocks.append(_FLOWS.say("weighed_short", style="note", days=told_days))
    yield Section(_FLOWS.runs("weighed"), tuple(blocks))


def _weighed(desk: Desk) -> Block:
    """Lay out each sum with its clients, its outlets and the estimate beside it."""
    names = desk.terms.governance.epci_names
    known = desk.public["outlets"].table
    outlets = dict(zip(known["outlet_id"], known["name"], strict=True))
    rows: list[Row] = []
    for row in desk.public["weighed_public"].table.to_dict("records"):
        place, family = str(row["place"]), str(row["family"])
        key = "/".join((place, str(row["client"]), family, str(row["year"])))
        days = french_period(str(row["first_day"]), str(row["last_day"]))
        mass_t = float(row["mass_t"])
        decimals = max(0, 1 - math.floor(math.log10(mass_t)))
        used = outlet_names(str(row["outlets"]), outlets)
        rows.append(
            (
                (told(place_label(place, names), _WEIGHED, key, "place"),),
                (
                    told(client_label(str(row["client"])), _WEIGHED, key, "client"),
                    ", ",
                    told(family_label(family), _WEIGHED, key, "family"),
                ),
                (
                    number(
                        mass_t, (_WEIGHED, key, "mass_t"), unit="t", decimals=decimals
                    ),
                    ", ",
                    told(days, _WEIGHED, key, "first_day"),
                ),
                (number(float(row["n_clients"]), (_WEIGHED, key, "n_clients")),),
                _estimate(desk, place, family),
                (told(used, _WEIGHED, key, "outlets"),),
            )
        )
    return table(_FLOWS, "weighed", rows, note=desk.public["weighed_public"].secrecy)


def _estimate(desk: Desk, place: str, family: str) -> Runs:
    """Write the part of a family in the potential waste of an EPCI, in tenths."""
    parts = desk.public["arising_streams"].table
    own = parts[parts["group"].eq(place) & parts["family"].eq(family)]
    if own.empty:
        return (MISSING,)
    n = int(own["tenths"].iloc[0])
    text = f"{n} dixième{'s' if n > 1 else ''}"
    tenths = told(text, "arising_streams", f"{place}/{family}", "tenths")
    total = epci_fact(desk, place, "deposit_t")
    return _FLOWS.runs("weighed_tenths", n=tenths, total=total)


def _destinations(destinations: pd.DataFrame, secrecy: tuple[str, ...]) -> Block:
    """Lay out tonnes by chapter, what stays, and which départements take the rest."""
    tonnes = chapter_tonnes(destinations)
    chapters = tonnes.index.astype(str)
    shown = tonnes.assign(
        heading=chapters.str[:2] + " xx xx" + chapters.str[2:],
        stays_pct=(100.0 * tonnes["own_t"] / tonnes["mass_t"]).where(
            tonnes["mass_t"] > 0
        ),
    )
    rows = lines(_FLOWS, "declared", shown, source=_TABLE, keys=chapters)
    return table(_FLOWS, "declared", rows, note=secrecy)


def _measures(backtest: pd.DataFrame, evidence: str) -> Block:
    shown = pd.DataFrame(backtest_rows(backtest)).assign(sure=evidence)
    rows = lines(_FLOWS, "backtest", shown, source="backtest", keys=shown["key"])
    notes = " ".join(filter(None, (set_aside_text(backtest), SELECTION)))
    years = told(years_text(backtest), "backtest", "", "first_year")
    return table(
        _FLOWS,
        "backtest",
        rows,
        note=(told(notes, "backtest", "set_aside", "n_sites"),),
        years=years,
    )


def total_section(desk: Desk) -> Iterator[Section]:
    """Put totals of the area beside published ones, and what may part them."""
    checks = desk.public["arising_checks"].table.set_index("reference_id", drop=False)
    if len(checks):
        ordered = checks.loc[
            [name for name in waste_totals().index if name in checks.index]
        ]
        table_ = _total_table(ordered, desk.public["arising_checks"].secrecy)
        blocks = (_FLOWS.say("totals_text"), table_, *_total_notes(ordered))
        yield Section(_FLOWS.runs("totals"), blocks)


def _total_table(checks: pd.DataFrame, secrecy: tuple[str, ...]) -> Block:
    references = waste_totals()
    records = checks.to_dict("records")
    keys = checks["reference_id"].astype(str)
    feeds = labels_of("feeds_ratio")
    scaled = {
        scale: [_brought(row, str(row["reference_id"]), scale) for row in records]
        for scale in _SCALES
    }
    rows = lines(
        _FLOWS,
        "totals",
        checks.assign(sure="H"),
        source=_CHECKS,
        keys=keys,
        label=[
            told(str(references.loc[key, "label"]), "waste_totals", key, "label")
            for key in keys
        ],
        ratio=[_ratio(row, str(row["reference_id"])) for row in records],
        feeds=[
            told(
                feeds[str(references.loc[key, "feeds_ratio"])],
                *("waste_totals", key, "feeds_ratio"),
            )
            for key in keys
        ],
        **scaled,
    )
    return table(_FLOWS, "totals", rows, note=secrecy)


def _brought(row: dict[Any, Any], key: str, scale: str) -> Value:
    """Write a published total, brought to the area: one figure, or two."""
    names = [f"{scale}_{end}" for end in ("low", "high")]
    low, high = (
        number(float(row[name]), (_CHECKS, key, name), evidence="S") for name in names
    )
    text = low.text if low.text == high.text else f"{low.text} à {high.text}"
    return told(text, _CHECKS, key, scale, evidence=high.evidence)


def _ratio(row: dict[Any, Any], key: str) -> Value:
    """Divide our median by what is published, then P10 to P90 by its two ends."""
    low_t, mid_t, high_t = (float(row[f"t_{end}"]) for end in ("low", "mid", "high"))
    names = [f"{scale}_{end}" for scale in _SCALES for end in ("low", "high")]
    # Of a sector that employs nobody here, the total by its employees is nothing.
    known = [float(row[name]) for name in names if row[name] > 0]
    if math.isnan(mid_t) or not known:
        return told(MISSING, _CHECKS, key, "ratio")
    middle = range_text(mid_t / max(known), mid_t / min(known), unit="nombre")
    bounds = (low_t / max(known), high_t / min(known))
    texts = dict.fromkeys(french_number(round_significant(one, 1)) for one in bounds)
    text = f"{middle} ({' à '.join(texts)})"
    return told(text, _CHECKS, key, "ratio", evidence="H")


def _total_notes(checks: pd.DataFrame) -> Iterator[Block]:
    """Say of each reference where, when and by whom, and what may explain a gap."""
    for key, reference in waste_totals().loc[checks["reference_id"]].iterrows():
        parts = {
            name: told(str(reference[name]), "waste_totals", str(key), name)
            for name in ("label", "place", "years", "source", "explains")
        }
        yield _FLOWS.say("totals_note", style="note", **parts)


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
