"""Answers of the form, one by one: the value kept, or what is wrong with it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from eitgeo.check import commune_code_fault
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import naf_subclasses
from eitgeo.reference.siret import siret_fault
from eitgeo.reference.survey import LIST_SEPARATOR, choice_code, survey_fields

OUTSIDE = "hors"
"""Commune of a firm that is not in the list of the form."""

_YES, _NO = ("oui", "true", "vrai"), ("non", "false", "faux", "")
_NUMBER = re.compile(r"[+-]?\d[\d ]*(?:[.,]\d+)?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_TAG = re.compile(r"<\s*[/!?A-Za-z]|&#|\bjavascript:", re.IGNORECASE)
_COMMAND = re.compile(r"[=@]|[+\-].*[(|!]")
_ROUNDED = re.compile(r"\d(?:,\d+)?E\+?\d+", re.IGNORECASE)
_LABELLED = re.compile(r".*\(([0-9AB]{5}|hors)\)")
_PADDED = ("mois", "effectif")
_MAX_NUMBER = 1e9
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_LOW_CHAPTERS = range(1, 21)


class AnswerError(SchemaError):
    """An answer that cannot be kept: what was met, what to do."""

    def __init__(self, met: str, remedy: str) -> None:
        super().__init__(f"{met} → {remedy}")
        self.met, self.remedy = met, remedy


@dataclass(frozen=True)
class Places:
    """What the study knows, against which answers are held.

    Attributes
    ----------
    communes
        INSEE codes of the study area.
    around
        Codes of its surroundings.
    former
        Code of a commune that is no more → of the present one.
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


def checked(name: str, text: str, places: Places) -> Any:
    """Return the value of an answer."""
    field = form_fields()[name]
    kind = str(field["type"])
    if kind in {"choice", "multi"}:
        return _CHOICES[kind](str(field["choices"]), text)
    if kind == "commune":
        return _commune(text, places)
    if kind in _OTHERS:
        return _OTHERS[kind](text)
    return _free_text(text, int(field["max_length"]), str(field["pattern"]))


def checked_date(text: str) -> str:
    """Return a day as ``AAAA-MM-JJ``.

    Examples
    --------
    >>> checked_date("5/11/2026")
    '2026-11-05'
    """
    iso, french = _ISO.fullmatch(text), _FRENCH_DATE.fullmatch(text)
    remedy = "l'écrire AAAA-MM-JJ (2027-12-31) ou JJ/MM/AAAA (31/12/2027)"
    if iso is not None:
        parts = iso.groups()
    elif french is not None:
        parts = french.groups()[::-1]
    else:
        raise AnswerError("date mal formée", remedy)
    try:
        day = dt.date(*map(int, parts))
    except ValueError as error:
        raise AnswerError("date impossible", remedy) from error
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise AnswerError("année hors de portée", f"{_FIRST_YEAR} à {_LAST_YEAR}")
    return day.isoformat()


def _choice(name: str, text: str) -> str:
    padded = text.zfill(2) if name in _PADDED and text.isdigit() else text
    try:
        return choice_code(name, padded)
    except SchemaError as error:
        remedy = str(error).partition(" → ")[2]
        raise AnswerError("réponse hors de la liste", remedy) from error


def _multi(name: str, text: str) -> str:
    parts = [one.strip() for one in text.split(LIST_SEPARATOR) if one.strip()]
    return LIST_SEPARATOR.join(dict.fromkeys(_choice(name, one) for one in parts))


def _siret(text: str) -> str:
    digits = re.sub(r"[ .]", "", text)
    fault = siret_fault(digits)
    if fault is not None:
        # The number itself stays out of the message.
        if _ROUNDED.fullmatch(digits):
            remedy = "mettre la colonne au format texte, puis écrire les 14 chiffres"
            raise AnswerError("SIRET arrondi par un tableur", remedy)
        met = (
            "clé de contrôle du SIRET fausse"
            if "clé" in fault[0]
            else "SIRET mal formé"
        )
        raise AnswerError(met, fault[1])
    return digits


def _commune(text: str, places: Places) -> str:
    labelled = _LABELLED.fullmatch(text)
    written = labelled[1] if labelled else text
    code = places.former.get(written, written)
    if code == OUTSIDE or code.casefold() == "hors de la liste":
        return OUTSIDE
    fault = commune_code_fault(code)
    if fault is not None:
        padded = code.isdigit() and len(code) == 4  # noqa: PLR2004
        met = "code commune sans son zéro de tête" if padded else "commune inconnue"
        remedy = (
            f"écrire « 0{code} »" if padded else "code INSEE de la liste, ou « hors »"
        )
        raise AnswerError(met, remedy)
    if code not in places.communes and code not in places.around:
        remedy = "code INSEE de la liste, ou « hors » si elle n'y figure pas"
        raise AnswerError("commune inconnue de l'étude", remedy)
    return code


def _naf(text: str) -> str:
    letters = re.sub(r"[ .]", "", text).upper()
    code = f"{letters[:2]}.{letters[2:]}"
    if code not in naf_subclasses():
        remedy = "quatre chiffres et une lettre, par exemple 16.10A"
        raise AnswerError("code inconnu de la NAF rév. 2", remedy)
    return code


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        is_formula = text.startswith(("=", "@"))
        met = "formule au lieu d'un nombre" if is_formula else "pas un nombre"
        raise AnswerError(met, "un nombre, par exemple 3 ou 12,5")
    value = float(text.replace(" ", "").replace(",", "."))
    if value < 0:
        raise AnswerError("nombre négatif", "un nombre positif")
    if not math.isfinite(value) or value > _MAX_NUMBER:
        raise AnswerError("nombre hors de portée", "vérifier l'unité et la virgule")
    return value


def _low_code(text: str) -> str:
    digits = text.replace(" ", "")
    if not re.fullmatch(r"[0-9]{6}\*?", digits) or int(digits[:2]) not in _LOW_CHAPTERS:
        remedy = "six chiffres de la liste des déchets, par exemple 15 01 03"
        if re.fullmatch(r"[1-9][0-9]{4}\*?", digits):
            remedy = f"{remedy} ; un tableur ôte le zéro de tête : 02 01 04, non 20104"
        raise AnswerError("code déchet mal formé", remedy)
    return f"{digits[:2]} {digits[2:4]} {digits[4:]}"


def _yes_or_no(text: str) -> bool:
    word = text.casefold()
    if word not in (*_YES, *_NO):
        raise AnswerError("ni oui ni non", "« oui », ou laisser vide")
    return word in _YES


def _free_text(text: str, max_length: int, pattern: str) -> str:
    if len(text) > max_length:
        remedy = f"{max_length} caractères au plus"
        raise AnswerError("texte trop long", remedy)
    if _TAG.search(text):
        raise AnswerError("balises HTML", "écrire un texte simple")
    if _COMMAND.match(text) and not pattern:
        raise AnswerError("formule de tableur", "écrire un texte simple")
    if pattern and not re.fullmatch(pattern, text):
        raise AnswerError("forme inattendue", "voir l'exemple du formulaire")
    return text


_CHOICES: Mapping[str, Callable[[str, str], str]] = {"choice": _choice, "multi": _multi}
_OTHERS: Mapping[str, Callable[[str], Any]] = {
    "siret": _siret,
    "naf": _naf,
    "number": _number,
    "date": checked_date,
    "low_code": _low_code,
    "boolean": _yes_or_no,
}
