"""What a council would be asked, with whom and at what cost: sentences for its members.

Nothing here prefers a body to another; a figure keeps its class and its interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.ledger import Place, plain, written
from eitgeo.maps.words.governance_words import (
    KEY_WORDS,
    deliberations_text,
    share_cost_text,
    short_carrier,
)
from eitgeo.maps.words.hypotheses import gaps
from eitgeo.maps.words.refusal_words import cost_place, cost_text, refusal_place
from eitgeo.maps.words.sentences import reason_sentence, sentences
from eitgeo.tables.public import Released
from eitgeo.words import EVIDENCE_SYMBOLS, MISSING, first_upper, split_name, typographic

SIGNING = ("favorable", "possible", "sous_conditions")
"""States of a carrier that could sign."""
_SAY = sentences("words", "answers")
OUTSIDE, _CUT = _SAY("outside"), _SAY("cut")
WORDS = {name: typographic(text) for name, text in _SAY.texts["field"].items()}
"""What the field says, with its slots."""


class Asked(NamedTuple):
    """What one perimeter would ask of one EPCI."""

    perimeter_id: str
    name: str
    # SIREN of the EPCI with a commune inside, in the order of their names
    members: tuple[str, ...]
    part: str  # ``entier``, ``partie`` or ``dehors``: where the EPCI stands
    is_unsure: bool  # Whether the list of its EPCI is to confirm

    @property
    def title(self) -> str:
        """Name the perimeter, and say whether it is to confirm."""
        return f"{self.name} (à confirmer)" if self.is_unsure else self.name

    @property
    def is_in(self) -> bool:
        """Say whether the council is asked."""
        return self.part != "dehors"


class Signing(NamedTuple):
    """Who could sign for a perimeter, and what it asks."""

    name: str  # In a few words
    state: str  # the state as the tables know it
    councils: str  # How many deliberations it takes
    conditions: tuple[str, ...]  # Sentences
    asks: tuple[str, ...]  # What they are about, in a few words

    @property
    def brief(self) -> str:
        """Name it, and what its conditions are about."""
        return f"{self.name} ({', '.join(self.asks)})" if self.asks else self.name


def asked_of(
    siren: str,
    perimeters: Released,
    members: Released,
    communes: Released,
    *,
    shown: Sequence[str],
    epci_names: Mapping[str, str],
) -> list[Asked]:
    """Say what some perimeters ask of an EPCI, in the order of `shown`."""
    commune_epci = communes.table[["code_insee", "epci_siren", "epci_communes"]]
    shown_members = members.table[members.table["perimeter_id"].isin(shown)]
    shown_members = shown_members[["perimeter_id", "code_insee"]].merge(
        commune_epci, on="code_insee"
    )
    whole = commune_epci.groupby("epci_siren")["epci_communes"].first()
    rows = perimeters.table.set_index("perimeter_id")
    asked = []
    for perimeter_id in shown:
        row = rows.loc[perimeter_id].to_dict()
        codes = shown_members[shown_members["perimeter_id"] == perimeter_id]
        sizes = codes.groupby("epci_siren").size()
        sirens = [one for one in epci_names if one in sizes.index]
        is_in = siren in sizes.index
        is_whole = is_in and int(sizes[siren]) == int(whole[siren])
        asked.append(
            Asked(
                perimeter_id,
                _short(row),
                tuple(sirens),
                ("entier" if is_whole else "partie") if is_in else "dehors",
                row["membership_status"] == "a_confirmer",
            )
        )
    return asked


def _short(row: Mapping[Any, Any]) -> str:
    """Leave out of a name that it is to confirm: it is said beside it."""
    name, is_unsure = str(row["name"]), row["membership_status"] == "a_confirmer"
    return split_name(name)[0] if is_unsure else name


def message(pair: Sequence[Asked], others: Sequence[Asked]) -> str:
    """Say in one sentence what the council would have to decide."""
    inside = [one for one in pair if one.is_in]
    outside = [one for one in pair if not one.is_in]
    if len(inside) == len(pair):
        sentence = _SAY("one_of", named=" ou ".join(map(_named, inside)))
    elif inside:
        first, second = _named(inside[0]), _named(outside[0])
        sentence = _SAY("if_first", first=first, second=second)
    else:
        named = " ni dans ".join(map(_named, outside))
        neither = "ni dans" if len(outside) > 1 else "pas dans"
        sentence = _SAY("no_vote", neither=neither, named=named)
        also = [one.name for one in others if one.part == "entier"]
        if also:
            sentence += _SAY("also", names=", ".join(also))
    return typographic(f"{first_upper(sentence)}.")


def _named(asked: Asked) -> str:
    """Name a perimeter, with how many EPCI it has and whether that is sure."""
    n_epci = len(asked.members)
    doubt = ", à confirmer" if asked.is_unsure else ""
    place = Place("perimeters", asked.perimeter_id, "n_epci")
    return f"« {asked.name} » ({plain(n_epci, place)} EPCI{doubt})"


def partners_text(asked: Asked, siren: str, names: Mapping[str, str]) -> str:
    """Name with whom."""
    others = [names[one] for one in asked.members if one != siren]
    return typographic(" ; ".join(others) or "seul")


def chosen_share(
    shares: Released, perimeter_id: str, siren: str
) -> dict[Any, Any] | None:
    """Return what an EPCI would pay in a perimeter, by the key of the study."""
    table = shares.table
    is_asked = table["perimeter_id"].eq(perimeter_id) & table["epci_siren"].eq(siren)
    rows = table[is_asked & table["chosen"].eq("oui")]
    if rows.empty or rows["missing"].iloc[0]:
        return None
    row: dict[Any, Any] = rows.iloc[0].to_dict()
    return row


def due_text(share: Mapping[Any, Any] | None, asked: Asked) -> str:
    """Write what the EPCI would pay in a year."""
    if not asked.is_in:
        return OUTSIDE
    if share is None:
        return MISSING
    amount = share_cost_text(share)
    return amount if asked.part == "entier" else f"{amount} ; {_CUT}"


def each_text(share: Mapping[Any, Any] | None, asked: Asked) -> str:
    """Write the same for one of its inhabitants in the perimeter."""
    if share is None or not asked.is_in:
        return MISSING
    people = float(share["population"])
    return share_cost_text(share, unit="€/hab./an", per=people)


def shares_by_key(shares: Released, perimeter_id: str, siren: str) -> str:
    """Write what an EPCI would pay by each key that is not the one of the study."""
    table = shares.table
    is_part = table["perimeter_id"].eq(perimeter_id) & table["epci_siren"].eq(siren)
    others = table[is_part & table["chosen"].ne("oui") & table["missing"].eq("")]
    rows = {str(row["cost_key"]): row for row in others.to_dict("records")}
    told = (
        f"{words[:1].lower()}{words[1:]}, {share_cost_text(rows[key])}"
        for key, words in KEY_WORDS.items()
        if key in rows
    )
    return typographic(" ; ".join(told))


def key_of(shares: Released) -> tuple[str, str]:
    """Return the key of the study in words, and the class of what is shared."""
    table = shares.table
    row = table[table["chosen"].eq("oui")].iloc[0]
    words = KEY_WORDS[str(row["cost_key"])]
    return words[:1].lower() + words[1:], str(row["evidence"])


def road_text(facts: pd.DataFrame, root_name: str, *, is_root: bool) -> str:
    """Say how far the root town is by car; nothing where it is not known."""
    if is_root:
        return _SAY("root", root=root_name)
    rows = facts[facts["fact_id"] == "minutes_to_root"]
    if rows.empty or rows["value"].isna().all():
        return ""
    row = rows.iloc[0].to_dict()
    place = Place("epci_facts", f"{row['epci_siren']} / minutes_to_root")
    minutes = written(
        float(row["value"]),
        place,
        bounds=(float(row["low"]), float(row["high"])),
        evidence=str(row["evidence"]),
        unit="min",
        decimals=0,
    )
    return _SAY(
        "road",
        mark=EVIDENCE_SYMBOLS[str(row["evidence"])],
        minutes=minutes,
        town=row["told"],
        root=root_name,
    )


def who_signs(
    perimeter_id: str,
    states: Released,
    reasons: Released,
    *,
    carriers: pd.DataFrame,
    demonstration: bool,
) -> list[Signing]:
    """List who could sign for a perimeter, in the order of the reference.

    In a demonstration no name is said that stands for drawn figures.
    """
    table, reason_rows = states.table, reasons.table
    signing = table[
        table["perimeter_id"].eq(perimeter_id) & table["state"].isin(SIGNING)
    ]
    of = {str(row["carrier_id"]): row for row in signing.to_dict("records")}
    why = reason_rows[
        reason_rows["perimeter_id"].eq(perimeter_id)
        & reason_rows["effect"].eq("condition")
        & reason_rows["outcome"].eq("applique")
    ].sort_values("rule_id", kind="stable")
    return [
        Signing(
            short_carrier(str(label)),
            str(of[str(carrier)]["state"]),
            deliberations_text(
                float(of[str(carrier)]["deliberations_least"]),
                float(of[str(carrier)]["deliberations_most"]),
                Place("carrier_states", f"{carrier} / {perimeter_id}"),
            ),
            tuple(
                reason_sentence(row, demonstration=demonstration)
                for _, row in why[why["carrier_id"] == carrier].iterrows()
            ),
            tuple(
                short_carrier(about)
                for about in why.loc[why["carrier_id"] == carrier, "about"].unique()
            ),
        )
        for carrier, label in carriers["carrier"].items()
        if carrier in of
    ]


def own_refusal(refusals: Released, asked: Asked, siren: str) -> str:
    """Say what would be left of a perimeter if this one council refused.

    Nothing where the perimeter is not in the table, or rests on what is drawn.
    """
    table = refusals.table
    is_alone = table["perimeter_id"].eq(asked.perimeter_id) & table["refused"].eq(siren)
    if refusals.demonstration or not is_alone.any():
        return ""
    row: dict[Any, Any] = table[is_alone].iloc[0].to_dict()
    left = int(row["n_left"])
    if left == 0:
        return _SAY("nothing_left")
    border, road = (
        _pieces_text(int(row[column]), left, refusal_place(row, column))
        for column in ("n_pieces_border", "n_pieces_road")
    )
    return _SAY(
        "left",
        stay="reste" if left == 1 else "restent",
        n=plain(left, refusal_place(row, "n_left")),
        shape=border if border == road else f"{border}, {road} par la route",
        cost=cost_text(row, cost_place(row)),
    )


def _pieces_text(pieces: int, left: int, place: Place) -> str:
    if left == 1:
        return ""
    return (
        " d'un seul tenant" if pieces == 1 else f" en {plain(pieces, place)} morceaux"
    )


def known_text(pair: Iterable[Asked], *, has_road: bool) -> str:
    """Say in a line what is known."""
    parts = [_SAY("known")]
    parts += [_SAY("members", name=one.name) for one in pair if not one.is_unsure]
    return " ; ".join([*parts, _SAY("known_roads")] if has_road else parts)


def assumed_text(pair: Iterable[Asked], *, key: str, evidence: str) -> str:
    """Say in a line what is assumed."""
    parts = [_SAY("members", name=one.name) for one in pair if one.is_unsure]
    parts += [_SAY("cost")] if evidence == "H" else []
    return " ; ".join([*parts, _SAY("key", key=key), _SAY("speeds"), _SAY("rules")])


def missing_text(pair: Iterable[Asked], *, evidence: str, has_road: bool) -> str:
    """Say in a line what is missing and who has it."""
    asked = {
        "memberships": any(one.is_unsure for one in pair),
        "costs": evidence == "H",
        "roads": not has_road,
        "field": True,
    }
    weak = frozenset(name for name, is_asked in asked.items() if is_asked)
    return " ; ".join(one.short for one in gaps(weak, weak))
