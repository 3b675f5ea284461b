"""The means of an initiative: posts, budget, parts of each EPCI, seat."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

from eitgeo.dossier.chapters.matter import indicator_table
from eitgeo.dossier.desk import Desk, budget_amount, joined, number, told
from eitgeo.dossier.model import Block, Row, Runs, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import table
from eitgeo.maps.words.governance_words import COST_WORDS
from eitgeo.maps.words.means_words import (
    KEY_WORDS,
    PostLine,
    post_lines,
    share_cost_text,
    share_rows,
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
    for name, lines in _lines(desk).items():
        line = next(one for one in lines if one.chosen)
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
