"""« Vous êtes élu de … »: what would be put to one's council, EPCI by EPCI.

Each answer is written whole: without a script they stand one under the other, closed;
with it, a field finds the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.disclosure.door.rules import Released
from eitgeo.ledger import Place, told
from eitgeo.maps.pages.page_parts import evidence_key, html_text
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.answer_words import (
    SIGNING,
    WORDS,
    Asked,
    Signing,
    asked_of,
    assumed_text,
    chosen_share,
    due_text,
    each_text,
    key_of,
    known_text,
    message,
    missing_text,
    own_refusal,
    partners_text,
    road_text,
    shares_by_key,
    who_signs,
)
from eitgeo.maps.words.belief import ASSUMED, KNOWN, LACKING, PART_TITLES
from eitgeo.maps.words.governance_words import STATE_WORDS, named_epci
from eitgeo.words import EVIDENCE_SYMBOLS, MISSING, NBSP, first_upper, name_key


class AnswerTables(NamedTuple):
    """Released tables that answers are made from."""

    perimeters: Released
    members: Released  # table ``perimeter_communes``
    communes: Released
    bodies: Released
    postcodes: Released
    facts: Released  # table ``epci_facts_undrawn``
    shares: Released  # table ``known_shares``
    states: Released  # table ``carrier_states``
    reasons: Released  # table ``carrier_reasons``
    refusals: Released


class Chosen(NamedTuple):
    """What the page shows of the tables."""

    pair: tuple[str, ...]  # Perimeters that stand first, two at most
    others: tuple[str, ...]  # Those that stand folded
    root_commune: str  # Where animation could sit
    carriers: pd.DataFrame  # ``carrier`` by ``carrier_id``
    demonstration: bool  # Whether establishments are drawn


class _Desk(NamedTuple):
    """What all answers share."""

    tables: AnswerTables
    chosen: Chosen
    names: dict[str, str]
    root_name: str
    key: str
    evidence: str
    signing: dict[str, list[Signing]]
    notes: str


def answered_epci(communes: Released, bodies: Released) -> dict[str, str]:
    """Return the EPCI that the territory meets, SIREN → name, in alphabetical order."""
    table, names = communes.table, named_epci(bodies)
    in_area = set(table.loc[table["in_area"].astype(bool), "epci_siren"]) & set(names)
    ordered = sorted(in_area, key=lambda code: (name_key(names[code]), code))
    return {siren: names[siren] for siren in ordered}


def answers_html(tables: AnswerTables, *, chosen: Chosen, sheet: Sheet) -> str:
    """Write the answer of each EPCI, in alphabetical order."""
    names = answered_epci(tables.communes, tables.bodies)
    towns = tables.communes.table.set_index("code_insee")["nom"]
    kit = _Desk(
        tables,
        chosen,
        names,
        str(towns[chosen.root_commune]),
        *key_of(tables.shares),
        {
            perimeter: who_signs(
                perimeter,
                tables.states,
                tables.reasons,
                carriers=chosen.carriers,
                demonstration=chosen.demonstration,
            )
            for perimeter in chosen.pair
        },
        _foot(tables, sheet),
    )
    return "\n".join(_answer(siren, kit) for siren in names)


def search_payload(tables: AnswerTables) -> dict[str, Any]:
    """List what the field finds: EPCI answered, then communes, then EPCI around.

    A commune is its name, its département, its postcodes, the rank of its EPCI among
    those answered (−1 outside of the territory) and its inhabitants.
    """
    names = answered_epci(tables.communes, tables.bodies)
    rank = {siren: at for at, siren in enumerate(names)}
    around = named_epci(tables.bodies)
    communes = tables.communes.table.sort_values("code_insee", kind="stable")
    codes = tables.postcodes.table.groupby("code_insee")["postcode"].agg(" ".join)
    neighbours = sorted(set(communes["epci_siren"]) & set(around) - set(names))
    return {
        "epci": [[siren, name] for siren, name in names.items()],
        "communes": [
            [nom, dep, str(codes.get(code, "")), rank.get(siren, -1), int(people)]
            for code, nom, dep, siren, people in communes[
                ["code_insee", "nom", "dep", "epci_siren", "population"]
            ].itertuples(index=False)
        ],
        "autour": [around[siren] for siren in neighbours],
        "mots": dict(WORDS),
    }


def _answer(siren: str, kit: _Desk) -> str:
    tables, chosen = kit.tables, kit.chosen
    shown = asked_of(
        siren,
        tables.perimeters,
        tables.members,
        tables.communes,
        shown=(*chosen.pair, *chosen.others),
        epci_names=kit.names,
    )
    pair, others = shown[: len(chosen.pair)], shown[len(chosen.pair) :]
    facts = tables.facts.table
    of_epci = facts[facts["epci_siren"] == siren]
    road = road_text(of_epci, kit.root_name, is_root=_is_root(siren, kit))
    is_asked = any(perimeter.is_in for perimeter in pair)
    folded = _others(siren, others, kit, is_asked=is_asked)
    return (
        f'<details class="reponse" id="epci-{siren}" name="reponse">'
        f"<summary>{html_text(kit.names[siren])}"
        "<span> – ce qui serait soumis à mon conseil</span></summary>\n"
        '<article><div class="devant">'
        '<p class="commune" hidden></p>'
        f'<p class="message">{html_text(message(pair, others))}</p>'
        f'<p class="route">{html_text(_people(of_epci))}{html_text(road)}</p></div>\n'
        f"{_table(siren, pair, kit)}\n"
        f"{'' if is_asked else folded}"
        f"{_belief(pair, kit, has_road=bool(road))}\n"
        f'<div class="suite">{_by_key(siren, pair, kit)}'
        f"{folded if is_asked else ''}{_communes(siren, kit)}"
        '<button type="button" class="imprimer" hidden>Imprimer (A4)</button></div>'
        f"{kit.notes}</article></details>"
    )


def _is_root(siren: str, kit: _Desk) -> bool:
    table = kit.tables.communes.table
    root = table["code_insee"] == kit.chosen.root_commune
    return bool((table.loc[root, "epci_siren"] == siren).any())


def _people(facts: pd.DataFrame) -> str:
    """Say how many inhabitants the EPCI has."""
    rows = facts[facts["fact_id"] == "population"]
    if rows.empty:
        return ""
    row = rows.iloc[0].to_dict()
    place = Place("epci_facts", f"{row['epci_siren']} / population")
    mark = EVIDENCE_SYMBOLS[str(row["evidence"])]
    return f"{mark} {told(row, place, unit='nombre')}{NBSP}habitants. "


def _table(siren: str, pair: Sequence[Asked], kit: _Desk) -> str:
    """Set the perimeters of the pair side by side."""
    mark = EVIDENCE_SYMBOLS[kit.evidence]
    dues = [(_due(siren, perimeter, kit), perimeter) for perimeter in pair]
    rows = [
        (
            f"{mark} Votre part",
            [html_text(due_text(due, one)) for due, one in dues],
            "devant",
        ),
        (
            f"{mark} Par habitant",
            [html_text(each_text(due, one)) for due, one in dues],
            "devant",
        ),
        (
            "Avec qui",
            [
                html_text(partners_text(perimeter, siren, kit.names))
                for perimeter in pair
            ],
            "",
        ),
        (
            "Qui pourrait signer",
            [_signing(kit.signing[perimeter.perimeter_id]) for perimeter in pair],
            "",
        ),
        (
            "Et si nous refusons",
            [
                html_text(own_refusal(kit.tables.refusals, perimeter, siren) or MISSING)
                for perimeter in pair
            ],
            "",
        ),
    ]
    heads = "".join(
        f'<th scope="col">{html_text(perimeter.title)}</th>' for perimeter in pair
    )
    body = "".join(
        _row(label, cells, css, pair)
        for label, cells, css in rows
        if set(cells) != {MISSING}
    )
    return (
        '<table class="deux"><thead><tr><td></td>'
        f"{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def _due(siren: str, asked: Asked, kit: _Desk) -> dict[Any, Any] | None:
    return chosen_share(kit.tables.shares, asked.perimeter_id, siren)


def _row(label: str, cells: Sequence[str], css: str, pair: Sequence[Asked]) -> str:
    tied = "".join(
        f'<td data-nom="{html_text(perimeter.name)}">{cell}</td>'
        for perimeter, cell in zip(pair, cells, strict=True)
    )
    mark = f' class="{css}"' if css else ""
    return f'<tr{mark}><th scope="row">{html_text(label)}</th>{tied}</tr>'


def _signing(signing: Sequence[Signing]) -> str:
    """Name who could sign, by state; what each asks stands folded beneath."""
    lines = [
        f"<li>{html_text(STATE_WORDS[state])}{NBSP}: "
        + html_text(
            " ; ".join(carrier.brief for carrier in signing if carrier.state == state)
        )
        + "</li>"
        for state in SIGNING
        if any(carrier.state == state for carrier in signing)
    ]
    asks = [
        f"<li><b>{html_text(carrier.name)}</b>{NBSP}: "
        + html_text(_asks(carrier))
        + "</li>"
        for carrier in signing
        if carrier.councils or carrier.conditions
    ]
    folded = (
        '<details class="demande"><summary>Ce que chacun demande</summary>'
        f"<ul>{''.join(asks)}</ul></details>"
        if asks
        else ""
    )
    return f'<ul class="etats">{"".join(lines)}</ul>{folded}' if lines else MISSING


def _asks(signing: Signing) -> str:
    """Say how many councils vote, and on what condition."""
    said = (first_upper(signing.councils), *signing.conditions)
    return " ".join(f"{one.removesuffix('.')}." for one in said if one)


def _belief(pair: Sequence[Asked], kit: _Desk, *, has_road: bool) -> str:
    """Say what is known, what is assumed, what is missing and who has it."""
    lines = {
        KNOWN: known_text(pair, has_road=has_road),
        ASSUMED: assumed_text(pair, key=kit.key, evidence=kit.evidence),
        LACKING: missing_text(pair, evidence=kit.evidence, has_road=has_road),
    }
    return "".join(
        f'<p class="su"><b>{html_text(PART_TITLES[part])}</b>{NBSP}: '
        f"{html_text(line)}.</p>"
        for part, line in lines.items()
    )


def _others(siren: str, others: Sequence[Asked], kit: _Desk, *, is_asked: bool) -> str:
    """Fold the other perimeters, one line each; open where the pair asks nothing."""
    if not others:
        return ""
    lines = "".join(
        f"<li><b>{html_text(perimeter.title)}</b>{NBSP}: "
        f"{html_text(due_text(_due(siren, perimeter, kit), perimeter))}</li>"
        for perimeter in others
    )
    opened = "" if is_asked else " open"
    return (
        f'<details class="autres"{opened}><summary>Les autres périmètres étudiés'
        f"</summary><ul>{lines}</ul></details>"
    )


def _by_key(siren: str, pair: Sequence[Asked], kit: _Desk) -> str:
    """Fold what the EPCI would pay by the other keys."""
    shares = kit.tables.shares
    told = {one.title: shares_by_key(shares, one.perimeter_id, siren) for one in pair}
    lines = "".join(
        f"<li><b>{html_text(title)}</b>{NBSP}: {html_text(line)}</li>"
        for title, line in told.items()
        if line
    )
    return (
        '<details class="autres"><summary>Votre part selon une autre clé</summary>'
        f"<ul>{lines}</ul></details>"
        if lines
        else ""
    )


def _communes(siren: str, kit: _Desk) -> str:
    table = kit.tables.communes.table
    names = sorted(table.loc[table["epci_siren"] == siren, "nom"], key=name_key)
    return (
        f'<details class="membres"><summary>Ses communes ({len(names)})</summary>'
        f"<p>{html_text(' · '.join(names))}</p></details>"
    )


def _foot(tables: AnswerTables, sheet: Sheet) -> str:
    """Say what the marks mean; on paper, whose data and which study this is."""
    sources = dict.fromkeys(
        source
        for released in (tables.communes, tables.facts)
        for source in released.sources
    )
    doubt = "Ce n'est pas une décision : c'est une aide à la discussion."
    head = f"{sheet.title} {sheet.status_stamp}, édition du {sheet.edition_text}."
    return (
        f'<p class="cle">{evidence_key()}. {html_text(doubt)}</p>'
        f'<p class="papier">{html_text(head)} '
        f"{html_text(' ; '.join(sources))}.</p>"
    )
