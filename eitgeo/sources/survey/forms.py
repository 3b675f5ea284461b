"""One form of the sign-up: the rows kept, and why others are refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from eitgeo.reference.survey import FORM_FORMAT
from eitgeo.sources.survey.checks import (
    OUTSIDE,
    AnswerError,
    Places,
    checked,
    checked_date,
    form_fields,
)
from eitgeo.sources.survey.raw import (
    HEAD_FIELDS,
    RawForm,
    RawPart,
    ReportLine,
    firm_fields,
    resource_fields,
)

_OPTIONAL_IF_WRONG = ("naf", "contact_courriel", "contact_telephone")
"""Answers that are left out, with a warning, rather than lose the form."""

_CONTACT = "contact_"
_VALUE_CHARACTERS = 60


@dataclass(frozen=True)
class StudyFacts:
    """What the study knows of itself when forms come in.

    Attributes
    ----------
    name
        ``identity.name``: forms bear it.
    places
        Communes of the area and of its surroundings.
    sirets
        SIRET of the establishments at hand, and the communes where they stand; None:
        not known yet.
    received
        Day of the import (ISO), for a form without a date; empty: none given.
    last_day
        A form dated later is refused (ISO).
    """

    name: str
    places: Places
    sirets: Mapping[str, Collection[str]] | None
    received: str
    last_day: str


@dataclass
class CheckedForm:
    """A form once checked.

    Attributes
    ----------
    firm
        Answers of the firm; empty where the whole form is refused.
    resources
        Answers of each resource kept, with its place.
    lines
        The account.
    """

    firm: dict[str, Any]
    resources: list[tuple[str, dict[str, Any]]]
    lines: list[ReportLine]


class _Account:
    """Notes lines about the parts of one file."""

    def __init__(self, file: str, lines: tuple[ReportLine, ...]) -> None:
        self.file = file
        self.lines = list(lines)

    def refuse(
        self, part: RawPart, name: str, met: str, *, remedy: str, value: str = ""
    ) -> None:
        self._add("refusé", part, (name, met, remedy, value))

    def warn(
        self, part: RawPart, name: str, met: str, *, remedy: str, value: str = ""
    ) -> None:
        self._add("averti", part, (name, met, remedy, value))

    def _add(self, level: Any, part: RawPart, told: tuple[str, str, str, str]) -> None:
        name, met, remedy, value = told
        row = part.place(name)
        kept = value[:_VALUE_CHARACTERS]
        self.lines.append(ReportLine(level, self.file, row, name, met, remedy, kept))

    def refused(self, since: int) -> bool:
        return any(line.level == "refusé" for line in self.lines[since:])


def check_form(form: RawForm, facts: StudyFacts) -> CheckedForm:
    """Check a form, answer by answer."""
    account = _Account(form.file, form.remarks)
    if account.refused(0):
        return CheckedForm({}, [], account.lines)
    start = len(account.lines)
    firm = _firm(form.firm, account, facts)
    account.lines[start:] = _unquoted(account.lines[start:], firm)
    if account.refused(start):
        _refuse_all(form, account)
        return CheckedForm({}, [], account.lines)
    kept = []
    for part in form.resources:
        mark = len(account.lines)
        values = _resource(part, account, facts)
        if not account.refused(mark):
            kept.append((part.row, values))
    if form.resources and not kept:
        return CheckedForm({}, [], account.lines)
    return CheckedForm(firm, kept, account.lines)


def _unquoted(lines: list[ReportLine], firm: dict[str, Any]) -> list[ReportLine]:
    """Quote nothing that the firm did not agree to have recorded, even refused."""
    if not firm.get("consent_traitement"):
        return [replace(line, value="") for line in lines]
    if firm.get("consent_recontact"):
        return lines
    return [
        replace(line, value="") if line.field.startswith(_CONTACT) else line
        for line in lines
    ]


def _refuse_all(form: RawForm, account: _Account) -> None:
    """Say of each resource that it goes with its form."""
    for part in form.resources:
        if part.row != form.firm.row:
            met = "la fiche de l'établissement est refusée"
            account.refuse(part, "", met, remedy="la corriger, puis importer à nouveau")


def _firm(part: RawPart, account: _Account, facts: StudyFacts) -> dict[str, Any]:
    names = firm_fields()[len(HEAD_FIELDS) :]
    values = _values(part, names, account, facts.places)
    if not values.get("consent_traitement"):
        met = "pas d'accord pour enregistrer la fiche"
        remedy = (
            "la faire compléter par l'entreprise ; si elle retire son accord : "
            "« eitgeo survey purge --siret »"
        )
        account.refuse(part, "consent_traitement", met, remedy=remedy)
    values["date"] = _head(part, account, facts)
    _require_filled(part, ("siret", "raison_sociale"), account)
    _follow_consents(part, values, account)
    _locate(part, values, account, facts)
    return values


def _values(
    part: RawPart, names: Iterable[str], account: _Account, places: Places
) -> dict[str, Any]:
    """Check each answer given; note those that cannot be kept."""
    for name, met, remedy in part.faults:
        account.refuse(part, name, met, remedy=remedy)
    values: dict[str, Any] = {}
    for name in names:
        text = part.values.get(name, "")
        if not text:
            continue
        try:
            values[name] = checked(name, text, places)
        except AnswerError as error:
            note = account.warn if name in _OPTIONAL_IF_WRONG else account.refuse
            remedy = error.remedy
            if name in _OPTIONAL_IF_WRONG:
                remedy = f"laissé de côté ; {remedy}"
            note(part, name, error.met, remedy=remedy, value=text)
    return values


def _head(part: RawPart, account: _Account, facts: StudyFacts) -> str:
    """Check format, study and date; return the date."""
    told, study, text = (part.values.get(name, "") for name in HEAD_FIELDS)
    if told != FORM_FORMAT:
        met = f"pas au format « {FORM_FORMAT} »"
        account.refuse(part, "format", met, remedy="repartir du formulaire", value=told)
    if study != facts.name:
        met = f"fiche d'une autre étude que « {facts.name} »"
        remedy = "l'accord donné ne vaut que pour son étude : refaire la fiche"
        account.refuse(part, "etude", met, remedy=remedy, value=study)
    if not text and not facts.received:
        remedy = "donner le jour de réception : --date AAAA-MM-JJ"
        account.refuse(part, "date", "date absente", remedy=remedy)
        return ""
    try:
        date = checked_date(text or facts.received)
    except AnswerError as error:
        account.refuse(part, "date", error.met, remedy=error.remedy, value=text)
        return ""
    if date > facts.last_day:
        met = "date à venir : la durée de conservation en dépend"
        account.refuse(
            part,
            "date",
            met,
            remedy=f"au plus tard {facts.last_day}, ou donner le jour de réception : "
            "--date AAAA-MM-JJ",
            value=text,
        )
    return date


def _require_filled(part: RawPart, names: Collection[str], account: _Account) -> None:
    for name in names:
        if not part.values.get(name):
            account.refuse(part, name, "réponse absente", remedy="à remplir")


def _follow_consents(part: RawPart, values: dict[str, Any], account: _Account) -> None:
    """Drop contacts that no consent covers."""
    contacts = [name for name in part.values if name.startswith(_CONTACT)]
    if not values.get("consent_recontact"):
        for name in contacts:
            values.pop(name, None)
        if contacts:
            met = "coordonnées sans accord de recontact : non gardées"
            account.warn(part, "consent_recontact", met, remedy="rien à faire")
    elif not {"contact_courriel", "contact_telephone"} & values.keys():
        met = "accord de recontact sans courriel ni téléphone"
        account.warn(part, "contact_courriel", met, remedy="demander l'un des deux")


def _locate(
    part: RawPart, values: dict[str, Any], account: _Account, facts: StudyFacts
) -> None:
    """Warn of a firm that no register knows, or that is away from the study area."""
    siret, code = values.get("siret"), values.get("commune", "")
    if code and code != OUTSIDE and code not in part.values["commune"]:
        met = "ancienne commune : lue sous le code de l'actuelle"
        account.warn(part, "commune", met, remedy="rien à faire", value=code)
    known = facts.sirets is None or siret is None or siret in facts.sirets
    registered = (facts.sirets or {}).get(siret or "", ())
    if registered and code and code not in registered:
        met = "autre commune que celle du SIRET dans les registres"
        remedy = "vérifier le SIRET ; les flux comptent à la commune des registres"
        account.warn(part, "commune", met, remedy=remedy, value=code)
    if not known:
        met = "SIRET absent du fichier SIRENE de l'étude"
        remedy = "vérifier le numéro ; les flux comptent à la commune déclarée"
        account.warn(part, "siret", met, remedy=remedy, value=siret or "")
    if code == OUTSIDE or (code and code not in facts.places.communes):
        met = "hors du territoire d'étude : aucun chiffre du territoire n'en dépend"
        account.warn(part, "commune", met, remedy="rien à faire", value=code)
    elif not code and not known:
        met = "commune absente : les flux déclarés ne peuvent être situés"
        account.warn(part, "commune", met, remedy="la demander à l'entreprise")


def _resource(part: RawPart, account: _Account, facts: StudyFacts) -> dict[str, Any]:
    asked = resource_fields()
    values = _values(part, asked, account, facts.places)
    for name in asked:
        rule = str(form_fields()[name]["compulsory"])
        if not part.values.get(name) and _is_asked(rule, values):
            account.refuse(part, name, "réponse absente", remedy="à remplir")
    if values.get("quantite") == 0:
        met, remedy = "quantité nulle", "un nombre supérieur à zéro"
        account.refuse(part, "quantite", met, remedy=remedy)
    return values


def _is_asked(rule: str, values: dict[str, Any]) -> bool:
    """Say whether a field must be filled, given the others."""
    condition = re.fullmatch(r"si:(\w+)(?:=(\w+))?", rule)
    if condition is None:
        return rule == "oui"
    answer = values.get(condition[1])
    return bool(answer) if condition[2] is None else answer == condition[2]


def declared_row(firm: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    """Lay a firm and one resource out as a row of table ``declarations``."""
    row: dict[str, Any] = {
        "resource_id": resource.get("resource_id", ""),
        "declared_on": resource.get("declared_on", ""),
        "form_date": firm["date"],
    }
    empty = {"number": float("nan"), "boolean": False}
    for name, field in form_fields().items():
        row[name] = (firm | resource).get(name, empty.get(field["type"], ""))
    return row


def empty_declarations() -> pd.DataFrame:
    """Return table ``declarations`` without a row."""
    row = declared_row({"date": ""}, {})
    return pd.DataFrame([row]).iloc[:0]
