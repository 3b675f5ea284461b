"""Annexes of cards: one an EPCI, one a perimeter, one a difference."""

from __future__ import annotations

from eitgeo.dossier.chapters.belief import gap_note, missing_data, parted_rows
from eitgeo.dossier.chapters.territory import bodies_of_epci, epci_values
from eitgeo.dossier.desk import Desk, joined, table, told, wide_map
from eitgeo.dossier.model import Block, Chapter, Row, Section
from eitgeo.dossier.prose import read_prose
from eitgeo.maps.cards.epci_cards import fact_gaps
from eitgeo.maps.words.cards import DifferenceTables, gap_rows, told_changes
from eitgeo.maps.workbooks.governance_sheets import verdict_text
from eitgeo.reference.labels import labels_of

_TEXTS = read_prose("annexes")


def epci_cards(desk: Desk) -> Chapter:
    """Write the card of each EPCI."""
    names = desk.terms.governance.epci_names
    cards = [
        _epci_card(desk, siren, name, first=rank == 0)
        for rank, (siren, name) in enumerate(names.items())
    ]
    return Chapter(_TEXTS.runs("epci.title"), (_TEXTS.say("epci.intro"), *cards))


def _epci_card(desk: Desk, siren: str, name: str, *, first: bool) -> Section:
    missing = fact_gaps(
        desk.public["epci_facts"],
        desk.public["animation_budget"],
        siren=siren,
        weak=desk.weak,
    )
    facts = parted_rows(
        ((told(label, "epci_facts", f"{siren} / {label}", "fact_id"),), (value,))
        for label, value in epci_values(desk, siren).items()
    )
    places: list[Row] = [
        tuple(
            (told(text, "perimeter_bodies", f"{siren} / {line[0]}", column),)
            for text, column in zip(line, _PLACE_COLUMNS, strict=True)
        )
        for line in desk.terms.governance.places[siren]
    ]
    bodies = bodies_of_epci(desk, siren)
    said = (
        _TEXTS.say("epci.bodies", bodies=joined(bodies, mark=" ; "))
        if bodies
        else _TEXTS.say("epci.bodies_none")
    )
    blocks: tuple[Block, ...] = (
        table(_TEXTS, "epci.facts", facts),
        *gap_note(missing),
        table(_TEXTS, "epci.places", places),
        said,
        _TEXTS.say("epci.decide_title"),
        *_TEXTS.bullets("epci.decide"),
    )
    title = told(name, "bodies", f"epci_{siren}", "name")
    return Section((title,), blocks, new_page=not first)


_PLACE_COLUMNS = ("perimeter_id", "cover", "deliberation", "reste")


def perimeter_cards(desk: Desk) -> Chapter:
    """Write the card of each compared perimeter."""
    cards = [
        _perimeter_card(desk, str(name), first=rank == 0)
        for rank, name in enumerate(desk.perimeters.index)
    ]
    intro = _TEXTS.say("perimeter.intro")
    return Chapter(_TEXTS.runs("perimeter.title"), (intro, *cards))


def _perimeter_card(desk: Desk, name: str, *, first: bool) -> Section:
    perimeter, verdicts = desk.perimeters.loc[name], desk.public["verdicts"].table
    own = {key: row for (one, key), row in desk.figures.items() if one == name}
    rows = parted_rows(
        (
            (desk.label(key),),
            (desk.indicator(name, key),),
            (told(row.note, "indicators_public", f"{name} / {key}", "note"),),
        )
        for key, row in own.items()
    )
    certificate = told(str(perimeter["certificate"]), "perimeters", name, "certificate")
    verdict = told(verdict_text(verdicts, name), "verdicts", name, "verdict")
    title = desk.name(name)
    status = str(perimeter["membership_status"])
    blocks: tuple[Block, ...] = (
        _TEXTS.say("perimeter.identity", style="lead", identity=desk.identity(name)),
        _TEXTS.say("perimeter.membership", status=(labels_of("list_status")[status],)),
        _TEXTS.say("perimeter.verdict", verdict=verdict),
        _TEXTS.say("perimeter.certificate", style="note", certificate=certificate),
        table(_TEXTS, "perimeter.", rows, perimeter=title),
        *gap_note(missing_data(desk, own, [name])),
        wide_map(desk, _TEXTS, f"perimeter_{name}", "perimeter.map", perimeter=title),
    )
    return Section((title,), blocks, new_page=not first)


def difference_cards(desk: Desk) -> Chapter:
    """Write what changes, pair by pair."""
    n = len(desk.perimeters)
    blocks: list[Block] = [
        _TEXTS.say("difference.intro" if n > 1 else "difference.none")
    ]
    if len(desk.differences) < n * (n - 1) // 2:
        blocks.append(_TEXTS.say("difference.limited", style="note"))
    for difference in desk.differences:
        blocks += _difference(desk, difference)
    return Chapter(_TEXTS.runs("difference.title"), tuple(blocks))


def _difference(desk: Desk, difference: DifferenceTables) -> tuple[Block, ...]:
    catalogue = desk.terms.governance.catalogue
    first_screen = catalogue[catalogue["first_screen"] == "oui"]
    where = " / ".join(difference.pair)
    rows: list[Row] = [
        (
            (desk.label(row.indicator_id),),
            (desk.indicator(difference.pair[0], row.indicator_id),),
            (desk.indicator(difference.pair[1], row.indicator_id),),
            (told(row.gap, "difference", f"{where} / {row.indicator_id}", "gap"),),
        )
        for row in gap_rows(
            desk.public["indicators_public"], difference.gaps, first_screen
        )
    ]
    names = desk.terms.governance.epci_names
    changes = told_changes(difference, names=names)
    first, second = (desk.name(one) for one in difference.pair)
    said = [
        _TEXTS.say(
            "difference.change",
            style="note",
            what=told(what, "difference", where, "change"),
            who=told(who, "difference", where, "name"),
        )
        for what, who in changes
    ]
    return (table(_TEXTS, "difference.", rows, first=first, second=second), *said)
