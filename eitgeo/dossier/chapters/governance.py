"""Chapters on governance, the means of an initiative, and the plan of action."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from eitgeo.dossier.chapters.belief import belief_section
from eitgeo.dossier.chapters.matter import indicator_table
from eitgeo.dossier.desk import (
    Desk,
    budget_amount,
    count,
    exact,
    joined,
    lines,
    number,
    table,
    told,
)
from eitgeo.dossier.model import Block, Chapter, Paragraph, Row, Runs, Section, Value
from eitgeo.dossier.prose import Prose, read_prose
from eitgeo.ledger import Place
from eitgeo.maps.words.governance_words import (
    COST_CLASSES,
    COST_WORDS,
    EASE_WORDS,
    KEY_WORDS,
    STATE_WORDS,
    PostLine,
    deliberations_text,
    named_epci,
    post_lines,
    share_cost_text,
    share_rows,
)
from eitgeo.maps.words.refusal_words import refusal_sentence
from eitgeo.maps.words.sentences import (
    counted,
    counted_as,
    reason_sentence,
    zones_in_order,
)
from eitgeo.words import MISSING

_TEXTS = read_prose("governance")
_LEVELS = ("low", "mid", "high")


def means(desk: Desk) -> tuple[Block, ...]:
    """Say what posts do and cost, who would pay what, and from which town."""
    seats = indicator_table(desk, desk.shown_in("seat"), _TEXTS.runs("seat_caption"))
    note = _TEXTS.say("seat_note", style="note")
    return (
        _TEXTS.say("posts_text"),
        _post_table(desk),
        _met_table(desk),
        _left_out(desk),
        _budget_table(desk),
        _head_table(desk),
        _TEXTS.say("keys_text"),
        *(_share_table(desk, name) for name in desk.shown[:1]),
        seats,
        note,
    )


def _budget_table(desk: Desk) -> Block:
    budget = desk.public["animation_budget"].table
    years = sorted(set(budget["year"]))
    rows: list[Row] = []
    for item, label in COST_WORDS.items():
        by_year = budget[budget["item"] == item].set_index("year").to_dict("index")
        amounts = (
            (budget_amount(by_year[year], f"{item} / {year}"),) for year in years
        )
        rows.append(((told(label, "animation_budget", item, "item"),), *amounts))
    heads = tuple(
        _TEXTS.runs(
            "budget_year", year=told(str(year), "animation_budget", year, "year")
        )
        for year in years
    )
    sources = dict.fromkeys(
        part.strip()
        for text in budget["source"].astype(str)
        for part in text.split(" ; ")
    )
    said = joined(
        (told(one, "animation_budget", "tous", "source") for one in sources),
        mark=" ; ",
    )
    return table(
        _TEXTS,
        "budget",
        rows,
        heads=(_TEXTS.runs("budget_head"), *heads),
        note=_TEXTS.runs("budget_note", sources=said),
    )


def _head_table(desk: Desk) -> Block:
    """Share what is left of the first year among inhabitants."""
    budget = desk.public["animation_budget"].table
    left = (
        budget[budget["item"] == "reste"]
        .sort_values("year", kind="stable")
        .iloc[0]
        .to_dict()
    )
    rows: list[Row] = []
    for name, perimeter in desk.perimeters.iterrows():
        people = float(perimeter["population"]) or math.nan
        low, mid, high = (float(left[level]) / people for level in _LEVELS)
        share = number(
            mid,
            ("animation_budget", f"reste / {name}", "mid"),
            evidence=str(left["evidence"]),
            unit="€/hab./an",
            decimals=2,
            bounds=(low, high),
        )
        rows.append(((desk.name(str(name)),), (share,)))
    return table(_TEXTS, "head", rows)


def _lines(desk: Desk) -> dict[str, list[PostLine]]:
    """Word the choices of posts of each compared perimeter."""
    posts = desk.public["posts"]
    return {str(name): post_lines(posts, str(name)) for name in desk.perimeters.index}


def _post_table(desk: Desk) -> Block:
    """Say what each choice meets a year and costs, whatever the perimeter."""
    lines = next(iter(_lines(desk).values()), [])
    rows: list[Row] = []
    for line in lines:
        texts = (
            (line.meetings, "meetings_low"),
            (line.cost, "total_mid"),
            (line.rest, "rest_mid"),
        )
        head: Runs = (told(line.posts, "posts", line.posts, "posts"),)
        if line.chosen:
            head = _TEXTS.runs("posts_chosen", posts=head)
        cells = ((told(text, "posts", line.posts, one),) for text, one in texts)
        rows.append((head, *cells))
    return table(_TEXTS, "posts", rows)


def _met_table(desk: Desk) -> Block:
    """Say which share of the firms each choice meets, perimeter by perimeter."""
    lines = _lines(desk)
    heads = [line.posts for line in next(iter(lines.values()), [])]
    rows: list[Row] = [
        (
            (desk.name(name),),
            *(
                (told(one.met, "posts", f"{name} / {one.posts}", "met_low_pct"),)
                for one in mine
            ),
        )
        for name, mine in lines.items()
    ]
    return table(
        _TEXTS,
        "met",
        rows,
        heads=(
            _TEXTS.runs("met_head"),
            *((told(one, "posts", one, "posts"),) for one in heads),
        ),
    )


def _left_out(desk: Desk) -> Block:
    """Say whom the posts of the study would not meet, perimeter by perimeter."""
    rows: list[Row] = []
    for name, choices in _lines(desk).items():
        line = next(one for one in choices if one.chosen)
        where = f"{name} / {line.posts}"
        if line.met == MISSING:
            continue
        left = told(line.left, "posts", where, "left_high")
        far = told(line.far, "posts", where, "far_sites")
        rows.append(((desk.name(name),), (left,), (far,)))
    return table(_TEXTS, "left", rows)


def _share_table(desk: Desk, name: str) -> Block:
    """Share what is left to pay among the EPCI of a perimeter, under four keys."""
    own = share_rows(desk.public["cost_shares"], name)
    names = desk.terms.governance.epci_names
    rows: list[Row] = []
    for siren, by_key in own.groupby("epci_siren", sort=True):
        row_of = {str(row["cost_key"]): row for row in by_key.to_dict("records")}
        cells = ((_share(row_of[key]),) for key in KEY_WORDS)
        label = told(names[str(siren)], "bodies", f"epci_{siren}", "name")
        rows.append(((label,), *cells))
    heads = ((told(label, "labels", key, "label"),) for key, label in KEY_WORDS.items())
    return table(
        _TEXTS,
        "keys",
        rows,
        heads=(_TEXTS.runs("keys_head"), *heads),
        perimeter=desk.name(name),
    )


def _share(row: Mapping[Hashable, Any]) -> Value:
    where = f"{row['perimeter_id']} / {row['epci_siren']} / {row['cost_key']}"
    text = MISSING if row["missing"] else share_cost_text(row)
    return told(text, "cost_shares", where, "mid", evidence=str(row["evidence"]))


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


_PLAN = read_prose("plan")
_FIRST_YEAR = 12
_SHOWN = 12
_WORKSHOPS = 8
_ISOLATED = "site_isole"


def plan(desk: Desk) -> Chapter:
    """Lay the actions out with who, with what money, when, and what tells success."""
    blocks: tuple[Block, ...] = (
        _PLAN.say("intro"),
        _plan_table(desk),
        Section(_PLAN.runs("roadmap"), (_roadmap(desk),)),
        Section(_PLAN.runs("quick"), (_PLAN.say("quick_text"), _options(desk))),
    )
    return Chapter(_PLAN.runs("title"), blocks, ("R7",))


def _plan_table(desk: Desk) -> Block:
    actions = desk.terms.governance.actions
    rows: list[Row] = []
    for axis in dict.fromkeys(actions["axis"].astype(str)):
        own = actions[actions["axis"] == axis]
        rows.append(((told(axis, "plan_actions", axis, "axis"),),))
        rows += action_lines(_PLAN, "", own)
    classes = told(COST_CLASSES, "plan_actions", "tous", "cost_class")
    return table(_PLAN, "", rows, note=_PLAN.runs("note", classes=classes))


def _roadmap(desk: Desk) -> Block:
    actions = desk.terms.governance.actions
    begun = actions[actions["start_month"].astype(int) <= _FIRST_YEAR]
    order = begun.sort_values(["start_month", "end_month"], kind="stable")
    return table(_PLAN, "roadmap", action_lines(_PLAN, "roadmap", order))


def _options(desk: Desk) -> Block:
    evidence = "H" if desk.demonstration else "S"
    options = desk.public["plan_options"].table
    quick = options[options["ease"].isin(["rapide", "eprouve"])]
    order = quick.sort_values(["kind", "rank", "option_id"], kind="stable")
    first = order.groupby("kind", sort=True).head(_SHOWN // 2)
    shown = first.assign(ease_word=first["ease"].map(EASE_WORDS), sure=evidence)
    keys = first["option_id"]
    rows = lines(_PLAN, "quick", shown, source="plan_options", keys=keys)
    return table(_PLAN, "quick", rows)


def exchanges(desk: Desk) -> Chapter:
    """Say how exchanges are brought about, and what is done with data."""
    governance = read_prose("governance")
    none = desk.public["survey_public"].table.empty
    surveyed = "expressed_none" if none else "expressed_some"
    blocks: tuple[Block, ...] = (
        _PLAN.say("exchanges_intro"),
        Section(_PLAN.runs("workshops"), (*_PLAN.bullets("steps"), _workshops(desk))),
        Section(_PLAN.runs("form"), (_PLAN.say("form_text"),)),
        Section(_PLAN.runs("expressed"), (governance.say(surveyed),)),
        Section(_PLAN.runs("charter"), _PLAN.bullets("charter_list")),
    )
    return Chapter(_PLAN.runs("exchanges_title"), blocks, ("R9",))


def _workshops(desk: Desk) -> Block:
    zones = desk.public["zones_public"].table
    names, divisions = desk.terms.commune_names, desk.terms.governance.division_names
    evidence = counted_as(drawn=desk.public["zones_public"].demonstration)
    industrial = zones[zones["kind"].ne(_ISOLATED) & zones["main_industry"].ne("")]
    order = industrial.sort_values(["n_sites", "zone_id"], ascending=[False, True])
    order = zones_in_order(order, names, evidence=evidence)
    suffix = "_drawn" if evidence == "H" else ""
    first = order.head(_WORKSHOPS)
    codes, naf = first["code_insee"].astype(str), first["main_industry"].astype(str)
    shown = first.assign(
        commune=codes.map(names).fillna(codes),
        industry=naf.map(divisions).fillna(naf),
        sure=evidence,
    )
    keys = first["zone_id"]
    rows = lines(_PLAN, "workshops", shown, source="zones_public", keys=keys)
    caption = _PLAN.runs(f"workshops_caption{suffix}")
    return table(_PLAN, "workshops", rows, caption=caption)


def follow_up(desk: Desk) -> Chapter:
    """Range what is known under the axes of ELIPSE, without any mark."""
    rows = action_lines(_PLAN, "success", desk.terms.governance.actions)
    success = table(_PLAN, "success", rows)
    blocks: tuple[Block, ...] = (
        _PLAN.say("follow_intro"),
        Section(_PLAN.runs("zero"), (_axes(desk),)),
        Section(_PLAN.runs("success"), (success,)),
    )
    return Chapter(_PLAN.runs("follow_title"), blocks, ())


def _axes(desk: Desk) -> Block:
    catalogue, swot = desk.terms.governance.catalogue, desk.public["swot"].table
    cells = swot.drop_duplicates("cell_id")
    rows: list[Row] = []
    for axis in dict.fromkeys(catalogue["elipse_axis"].astype(str)):
        names = catalogue.index[catalogue["elipse_axis"] == axis]
        n_cells = int(cells["elipse_axis"].eq(axis).sum())
        rows.append(
            (
                (told(axis, "indicators", axis, "elipse_axis"),),
                joined((desk.label(str(one)) for one in names), mark=" ; "),
                (count(n_cells, "swot", axis),),
            )
        )
    return table(_PLAN, "follow", rows)
