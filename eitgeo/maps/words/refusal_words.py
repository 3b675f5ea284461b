"""What refusals leave of a perimeter, in words: fixed rules on numbers and names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from eitgeo.ledger import Place, plain, written
from eitgeo.maps.words.sentences import sentences
from eitgeo.tables.public import Released
from eitgeo.words import NBSP, first_upper, french_number, published_value, typographic

_SAY = sentences("words", "refusals")
NOBODY = "aucun refus"
_MARK = ";"
_TWO = 2
_UNIT = "€/hab./an"
_CENTS = 2


def refusal_sentence(
    refusals: Released,
    perimeter_id: str,
    *,
    epci_names: Mapping[str, str],
    carrier_names: Mapping[str, str],
    to_confirm: bool,
) -> str:
    """Say what cuts a perimeter, who could still carry it, and what it would cost.

    Nothing in it prefers a council to another.
    """
    lines = _lines(
        _ordered(refusals, perimeter_id),
        epci_names=epci_names,
        carrier_names=carrier_names,
        to_confirm=to_confirm,
        of="",
    )
    return " ".join(lines)


def refusal_lines(
    refusals: Released,
    perimeter_id: str,
    *,
    epci_names: Mapping[str, str],
    carrier_names: Mapping[str, str],
    to_confirm: bool,
) -> tuple[str, ...]:
    """Say the same line by line, what cuts first: see :func:`refusal_sentence`."""
    rows = _ordered(refusals, perimeter_id)
    of = f"le périmètre à {_n_left(rows)}{NBSP}EPCI"
    lines = _lines(
        rows,
        epci_names=epci_names,
        carrier_names=carrier_names,
        to_confirm=to_confirm,
        of=of,
    )
    return tuple(lines)


def _lines(
    rows: pd.DataFrame,
    *,
    epci_names: Mapping[str, str],
    carrier_names: Mapping[str, str],
    to_confirm: bool,
    of: str,
) -> list[str]:
    """Say what cuts, who could still carry, the cost, and what is to confirm.

    `of`: how the perimeter is named; else how many EPCI it has is said first.
    """
    if int(rows["n_left"].iloc[0]) == 1:
        return [_SAY("alone")]
    border, road = (
        cut_text(rows, kind, epci_names, of=of) for kind in ("border", "road")
    )
    if road == border:
        cuts = [_SAY("both", cut=border)]
    else:
        first = first_upper(border) if of else _SAY("border", cut=border)
        cuts = [first, _SAY("road", cut=road)]
    if not of:
        cuts.insert(0, f"{_n_left(rows)} EPCI")
    parts = [*cuts, _carrier_text(rows, carrier_names), _cost_text(rows)]
    parts += [_SAY("to_confirm")] if to_confirm else []
    return [typographic(f"{one}.") for one in parts]


def _n_left(rows: pd.DataFrame) -> str:
    return plain(int(rows["n_left"].iloc[0]), refusal_place(rows.iloc[0], "n_left"))


def _ordered(refusals: Released, perimeter_id: str) -> pd.DataFrame:
    rows = refusals.table[refusals.table["perimeter_id"] == perimeter_id]
    return rows.sort_values(["n_refused", "refused"], kind="stable")


def refused_text(refused: str, names: Mapping[str, str]) -> str:
    """Name who refuses."""
    return " + ".join(names[one] for one in refused.split(_MARK)) if refused else NOBODY


def carriers_text(carriers: str, names: Mapping[str, str]) -> str:
    """Name carriers."""
    return " ; ".join(names[one] for one in carriers.split(_MARK) if one)


def carriers_told(
    row: Mapping[Any, Any], whole: Mapping[Any, Any], names: Mapping[str, str]
) -> list[str]:
    """Name the carriers where nobody refuses, and elsewhere what changes."""
    if row["n_refused"] == 0 or not row["carriers"]:
        carriers = carriers_text(row["carriers"], names)
        return [carriers] if carriers else []
    now, before = row["carriers"].split(_MARK), whole["carriers"].split(_MARK)
    more = _MARK.join(one for one in now if one not in before)
    less = _MARK.join(one for one in before if one not in now)
    changes = {"en plus": more, "en moins": less}
    listed = [f"{head} : {carriers_text(c, names)}" for head, c in changes.items() if c]
    return listed or ["les mêmes"]


def fell_text(row: Mapping[Any, Any], catalogue: pd.DataFrame) -> str:
    """Name the indicators that do less well, or say among how many none does."""
    if row["fell"]:
        return " ; ".join(
            f"{catalogue.loc[name, 'label']} ({catalogue.loc[name, 'evidence']})"
            for name in row["fell"].split(_MARK)
        )
    n_ranked = int(catalogue["direction"].isin(["up", "down"]).sum())
    n_blind = len([one for one in row["not_compared"].split(_MARK) if one])
    return f"aucun des {french_number(n_ranked - n_blind)} comparables"


def that_cut(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the refusals after which there are more pieces than before any."""
    column = rows[f"n_pieces_{kind}"]
    return rows[column > column[rows["n_refused"].eq(0)].iloc[0]]


def cost_place(row: Mapping[Any, Any], level: str = "mid") -> Place:
    """Say where the cost of a refusal stands."""
    return refusal_place(row, f"left_{level}")


def refusal_place(row: Any, column: str) -> Place:
    """Say where a figure of a refusal stands."""
    who = row["refused"] or NOBODY
    return Place("refusals", f"{row['perimeter_id']} / {who}", column)


