"""The syndicate's account in words: the same on the sheet, in workbook and dossier."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from eitgeo.ledger import Place, plain, told, written
from eitgeo.reference.exchange_terms import syndicate_lines, syndicate_terms
from eitgeo.reference.labels import labels_of
from eitgeo.tables.public import Released
from eitgeo.words import MISSING, NBSP, first_upper, typographic, with_unit

KEY = ["line", "outlet_id", "ewc_stat", "member"]
_BALANCE = ("balance", "", "", "")
ACCOUNT_QUESTION = "Que gagnerait et que perdrait le syndicat de traitement ?"
_SIGNS = {"gain": "un gain", "loss": "une perte", "unsure": "une perte ou un gain"}
_YEARS = "ans"
_NONE = "0 dans ce calcul"
_UNKNOWN = "non_chiffre"


class Named(NamedTuple):
    """Names that the account's keys stand for."""

    outlets: Mapping[str, str]  # Outlet → name
    members: Mapping[str, str]  # SIREN of an EPCI → name


class Line(NamedTuple):
    """A line of the account, ready to print."""

    key: tuple[str, str, str, str]  # As its table has it
    label: str  # What it is
    text: str  # its figure with its interval, or why there is none
    note: str  # What it does not count
    # Low, mid and high as released; NaN where there is none
    levels: tuple[float, float, float]
    evidence: str  # ``S`` or ``H``; empty for what words tell

    @property
    def is_unknown(self) -> bool:
        """Whether it has no figure."""
        return math.isnan(self.levels[1])

    @property
    def place(self) -> str:
        """Name its row for the ledger."""
        return " / ".join(part for part in self.key if part)


def account_names(outlets: Released, bodies: Released) -> Named:
    """Name outlets and members as released tables do."""
    by_outlet, by_body = (
        dict(zip(table[key].astype(str), table["name"].astype(str), strict=True))
        for table, key in ((outlets.table, "outlet_id"), (bodies.table, "body_id"))
    )
    members = {key.removeprefix("epci_"): name for key, name in by_body.items()}
    return Named(by_outlet, members)


def account_rows(account: Released) -> dict[tuple[str, str, str, str], dict[Any, Any]]:
    """Return the released rows by key, in the order of the lines."""
    table = account.table
    order = {line: rank for rank, line in enumerate(syndicate_lines().index)}
    ranked = table.assign(rank=table["line"].map(order))
    ranked = ranked.sort_values(["rank", *KEY], kind="stable")
    return {
        (row["line"], row["outlet_id"], row["ewc_stat"], row["member"]): row
        for row in ranked.to_dict("records")
    }


def account_line(row: Mapping[Any, Any], named: Named) -> Line:
    """Put a row of the account into words."""
    key = (row["line"], row["outlet_id"], row["ewc_stat"], row["member"])
    low, mid, high = (float(row[level]) for level in ("low", "mid", "high"))
    text, note = _text(row, key), str(row["left_out"])
    sure = "" if text == _NONE else str(row["evidence"])
    return Line(key, _label(key, named), text, note, (low, mid, high), sure)


def stream_name(category: str) -> str:
    """Name a category of waste at the head of a line."""
    return first_upper(labels_of("ewc_stat").get(category, category))


def _label(key: tuple[str, str, str, str], named: Named) -> str:
    line, outlet, category, member = key
    if member:
        return named.members.get(member, member)
    if category:
        return stream_name(category)
    if outlet:
        return named.outlets.get(outlet, outlet)
    return str(syndicate_lines().loc[line, "label"])


def _text(row: Mapping[Any, Any], key: tuple[str, str, str, str]) -> str:
    if row["status"] == _UNKNOWN:
        return MISSING
    if row["status"] != "chiffre":
        return labels_of("lever_status")[str(row["status"])]
    place = _row_place(*key)
    if row["evidence"] != "H":
        return _as_published(row, place)
    if not any(float(row[level]) for level in ("low", "mid", "high")):
        return _NONE
    return told(row, place, unit=str(row["unit"]))


def _row_place(*key: str) -> Place:
    return Place("syndicate_account", " / ".join(filter(None, key)), "mid")


