"""Contacts: those who agreed, text and nothing else, a day to forget them."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

from eitgeo.dossier.animator import contacts_xlsx, keep_until
from eitgeo.errors import SchemaError
from tests.dossier.test_match_sheets import EDITION
from tests.flows.survey_toy import declared

SECOND = "39931827800021"


def written(table: pd.DataFrame) -> bytes:
    """Write contacts of the toy study."""
    names = {"31001": "Amont"}
    return contacts_xlsx(table, commune_names=names, retention_years=3, edition=EDITION)


def cells(*rows: dict[str, object]) -> list[list[object]]:
    """Write contacts and read their cells back."""
    usual = {
        "besoin_precision": "",
        "consent_citation": False,
        "consent_carte": False,
        "contact_nom": "",
        "contact_fonction": "",
        "contact_courriel": "contact@essai.invalid",
        "contact_telephone": "05 61 00 00 00",
        "consent_recontact": True,
    }
    table = declared(*(usual | one for one in rows))
    content = written(table)
    assert content == written(table)
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    types = {cell.data_type for row in page.iter_rows() for cell in row if cell.value}
    assert types == {"s", "d"}
    days = [row[-2:] for row in page.iter_rows(min_row=2)]
    assert {cell.number_format for pair in days for cell in pair} == {"dd/mm/yyyy"}
    assert not any(cell.hyperlink for row in page.iter_rows() for cell in row)
    return [
        [one.date() if isinstance(one, dt.datetime) else one for one in row]
        for row in page.iter_rows(min_row=2, values_only=True)
    ]


def test_only_those_who_agreed_are_there_once() -> None:
    found = cells(
        {"raison_sociale": "B", "siret": SECOND},
        {"raison_sociale": "A"},
        {"raison_sociale": "A", "nature": "cartons"},
        {"raison_sociale": "C", "siret": "1", "consent_recontact": False},
    )
    assert [row[1] for row in found] == ["A", "B"]
    assert found[1][0] == SECOND
    assert found[0][-2:] == [dt.date(2026, 11, 25), dt.date(2029, 11, 25)]


def test_choices_and_communes_are_told_in_words() -> None:
    chosen = {"interet": "atelier|echange", "besoin": "eau", "commune": "31001"}
    found = cells(
        chosen | {"besoin_precision": "eau de pluie", "consent_carte": True},
        {"siret": SECOND, "raison_sociale": "Z", "commune": "hors"},
    )
    told = found[0][2], *found[0][7:11]
    words = ("Participer à un atelier, Échanger une matière", "Eau", "eau de pluie")
    assert told == ("Amont", *words, "partage, carte")
    assert found[1][2] == "hors de la liste"


def test_a_telephone_number_and_a_formula_are_text() -> None:
    (row,) = cells({"contact_nom": "=1+1", "contact_telephone": "+33 5 61 00 00 00"})
    assert "=1+1" in row
    assert "+33 5 61 00 00 00" in row


@pytest.mark.parametrize(
    ("day", "years", "last"),
    [
        ("2026-11-25", 3, "2029-11-25"),
        ("2024-02-29", 3, "2027-02-28"),
        ("2024-02-29", 4, "2028-02-29"),
    ],
)
def test_the_last_day_of_a_form(day, years, last) -> None:
    assert keep_until(day, years) == last


def test_a_table_without_consents_is_refused() -> None:
    with pytest.raises(SchemaError, match="consent_recontact"):
        written(declared())
