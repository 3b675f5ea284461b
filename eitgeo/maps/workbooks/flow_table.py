"""The workbook of matter: arisings, exchanges, processes and rules, all potential."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from eitgeo.check import require_columns
from eitgeo.disclosure.door.rules import Released
from eitgeo.flows.exchanges.realised import (
    Animation,
    announced,
    lever_realised,
    made_text,
)
from eitgeo.ledger import Place, written
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet, require_released
from eitgeo.maps.words.account_words import Named
from eitgeo.maps.workbooks.lever_sheets import (
    ACCOUNT,
    ACCOUNT_NOTE,
    CASES_NOTE,
    LEVERS_NOTE,
    TERMS,
    account_columns,
    case_columns,
    lever_columns,
    reading,
    term_columns,
)
from eitgeo.maps.workbooks.read_me import write_read_me
from eitgeo.maps.workbooks.rule_sheets import (
    DESTINATIONS,
    FACTORS_NOTE,
    RULE_NOTES,
    WEIGHED,
    answer_columns,
    destination_columns,
    factor_columns,
    process_columns,
    published_columns,
    rule_columns,
    weighed_columns,
)
from eitgeo.maps.workbooks.workbook import Book, Column
from eitgeo.reference.rules import family_name

_CONTENT = (
    "Gisements potentiels par groupe de communes, échanges potentiels entre EPCI, "
    "leviers de toute l'étude et ce qu'un animateur en réalise, cas documentés, "
    "compte du syndicat de traitement et ce qu'il aurait à renégocier, distances "
    "d'équilibre et contrôle des distances, facteurs du calcul selon ce qui en dépend, "
    "procédés et qui pourrait y prendre part, règles de synergie : les mêmes chiffres "
    "que les cartes des gisements et des échanges. Méthode déductive : un potentiel "
    "est à vérifier sur place avant d'être promis à qui que ce soit."
)
_ROUNDING = (
    "Tonnages : deux chiffres significatifs en classe S, un seul en classe H ; huit "
    "chances sur dix entre bas et haut, si les ratios disent vrai. Les bas et hauts ne "
    "s'additionnent pas. Les établissements sont comptés, jamais arrondis."
)
_KINDS = {"estime": "estimé", "declare": "déclaré"}
_EVIDENCE = {"declare": "O"}
_LEVELS = {"Ordre de": "value", "Bas": "low", "Haut": "high"}
_OTHERS = {"hors": "hors du territoire", "plusieurs": "plusieurs EPCI (secret)"}
_DISTANCES_NOTE = (
    "Distance de route, aller, où le transport mange l'élimination évitée et la "
    "valeur de l'intrant remplacé : médiane des règles de la famille. Au-delà de la "
    "portée (la plus longue distance d'une règle), elle n'est pas donnée : ni le coût "
    "d'une tournée ni la règle n'y valent, aucun échange n'y est compté, et ce n'est "
    "plus le prix qui limite."
)
_REACH_NOTE = (
    "Distance de route, aller, {if_part} : médiane sur les échanges de tous les "
    "tirages, chacun compté une fois, puis ceux de plus de 10 t, puis chaque tonne. "
    "Un contrôle : rien, dans le calcul, n'est calé sur la distance publiée, qui "
    "compte chaque échange une fois ; un écart se discute, il ne se corrige pas. Quand "
    "la part de 2 à 5 % a été choisie, cette distance était connue, et la médiane "
    "passait de 6 km, tous les preneurs prenant part, à 51 km."
)
_NOTES = {
    "Cas documentés": CASES_NOTE,
    "Gisements": (
        "Déchets des professionnels, hors inertes. Les communes d'une ligne sont "
        "réunies pour qu'aucun chiffre ne dise celui d'un établissement."
    ),
    "Équilibre": _DISTANCES_NOTE,
    "Facteurs": FACTORS_NOTE,
    "Procédés": (
        "Établissements dont l'activité est à un bout d'une règle du procédé et dont "
        "l'effectif, multiplié par un ratio, fait au moins le dixième de la quantité "
        "minimale (preneurs de chaleur et d'eau : l'activité seule) : ils pourraient, "
        "rien ne dit qu'ils voudraient. "
        "Autorisations : à faire valider par le service juridique."
    ),
}
_IF_PART = {
    "Échanges": (
        "Tonnes qu'une règle permettrait d'échanger à distance admise {if_part}, "
        "inertes et résidus hors gisement compris : moyenne des tirages de qui prend "
        "part. Chaque tonne compte une fois. Pas d'intervalle calculé."
    ),
    "Leviers": LEVERS_NOTE,
    ACCOUNT: ACCOUNT_NOTE,
    "Distances": _REACH_NOTE,
}
"""Notes of the sheets whose figures hang on who takes part."""


class FlowTables(NamedTuple):
    """Released tables that the workbook is made from."""

    blocks: Released  # table ``arising_blocks``
    links: Released  # Table ``exchange_links``, released, groups named by SIREN
    # Of :func:`eitgeo.flows.exchanges.synergies`, released as a register
    actors: Released
    levers: Released
    distances: Released  # table ``break_even``
    reach: Released
    answers: Released  # table ``survey_public``
    destinations: Released  # table ``declared_destinations``
    factors: Released  # table ``factor_weights``
    account: Released  # table ``syndicate_account``
    weighed: Released  # table ``weighed_public``


class FlowTerms(NamedTuple):
    """Reference tables that the workbook quotes."""

    sheets: pd.DataFrame
    rules: pd.DataFrame  # `synergy_rules`
    divisions: pd.Series[str]  # Name of each NAF division (index)
    animation: Animation  # What initiatives realised, and the firms that animators meet
    named: Named  # What the account calls its plants and members
    if_part: str  # Who takes part, as `if_taking_part` says
    could_be_asked: str  # What there is to ask for, as `could_be_asked` says
    published: pd.DataFrame  # `attested_exchanges`


def flows_xlsx(
    tables: FlowTables,
    terms: FlowTerms,
    *,
    ground: Ground,
    evidence: str,
    sheet: Sheet,
) -> bytes:
    """Lay out arisings, exchanges, processes and rules as a French workbook."""
    blocks = require_released(tables.blocks, "blocks").table
    links = require_released(tables.links, "links").table
    actors = require_released(tables.actors, "actors").table
    require_columns(blocks, ["codes", "kind", "low", "value", "high"], where="blocks")
    require_columns(links, ["donor", "receiver", "value"], where="links")
    require_columns(actors, ["sheet_id", "end", "division", "n_sites"], where="actors")
    levers = require_released(tables.levers, "levers").table
    distances = require_released(tables.distances, "distances").table
    require_columns(levers, ["lever", "mid", "status"], where="levers")
    require_columns(distances, ["family", "break_even_km"], where="distances")
    reach = require_released(tables.reach, "reach").table
    require_columns(reach, ["check_id", "label", "km", "source"], where="reach")
    book = Book(sheet)
    write_read_me(book, _CONTENT, rounding=_ROUNDING)
    pages = {
        "Gisements": _arising_columns(blocks, ground, evidence),
        "Échanges": _exchange_columns(links, ground),
        "Leviers": lever_columns(levers, terms.animation),
        "Cas documentés": case_columns(terms.animation.cases),
        ACCOUNT: account_columns(tables.account, terms.named),
        TERMS: term_columns(tables.account, terms.named),
        "Équilibre": _distance_columns(distances),
        "Distances": _reach_columns(reach),
        "Facteurs": factor_columns(require_released(tables.factors, "factors").table),
        "Procédés": process_columns(terms.sheets, terms.divisions, tables.actors),
        "Règles": rule_columns(terms.rules),
        "Échanges publiés": published_columns(terms.published),
    }
    answers = require_released(tables.answers, "answers")
    destinations = require_released(tables.destinations, "destinations")
    if len(destinations.table):
        pages[DESTINATIONS] = destination_columns(destinations.table)
    if len(answers.table):
        pages["Enquête"] = answer_columns(answers.table, ground)
    weighed = require_released(tables.weighed, "weighed")
    if len(weighed.table):
        pages[WEIGHED] = weighed_columns(weighed.table, ground)
    notes = _sheet_notes(tables, terms)
    for name, columns in pages.items():
        book.sheet(name, columns, note=notes.get(name, ""))
    return book.content()


def _sheet_notes(tables: FlowTables, terms: FlowTerms) -> dict[str, str]:
    """Return what stands under each sheet."""
    notes = _NOTES | {
        name: note.format(if_part=terms.if_part) for name, note in _IF_PART.items()
    }
    notes["Leviers"] += f" {terms.could_be_asked}"
    notes["Échanges"] += _in_all(tables.links.table, terms.animation)
    return (
        notes
        | RULE_NOTES
        | {
            "Enquête": " ".join(tables.answers.secrecy),
            DESTINATIONS: " ".join(tables.destinations.secrecy),
            WEIGHED: " ".join(tables.weighed.secrecy),
        }
    )


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
    source = ("arising_blocks", blocks["codes"] + " / " + blocks["kind"])
    return [
        Column("EPCI", 30, sirens.map(lambda group: _epci_names(group, ground))),
        Column(
            "Communes", 60, codes.map(lambda group: ", ".join(names.reindex(group)))
        ),
        Column("Origine", 10, blocks["kind"].map(_KINDS)),
        *(
            Column(head, 11, blocks[group], 0, sure, "t/an", (*source, group))
            for head, group in _LEVELS.items()
        ),
        Column("Fiabilité", 9, sure),
    ]


def _epci_names(sirens: list[str], ground: Ground) -> str:
    return ", ".join(str(ground.epci["name"].get(one, one)) for one in sirens)


def _exchange_columns(links: pd.DataFrame, ground: Ground) -> list[Column]:
    named = ground.epci["name"].astype(str).to_dict() | _OTHERS
    rows = links.assign(
        donor=links["donor"].map(named),
        receiver=links["receiver"].map(named),
        place=links["donor"] + " / " + links["receiver"],
    ).sort_values(["donor", "receiver"], ignore_index=True)
    sure = pd.Series("H", index=rows.index)
    source = ("exchange_links", rows["place"], "value")
    return [
        Column("EPCI donneur", 44, rows["donor"]),
        Column("EPCI preneur", 44, rows["receiver"]),
        Column("Ordre de", 12, rows["value"], 0, sure, "t/an", source),
        Column("Fiabilité", 9, sure),
    ]


def _distance_columns(distances: pd.DataFrame) -> list[Column]:
    """Lay out the distance at which each family stops paying."""
    rows = distances.sort_values("family", ignore_index=True, kind="stable")
    sure, longest = rows["evidence"], rows["longest_km"]
    within = {
        name: rows[name].mask(rows[name] > longest)
        for name in ("break_even_km", "break_even_km_low", "break_even_km_high")
    }
    beyond = longest.map(lambda km: f"au-delà de {km:.0f} km")
    read = reading(rows.assign(status="chiffre"))
    read = read.mask(rows["break_even_km_high"] > longest, "haut : " + beyond)
    read = read.mask(rows["break_even_km"] > longest, beyond)
    where = ("break_even", rows["family"])
    source = (*where, "break_even_km")
    return [
        Column("Famille", 18, rows["family"].map(family_name)),
        Column("Règles", 9, rows["n_rules"], 0, source=(*where, "n_rules")),
        Column("Portée", 12, longest, 0, unit="km", source=(*where, "longest_km")),
        Column("Lecture", 24, read),
        Column("Ordre de", 12, within["break_even_km"], 0, sure, "km", source),
        *(
            Column(head, 12, within[column], 0, sure, "km", (*where, column))
            for head, column in (
                ("Bas", "break_even_km_low"),
                ("Haut", "break_even_km_high"),
            )
        ),
        Column("Fiabilité", 9, sure),
    ]


def _reach_columns(reach: pd.DataFrame) -> list[Column]:
    """Lay out how far exchanges go, beside what others have published."""
    sure, source = reach["evidence"], ("reach", reach["check_id"], "km")
    return [
        Column("Repère", 60, reach["label"]),
        Column("Lecture", 18, reading(reach)),
        Column("Distance médiane", 14, reach["km"], 0, sure, "km", source),
        Column("Fiabilité", 9, sure),
        Column("Source", 70, reach["source"]),
    ]