def _as_published(row: Mapping[Any, Any], place: Place) -> str:
    """Write a figure that sources give, or that is worked out from theirs: exact."""
    low, mid, high = (float(row[level]) for level in ("low", "mid", "high"))
    unit = str(row["unit"])
    if unit == _YEARS:
        decimals = 2
        least, most = (
            plain(value, place._replace(column=f"{end} ({_YEARS})"), decimals=decimals)
            for value, end in ((low, "low"), (high, "high"))
        )
        return with_unit(least if least == most else f"{least} à {most}", "an")
    middle, least, most = (
        plain(value, place._replace(column=level), decimals=None)
        for value, level in ((mid, "mid"), (low, "low"), (high, "high"))
    )
    text = with_unit(middle, unit)
    return text if low == high else f"{text} ({least} à {most})"


def account_answer(account: Released) -> str:
    """Answer :data:`ACCOUNT_QUESTION` in one sentence, the same wherever it is asked.

    The balance with its interval; where there is none, what would fill it.
    """
    row = account_rows(account)[_BALANCE]
    if row["status"] == _UNKNOWN:
        return typographic(f"Bilan du syndicat : {MISSING} ({row['left_out']}).")
    if row["status"] != "chiffre":
        return typographic("Bilan du syndicat : secret statistique.")
    low, high = float(row["low"]), float(row["high"])
    sign = "gain" if low > 0 else "loss" if high < 0 else "unsure"
    bounds = (low, high)
    value = float(row["mid"])
    if sign == "loss":  # the word says the sign
        value, bounds = -value, (-high, -low)
    text = written(
        value,
        _row_place(*_BALANCE)._replace(column=f"mid, {sign}"),
        bounds=bounds,
        evidence=str(row["evidence"]),
        unit=str(row["unit"]),
        decimals=0,
    )
    return typographic(f"Bilan potentiel du syndicat : {_SIGNS[sign]}, {text}.")


def lines_of(account: Released, named: Named, *parts: str) -> list[Line]:
    """List the totals of some parts of the account."""
    of = syndicate_lines()["part"]
    return [
        account_line(row, named)
        for key, row in account_rows(account).items()
        if of[key[0]] in parts and not any(key[1:])
    ]


def detail_of(account: Released, named: Named, line: str) -> list[Line]:
    """List a line plant by plant, category by category, or member by member."""
    return [
        account_line(row, named)
        for key, row in account_rows(account).items()
        if key[0] == line and any(key[1:])
    ]


class Clause(NamedTuple):
    """A clause to renegotiate, ready to print."""

    label: str
    stake: str  # what hangs on it
    # The line of the account that sizes it; None where it has no figure
    size: Line | None
    question: str  # What to ask, and who has the answer
    who: str


def account_clauses(account: Released, named: Named) -> list[Clause]:
    """List what the syndicate would renegotiate."""
    rows = account_rows(account)
    clauses = []
    for term in syndicate_terms().to_dict("records"):
        first = next((row for key, row in rows.items() if key[0] == term["line"]), None)
        size = None if first is None else account_line(first, named)
        if size is not None and (size.is_unknown or not size.levels[1]):
            size = None
        words = (str(term[name]) for name in ("label", "stake", "question", "who"))
        label, stake, question, who = words
        clauses.append(Clause(label, stake, size, question, who))
    return clauses


def space_sentences(account: Released) -> list[str]:
    """Say where the landfills stand, and what a thousand tonnes less would be worth."""
    rows = account_rows(account)
    outlets = [key[1] for key in rows if key[0] == "taken_t" and key[1]]
    sentences = []
    for outlet in outlets:
        text = {
            line: _as_published(rows[line, outlet, "", ""], _row_place(line, outlet))
            for line in (
                "taken_t",
                "ceiling_t",
                "over_threshold_t",
                "premium_paid",
                "tax_1000t",
            )
        }
        years = _years(
            rows["years_1000t", outlet, "", ""], _row_place("years_1000t", outlet)
        )
        buried = f"Enfoui en une année{NBSP}: {text['taken_t']}"
        sentences += [
            f"{buried} ; plafond{NBSP}: {text['ceiling_t']}, à confirmer.",
            _threshold(text),
            f"1 000 t de moins par an{NBSP}: {text['tax_1000t']} de TGAP{years}.",
        ]
    return sentences


def _threshold(text: Mapping[str, str]) -> str:
    above, paid = text["over_threshold_t"], text["premium_paid"]
    return f"Au-dessus du seuil de TGAP{NBSP}: {above}, soit {paid} de majoration."


def _years(row: Mapping[Any, Any], place: Place) -> str:
    if row["status"] != "chiffre":
        return " ; en années : fin de l'autorisation à demander"
    return f", {_as_published(row, place)} de vie gagnée d'ici la fin de l'autorisation"
