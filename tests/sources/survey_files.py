"""Files of the sign-up form, as firms send them, and their ways to be wrong."""

import csv
import io
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from eitgeo.reference.survey import survey_fields
from eitgeo.sources.survey.answers import SurveyImport, import_survey, survey_facts

SIRET, OTHER_SIRET = "73282932000074", "39931827800021"
POST_OFFICE = "35600000049837"
FIRM: dict[str, Any] = {
    "siret": SIRET,
    "raison_sociale": "Scierie d'essai",
    "commune": "31483",
    "naf": "16.10A",
    "effectif": "12",
    "interet": ["atelier", "echange"],
    "contact_courriel": "contact@essai.invalid",
    "consent_traitement": True,
    "consent_recontact": True,
    "consent_citation": False,
    "consent_carte": False,
    "consent_partage": True,
}
PALLETS: dict[str, Any] = {
    "sens": "disponible",
    "nature": "palettes",
    "quantite": 3,
    "unite": "benne_15m3",
    "periode": "mois",
    "devenir": "repris",
}
COMMUNES = pd.DataFrame(
    {"code_insee": ["31483", "09003", "65258"], "in_area": [True, True, False]}
)


def form(*resources: dict[str, Any], **firm: Any) -> dict[str, Any]:
    """Make a form; an answer of None is left out, as the page does."""
    answers = {k: v for k, v in (FIRM | firm).items() if v is not None}
    return {
        "format": "eitgeo-inscription/1",
        "etude": "essai",
        "date": "2026-11-25",
        "reponses": answers,
        "ressources": [
            {k: v for k, v in (PALLETS | one).items() if v is not None}
            for one in (resources or ({},))
        ],
    }


def write_json(folder: Path, content: Any, name: str = "fiche.json") -> Path:
    """Write a form, or any text, as a JSON file."""
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


def flat(content: dict[str, Any]) -> list[dict[str, str]]:
    """Lay a form out as the page writes its CSV."""
    head = {name: content[name] for name in ("format", "etude", "date")}
    return [
        {k: _cell(v) for k, v in (head | content["reponses"] | one).items()}
        for one in (content["ressources"] or [{}])
    ]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "|".join(value)
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def columns() -> list[str]:
    """Return the columns of the flat file."""
    return ["format", "etude", "date", *survey_fields().index]


def write_csv(
    folder: Path, rows: list[dict[str, str]], *, encoding: str = "utf-8-sig"
) -> Path:
    """Write flat rows, as the page does."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns(), delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "fiches.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def make_book(content: dict[str, Any]) -> openpyxl.Workbook:
    """Fill a workbook laid out as the form's."""
    book = openpyxl.Workbook()
    firm = book.active
    assert firm is not None
    firm.title = "Établissement"
    resources = book.create_sheet("Ressources")
    consents = book.create_sheet("Consentements")
    for page in (firm, consents):
        page.append(["Code", "Question", "Réponse", "Aide"])
    for name in ("format", "etude", "date"):
        firm.append([name, "", content[name]])
    for name, value in content["reponses"].items():
        if isinstance(value, list):
            for choice in value:
                firm.append([f"{name}:{choice}", "", "oui"])
        else:
            page = consents if name.startswith("consent_") else firm
            page.append([name, "", _answer(value)])
    asked = survey_fields()
    names = list(asked.index[asked["door"] == "ressources"])
    resources.append(names)
    resources.append([str(asked.loc[name, "label_fr"]) for name in names])
    for one in content["ressources"]:
        resources.append([one.get(name) for name in names])
    return book


def _answer(value: Any) -> Any:
    return ("oui" if value else None) if isinstance(value, bool) else value


def write_book(folder: Path, book: openpyxl.Workbook, name: str = "f.xlsx") -> Path:
    """Save a workbook."""
    path = folder / name
    book.save(path)
    return path


def bring(*files: Path, held: pd.DataFrame | None = None, **known: Any) -> SurveyImport:
    """Import files into the study « essai »."""
    facts = survey_facts(
        "essai",
        communes=COMMUNES,
        sites=known.get("sites"),
        received=known.get("received", ""),
        last_day="2027-12-31",
    )
    return import_survey(files, held, facts=facts)


def told(done: SurveyImport, level: str) -> list[tuple[str, str, str]]:
    """Return place, field and finding of the lines of a level."""
    return [(o.row, o.field, o.met) for o in done.report if o.level == level]


def again(content: dict[str, Any], **top: Any) -> dict[str, Any]:
    """Copy a form with other values at its top."""
    return deepcopy(content) | top
