"""Match sheets as a Word file: what is said, in one piece, the same bytes twice."""

import datetime as dt
import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.dossier.animator import MatchSheet, Partner, match_sheets_docx

EDITION = dt.date(2026, 11, 24)
HOSTILE = "<w:b/>&amp; ]]> =1+1 \x0b\x00\ud83d"
PARTNER = Partner(
    name="Panneaux",
    commune="Aval",
    activity="16.21Z",
    way="10\u00a0min\u202f; 8\u00a0km",
    rule="sciures → panneaux",
    permit="sous-produit",
    question="Prendriez-vous cette ressource\u202f?",
)
SHEET = MatchSheet(
    "Disponible : Palettes – Scierie", (("Entreprise", "X"),), (PARTNER,)
)
NOBODY = MatchSheet("Recherché : Chaleur", (), ())


def written(*sheets: MatchSheet, notes: tuple[str, ...] = ()) -> bytes:
    """Write sheets."""
    return match_sheets_docx(sheets, study="Étude", edition=EDITION, notes=notes)


def texts(content: bytes) -> list[str]:
    """Return paragraphs, then cells."""
    document = docx.Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return [*(one.text for one in document.paragraphs), *cells]


def test_each_sheet_says_who_where_how_far_and_what_to_ask() -> None:
    told = texts(written(SHEET, NOBODY, notes=("DÉMONSTRATION",)))
    assert told[0] == "Fiches de rapprochement"
    assert "ne pas diffuser" in told[1]
    assert told[2] == "DÉMONSTRATION"
    assert "statut juridique de sous-produit" in told[3]
    assert "Entreprise\u00a0: X" in told
    assert "Aucun établissement à portée selon les règles de synergie." in told
    values = list(vars(PARTNER).values())
    assert told[-len(values) :] == values


def test_no_sheet_is_said_too() -> None:
    assert "Aucune ressource déclarée." in texts(written())


def test_the_same_content_gives_the_same_bytes() -> None:
    content = written(SHEET, NOBODY)
    assert content == written(SHEET, NOBODY)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-11-24T00:00:00Z") == 2
    assert "python-docx" not in core


def test_every_page_says_that_it_is_private_and_is_a4() -> None:
    section = docx.Document(io.BytesIO(written(SHEET))).sections[0]
    assert "ne pas publier" in section.footer.paragraphs[0].text
    assert section.header.paragraphs[0].text == "Étude – édition du 24/11/2026"
    assert section.page_width is not None
    assert round(section.page_width.cm, 1) == 29.7


@pytest.mark.parametrize("field", ["name", "question"])
def test_hostile_words_are_words(field) -> None:
    partner = Partner(**(vars(PARTNER) | {field: HOSTILE}))
    told = texts(written(MatchSheet(HOSTILE, (("a", HOSTILE),), (partner,))))
    plain = "<w:b/>&amp; ]]> =1+1 "
    assert told.count(plain) == 2
    assert f"a\u00a0: {plain}" in told


@settings(max_examples=10, deadline=None)  # a loaded machine is no fault
@given(st.lists(st.text(max_size=40), min_size=3))
def test_any_words_make_a_file_that_opens(words) -> None:
    told = texts(written(*(MatchSheet(one, ((one, one),), ()) for one in words)))
    assert len(told) > 3 * len(words)