def cut_text(
    rows: pd.DataFrame, kind: str, names: Mapping[str, str], *, of: str = ""
) -> str:
    """Say which refusals cut a perimeter, alone and by pairs; `of`: how it is named."""
    cut = that_cut(rows, kind)
    alone, pairs = (cut[cut["n_refused"].eq(n)]["refused"] for n in (1, _TWO))
    n_alone = int(rows["n_refused"].eq(1).sum())
    # One EPCI that is left is in one piece: nothing to say.
    n_pairs = int((rows["n_refused"].eq(_TWO) & rows["n_left"].ge(_TWO)).sum())
    pieces = int(rows[f"n_pieces_{kind}"].iloc[0])
    place = refusal_place(rows.iloc[0], f"n_pieces_{kind}")
    head = f"déjà en {plain(pieces, place)} morceaux : " if pieces > 1 else ""
    none_cuts = _SAY("none_cuts", of=of) if of else "aucun refus isolé ne le coupe"
    if len(alone):
        which = " ; ".join(refused_text(one, names) for one in alone)
        refusal_place_of = place._replace(column=f"refus isolés, {kind}")
        nouns = ("refus isolé", "refus isolés")
        counted = _cut_by((len(alone), n_alone), nouns, refusal_place_of, of=of)
        none_cuts = f"{counted} : {which}"
    if n_pairs == 0:
        return f"{head}{none_cuts}"
    told_of = (n_pairs, place._replace(column=f"paires, {kind}"))
    return f"{head}{none_cuts} ; {_pair_text(pairs, set(alone), names, told_of)}"


def cost_text(row: Mapping[Any, Any], place: Place) -> str:
    """Write what is left to pay in the first year by inhabitant, with its interval."""
    return written(
        float(row["left_mid"]),
        place,
        bounds=(float(row["left_low"]), float(row["left_high"])),
        evidence=str(row["evidence"]),
        unit=_UNIT,
        decimals=_CENTS,
    )


def cost_printed(row: Mapping[Any, Any]) -> tuple[float, float, float]:
    """Round low, middle and high as they are printed: what is compared with a line."""
    evidence = str(row["evidence"])
    low, mid, high = (
        published_value(
            float(row[f"left_{level}"]), evidence=evidence, decimals=_CENTS, unit=_UNIT
        )
        for level in ("low", "mid", "high")
    )
    return low, mid, high


def _cut_by(
    counts: tuple[int, int], nouns: tuple[str, str], place: Place, *, of: str = ""
) -> str:
    """Say how many of all refusals cut it."""
    n, n_all = counts
    noun, verb = (nouns[0], "coupe") if n == 1 else (nouns[1], "coupent")
    every = plain(n_all, place._replace(column=f"{place.column}, en tout"))
    text = f"{plain(n, place)} {noun} sur {every}"
    return f"{text} {verb} {of}" if of else f"{text} le {verb}"


_MOST_PAIRS = 4
"""Pairs that a sentence names: thirteen EPCI have dozens."""


def _pair_text(
    pairs: pd.Series[str],
    alone: set[str],
    names: Mapping[str, str],
    told_of: tuple[int, Place],
) -> str:
    """Count the pairs that cut, and name those where neither does so alone."""
    if pairs.empty:
        return _SAY("no_pair" if alone else "no_pair_either")
    fresh = [one for one in pairs if alone.isdisjoint(one.split(_MARK))]
    n_pairs, place = told_of
    nouns = ("paire de refus", "paires de refus")
    text = _cut_by((len(pairs), n_pairs), nouns, place)
    which = " ; ".join(refused_text(one, names) for one in fresh[:_MOST_PAIRS])
    if others := len(fresh[_MOST_PAIRS:]):
        which += f" ; et {plain(others, place._replace(column='paires tues'))} "
        which += "autre" if others == 1 else "autres"
    if len(fresh) == len(pairs):
        return f"{text} : {which}"
    return _SAY("fresh", text=text, which=which) if fresh else text


def _carrier_text(rows: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say which carriers one refusal closes or opens, and which hang on open rules."""
    whole = rows.iloc[0]
    before = set(whole["carriers"].split(_MARK))
    alone = [set(one.split(_MARK)) for one in rows[rows["n_refused"].eq(1)]["carriers"]]
    closed = {c: sum(c not in one for one in alone) for c in sorted(before - {""})}
    opened = {
        c: sum(c in one for one in alone)
        for c in sorted(frozenset().union(*alone) - before - {""})
    }
    place = partial(refusal_place, whole)
    parts = [
        _SAY(
            "carrier",
            name=names[c],
            verb=verb,
            n=plain(n, place(c)),
            every=plain(len(alone), place("refus isolés")),
        )
        for counts, verb in ((closed, "ne serait plus"), (opened, "deviendrait"))
        for c, n in counts.items()
        if n
    ]
    text = _SAY("carriers", which=" ; ".join(parts) or _SAY("same_carriers"))
    unsure = sorted(before - set(whole["carriers_sure"].split(_MARK)) - {""})
    if unsure:
        text += _SAY("unsure", which=carriers_text(_MARK.join(unsure), names))
    return text


def _cost_text(rows: pd.DataFrame) -> str:
    alone = rows[rows["n_refused"].eq(1)]
    most = alone.sort_values("population", kind="stable").iloc[0].to_dict()
    now, then = (
        cost_text(row, cost_place(row)) for row in (rows.iloc[0].to_dict(), most)
    )
    return _SAY("cost", now=now, then=then)
