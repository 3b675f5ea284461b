"""Chapters on the plan of action, on exchanges and on what is followed."""

from __future__ import annotations

from eitgeo.dossier.chapters.governance import action_lines
from eitgeo.dossier.desk import Desk, count, joined, told
from eitgeo.dossier.model import Block, Chapter, Row, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import lines, table
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
        own = actions[actions["axis"] == axis]
        rows.append(((told(axis, "plan_actions", axis, "axis"),),))
        rows += action_lines(_TEXTS, "", own)
    classes = told(COST_CLASSES, "plan_actions", "tous", "cost_class")
    return table(_TEXTS, "", rows, note=_TEXTS.runs("note", classes=classes))


def _roadmap(desk: Desk) -> Block:
    actions = desk.terms.governance.actions
    begun = actions[actions["start_month"].astype(int) <= _FIRST_YEAR]
    order = begun.sort_values(["start_month", "end_month"], kind="stable")
    return table(_TEXTS, "roadmap", action_lines(_TEXTS, "roadmap", order))


def _options(desk: Desk) -> Block:
    evidence = "H" if desk.demonstration else "S"
    options = desk.public["plan_options"].table
    quick = options[options["ease"].isin(["rapide", "eprouve"])]
    order = quick.sort_values(["kind", "rank", "option_id"], kind="stable")
    first = order.groupby("kind", sort=True).head(_SHOWN // 2)
    shown = first.assign(ease_word=first["ease"].map(EASE_WORDS), sure=evidence)
    keys = first["option_id"]
    rows = lines(_TEXTS, "quick", shown, source="plan_options", keys=keys)
    return table(_TEXTS, "quick", rows)


def exchanges(desk: Desk) -> Chapter:
    """Say how exchanges are brought about, and what is done with data."""
    governance = read_prose("governance")
    none = desk.public["survey_public"].table.empty
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
    rows = lines(_TEXTS, "workshops", shown, source="zones_public", keys=keys)
    caption = _TEXTS.runs(f"workshops_caption{suffix}")
    return table(_TEXTS, "workshops", rows, caption=caption)


def follow_up(desk: Desk) -> Chapter:
    """Range what is known under the axes of ELIPSE, without any mark."""
    rows = action_lines(_TEXTS, "success", desk.terms.governance.actions)
    success = table(_TEXTS, "success", rows)
    blocks: tuple[Block, ...] = (
        _TEXTS.say("follow_intro"),
        Section(_TEXTS.runs("zero"), (_axes(desk),)),
        Section(_TEXTS.runs("success"), (success,)),
    )
    return Chapter(_TEXTS.runs("follow_title"), blocks, ())


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
    return table(_TEXTS, "follow", rows)
