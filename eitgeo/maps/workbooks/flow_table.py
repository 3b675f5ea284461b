"""The workbook of matter: arisings, exchanges, processes and rules, all potential."""

from __future__ import annotations

import math

import pandas as pd

from eitgeo.flows.exchanges.realised import (
    Animation,
    announced,
    lever_realised,
    made_text,
)
from eitgeo.ledger import Place, written
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.account_words import Named
from eitgeo.maps.workbooks.rule_sheets import (
    DESTINATIONS,
    WEIGHED,
    account_columns,
    answer_columns,
    case_columns,
    destination_columns,
    factor_columns,
    lever_columns,
    process_columns,
    published_columns,
    reading,
    rule_columns,
    term_columns,
    weighed_columns,
)
from eitgeo.maps.workbooks.workbook import Book, Column, note_of, view, write_read_me
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.rules import (
    attested_exchanges,
    family_name,
    process_sheets,
    synergy_rules,
)
from eitgeo.tables.public import ReleasedTables

_EVIDENCE = {"declare": "O"}
_OTHERS = {"hors": "hors du territoire", "plusieurs": "plusieurs EPCI (secret)"}


def flows_xlsx(
    public: ReleasedTables,
    *,
    ground: Ground,
    animation: Animation,
    named: Named,
    participation: tuple[str, str],
    evidence: str,
    sheet: Sheet,
) -> bytes:
    """Lay out arisings, exchanges, processes and rules as a French workbook.

    `animation`: what initiatives realised, and the firms that animators meet; `named`:
    what the account calls its plants and members; `participation`: who takes part, as
    `if_taking_part` says, and what there is to ask for, as `could_be_asked` says.
    """
    if_part, askable = participation
    divisions = naf_divisions()["label"]
    book = Book(sheet)
    write_read_me(book, "matter")
    pages = {
        "Gisements": _arising_columns(public["arising_blocks"].table, ground, evidence),
        "Échanges": _exchange_columns(public["exchange_links"].table, ground),
        "Leviers": lever_columns(public["levers"].table, animation),
        "Cas documentés": case_columns(animation.cases),
        "Syndicat": account_columns(public["syndicate_account"], named),
        "À renégocier": term_columns(public["syndicate_account"], named),
        "Équilibre": _distance_columns(public["break_even"].table),
        "Distances": _reach_columns(public["reach"].table),
        "Facteurs": factor_columns(public["factor_weights"].table),
        "Procédés": process_columns(
            process_sheets(), divisions, public["process_actors"]
        ),
        "Règles": rule_columns(synergy_rules()),
        "Échanges publiés": published_columns(attested_exchanges()),
    }
    if len(public["declared_destinations"].table):
        pages[DESTINATIONS] = destination_columns(public["declared_destinations"].table)
    if len(public["survey_public"].table):
        pages["Enquête"] = answer_columns(public["survey_public"].table, ground)
    if len(public["weighed_public"].table):
        pages[WEIGHED] = weighed_columns(public["weighed_public"].table, ground)
    in_all = _in_all(public["exchange_links"].table, animation)
    levers_note = note_of("Leviers", if_part=if_part)
    notes = {
        "Leviers": f"{levers_note} {askable}",
        "Échanges": note_of("Échanges", if_part=if_part) + in_all,
        "Enquête": " ".join(public["survey_public"].secrecy),
        DESTINATIONS: " ".join(public["declared_destinations"].secrecy),
        WEIGHED: " ".join(public["weighed_public"].secrecy),
    }
    for name, columns in pages.items():
        note = notes.get(name) or note_of(name, if_part=if_part)
        book.sheet(name, columns, note=note)
    return book.content()


def _in_all(links: pd.DataFrame, animation: Animation) -> str:
    """Say how many tonnes EPCI could exchange in all, and what is made of them."""
    total = float(links["value"].sum())
    if not total:
        return ""
    realised = lever_realised(animation, "t", total)
    text = written(
        total,
        Place("exchange_links", "tout"),
        bounds=(math.nan, math.nan),
        evidence="H",
        unit="t/an",
        decimals=0,
    )
    made = made_text(animation, realised, "t/an")
    return f" En tout, {announced(text, realised)}. {made}"


def _arising_columns(
    blocks: pd.DataFrame, ground: Ground, evidence: str
) -> list[Column]:
    names, epci = ground.communes["nom"], ground.communes["epci_siren"]
    codes = blocks["codes"].str.split(";")
    sirens = codes.map(lambda group: sorted(set(epci.reindex(group))))
    sure = blocks["kind"].map(_EVIDENCE).fillna(evidence)
    rows = blocks.assign(
        epci=sirens.map(lambda group: _epci_names(group, ground)),
        communes=codes.map(lambda group: ", ".join(names.reindex(group))),
        sure=sure,
    )
    keys = blocks["codes"] + " / " + blocks["kind"]
    return view("Gisements", rows, table="arising_blocks", keys=keys)


def _epci_names(sirens: list[str], ground: Ground) -> str:
    return ", ".join(str(ground.epci["name"].get(one, one)) for one in sirens)


def _exchange_columns(links: pd.DataFrame, ground: Ground) -> list[Column]:
    named = ground.epci["name"].astype(str).to_dict() | _OTHERS
    rows = links.assign(
        donor_name=links["donor"].map(named),
        receiver_name=links["receiver"].map(named),
        sure="H",
    ).sort_values(["donor_name", "receiver_name"], ignore_index=True)
    keys = rows["donor"] + " / " + rows["receiver"]
    return view("Échanges", rows, table="exchange_links", keys=keys)


def _distance_columns(distances: pd.DataFrame) -> list[Column]:
    """Lay out the distance at which each family stops paying."""
    rows = distances.sort_values("family", ignore_index=True, kind="stable")
    longest = rows["longest_km"]
    beyond = longest.map(lambda km: f"au-delà de {km:.0f} km")
    read = reading(rows.assign(status="chiffre"))
    read = read.mask(rows["break_even_km_high"] > longest, "haut : " + beyond)
    read = read.mask(rows["break_even_km"] > longest, beyond)
    levels = ("break_even_km", "break_even_km_low", "break_even_km_high")
    within = {name: rows[name].mask(rows[name] > longest) for name in levels}
    shown = rows.assign(
        family_name=rows["family"].map(family_name), reading=read, **within
    )
    return view("Équilibre", shown, table="break_even", keys=rows["family"])


def _reach_columns(reach: pd.DataFrame) -> list[Column]:
    """Lay out how far exchanges go, beside what others have published."""
    rows = reach.assign(reading=reading(reach))
    return view("Distances", rows, table="reach", keys=reach["check_id"])
