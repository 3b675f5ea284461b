"""The chapters on the perimeter and on the verdict: what is compared, what tips."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.dossier.chapters.belief import (
    belief_section,
    gap_bullets,
    indicator_rows,
    missing_data,
)
from eitgeo.dossier.chapters.levers import animators, realised_value
from eitgeo.dossier.chapters.matter import indicator_table
from eitgeo.dossier.chapters.territory import (
    bodies_of_epci,
    counted_vintages,
    epci_fact,
)
from eitgeo.dossier.desk import (
    Desk,
    cell,
    joined,
    lines,
    listed_unions,
    number,
    table,
    told,
    wide_map,
    words_of,
)
from eitgeo.dossier.model import (
    Block,
    Chapter,
    Paragraph,
    Row,
    Runs,
    Section,
    Value,
    Wide,
)
from eitgeo.dossier.prose import read_prose
from eitgeo.flows.exchanges.realised import lever_realised
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.governance_words import ANSWER_WORDS
from eitgeo.maps.words.hypotheses import gaps
from eitgeo.maps.words.sentences import perimeter_sentences
from eitgeo.maps.workbooks.governance_sheets import verdict_text
from eitgeo.reference.governance import verdict_conditions
from eitgeo.scenarios.decision.orders import PLANE, decision_plane

_TEXTS = read_prose("perimeter")
_BOUND = "methods.max_union_epci"
_ADDED = ("synergy_families", "seat_45min_pct")
_PHASED = ("n_deliberations", "target_sites", "synergy_families")


def perimeter(desk: Desk) -> Chapter:
    """Compare perimeters without ranking them by size."""
    blocks: tuple[Block, ...] = (
        _TEXTS.say("intro"),
        Section(
            _TEXTS.runs("blocks"), (_TEXTS.say("blocks_intro"), _block_table(desk))
        ),
        Section(_TEXTS.runs("compared"), _compared(desk)),
        Section(_TEXTS.runs("core"), _core(desk)),
        Section(_TEXTS.runs("switch"), _switch(desk)),
        Section(_TEXTS.runs("variants"), _variants(desk)),
        wide_map(desk, _TEXTS, "perimeters", "page"),
        Wide((_compared_table(desk),)),
        *_difference_map(desk),
        wide_map(desk, _TEXTS, "core", "map"),
    )
    return Chapter(_TEXTS.runs("title"), blocks, ("R6",))


def _block_table(desk: Desk) -> Block:
    added = desk.public["epci_blocks"].table
    most = dict(desk.terms.parameters).get(_BOUND)
    note = _TEXTS.runs("blocks_note")
    if added.empty and most is not None:
        note = _TEXTS.runs("blocks_bounded", most=(most,))
    rows: list[Row] = []
    for siren, name in desk.terms.governance.epci_names.items():
        own = added[added["epci_siren"] == siren].set_index("indicator_id")
        rows.append(
            (
                (told(name, "bodies", f"epci_{siren}", "name"),),
                (epci_fact(desk, siren, "population"),),
                joined(bodies_of_epci(desk, siren)),
                *((_added(own, siren, one),) for one in (*_ADDED, "n_deliberations")),
            )
        )
    return table(_TEXTS, "blocks", rows, note=note)


def _added(rows: pd.DataFrame, siren: str, indicator_id: str) -> Value:
    source = ("epci_blocks", f"{siren} / {indicator_id}", "mean")
    if indicator_id not in rows.index:
        return number(float("nan"), source)
    row = rows.loc[indicator_id].to_dict()
    evidence = str(row["evidence"])
    unit = str(row["unit"])
    decimals = 0 if indicator_id == "n_deliberations" else 1
    return number(
        float(row["mean"]), source, evidence=evidence, unit=unit, decimals=decimals
    )


def _compared_table(desk: Desk) -> Block:
    catalogue = desk.terms.governance.catalogue
    first = catalogue[catalogue["first_screen"] == "oui"].index
    rows = indicator_rows(desk, map(str, first), list(desk.perimeters.index))
    names = tuple((desk.name(one),) for one in desk.perimeters.index)
    return table(
        _TEXTS,
        "compared",
        rows,
        heads=(_TEXTS.runs("indicator_head"), *names),
    )


def _difference_map(desk: Desk) -> tuple[Block, ...]:
    if len(desk.shown) == 1:
        return ()
    a, b = (desk.name(one) for one in desk.pair)
    key = "difference_map"
    return (wide_map(desk, _TEXTS, "difference", key, first=a, second=b),)


def _compared(desk: Desk) -> tuple[Block, ...]:
    catalogue = desk.terms.governance.catalogue
    first = [str(one) for one in catalogue.index[catalogue["first_screen"] == "oui"]]
    return (
        _TEXTS.say("compared_intro"),
        indicator_table(desk, desk.shown_in("brief"), _TEXTS.runs("brief_caption")),
        *counted_vintages(desk),
        *_redrawn(desk),
        *_words(desk),
        *gap_bullets(missing_data(desk, first, list(desk.perimeters.index))),
    )


def _redrawn(desk: Desk) -> tuple[Block, ...]:
    """Give counts of drawn establishments over all draws; none drawn: say exact."""
    counts = desk.public["redrawn_counts"].table
    perimeters = list(desk.perimeters.index)
    if counts.empty:
        told_ = {desk.indicator(one, "target_sites").evidence for one in perimeters}
        return (_TEXTS.say("exact", style="note"),) if told_ == {"O"} else ()
    cells = {
        (row["perimeter_id"], row["indicator_id"]): row
        for row in counts.to_dict("records")
    }
    every = map(str, desk.terms.governance.catalogue.index)
    names = [name for name in every if name in set(counts["indicator_id"])]
    rows: list[Row] = [
        ((desk.name(one),), *((_over_draws(cells, one, name),) for name in names))
        for one in perimeters
    ]
    heads = (_TEXTS.runs("perimeter_head"), *((desk.label(name),) for name in names))
    return (table(_TEXTS, "redrawn", rows, heads=heads),)


def _over_draws(
    cells: Mapping[tuple[str, str], Mapping[Any, Any]],
    perimeter_id: str,
    indicator_id: str,
) -> Value:
    row = cells[perimeter_id, indicator_id]
    where = ("redrawn_counts", f"{perimeter_id} / {indicator_id}", "mid")
    bounds = (float(row["low"]), float(row["high"]))
    return number(float(row["mid"]), where, evidence="H", bounds=bounds)


def _words(desk: Desk) -> list[Paragraph]:
    """Explain each perimeter; drawn figures stand in tables alone, with their class."""
    catalogue = desk.terms.governance.catalogue
    sentences = []
    for name in desk.shown:
        cards = [
            row
            for row in card_rows(
                desk.public["indicators_public"], catalogue, perimeter_id=name
            )
            if not desk.drawn.holds(desk.indicator(name, row.indicator_id), catalogue)
        ]
        said = perimeter_sentences(
            desk.row(name), cards, demonstration=desk.demonstration
        )
        sentence = told(" ".join(said), "perimeters", name, "phrases")
        sentences.append(_TEXTS.say("words", style="bullet", sentence=sentence))
    return sentences


def _core(desk: Desk) -> tuple[Block, ...]:
    return (
        _TEXTS.say("core_text"),
        indicator_table(desk, desk.shown_in("core"), _TEXTS.runs("core_caption")),
    )


def _held(desk: Desk) -> tuple[Paragraph, ...]:
    """Say why no order is told; empty: it is."""
    stamp = desk.sheet.demonstration_text
    if why := desk.orders_held or stamp:
        source = ("decision_criteria", "étude", "reason")
        return (_TEXTS.say("held", style="warning", why=told(why, *source)),)
    return ()


def _plane(desk: Desk) -> tuple[Block, ...]:
    """Show what is asked against what is counted, where both are known."""
    plane = decision_plane(
        desk.public["indicators_public"].table, desk.public["perimeters"].table
    )
    if "plane" not in desk.pictures or plane.empty:
        return ()
    asked, counted = (desk.label(name) for name in PLANE)
    source = ("indicators_public", PLANE[1], "note")
    vintage = told(str(plane["note"].iloc[0]).rpartition(" ; ")[2], *source)
    words = {"asked": asked, "counted": counted, "vintage": vintage}
    unions = listed_unions(desk)
    caption = _TEXTS.runs("plane", **words, unions=unions)
    alt = words_of(_TEXTS, "plane_alt", unions=unions)
    return (_TEXTS.say("plane_text"), desk.picture("plane", caption, alt=alt))


def _switch(desk: Desk) -> tuple[Block, ...]:
    if desk.orders_held:
        return (*_held(desk), *_plane(desk))
    weights = (
        _TEXTS.say("switch_text"),
        _criteria_table(desk),
    )
    if secret := _held(desk):
        return (*weights, *secret)
    order = desk.public["decision_order"].table
    known = order[order["perimeter_id"].isin(desk.perimeters.index)]
    ordered = known.sort_values(["rank", "perimeter_id"])
    rows = lines(
        _TEXTS,
        "order",
        ordered,
        source="decision_order",
        keys=ordered["perimeter_id"],
        name=[desk.name(str(one)) for one in ordered["perimeter_id"]],
        front=[_TEXTS.runs(f"yes.{bool(one)}") for one in ordered["on_front"]],
    )
    blocks: list[Block] = [
        *weights,
        table(_TEXTS, "order", rows),
    ]
    return (*blocks, *_pair_order(desk))


def _pair_order(desk: Desk) -> tuple[Paragraph, ...]:
    pairs = desk.public["decision_pairs"].table
    order = pairs[
        pairs["first_id"].isin(desk.pair) & pairs["second_id"].isin(desk.pair)
    ]
    if order.empty:
        return ()
    word = _TEXTS.runs(f"order.{order.iloc[0]['order']}")
    return (_TEXTS.say("pair_order", order=word),)


def _criteria_table(desk: Desk) -> Block:
    criteria = desk.public["decision_criteria"].table
    labels = desk.terms.governance.catalogue["label"]
    known = criteria[criteria["indicator_id"].isin(labels.index)]
    asked = known[known["asked_weight"] > 0].drop_duplicates("indicator_id")
    ordered = asked.sort_values("asked_weight", ascending=False, kind="stable")
    keys = ordered["indicator_id"].astype(str)
    label = [desk.label(key) for key in keys]
    source = "decision_criteria"
    rows = lines(_TEXTS, "criteria", ordered, source=source, keys=keys, label=label)
    return table(_TEXTS, "criteria", rows)


def _variants(desk: Desk) -> tuple[Block, ...]:
    stress = desk.public["stress_orders"].table
    said = "variants_text" if desk.terms.has_sites else "variants_counted"
    blocks: list[Block] = [_TEXTS.say(said)]
    if not (_held(desk) or stress.empty):
        first = stress.drop_duplicates("stress_id")
        keys = first["stress_id"]
        rows = lines(_TEXTS, "variants", first, source="stress_orders", keys=keys)
        blocks.append(table(_TEXTS, "variants", rows))
    solid = indicator_table(
        desk, desk.shown_in("solid"), _TEXTS.runs("without_caption")
    )
    return (*blocks, solid, *_phases(desk))


def _phases(desk: Desk) -> tuple[Block, ...]:
    phases = desk.public["phases"].table
    if phases.empty:
        return ()
    rows: list[Row] = []
    steps = phases.drop_duplicates("phase").sort_values("phase", kind="stable")
    for step in steps.to_dict("records"):
        name = str(step["perimeter_id"])
        year = told(str(step["year"]), "phases", step["phase"], "year")
        cells: tuple[Runs, ...] = tuple((desk.indicator(name, one),) for one in _PHASED)
        rows.append(((year,), (cell(step, "phases", step["phase"], "name"),), *cells))
    return (
        _TEXTS.say("phases_text"),
        table(_TEXTS, "phases", rows),
    )


_VERDICT = read_prose("governance")
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
            _VERDICT.runs("verdict"),
            (
                *said,
                _VERDICT.say("rule"),
                _verdict_table(desk, verdicts),
            ),
        ),
        Section(
            _VERDICT.runs("missing"),
            (
                *firmer,
                _VERDICT.say("expressed", told=_VERDICT.runs(surveyed)),
                _cost(desk),
            ),
        ),
    )
    return Chapter(_VERDICT.runs("verdict_title"), blocks, ("R1",))


def _cost(desk: Desk) -> Paragraph:
    """Hold what animation costs against what cases make, not against a potential."""
    levers = desk.public["levers"].table.set_index("lever")["mid"]
    potential = float(levers.get(_SAVED, math.nan))
    reached = lever_realised(desk.terms.animation, _SAVED, potential)
    amount = realised_value(reached, _SAVED, "€/an")
    return _VERDICT.say("cost", who=animators(desk), amount=amount)


def _verdicts(desk: Desk, verdicts: pd.DataFrame) -> tuple[Paragraph, ...]:
    """Say the verdict of each perimeter, once where it is the same for all."""
    verdict_of = {
        str(name): told(verdict_text(verdicts, str(name)), "verdicts", name, "verdict")
        for name in desk.perimeters.index
    }
    if len({one.text for one in verdict_of.values()}) == 1:
        verdict = next(iter(verdict_of.values()))
        return (_VERDICT.say("verdict_of_all", style="lead", verdict=verdict),)
    return tuple(
        _VERDICT.say(
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
    return table(_VERDICT, "verdict", rows)


def _bare(value: Value) -> Value:
    """Drop the class of a threshold: its reason is told with the rule."""
    return told(value.text, value.source.table, value.source.row, value.source.column)
