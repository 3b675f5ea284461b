"""Chapters on the plan of action, on exchanges and on what is followed."""

from __future__ import annotations

from eitgeo.dossier.chapters.governance import months
from eitgeo.dossier.desk import Desk, cell, count, joined, number, table, told
from eitgeo.dossier.model import Block, Chapter, Row, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.maps.words.counts import counted_as, zones_in_order
from eitgeo.maps.words.governance_words import COST_CLASSES, EASE_WORDS

_TEXTS = read_prose("plan")
_FIRST_YEAR = 12
_SHOWN = 12
_WORKSHOPS = 8
_ISOLATED = "site_isole"


def plan(desk: Desk) -> Chapter:
    """Lay the actions out with who, with what money, when, and what tells success."""
    blocks: tuple[Block, ...] = (
        _TEXTS.say("intro"),
        _plan_table(desk),
        Section(_TEXTS.runs("roadmap"), (_roadmap(desk),)),
        Section(_TEXTS.runs("quick"), (_TEXTS.say("quick_text"), _options(desk))),
    )
    return Chapter(_TEXTS.runs("title"), blocks, ("R7",))


def _plan_table(desk: Desk) -> Block:
    actions = desk.terms.governance.actions
    rows: list[Row] = []
    for axis in dict.fromkeys(actions["axis"].astype(str)):
        rows.append(((told(axis, "plan_actions", axis, "axis"),),))
        own = actions[actions["axis"] == axis]
        for name, row in own.to_dict("index").items():
            head, tail = ("action", "pilot", "partners"), ("cost_class", "funder")
            rows.append(
                (
                    *(
                        (cell(row, "plan_actions", name, one),)
                        for one in (*head, *tail)
                    ),
                    months(str(name), row),
                    (cell(row, "plan_actions", name, "indicator"),),
                )
            )
    classes = told(COST_CLASSES, "plan_actions", "tous", "cost_class")
    return table(
        _TEXTS.runs("caption"),
        _TEXTS.heads("heads"),
        rows,
        widths=(2.7, 1.7, 1.8, 0.7, 1.8, 1.1, 2.0),
        note=_TEXTS.runs("note", classes=classes),
    )


def _roadmap(desk: Desk) -> Block:
    actions = desk.terms.governance.actions
    begun = actions[actions["start_month"].astype(int) <= _FIRST_YEAR]
    order = begun.sort_values(["start_month", "end_month"], kind="stable")
    rows: list[Row] = [
        (
            months(str(name), row),
            (cell(row, "plan_actions", name, "action"),),
            (cell(row, "plan_actions", name, "deliberation"),),
        )
        for name, row in order.to_dict("index").items()
    ]
    return table(
        _TEXTS.runs("roadmap_caption"),
        _TEXTS.heads("roadmap_heads"),
        rows,
        widths=(1.2, 4.6, 1.1),
    )


def _options(desk: Desk) -> Block:
    evidence = "H" if desk.demonstration else "S"
    rows: list[Row] = []
    options = desk.governance.plan_options.table
    quick = options[options["ease"].isin(["rapide", "eprouve"])]
    order = quick.sort_values(["kind", "rank", "option_id"], kind="stable")
    for row in order.groupby("kind", sort=True).head(_SHOWN // 2).to_dict("records"):
        key = str(row["option_id"])
        n_sites = number(
            float(row["n_sites"]),
            ("plan_options", key, "n_sites"),
            evidence=evidence,
        )
        rows.append(
            (
                (cell(row, "plan_options", key, "label"),),
                (told(EASE_WORDS[str(row["ease"])], "plan_options", key, "ease"),),
                (n_sites,),
                (cell(row, "plan_options", key, "least"),),
                (cell(row, "plan_options", key, "first_call"),),
            )
        )
    return table(
        _TEXTS.runs("quick_caption"),
        _TEXTS.heads("quick_heads"),
        rows,
        widths=(2.6, 1.2, 1.2, 2.0, 2.0),
    )


def exchanges(desk: Desk) -> Chapter:
    """Say how exchanges are brought about, and what is done with data."""
    governance = read_prose("governance")
    none = desk.matter.answers.table.empty
    surveyed = "expressed_none" if none else "expressed_some"
    blocks: tuple[Block, ...] = (
        _TEXTS.say("exchanges_intro"),
        Section(_TEXTS.runs("workshops"), (*_TEXTS.bullets("steps"), _workshops(desk))),
        Section(_TEXTS.runs("form"), (_TEXTS.say("form_text"),)),
        Section(_TEXTS.runs("expressed"), (governance.say(surveyed),)),
        Section(_TEXTS.runs("charter"), _TEXTS.bullets("charter_list")),
    )
    return Chapter(_TEXTS.runs("exchanges_title"), blocks, ("R9",))


def _workshops(desk: Desk) -> Block:
    zones = desk.matter.zones.table
    names, divisions = desk.terms.commune_names, desk.terms.governance.division_names
    evidence = counted_as(drawn=desk.matter.zones.demonstration)
    industrial = zones[zones["kind"].ne(_ISOLATED) & zones["main_industry"].ne("")]
    order = industrial.sort_values(["n_sites", "zone_id"], ascending=[False, True])
    order = zones_in_order(order, names, evidence=evidence)
    suffix = "_drawn" if evidence == "H" else ""
    rows: list[Row] = []
    for row in order.head(_WORKSHOPS).to_dict("records"):
        key, code = str(row["zone_id"]), str(row["code_insee"])
        naf = str(row["main_industry"])
        n_sites = number(
            float(row["n_sites"]), ("zones_public", key, "n_sites"), evidence=evidence
        )
        rows.append(
            (
                (told(key, "zones_public", key, "zone_id"),),
                (told(names.get(code, code), "zones_public", key, "code_insee"),),
                (n_sites,),
                (told(divisions.get(naf, naf), "zones_public", key, "main_industry"),),
            )
        )
    return table(
        _TEXTS.runs(f"workshops_caption{suffix}"),
        _TEXTS.heads("workshops_heads"),
        rows,
        widths=(0.8, 2.0, 0.8, 3.4),
        note=_TEXTS.runs("workshops_note"),
    )


def follow_up(desk: Desk) -> Chapter:
    """Range what is known under the axes of ELIPSE, without any mark."""
    actions = desk.terms.governance.actions
    rows: list[Row] = [
        (
            (cell(row, "plan_actions", name, "action"),),
            (cell(row, "plan_actions", name, "indicator"),),
            months(str(name), row),
        )
        for name, row in actions.to_dict("index").items()
    ]
    heads = _TEXTS.heads("success_heads")
    success = table(_TEXTS.runs("success_caption"), heads, rows, widths=(3.2, 2.8, 1.2))
    blocks: tuple[Block, ...] = (
        _TEXTS.say("follow_intro"),
        Section(_TEXTS.runs("zero"), (_axes(desk),)),
        Section(_TEXTS.runs("success"), (success,)),
    )
    return Chapter(_TEXTS.runs("follow_title"), blocks, ())


def _axes(desk: Desk) -> Block:
    catalogue, swot = desk.terms.governance.catalogue, desk.governance.swot.table
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
    return table(
        _TEXTS.runs("follow_caption"),
        _TEXTS.heads("follow_heads"),
        rows,
        widths=(1.3, 4.6, 1.1),
    )
