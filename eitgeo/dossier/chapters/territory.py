"""The chapter on the territory, its bodies, its neighbours and its AFOM grid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import pandas as pd

from eitgeo.dossier.chapters.belief import belief_section
from eitgeo.dossier.chapters.counts import counted_map, counted_sentences
from eitgeo.dossier.desk import Desk, cell, exact, told
from eitgeo.dossier.model import Block, Chapter, Row, Runs, Section, Value
from eitgeo.dossier.prose import read_prose
from eitgeo.dossier.views import table, wide_map
from eitgeo.ledger import Place, plain
from eitgeo.maps.words.governance_words import (
    KIND_WORDS,
    OUTCOME_WORDS,
    SIDE_WORDS,
    told_facts,
    unsure_lists,
)
from eitgeo.maps.words.sentences import counted
from eitgeo.reference.labels import labels_of
from eitgeo.words import MISSING

_TERRITORY = read_prose("territory")
_ALL = "*"
_OF_REGISTERS = ("counted_industry_employees", "counted_firms_10")
_EPCI_FACTS = {
    "population": 1.0,
    "communes": 1.0,
    "departements": 1.2,
    **dict.fromkeys(_OF_REGISTERS, 1.4),
    "target_sites": 1.3,
    "main_divisions": 3.0,
}
"""Facts of each EPCI in the table, with the widths of their columns."""
_SIGNS = {"<=": "≤", ">=": "≥"}


def territory(desk: Desk) -> Chapter:
    """Describe the territory, its bodies, its neighbours, its AFOM grid."""
    map_ = wide_map(desk, _TERRITORY, "territory", "map")
    portrait = Section(
        _TERRITORY.runs("portrait"),
        (
            _TERRITORY.say("area", **_area(desk)),
            _TERRITORY.say("area_note", style="note"),
            *counted_sentences(desk),
            _epci_table(desk),
        ),
    )
    bodies = Section(
        _TERRITORY.runs("bodies"),
        (_TERRITORY.say("bodies_intro"), _body_table(desk)),
    )
    swot = (_TERRITORY.say("swot_intro"), *_swot(desk))
    blocks: tuple[Block, ...] = (
        portrait,
        belief_section(desk, "Gouvernance", "Activité comptée"),
        bodies,
        Section(_TERRITORY.runs("neighbours"), _neighbours(desk)),
        Section(_TERRITORY.runs("swot"), swot),
        map_,
        *counted_map(desk),
        wide_map(desk, _TERRITORY, "bodies", "bodies_map"),
    )
    return Chapter(_TERRITORY.runs("title"), blocks, ("R2",))


def _area(desk: Desk) -> dict[str, Value]:
    communes = desk.public["communes"].table
    communes_in = communes[communes["in_area"].astype(bool)]
    n_epci = float(
        communes_in.loc[communes_in["epci_siren"] != "", "epci_siren"].nunique()
    )
    place = partial(Place, "communes", "in_area")
    km2 = float(communes_in.geometry.area.sum()) / 1e6
    told_as = {
        "communes": counted(float(len(communes_in)), "commune", place("communes")),
        "people": counted(
            float(communes_in["population"].sum()), "habitant", place("people")
        ),
        "area": plain(km2, place("area"), unit="km²"),
        "epci": counted(n_epci, "EPCI", place("epci")),
        "departements": counted(
            float(communes_in["dep"].nunique()), "département", place("departements")
        ),
    }
    return {
        name: told(text, "communes", "in_area", name, evidence="O")
        for name, text in told_as.items()
    }


def epci_values(desk: Desk, siren: str) -> dict[str, Value]:
    """Return what is known of an EPCI, fact by fact."""
    terms = desk.terms.governance
    lines = told_facts(
        desk.public["epci_facts"],
        siren=siren,
        division_names=terms.division_names,
        root_name=terms.root_name,
    )
    return {
        label: told(
            text,
            "epci_facts",
            f"{siren} / {label}",
            "value",
            evidence="" if text == MISSING else evidence,
        )
        for label, text, evidence in lines
    }


def epci_fact(desk: Desk, siren: str, fact_id: str) -> Value:
    """Return one fact of an EPCI."""
    terms = desk.terms.governance
    lines = told_facts(
        desk.public["epci_facts"],
        siren=siren,
        division_names=terms.division_names,
        root_name=terms.root_name,
        only=fact_id,
    )
    text, evidence = lines[0][1:] if lines else (MISSING, "")
    shown = "" if text == MISSING else evidence
    return told(text, "epci_facts", f"{siren} / {fact_id}", "value", evidence=shown)


def _epci_table(desk: Desk) -> Block:
    first, *others = _TERRITORY.heads("epci_heads")
    known = set(desk.public["epci_facts"].table["fact_id"])
    usual = [fact for fact in _EPCI_FACTS if fact not in _OF_REGISTERS]
    heads: dict[str, Runs] = dict(zip(usual, others, strict=True))
    heads |= {one: (desk.label(one),) for one in _OF_REGISTERS if one in known}
    shown = [
        (fact, heads[fact], width)
        for fact, width in _EPCI_FACTS.items()
        if fact in heads
    ]
    rows: list[Row] = [
        (
            (told(name, "bodies", f"epci_{siren}", "name"),),
            *((epci_fact(desk, siren, fact),) for fact, _, _ in shown),
        )
        for siren, name in desk.terms.governance.epci_names.items()
    ]
    return table(
        _TERRITORY,
        "epci",
        rows,
        heads=(first, *(head for _, head, _ in shown)),
        widths=(2.2, *(width for _, _, width in shown)),
    )


def _body_table(desk: Desk) -> Block:
    overlaps = desk.public["perimeter_bodies"].table
    bodies = desk.public["bodies"].table
    touching = bodies[
        bodies["body_id"].isin(overlaps["body_id"]) & (bodies["kind"] != "epci")
    ]
    unsure = unsure_lists(desk.public["bodies"], desk.public["perimeter_bodies"])
    rows: list[Row] = []
    for body in touching.sort_values(["kind", "name", "body_id"]).to_dict("records"):
        name = str(body["body_id"])
        kind = KIND_WORDS.get(str(body["kind"]), str(body["kind"]))
        flags = ("legal_person", "economic_competence", "waste_competence")
        rows.append(
            (
                (cell(body, "bodies", name, "name"),),
                (told(kind, "bodies", name, "kind"),),
                *(_TERRITORY.runs(f"yes.{bool(body.get(flag))}") for flag in flags),
                (labels_of("list_status")[_list_status(body, unsure)],),
            )
        )
    return table(_TERRITORY, "bodies", rows)


def _list_status(body: Mapping[Any, Any], unsure: Collection[str]) -> str:
    return "a_confirmer" if body["body_id"] in unsure else str(body["status"])


def _neighbours(desk: Desk) -> tuple[Block, ...]:
    rows: list[Row] = [
        (
            (told(name, "étude", "governance.neighbours", "name"),),
            (labels_of("list_status")[status],),
            (told(source, "étude", "governance.neighbours", "source"),),
        )
        for name, source, status in desk.terms.neighbours
    ]
    if not rows:
        return (_TERRITORY.say("neighbours_none"),)
    return (
        table(_TERRITORY, "neighbours", rows, note=()),
        _TERRITORY.say("neighbours_note"),
    )


def _swot(desk: Desk) -> tuple[Block, ...]:
    swot = desk.public["swot"].table
    names = [desk.name(one) for one in desk.shown]
    statement, limit, source = _TERRITORY.heads("swot_heads")
    heads: tuple[Runs, ...] = (statement, limit, *((one,) for one in names), source)
    widths = (2.6, 1.9, *[1.7] * len(names), 1.9)
    blocks = []
    for side, title in SIDE_WORDS.items():
        cells_of = swot[swot["side"] == side]
        rows = [
            _swot_row(desk, cells.set_index("perimeter_id"))
            for _, cells in cells_of.groupby("cell_id", sort=True)
        ]
        blocks.append(
            table(_TERRITORY, "swot", rows, heads=heads, widths=widths, side=(title,))
        )
    return tuple(blocks)


def _swot_row(desk: Desk, cells: pd.DataFrame) -> Row:
    first: Mapping[Any, Any] = cells.iloc[0].to_dict()
    where = str(first["cell_id"])
    statement = (cell(first, "swot", where, "statement"),)
    source = (cell(first, "swot", where, "source"),)
    if cells.index[0] == _ALL:
        blanks: tuple[Runs, ...] = ((MISSING,),) * len(desk.shown)
        return (statement, _TERRITORY.runs("fact"), *blanks, source)
    cell_of = cells.to_dict("index")
    outcomes = tuple(_outcome(desk, cell_of[one], one) for one in desk.shown)
    return (statement, _limit(desk, first), *outcomes, source)


def _limit(desk: Desk, first: Mapping[Any, Any]) -> Runs:
    catalogue = desk.terms.governance.catalogue
    measure, where = str(first["measure"]), str(first["cell_id"])
    known = measure in catalogue.index
    label = desk.label(measure) if known else told(measure, "swot", where, "measure")
    unit = str(catalogue.loc[measure, "unit"]) if known else ""
    source = ("swot", where, "threshold")
    limit = exact(float(first["threshold"]), source, unit=unit)
    sign = _SIGNS.get(str(first["operator"]), str(first["operator"]))
    return _TERRITORY.runs(
        "compared_to",
        label=label,
        sign=(sign,),
        limit=limit,
    )


def _outcome(desk: Desk, found: Mapping[Any, Any], perimeter_id: str) -> Runs:
    word = OUTCOME_WORDS[str(found["outcome"])]
    where = f"{perimeter_id} / {found['cell_id']}"
    if found["outcome"] == "non_evalue":
        value = told(str(found["missing"]), "swot", where, "missing")
    else:
        value = desk.indicator(perimeter_id, str(found["measure"]))
    return _TERRITORY.runs("outcome", word=(word,), value=value)


def bodies_of_epci(desk: Desk, siren: str) -> list[Value]:
    """Name the bodies other than itself that an EPCI belongs to."""
    rows = desk.public["epci_bodies"].table
    own = rows[(rows["group_id"] == siren) & (rows["body_id"] != f"epci_{siren}")]
    names = desk.public["bodies"].table.set_index("body_id")["name"]
    return [
        told(str(names[body]), "epci_bodies", f"{siren} / {body}", "name")
        for body in sorted(own["body_id"])
    ]
