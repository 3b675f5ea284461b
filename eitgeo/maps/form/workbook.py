"""The sign-up form as a workbook: drop-down lists, locked questions, no formula."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name

from eitgeo.maps.form.sign_up import (
    BLOCKS,
    DRAFT_NOTICE,
    LEGAL_STATUS,
    NO_ADDRESS,
    NO_DIVULGENCE,
    OUTSIDE_CODE,
    OUTSIDE_LABEL,
    TITLE,
    SignUp,
    landmarks,
)
from eitgeo.maps.workbooks.workbook import open_workbook
from eitgeo.reference.survey import FORM_FORMAT, survey_choices, survey_fields
from eitgeo.words import NARROW, typographic

GUIDE, FIRM, RESOURCES = "Mode d'emploi", "Établissement", "Ressources"
CONSENTS, LISTS = "Consentements", "Listes"
RESOURCE_ROWS = 20
_FONT = {"font_name": "Arial", "font_size": 10, "text_wrap": True, "valign": "top"}
_ANSWER = {
    "border": 1,
    "border_color": "#66727a",
    "bg_color": "#fffbe6",
    "locked": False,
}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "head": {"bold": True, "font_color": "white", "bg_color": "#2f4858", "border": 1},
    "group": {"bold": True, "bg_color": "#e4e9ec"},
    "text": {},
    "bold": {"bold": True},
    "code": {"font_color": "#6b6b6b", "font_size": 8},
    "help": {"font_color": "#505a61", "italic": True},
    "fixed": {"border": 1, "border_color": "#b8b8b8"},
    "answer": _ANSWER | {"num_format": "@"},
    "number": _ANSWER | {"num_format": "#,##0.###"},
    "date": _ANSWER | {"num_format": "yyyy-mm-dd"},
}
_KIND_HELP = {"boolean": "Oui ou vide.", "date": "Jour, mois, année."}
_BLOCKS = ("etablissement", "interet", "besoin", "contact")
_WIDTHS = {"text": 30, "choice": 24, "number": 11, "date": 14, "low_code": 13}


class _Kit(NamedTuple):
    """Cell formats by name, and the range of each list."""

    formats: dict[str, Any]
    places: dict[str, str]


def sign_up_xlsx(sign_up: SignUp) -> bytes:
    """Lay the sign-up form out as a workbook."""
    buffer = io.BytesIO()
    workbook = open_workbook(buffer, edition=sign_up.sheet.edition, title=TITLE)
    formats = {
        name: workbook.add_format(_FONT | style) for name, style in _STYLES.items()
    }
    pages = {
        name: workbook.add_worksheet(name)
        for name in (GUIDE, FIRM, RESOURCES, CONSENTS, LISTS)
    }
    kit = _Kit(formats, _write_lists(pages[LISTS], formats, sign_up))
    _write_guide(pages[GUIDE], formats, sign_up)
    _write_firm(pages[FIRM], kit, sign_up)
    _write_resources(pages[RESOURCES], kit)
    _write_consents(pages[CONSENTS], kit, sign_up)
    sheet = sign_up.sheet
    state = f"{sheet.status_stamp}, édition du {sheet.edition_text}"
    for name, page in pages.items():
        page.protect("", {"format_columns": True, "format_rows": True})
        page.set_paper(9)
        page.fit_to_pages(2 if name == RESOURCES else 1, 0)
        page.set_footer(f"&L{state}&C&A&RPage &P / &N")
    workbook.close()
    return buffer.getvalue()


def _write_lists(page: Any, formats: Any, sign_up: SignUp) -> dict[str, str]:
    """Write the lists, one a column, and return the range of each."""
    fields = survey_fields()
    names = [name for name in dict.fromkeys(fields["choices"]) if name]
    lists = {
        name: _commune_labels(sign_up)
        if name == "commune"
        else list(survey_choices(name).values())
        for name in names
    }
    lists = {"oui": ["oui"], **lists}
    places = {}
    page.set_column(0, len(lists) - 1, 30)
    for column, (name, labels) in enumerate(lists.items()):
        page.write_string(0, column, name, formats["head"])
        for row, label in enumerate(labels, start=1):
            page.write_string(row, column, typographic(label), formats["text"])
        letter = xl_col_to_name(column, col_abs=True)
        places[name] = f"={LISTS}!{letter}$2:{letter}${len(labels) + 1}"
    page.freeze_panes(1, 0)
    return places


def _commune_labels(sign_up: SignUp) -> list[str]:
    labels = [label for _, label in sign_up.communes]
    return [*labels, f"{OUTSIDE_LABEL} ({OUTSIDE_CODE})"]


def _write_guide(page: Any, formats: Any, sign_up: SignUp) -> None:
    page.hide_gridlines(2)
    for column, width in enumerate((78, 34, 38)):
        page.set_column(column, column, width)
    page.set_landscape()
    sheet = sign_up.sheet
    page.write_string(0, 0, typographic(TITLE), formats["title"])
    study = " · ".join(filter(None, [sheet.subtitle, sheet.title]))
    facts = f"{sheet.status_stamp}. Édition du {sheet.edition_text}."
    row = 1
    stamp = [] if sign_up.has_address else [f"{NO_ADDRESS.upper()}."]
    guide_lines = (*stamp, study, facts, *_steps(sign_up), LEGAL_STATUS, NO_DIVULGENCE)
    for text in guide_lines:
        page.write_string(row, 0, typographic(text), formats["text"])
        row += 1
    row += 1
    heads = ("Repères", "Unité", "Masse d'une unité (ordre de grandeur)")
    _write_row(page, row, heads, formats["head"])
    for marks in landmarks():
        row += 1
        _write_row(page, row, marks, formats["fixed"])
    closing = [
        f"Communes : {NARROW.join(sheet.sources)}" if sheet.sources else "",
        sheet.funders,
        f"Contact : {sheet.contact}" if sheet.contact else "",
    ]
    for text in filter(None, closing):
        row += 1
        page.write_string(row, 0, typographic(text), formats["help"])


def _steps(sign_up: SignUp) -> list[str]:
    where = sign_up.contact_email or "votre interlocuteur"
    return [
        f"1. Remplissez les cases jaunes de « {FIRM} ».",
        (
            f"2. Si vous avez ou cherchez une ressource : une ligne de « {RESOURCES} » "
            "pour chacune. Les tonnes sont estimées d'après vos mots : donnez l'unité "
            "que vous connaissez (benne, bac, balle …)."
        ),
        (
            f"3. Lisez la notice et donnez vos accords dans « {CONSENTS} » : sans le "
            "premier, la fiche n'est pas enregistrée."
        ),
        f"4. Enregistrez, puis envoyez le classeur à {where}.",
    ]


def _write_row(page: Any, row: int, texts: Sequence[str], style: Any) -> None:
    for column, text in enumerate(texts):
        page.write_string(row, column, typographic(text), style)


def _open_questions(page: Any, formats: Any) -> None:
    page.hide_gridlines(2)
    for column, width in enumerate((17, 52, 42, 50)):
        page.set_column(column, column, width)
    _write_row(page, 0, ("Code", "Question", "Réponse", "Aide"), formats["head"])
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()


def _write_firm(page: Any, kit: _Kit, sign_up: SignUp) -> None:
    formats = kit.formats
    _open_questions(page, formats)
    fixed = (
        ("format", "Format du fichier", FORM_FORMAT),
        ("etude", "Étude", sign_up.study),
    )
    for row, (code, question, value) in enumerate(fixed, start=1):
        page.write_string(row, 0, code, formats["code"])
        page.write_string(row, 1, typographic(question), formats["text"])
        page.write_string(row, 2, value, formats["fixed"])
    date = {"label_fr": "Date", "help_fr": "", "type": "date"}
    _write_question(page, 3, ("date", date), kit)
    row = 4
    for block in _BLOCKS:
        _write_row(page, row, ("", BLOCKS[block], "", ""), formats["group"])
        row = _write_block(page, row + 1, block, kit)


def _write_consents(page: Any, kit: _Kit, sign_up: SignUp) -> None:
    formats = kit.formats
    _open_questions(page, formats)
    row = _write_block(page, 1, "consentement", kit) + 1
    page.write_string(row, 1, "Notice d’information", formats["bold"])
    lines = sign_up.notice_lines
    if sign_up.is_draft:
        lines = [("", DRAFT_NOTICE), *lines]
    for place, (heading, text) in enumerate(lines, start=row + 1):
        page.write_string(place, 1, typographic(heading), formats["bold"])
        page.write_string(place, 3, typographic(text), formats["text"])


def _write_block(page: Any, row: int, block: str, kit: _Kit) -> int:
    """Write the questions of a block from a row on; return the next row."""
    fields = survey_fields()
    for name, field in fields[fields["block"] == block].to_dict("index").items():
        for asked in _asked(str(name), field):
            _write_question(page, row, asked, kit)
            row += 1
    return row


def _asked(name: str, field: dict[Any, Any]) -> Iterable[tuple[str, dict[Any, Any]]]:
    """Return a field, or one yes/no question for each of its choices."""
    if field["type"] != "multi":
        return [(name, field)]
    return [
        (
            f"{name}:{code}",
            {**field, "type": "boolean", "label_fr": label, "help_fr": ""},
        )
        for code, label in survey_choices(str(field["choices"])).items()
    ]


def _write_question(
    page: Any, row: int, asked: tuple[str, dict[Any, Any]], kit: _Kit
) -> None:
    (name, field), formats = asked, kit.formats
    page.write_string(row, 0, name, formats["code"])
    page.write_string(row, 1, _question(field), formats["text"])
    page.write_string(row, 3, typographic(_help(field)), formats["help"])
    page.write_blank(row, 2, None, formats[_style(field)])
    _validate(page, (row, 2, row, 2), field, kit)


def _question(field: dict[Any, Any]) -> str:
    mark = " *" if field.get("compulsory") == "oui" else ""
    return f"{typographic(field['label_fr'])}{mark}"


def _help(field: dict[Any, Any]) -> str:
    help_text, kind = str(field["help_fr"]), str(field["type"])
    return " ".join(filter(None, [_KIND_HELP.get(kind, ""), help_text]))


def _style(field: dict[Any, Any]) -> str:
    kind = str(field["type"])
    return kind if kind in {"number", "date"} else "answer"


def _validate(
    page: Any, box: tuple[int, int, int, int], field: dict[Any, Any], kit: _Kit
) -> None:
    """Put the rule of a field on its cells."""
    kind = str(field["type"])
    rule: dict[str, Any] = {"ignore_blank": True, "error_title": "Réponse à corriger"}
    rule["input_message"] = typographic(_help(field))
    if kind == "boolean" or field.get("choices"):
        source = kit.places["oui" if kind == "boolean" else field["choices"]]
        rule |= {"validate": "list", "source": source}
        rule["error_message"] = "Choisissez une réponse de la liste."
    elif kind == "number":
        rule |= {"validate": "decimal", "criteria": ">=", "value": 0}
        rule["error_message"] = "Un nombre, par exemple 3 ou 12,5."
    elif kind == "date":
        rule |= {"validate": "date", "criteria": "between"}
        rule |= {"minimum": dt.date(2020, 1, 1), "maximum": dt.date(2099, 12, 31)}
        rule["error_message"] = "Une date, par exemple 31/12/2027."
    else:
        rule |= {"validate": "length", "criteria": "<=", "value": _room(field)}
        rule["error_message"] = f"Au plus {_room(field)} caractères."
    page.data_validation(*box, rule)


def _room(field: dict[Any, Any]) -> int:
    spaces = {"siret": 6, "low_code": 5}
    return int(field["max_length"]) + spaces.get(str(field["type"]), 0)


def _write_resources(page: Any, kit: _Kit) -> None:
    formats = kit.formats
    fields = survey_fields()
    asked = fields[fields["door"] == "ressources"].to_dict("index")
    page.hide_gridlines(2)
    page.set_landscape()
    page.freeze_panes(2, 2)
    page.repeat_rows(0, 1)
    page.set_row(1, 60)
    for column, (name, field) in enumerate(asked.items()):
        page.set_column(column, column, _WIDTHS[str(field["type"])])
        page.write_string(0, column, str(name), formats["code"])
        page.write_string(1, column, _question(field), formats["head"])
        last = 1 + RESOURCE_ROWS
        for row in range(2, last + 1):
            page.write_blank(row, column, None, formats[_style(field)])
        _validate(page, (2, column, last, column), field, kit)
