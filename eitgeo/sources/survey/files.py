"""Files of the form, as firms send them: JSON and CSV of the page, workbooks.

Nothing is trusted: sizes are bounded, formulas are their own text, and a file that is
no form is refused whole.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Never

import openpyxl

from eitgeo.check import hint
from eitgeo.errors import SchemaError
from eitgeo.reference.survey import FORM_FORMAT
from eitgeo.sources.files.csv import csv_lines
from eitgeo.sources.survey.raw import (
    HEAD_FIELDS,
    MAX_FILE_BYTES,
    MAX_RESOURCES,
    MAX_ROWS,
    MAX_UNKNOWN,
    RawForm,
    RawPart,
    RefusedFileError,
    ReportLine,
    firm_fields,
    json_text,
    plain_text,
    resource_fields,
)
from eitgeo.words import french_number

FIRM: Final = "Établissement"
RESOURCES: Final = "Ressources"
CONSENTS: Final = "Consentements"
MAX_UNZIPPED_BYTES = 20_000_000
MAX_COLUMNS = 60
MAX_QUESTIONS = 200
_FIRST_RESOURCE = 3
_ANSWER = 2
_MOST_WHOLE = 1e15
_TOP = (*HEAD_FIELDS, "reponses", "ressources")
_AGAIN = "l'enregistrer à nouveau depuis le formulaire"
_FROM_THE_FORM = "repartir du classeur d'inscription"
_UTF8 = "enregistrer en « CSV UTF-8 », ou renvoyer le fichier JSON"
_SHIELDED = re.compile(r"'[=+\-@\t\r]")
_MACROS = re.compile(r"vbaproject|xl/macrosheets/|/activex/", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z0-9:$]{1,30})")

type Row = tuple[int, list[str]]


def read_forms(path: Path) -> list[RawForm]:
    """Read the forms of a file, whatever its format."""
    reader = _READERS.get(path.suffix.casefold())
    if reader is None:
        known = ", ".join(_READERS)
        raise RefusedFileError("format de fichier inconnu", f"formats lus : {known}")
    require_small(path)
    try:
        return reader(path)
    except RefusedFileError:
        raise
    except OSError as error:
        remedy = "le fermer dans les autres logiciels, vérifier vos droits"
        raise RefusedFileError("fichier illisible", remedy) from error


def require_small(path: Path) -> None:
    """Refuse a file that is absent, empty or larger than any form."""
    if not path.is_file():
        raise RefusedFileError("fichier absent", "vérifier son nom")
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        raise RefusedFileError("fichier vide (0 octet)", "le demander à nouveau")
    if size_bytes > MAX_FILE_BYTES:
        met = f"fichier de {french_number(size_bytes / 1e6, decimals=1)} Mo"
        limit = f"limite de {MAX_FILE_BYTES / 1e6:.0f} Mo"
        remedy = f"{limit} : une fiche en fait mille fois moins"
        raise RefusedFileError(met, remedy)


def _form(
    file: str,
    row: str,
    firm: Mapping[str, Any],
    resources: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    rows: Mapping[str, str] | None = None,
) -> RawForm:
    """Put a form together; `rows` says where some fields of the firm stand."""
    if len(resources) > MAX_RESOURCES:
        met = f"{row} : {len(resources)} ressources"
        raise RefusedFileError(met, f"{MAX_RESOURCES} ressources au plus par fiche")
    parts, remarks = [], _unknown(firm, firm_fields(), file, row)
    parts.append(_part(firm, row, firm_fields(), dict(rows or {})))
    for place, answers in resources:
        parts.append(_part(answers, place, resource_fields(), {}))
        remarks += _unknown(answers, resource_fields(), file, place)
    return RawForm(file, parts[0], tuple(parts[1:]), tuple(remarks))


def _part(
    answers: Mapping[str, Any], row: str, known: Collection[str], rows: dict[str, str]
) -> RawPart:
    values, faults = {}, []
    for name in (name for name in known if name in answers):
        text = json_text(answers[name])
        if text is None:
            met = "ni texte, ni nombre, ni oui/non, ni liste de textes"
            faults.append((name, met, _AGAIN))
        elif text:
            values[name] = text
    return RawPart(row, values, rows, tuple(faults))


def _unknown(
    names: Collection[str], known: Collection[str], file: str, row: str
) -> list[ReportLine]:
    """Tell the keys that no form has."""
    unknown = [name for name in names if name and name not in known]
    if len(unknown) > MAX_UNKNOWN:
        raise RefusedFileError(f"{row} : {len(unknown)} clés inconnues", _AGAIN)
    met = "clé inconnue, laissée de côté"
    return [
        ReportLine("averti", file, row, "", met, hint(name[:40], known), name[:40])
        for name in unknown
    ]


def _json_forms(path: Path) -> list[RawForm]:
    content = _loaded(path)
    items = content if isinstance(content, list) else [content]
    if not items or len(items) > MAX_ROWS:
        met = f"{len(items)} fiches dans un fichier"
        raise RefusedFileError(met, f"de 1 à {MAX_ROWS} fiches par fichier")
    if len(items) == 1:
        return [_json_form(items[0], path.name, "fiche")]
    forms = []
    for rank, item in enumerate(items, start=1):
        row = f"fiche {rank}"
        try:
            forms.append(_json_form(item, path.name, row))
        except RefusedFileError as error:
            met = error.met.removeprefix(f"{row} : ")
            line = ReportLine("refusé", path.name, row, "", met, error.remedy)
            forms.append(RawForm(path.name, RawPart(row, {}), (), (line,)))
    return forms


def _loaded(path: Path) -> Any:
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


def _json_form(item: Any, file: str, row: str) -> RawForm:
    if not isinstance(item, dict):
        raise RefusedFileError(f"{row} : pas une fiche", _AGAIN)
    if item.get("format") != FORM_FORMAT:
        met = f"{row} : pas au format « {FORM_FORMAT} »"
        raise RefusedFileError(met, _AGAIN)
    answers, listed = item.get("reponses", {}), item.get("ressources", [])
    if not isinstance(answers, dict) or not isinstance(listed, list):
        raise RefusedFileError(f"{row} : réponses ou ressources mal formées", _AGAIN)
    head = {name: item[name] for name in HEAD_FIELDS if name in item}
    resources = []
    for rank, resource in enumerate(listed, start=1):
        place = f"{row}, ressource {rank}" if row != "fiche" else f"ressource {rank}"
        if not isinstance(resource, dict):
            raise RefusedFileError(f"{place} : mal formée", _AGAIN)
        resources.append((place, resource))
    made = _form(file, row, head | answers, resources)
    return RawForm(
        file,
        made.firm,
        made.resources,
        (*_unknown(item, _TOP, file, row), *made.remarks),
    )


def _csv_forms(path: Path) -> list[RawForm]:
    """Read what the page or an extract wrote: UTF-8, semicolons, a resource a line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedFileError("encodage illisible", _UTF8) from error
    known = (*firm_fields(), *resource_fields())
    try:
        lines = csv_lines(
            csv.reader(io.StringIO(text, newline=""), delimiter=";"),
            where="CSV illisible",
            widest=len(known) + MAX_UNKNOWN,
        )
    except SchemaError as error:
        met, _, remedy = str(error).partition(" → ")
        raise RefusedFileError(met, remedy) from error
    names = [plain_text(name).casefold() for name in lines[0][1]] if lines else []
    missing = [name for name in ("format", "siret", "sens") if name not in names]
    if missing or len(set(names)) < len(names):
        met = f"colonne(s) absente(s) ou répétée(s) : {', '.join(missing or names)}"
        remedy = "garder la première ligne du formulaire telle quelle"
        raise RefusedFileError(met[:200], remedy)
    rows = [(number, cells) for number, cells in lines[1:] if any(cells)]
    if not 0 < len(rows) <= MAX_ROWS:
        met = f"{len(rows)} lignes sous l'en-tête"
        raise RefusedFileError(met, f"de 1 à {MAX_ROWS} lignes par fichier")
    forms = []
    for number, cells in rows:
        # The apostrophe kept a spreadsheet from running the text.
        texts = [cell[1:] if _SHIELDED.match(cell) else cell for cell in cells]
        told = dict(zip(names, texts, strict=False))
        resource = {
            k: told[k] for k in resource_fields() if plain_text(told.get(k, ""))
        }
        firm = {name: told[name] for name in firm_fields() if name in told}
        place = f"ligne {number}"
        forms.append(
            _form(path.name, place, firm, [(place, resource)] if resource else [])
        )
    first = forms[0]
    unknown = tuple(_unknown(names, known, path.name, "ligne 1"))
    return [RawForm(path.name, first.firm, first.resources, unknown), *forms[1:]]


