"""« Vous êtes élu de … »: what would be put to one's council, EPCI by EPCI.

Each answer is written whole: without a script they stand one under the other, closed;
with it, a field finds the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.ledger import Place, told
from eitgeo.maps.pages.page_parts import filled
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.answer_words import (
    SIGNING,
    WORDS,
    Asked,
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
from eitgeo.maps.words.governance_words import STATE_WORDS, named_epci
from eitgeo.maps.words.hypotheses import ASSUMED, KNOWN, LACKING, PART_TITLES
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import EVIDENCE_SYMBOLS, MISSING, NBSP, first_upper, name_key


class Chosen(NamedTuple):
    """What the page shows of the tables."""

    pair: tuple[str, ...]  # Perimeters that stand first, two at most
    others: tuple[str, ...]  # Those that stand folded
    root_commune: str  # Where animation could sit
    carriers: pd.DataFrame  # ``carrier`` by ``carrier_id``
    demonstration: bool  # Whether establishments are drawn


def answered_epci(communes: Released, bodies: Released) -> dict[str, str]:
    """Return the EPCI that the territory meets, SIREN → name, in alphabetical order."""
    table, names = communes.table, named_epci(bodies)
    in_area = set(table.loc[table["in_area"].astype(bool), "epci_siren"]) & set(names)
    ordered = sorted(in_area, key=lambda code: (name_key(names[code]), code))
    return {siren: names[siren] for siren in ordered}


def answers_html(public: ReleasedTables, *, chosen: Chosen, sheet: Sheet) -> str:
    """Write the answer of each EPCI, in alphabetical order."""
    names = answered_epci(public["communes"], public["bodies"])
    communes = public["communes"].table.set_index("code_insee")
    root = communes.loc[chosen.root_commune]
    key, evidence = key_of(public["known_shares"])
    signing = {
        perimeter: _signing(perimeter, public, chosen) for perimeter in chosen.pair
    }
    facts = public["epci_facts_undrawn"].table
    answers = []
    for siren, name in names.items():
        perimeters = asked_of(
            siren,
            public["perimeters"],
            public["perimeter_communes"],
            public["communes"],
            shown=(*chosen.pair, *chosen.others),
            epci_names=names,
        )
        pair = perimeters[: len(chosen.pair)]
        others = perimeters[len(chosen.pair) :]
        of_epci = facts[facts["epci_siren"] == siren]
        road = road_text(
            of_epci, str(root["nom"]), is_root=str(root["epci_siren"]) == siren
        )
        told = {
            KNOWN: known_text(pair, has_road=bool(road)),
            ASSUMED: assumed_text(pair, key=key, evidence=evidence),
            LACKING: missing_text(pair, evidence=evidence, has_road=bool(road)),
        }
        own = communes.loc[communes["epci_siren"] == siren, "nom"]
        by_key = {
            one.title: shares_by_key(public["known_shares"], one.perimeter_id, siren)
            for one in pair
        }
        answers.append(
            {
                "siren": siren,
                "name": name,
                "message": message(pair, others),
                "road": f"{_people(of_epci)}{road}",
                "pair": pair,
                "rows": _rows(
                    siren, pair, public, names=names, mark=EVIDENCE_SYMBOLS[evidence]
                ),
                "signing": [signing[one.perimeter_id] for one in pair],
                "belief": {PART_TITLES[part]: line for part, line in told.items()},
                "is_asked": any(one.is_in for one in pair),
                "others": {
                    one.title: due_text(_due(siren, one, public), one) for one in others
                },
                "by_key": {title: line for title, line in by_key.items() if line},
                "communes": sorted(own, key=name_key),
            }
        )
    sources = dict.fromkeys(
        (*public["communes"].sources, *public["epci_facts_undrawn"].sources)
    )
    return filled(
        "pages/answers.html.j2", answers=answers, sheet=sheet, sources=list(sources)
    )


def search_payload(public: ReleasedTables) -> dict[str, Any]:
    """List what the field finds: EPCI answered, then communes, then EPCI around.

    A commune is its name, its département, its postcodes, the rank of its EPCI among
    those answered (−1 outside of the territory) and its inhabitants.
    """
    names = answered_epci(public["communes"], public["bodies"])
    rank = {siren: at for at, siren in enumerate(names)}
    around = named_epci(public["bodies"])
    communes = public["communes"].table.sort_values("code_insee", kind="stable")
    codes = public["postcodes"].table.groupby("code_insee")["postcode"].agg(" ".join)
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


def _people(facts: pd.DataFrame) -> str:
    """Say how many inhabitants the EPCI has."""
    rows = facts[facts["fact_id"] == "population"]
    if rows.empty:
        return ""
    row = rows.iloc[0].to_dict()
    place = Place("epci_facts", f"{row['epci_siren']} / population")
    mark = EVIDENCE_SYMBOLS[str(row["evidence"])]
    return f"{mark} {told(row, place, unit='nombre')}{NBSP}habitants. "


def _rows(
    siren: str,
    pair: Sequence[Asked],
    public: ReleasedTables,
    *,
    names: dict[str, str],
    mark: str,
) -> dict[str, list[str]]:
    """Set side by side what the perimeters ask, where one says something."""
    dues = [(_due(siren, one, public), one) for one in pair]
    rows = {
        f"{mark} Votre part": [due_text(due, one) for due, one in dues],
        f"{mark} Par habitant": [each_text(due, one) for due, one in dues],
        "Avec qui": [partners_text(one, siren, names) for one in pair],
        "Qui pourrait signer": [],
        "Et si nous refusons": [
            own_refusal(public["refusals"], one, siren) or MISSING for one in pair
        ],
    }
    return {label: cells for label, cells in rows.items() if set(cells) != {MISSING}}


def _due(siren: str, asked: Asked, public: ReleasedTables) -> dict[Any, Any] | None:
    return chosen_share(public["known_shares"], asked.perimeter_id, siren)


def _signing(perimeter: str, public: ReleasedTables, chosen: Chosen) -> dict[str, Any]:
    """Name who could sign, by state, then what each asks: councils and conditions."""
    signing = who_signs(
        perimeter,
        public["carrier_states"],
        public["carrier_reasons"],
        carriers=chosen.carriers,
        demonstration=chosen.demonstration,
    )
    by_state = {
        STATE_WORDS[state]: [one.brief for one in signing if one.state == state]
        for state in SIGNING
    }
    asks = {
        one.name: [first_upper(one.councils), *one.conditions]
        for one in signing
        if one.councils or one.conditions
    }
    return {
        "states": {state: briefs for state, briefs in by_state.items() if briefs},
        "asks": {
            name: " ".join(f"{said.removesuffix('.')}." for said in texts if said)
            for name, texts in asks.items()
        },
    }
