"""Files of the form that are text: flat ones (CSV), and JSON.

Flat: one line a resource, separators and encodings of Excel. JSON: strict, shallow,
finite.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Never

from eitgeo.check import hint
from eitgeo.errors import SchemaError
from eitgeo.reference.survey import FORM_FORMAT, survey_fields
from eitgeo.sources.files.csv import csv_lines
from eitgeo.sources.survey.raw import (
    HEAD_FIELDS,
    MAX_RESOURCES,
    MAX_ROWS,
    MAX_UNKNOWN,
    RawForm,
    RawPart,
    RefusedFileError,
    ReportLine,
    file_line,
    firm_fields,
    json_text,
    plain_text,
    resource_fields,
    sorted_parts,
)

NEEDED_COLUMNS = (*HEAD_FIELDS[:2], "siret", "raison_sociale", "consent_traitement")
_SEPARATORS = ";,\t"
_DOS_OR_MAC = re.compile("[a-z][‚ˆ‡Ž]|[‚ˆ‡][a-z]")
"""What é, ê, ç of these encodings look like in Windows-1252: no French text has it."""
_SHIELDED = re.compile(r"'[=+\-@\t\r]")

_TOP = ("format", "etude", "date", "reponses", "ressources")
_AGAIN = "l'enregistrer à nouveau depuis le formulaire"


def csv_forms(path: Path) -> list[RawForm]:
    """Read a flat CSV file, one form a line."""
    text, remarks = _decoded(path)
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        # Columns in excess have a refusal of their own.
        lines = csv_lines(reader, where="CSV illisible", widest=math.inf)
    except SchemaError as error:
        met, _, remedy = str(error).partition(" → ")
        raise RefusedFileError(met, remedy) from error
    rows = [(f"ligne {number}", cells) for number, cells in lines if any(cells)]
    return flat_forms(rows, path.name, remarks)


def _decoded(path: Path) -> tuple[str, list[ReportLine]]:
    content = path.read_bytes()
    if b"\0" in content:
        remedy = "enregistrer en « CSV UTF-8 (délimité par des virgules) »"
        raise RefusedFileError(
            "texte en UTF-16, ou fichier qui n'est pas un CSV", remedy
        )
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        remedy = "enregistrer en « CSV UTF-8 »"
        raise RefusedFileError("encodage illisible", remedy) from error
    remark = "lu en Windows-1252, non en UTF-8"
    if _DOS_OR_MAC.search(text):
        remedy = (
            "enregistrer en « CSV UTF-8 », non en « CSV (MS-DOS) » ni « (Macintosh) »"
        )
        raise RefusedFileError("accents illisibles : encodage MS-DOS ou Mac", remedy)
    line = file_line(path.name, remark, "vérifier les accents", level="averti")
    return text, [line]


def flat_forms(
    rows: Sequence[tuple[str, Sequence[str]]], file: str, remarks: Iterable[ReportLine]
) -> list[RawForm]:
    """Turn rows of cells into forms."""
    names = [plain_text(name).casefold() for name in rows[0][1]] if rows else []
    _require_columns(names)
    if not 1 < len(rows) <= MAX_ROWS + 1:
        met = f"{max(len(rows) - 1, 0)} lignes sous l'en-tête"
        raise RefusedFileError(met, f"de 1 à {MAX_ROWS} lignes par fichier")
    told = [*remarks, *_unknown_columns(names, file)]
    forms = []
    for place, cells in rows[1:]:
        extra = any(cell.strip() for cell in cells[len(names) :])
        texts = dict(zip(names, map(_unshielded, cells), strict=False))
        known = {name: text for name, text in texts.items() if name in _known()}
        firm, resource = sorted_parts(known, place)
        if extra:
            told.append(_too_many(file, place))
        resources = () if resource is None else (resource,)
        forms.append(RawForm(file, firm, resources, tuple(told)))
        told = []
    return forms


def _unshielded(cell: str) -> str:
    """Take away the apostrophe that kept a spreadsheet from running the text."""
    return plain_text(cell[1:] if _SHIELDED.match(cell) else cell)


@cache
def _known() -> tuple[str, ...]:
    return (*HEAD_FIELDS, *survey_fields().index)


def _require_columns(names: list[str]) -> None:
    if len(names) > len(_known()) + MAX_UNKNOWN:
        met = f"{len(names)} colonnes"
        raise RefusedFileError(met, f"le formulaire en a {len(_known())}")
    missing = [name for name in NEEDED_COLUMNS if name not in names]
    if missing:
        met = f"colonne(s) absente(s) : {', '.join(missing)}"
        remedy = "garder la première ligne du formulaire telle quelle"
        raise RefusedFileError(met, remedy)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        known = [name for name in twice if name in _known()]
        met = f"colonne(s) répétée(s) : {', '.join(known) or 'hors du formulaire'}"
        raise RefusedFileError(met, "n'en garder qu'une")


def _unknown_columns(names: list[str], file: str) -> list[ReportLine]:
    known = _known()
    return [
        ReportLine(
            "averti",
            file,
            "ligne 1",
            "",
            "colonne inconnue, laissée de côté",
            hint(name[:40], known),
            name[:40],
        )
        for name in names
        if name and name not in known
    ]


def _too_many(file: str, place: str) -> ReportLine:
    met = "cellules au-delà de la dernière colonne, laissées de côté"
    remedy = "vérifier les séparateurs et les guillemets"
    return ReportLine("averti", file, place, "", met, remedy)


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
    values = dict(pairs)
    if len(values) < len(pairs):
        raise RefusedFileError("clé JSON répétée", _AGAIN)
    return values


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
    remarks = _unknown_keys(item, _TOP, file, row) + _unknown_keys(
        answers, firm, file, row
    )
    asked = resource_fields()
    for rank, resource in enumerate(listed, start=1):
        place = f"{row}, ressource {rank}" if row != "fiche" else f"ressource {rank}"
        if not isinstance(resource, dict):
            raise RefusedFileError(f"{place} : mal formée", _AGAIN)
        parts.append(_part(resource, place, asked))
        remarks += _unknown_keys(resource, asked, file, place)
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


def _unknown_keys(
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
