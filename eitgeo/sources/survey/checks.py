"""Answers of the form and of sheets, one by one: the value kept, or what is wrong.

What makes each kind right is declared (`answer_kinds.csv`); a function here adds what
no pattern says: a key, a list, a calendar.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from eitgeo.check import commune_code_fault
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import naf_subclasses
from eitgeo.reference.siret import siret_fault
from eitgeo.reference.survey import (
    LIST_SEPARATOR,
    answer_kinds,
    choice_code,
    survey_fields,
)

OUTSIDE = "hors"
"""Commune of a firm that is not in the list of the form."""

_YES, _NO = ("oui", "true", "vrai"), ("non", "false", "faux", "")
_DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}", re.ASCII)
_TAG = re.compile(r"<\s*[/!?A-Za-z]|&#|\bjavascript:", re.IGNORECASE)
_COMMAND = re.compile(r"[=@]|[+\-].*[(|!]")
_ROUNDED = re.compile(r"\d(?:,\d+)?E\+?\d+", re.IGNORECASE)
_LABELLED = re.compile(r".*\(([0-9AB]{5}|hors)\)")
_PADDED = ("mois", "effectif")
_MAX_NUMBER = 1e9
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_COMMUNE_DIGITS = 5


class AnswerError(SchemaError):
    """An answer that cannot be kept: what was met, what to do."""

    def __init__(self, met: str, remedy: str) -> None:
        super().__init__(f"{met} → {remedy}")
        self.met, self.remedy = met, remedy


@dataclass(frozen=True)
class Places:
    """What the study knows, against which answers are held.

    ``communes``, ``around``: INSEE codes of the study area, and of its surroundings.
    ``former``: code of a commune that is no more → of the present one.
    """

    communes: Collection[str]
    around: Collection[str] = ()
    former: Mapping[str, str] = field(default_factory=dict)


@cache
def form_fields() -> dict[str, dict[str, Any]]:
    """Return the fields of the form, read once."""
    table = survey_fields().to_dict("index")
    return {
        str(name): {str(column): value for column, value in about.items()}
        for name, about in table.items()
    }


@cache
def _kinds() -> dict[str, dict[str, str]]:
    rows = answer_kinds().to_dict("index")
    return {
        str(kind): {str(k): v for k, v in row.items()} for kind, row in rows.items()
    }


def checked(name: str, text: str, places: Places) -> Any:
    """Return the value of an answer of the form."""
    asked = form_fields()[name]
    kind, choices = str(asked["type"]), str(asked["choices"])
    if kind == "choice":
        return _choice(choices, text)
    if kind == "multi":
        parts = [one.strip() for one in text.split(LIST_SEPARATOR) if one.strip()]
        kept = dict.fromkeys(_choice(choices, one) for one in parts)
        return LIST_SEPARATOR.join(kept)
    if kind == "commune":
        return _commune(text, places)
    if kind == "date":
        return checked_date(text)
    if kind in {"text", "email", "phone"}:
        _require_plain(text, int(asked["max_length"]), is_free=kind == "text")
    return checked_kind(kind, text)


def checked_kind(kind: str, text: str) -> Any:
    """Return the value of an answer of a kind, as its pattern and its rule let it.

    Examples
    --------
    >>> checked_kind("naf", "1610a"), checked_kind("number", "12,5")
    ('16.10A', 12.5)
    """
    if kind == "boolean":
        word = text.casefold()
        if word not in (*_YES, *_NO):
            raise _refusal(kind)
        return word in _YES
    if kind == "date":
        return _day(text).isoformat()
    rule = _kinds()[kind]
    plain = text.translate(dict.fromkeys(map(ord, rule["removed"])))
    plain = plain.upper() if kind == "naf" else plain
    if not rule["pattern"]:
        return plain
    found = re.fullmatch(rule["pattern"], plain)
    if found is None:
        hint = _HINTS.get(kind)
        raise _refusal(kind) if hint is None else hint(plain)
    kept = rule["joined"].join(found.groups()) if found.groups() else plain
    return _RULES[kind](kept) if kind in _RULES else kept


def _refusal(kind: str) -> AnswerError:
    return AnswerError(_kinds()[kind]["fault"], _kinds()[kind]["remedy"])


def checked_date(text: str) -> str:
    """Return a day as ``AAAA-MM-JJ``.

    Examples
    --------
    >>> checked_date("5/11/2026")
    '2026-11-05'
    """
    day = _day(text)
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise AnswerError("année hors de portée", f"{_FIRST_YEAR} à {_LAST_YEAR}")
    return day.isoformat()


def _day(text: str) -> dt.date:
    if not _DAY.fullmatch(text):
        raise _refusal("date")
    try:
        form = _DAY_FORMS["/" in text]
        moment = dt.datetime.strptime(text, form)  # noqa: DTZ007 - a day, no hour
    except ValueError as error:
        raise AnswerError("date impossible", _kinds()["date"]["remedy"]) from error
    return moment.date()


def _choice(name: str, text: str) -> str:
    padded = text.zfill(2) if name in _PADDED and text.isdigit() else text
    try:
        return choice_code(name, padded)
    except SchemaError as error:
        remedy = str(error).partition(" → ")[2]
        raise AnswerError(_kinds()["choice"]["fault"], remedy) from error


def _commune(text: str, places: Places) -> str:
    labelled = _LABELLED.fullmatch(text)
    written = labelled[1] if labelled else text
    code = places.former.get(written, written)
    if code == OUTSIDE or code.casefold() == "hors de la liste":
        return OUTSIDE
    if commune_code_fault(code) is not None:
        if code.isdigit() and len(code) == _COMMUNE_DIGITS - 1:
            raise AnswerError(
                "code commune sans son zéro de tête", f"écrire « 0{code} »"
            )
        raise AnswerError("commune inconnue", "code INSEE de la liste, ou « hors »")
    if code not in places.communes and code not in places.around:
        remedy = "code INSEE de la liste, ou « hors » si elle n'y figure pas"
        raise AnswerError("commune inconnue de l'étude", remedy)
    return code


def _siret_hint(digits: str) -> AnswerError:
    # The number itself stays out of the message.
    if _ROUNDED.fullmatch(digits):
        remedy = "mettre la colonne au format texte, puis écrire les 14 chiffres"
        return AnswerError("SIRET arrondi par un tableur", remedy)
    return _refusal("siret")


def _siret(digits: str) -> str:
    if siret_fault(digits) is not None:
        remedy = _kinds()["siret"]["remedy"]
        raise AnswerError("clé de contrôle du SIRET fausse", remedy)
    return digits


def _naf(code: str) -> str:
    if code not in naf_subclasses():
        raise _refusal("naf")
    return code


def _number_hint(text: str) -> AnswerError:
    met = "formule au lieu d'un nombre" if text.startswith(("=", "@")) else ""
    return AnswerError(met or _kinds()["number"]["fault"], _kinds()["number"]["remedy"])


def _number(text: str) -> float:
    value = float(text.replace(",", "."))
    if value < 0:
        raise AnswerError("nombre négatif", "un nombre positif")
    if not math.isfinite(value) or value > _MAX_NUMBER:
        raise AnswerError("nombre hors de portée", "vérifier l'unité et la virgule")
    return value


def _low_code_hint(digits: str) -> AnswerError:
    fault, remedy = _kinds()["low_code"]["fault"], _kinds()["low_code"]["remedy"]
    if re.fullmatch(r"[1-9][0-9]{4}\*?", digits):
        remedy = f"{remedy} ; un tableur ôte le zéro de tête : 02 01 04, non 20104"
    return AnswerError(fault, remedy)


def _require_plain(text: str, max_length: int, *, is_free: bool) -> None:
    """Refuse a text that is too long, or that a page or a spreadsheet would run."""
    if len(text) > max_length:
        raise AnswerError("texte trop long", f"{max_length} caractères au plus")
    if _TAG.search(text):
        raise AnswerError("balises HTML", "écrire un texte simple")
    if is_free and _COMMAND.match(text):
        raise AnswerError("formule de tableur", "écrire un texte simple")


_HINTS: Final[Mapping[str, Callable[[str], AnswerError]]] = {
    "siret": _siret_hint,
    "number": _number_hint,
    "low_code": _low_code_hint,
}
"""What is wrong where the pattern of a kind does not hold, if not always the same."""
_RULES: Final[Mapping[str, Callable[[str], Any]]] = {
    "siret": _siret,
    "naf": _naf,
    "number": _number,
}
