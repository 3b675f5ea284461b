"""One form of the sign-up: the rows kept, and why others are refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

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
    Level,
    RawForm,
    RawPart,
    ReportLine,
    firm_fields,
    resource_fields,
)

_OPTIONAL_IF_WRONG = ("naf", "contact_courriel", "contact_telephone")
"""Answers that are left out, with a warning, rather than lose the form."""

_CONTACT = "contact_"
_EITHER = frozenset({"contact_courriel", "contact_telephone"})
_WITHIN_CONSENT = ("consent_traitement", *_EITHER)
"""Fields whose absence is told otherwise."""
_VALUE_CHARACTERS = 60


@dataclass(frozen=True)
class StudyFacts:
    """What the study knows of itself when forms come in.

    ``name``: ``identity.name``, which forms bear. ``places``: communes of the area and
    of its surroundings. ``sirets``: SIRET of the establishments at hand, and the
    communes where they stand; None: not known yet. ``received``: day of the import
    (ISO), for a form without a date; may be empty. ``last_day``: a form dated later is
    refused (ISO).
    """

    name: str
    places: Places
    sirets: Mapping[str, Collection[str]] | None
    received: str
    last_day: str


class CheckedForm(NamedTuple):
    """A form once checked.

    ``firm``: answers of the firm; empty where the whole form is refused. ``resources``:
    answers of each resource kept, with its place. ``lines``: the account.
    """

    firm: dict[str, Any]
    resources: list[tuple[str, dict[str, Any]]]
    lines: list[ReportLine]


class _Part:
    """Checks a firm or a resource, answer by answer, and notes what is met."""

    def __init__(self, file: str, part: RawPart) -> None:
        self.file, self.part = file, part
        self.values: dict[str, Any] = {}
        self.lines: list[ReportLine] = []
        for name, met, remedy in part.faults:
            self.refuse(name, met, remedy)

    def refuse(self, name: str, met: str, remedy: str, value: str = "") -> None:
        self._note("refusé", name, met, remedy, value)

    def warn(self, name: str, met: str, remedy: str, value: str = "") -> None:
        self._note("averti", name, met, remedy, value)

    def _note(self, level: Level, name: str, *texts: str) -> None:
        met, remedy, value = texts
        place = self.part.place(name)
        kept = value[:_VALUE_CHARACTERS]
        self.lines.append(ReportLine(level, self.file, place, name, met, remedy, kept))

    @property
    def is_refused(self) -> bool:
        return any(line.level == "refusé" for line in self.lines)

    def check(self, names: Iterable[str], places: Places) -> None:
        """Keep each answer given that is right; note others, and those that lack."""
        for name in names:
            text = self.part.values.get(name, "")
            if not text:
                continue
            try:
                self.values[name] = checked(name, text, places)
            except AnswerError as error:
                if name in _OPTIONAL_IF_WRONG:
                    remedy = f"laissé de côté ; {error.remedy}"
                    self.warn(name, error.met, remedy, text)
                else:
                    self.refuse(name, error.met, error.remedy, text)
        for name in names:
            rule = str(form_fields()[name]["compulsory"])
            is_told = self.part.values.get(name) or name in _WITHIN_CONSENT
            if not is_told and _is_asked(rule, self.values):
                self.refuse(name, "réponse absente", "à remplir")


def check_form(form: RawForm, facts: StudyFacts) -> CheckedForm:
    """Check a form, answer by answer."""
    lines = list(form.remarks)
    if any(line.level == "refusé" for line in lines):
        return CheckedForm({}, [], lines)
    firm = _Part(form.file, form.firm)
    firm.check(firm_fields()[len(HEAD_FIELDS) :], facts.places)
    if not firm.values.get("consent_traitement"):
        remedy = (
            "la faire compléter par l'entreprise ; si elle retire son accord : "
            "« eitgeo survey purge --siret »"
        )
        met = "pas d'accord pour enregistrer la fiche"
        firm.refuse("consent_traitement", met, remedy)
    firm.values["date"] = _head(firm, facts)
    _follow_consents(firm)
    _locate(firm, facts)
    lines += _unquoted(firm)
    if firm.is_refused:
        # Each resource goes with its form.
        for part in form.resources:
            if part.row != form.firm.row:
                alone = _Part(form.file, part)
                met = "la fiche de l'établissement est refusée"
                alone.lines.clear()
                alone.refuse("", met, "la corriger, puis importer à nouveau")
                lines += alone.lines
        return CheckedForm({}, [], lines)
    kept = []
    for raw in form.resources:
        resource = _Part(form.file, raw)
        resource.check(resource_fields(), facts.places)
        if resource.values.get("quantite") == 0:
            remedy = "un nombre supérieur à zéro"
            resource.refuse("quantite", "quantité nulle", remedy)
        lines += resource.lines
        if not resource.is_refused:
            kept.append((raw.row, resource.values))
    is_lost = bool(form.resources) and not kept
    return CheckedForm({} if is_lost else firm.values, kept, lines)


def _unquoted(firm: _Part) -> list[ReportLine]:
    """Quote nothing that the firm did not agree to have recorded, even refused."""
    agrees = firm.values.get("consent_traitement")
    hidden = _CONTACT if agrees else ""
    if agrees and firm.values.get("consent_recontact"):
        return firm.lines
    return [
        replace(line, value="") if line.field.startswith(hidden) else line
        for line in firm.lines
    ]


def _head(firm: _Part, facts: StudyFacts) -> str:
    """Check format, study and date; return the date."""
    told, study, text = (firm.part.values.get(name, "") for name in HEAD_FIELDS)
    if told != FORM_FORMAT:
        met = f"pas au format « {FORM_FORMAT} »"
        firm.refuse("format", met, "repartir du formulaire", told)
    if study != facts.name:
        met = f"fiche d'une autre étude que « {facts.name} »"
        remedy = "l'accord donné ne vaut que pour son étude : refaire la fiche"
        firm.refuse("etude", met, remedy, study)
    if not text and not facts.received:
        remedy = "donner le jour de réception : --date AAAA-MM-JJ"
        firm.refuse("date", "date absente", remedy)
        return ""
    try:
        date = checked_date(text or facts.received)
    except AnswerError as error:
        firm.refuse("date", error.met, error.remedy, text)
        return ""
    if date > facts.last_day:
        met = "date à venir : la durée de conservation en dépend"
        remedy = f"au plus tard {facts.last_day}, ou donner le jour de réception"
        firm.refuse("date", met, f"{remedy} : --date AAAA-MM-JJ", text)
    return date


def _follow_consents(firm: _Part) -> None:
    """Drop contacts that no consent covers."""
    contacts = [name for name in firm.part.values if name.startswith(_CONTACT)]
    if not firm.values.get("consent_recontact"):
        for name in contacts:
            firm.values.pop(name, None)
        if contacts:
            met = "coordonnées sans accord de recontact : non gardées"
            firm.warn("consent_recontact", met, "rien à faire")
    elif not _EITHER & firm.values.keys():
        met = "accord de recontact sans courriel ni téléphone"
        firm.warn("contact_courriel", met, "demander l'un des deux")


def _locate(firm: _Part, facts: StudyFacts) -> None:
    """Warn of a firm that no register knows, or that is away from the study area."""
    siret, code = firm.values.get("siret"), firm.values.get("commune", "")
    if code and code != OUTSIDE and code not in firm.part.values["commune"]:
        met = "ancienne commune : lue sous le code de l'actuelle"
        firm.warn("commune", met, "rien à faire", code)
    known = facts.sirets is None or siret is None or siret in facts.sirets
    registered = (facts.sirets or {}).get(siret or "", ())
    if registered and code and code not in registered:
        met = "autre commune que celle du SIRET dans les registres"
        remedy = "vérifier le SIRET ; les flux comptent à la commune des registres"
        firm.warn("commune", met, remedy, code)
    if not known:
        met = "SIRET absent du fichier SIRENE de l'étude"
        remedy = "vérifier le numéro ; les flux comptent à la commune déclarée"
        firm.warn("siret", met, remedy, siret or "")
    if code == OUTSIDE or (code and code not in facts.places.communes):
        met = "hors du territoire d'étude : aucun chiffre du territoire n'en dépend"
        firm.warn("commune", met, "rien à faire", code)
    elif not code and not known:
        met = "commune absente : les flux déclarés ne peuvent être situés"
        firm.warn("commune", met, "la demander à l'entreprise")


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