def _xlsx_forms(path: Path) -> list[RawForm]:
    names = (FIRM, RESOURCES, CONSENTS)
    pages = named_rows(path, names, last=MAX_ROWS)
    for name in names:
        if name not in pages:
            raise RefusedFileError(f"feuille « {name} » absente", _FROM_THE_FORM)
    firm, rows = _questions({name: pages[name] for name in (FIRM, CONSENTS)})
    lines = pages[RESOURCES]
    codes = lines[0][1] if lines else []
    if not set(resource_fields()).intersection(codes):
        met = f"feuille « {RESOURCES} » sans ses codes en première ligne"
        raise RefusedFileError(met, _FROM_THE_FORM)
    resources = []
    for number, cells in lines[_FIRST_RESOURCE - 1 :]:
        told = dict(zip(codes, cells, strict=False))
        values = {k: told[k] for k in resource_fields() if told.get(k)}
        if values:
            resources.append((f"« {RESOURCES} », ligne {number}", values))
    return [_form(path.name, f"« {FIRM} »", firm, resources, rows=rows)]


def _questions(
    pages: Mapping[str, Sequence[Row]],
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the answers of the firm, and where each stands."""
    firm: dict[str, str] = {}
    rows: dict[str, str] = {}
    for sheet, lines in pages.items():
        for number, cells in lines[:MAX_QUESTIONS]:
            code, _, choice = cells[0].partition(":") if cells else ("", "", "")
            answer = cells[_ANSWER] if len(cells) > _ANSWER else ""
            if code not in firm_fields():
                continue
            if answer or code not in rows:
                rows[code] = f"« {sheet} », ligne {number}"
            if choice and answer:
                # One line a choice: « oui » beside each that is chosen.
                picked = choice if answer.casefold() == "oui" else answer
                answer = "|".join(filter(None, [firm.get(code, ""), picked]))
            if answer:
                firm[code] = answer
    return firm, rows


def named_rows(
    path: Path, names: Collection[str], *, last: int
) -> dict[str, list[Row]]:
    """Read the sheets of those names, as text: number of each row, and its cells.

    A workbook with macros, merged cells or odd XML is refused, and one of these sheets
    that is hidden; one that is absent is left out.
    """
    content = path.read_bytes()
    with _damage_refused():
        _require_safe(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations that it drops
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        pages = {plain_text(one.title).casefold(): one for one in book.worksheets}
        wanted = {n: pages[n.casefold()] for n in names if n.casefold() in pages}
        for name, page in wanted.items():
            if page.sheet_state != "visible":
                met = f"feuille « {name} » masquée"
                raise RefusedFileError(met, "l'afficher, la relire, puis enregistrer")
            page.reset_dimensions()
        return {
            name: [
                (number, [_text(cell.value) for cell in cells])
                for number, cells in enumerate(
                    page.iter_rows(max_row=last, max_col=MAX_COLUMNS), start=1
                )
            ]
            for name, page in wanted.items()
        }


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Refuse a damaged workbook: it is met with many an exception, all mean this."""
    try:
        yield
    except RefusedFileError:
        raise
    except Exception as error:
        met = f"classeur illisible ({type(error).__name__})"
        raise RefusedFileError(met, _FROM_THE_FORM) from error


def _require_safe(content: bytes) -> None:
    """Look at the parts of the archive before any library opens them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size_bytes = sum(info.file_size for info in archive.infolist())
        if size_bytes > MAX_UNZIPPED_BYTES:
            met = f"classeur de {size_bytes / 1e6:.0f} Mo une fois décompressé"
            remedy = f"limite de {MAX_UNZIPPED_BYTES / 1e6:.0f} Mo : {_FROM_THE_FORM}"
            raise RefusedFileError(met, remedy)
        if any(_MACROS.search(name) for name in archive.namelist()):
            remedy = "ne pas l'ouvrir ; demander un .xlsx sans macros, ou le JSON"
            raise RefusedFileError("classeur qui contient des macros", remedy)
        for name in archive.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            part = archive.read(name)
            odd = part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in part[:200]
            if odd or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                met = "classeur au contenu XML inhabituel"
                raise RefusedFileError(met, _FROM_THE_FORM)
            if merged := _MERGED.search(part):
                met = f"cellules fusionnées ({merged[1].decode()})"
                remedy = "annuler la fusion et remplir chaque cellule"
                raise RefusedFileError(met, remedy)


def _text(value: Any) -> str:
    """Write a cell as text; a formula is its own text, never its result."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_WHOLE:
        return str(int(value))
    if isinstance(value, str | int | float | dt.date):
        return plain_text(str(value))
    return "="


_READERS: Final[dict[str, Callable[[Path], list[RawForm]]]] = {
    ".csv": _csv_forms,
    ".json": _json_forms,
    ".xlsx": _xlsx_forms,
}
