"""Files of the form in JSON: strict, shallow, finite."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Never

from eitgeo.check import hint
from eitgeo.reference.survey import FORM_FORMAT
from eitgeo.sources.survey.raw import (
    MAX_RESOURCES,
    MAX_ROWS,
    MAX_UNKNOWN,
    RawForm,
    RawPart,
    RefusedFileError,
    ReportLine,
    firm_fields,
    json_text,
    resource_fields,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_TOP = ("format", "etude", "date", "reponses", "ressources")
_AGAIN = "l'enregistrer à nouveau depuis le formulaire"


def json_forms(path: Path) -> list[RawForm]:
    """Read the forms of a JSON file."""
    content = _load(path)
    items = content if isinstance(content, list) else [content]
    if not items or len(items) > MAX_ROWS:
        met = f"{len(items)} fiches dans un fichier"
        raise RefusedFileError(met, f"de 1 à {MAX_ROWS} fiches par fichier")
    if len(items) == 1:
        return [_form(items[0], path.name, "fiche")]
    return [
        _form_or_refusal(item, path.name, f"fiche {rank}")
        for rank, item in enumerate(items, start=1)
    ]


def _form_or_refusal(item: Any, file: str, row: str) -> RawForm:
    try:
        return _form(item, file, row)
    except RefusedFileError as error:
        met = error.met.removeprefix(f"{row} : ")
        line = ReportLine("refusé", file, row, "", met, error.remedy)
        return RawForm(file, RawPart(row, {}), (), (line,))


def _load(path: Path) -> Any:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedFileError("texte qui n'est pas en UTF-8", _AGAIN) from error
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RefusedFileError:
        raise
    except RecursionError as error:
        raise RefusedFileError("JSON imbriqué trop profondément", _AGAIN) from error
    except ValueError as error:
        line = getattr(error, "lineno", None)
        place = "" if line is None else f" (ligne {line})"
        raise RefusedFileError(f"JSON illisible{place}", _AGAIN) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RefusedFileError("clé JSON répétée", _AGAIN)
    return found


def _no_constant(name: str) -> Never:
    raise RefusedFileError(f"« {name} » n'est pas un nombre", _AGAIN)


def _form(item: Any, file: str, row: str) -> RawForm:
    if not isinstance(item, dict):
        raise RefusedFileError(f"{row} : pas une fiche", _AGAIN)
    if item.get("format") != FORM_FORMAT:
        met = f"{row} : pas au format « {FORM_FORMAT} »"
        raise RefusedFileError(met, _AGAIN)
    answers, listed = item.get("reponses", {}), item.get("ressources", [])
    if not isinstance(answers, dict) or not isinstance(listed, list):
        raise RefusedFileError(f"{row} : réponses ou ressources mal formées", _AGAIN)
    if len(listed) > MAX_RESOURCES:
        met = f"{row} : {len(listed)} ressources"
        raise RefusedFileError(met, f"{MAX_RESOURCES} ressources au plus par fiche")
    head = {name: item[name] for name in _TOP[:3] if name in item}
    firm = firm_fields()
    parts = [_part(head | answers, row, firm)]
    remarks = _unknown(item, _TOP, file, row) + _unknown(answers, firm, file, row)
    asked = resource_fields()
    for rank, resource in enumerate(listed, start=1):
        place = f"{row}, ressource {rank}" if row != "fiche" else f"ressource {rank}"
        if not isinstance(resource, dict):
            raise RefusedFileError(f"{place} : mal formée", _AGAIN)
        parts.append(_part(resource, place, asked))
        remarks += _unknown(resource, asked, file, place)
    return RawForm(file, parts[0], tuple(parts[1:]), tuple(remarks))


def _part(answers: dict[str, Any], row: str, known: Collection[str]) -> RawPart:
    values, faults = {}, []
    for name in (name for name in known if name in answers):
        text = json_text(answers[name])
        if text is None:
            met = "ni texte, ni nombre, ni oui/non, ni liste de textes"
            faults.append((name, met, _AGAIN))
        elif text:
            values[name] = text
    return RawPart(row, values, faults=tuple(faults))


def _unknown(
    answers: dict[str, Any], known: Collection[str], file: str, row: str
) -> list[ReportLine]:
    unknown = [name for name in answers if name not in known]
    if len(unknown) > MAX_UNKNOWN:
        raise RefusedFileError(f"{row} : {len(unknown)} clés inconnues", _AGAIN)
    return [
        ReportLine(
            "averti",
            file,
            row,
            "",
            "clé inconnue, laissée de côté",
            hint(name[:40], known),
            name[:40],
        )
        for name in unknown
    ]
