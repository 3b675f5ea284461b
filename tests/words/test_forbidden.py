"""The reader of words finds what it should, in every kind of file, and no more."""

import zipfile
from pathlib import Path

import pytest

from tests.words.forbidden import FORBIDDEN, SPECIALIST, preferences, spoken

ROOT = Path(__file__).resolve().parents[2]
LIES = [
    "le meilleur périmètre",
    "Périmètres optimaux",
    "porté par le Territoire d’industrie",
    "gisement\u00a0attendu",
    "SYSTOM\u202f2025",
    "System des Pyrénées",
    "un score ELIPSE",
]
TRUTHS = [
    "périmètre arrivé en tête avec ces critères et ces poids",
    "gisement potentiel estimé",
    "grille préparatoire aux axes ELIPSE (état zéro)",
    "loi AGEC",
]


@pytest.mark.parametrize("text", LIES)
def test_a_forbidden_word_is_found(tmp_path, text) -> None:
    (tmp_path / "page.html").write_text(f"<p>{text}</p>", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "classeur.xlsx", "w") as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{text}</t>")
    assert {one.file for one in spoken(tmp_path, FORBIDDEN)} == {
        "page.html",
        "classeur.xlsx",
    }


@pytest.mark.parametrize("text", TRUTHS)
def test_the_words_to_write_instead_are_not_found(tmp_path, text) -> None:
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert spoken(tmp_path, FORBIDDEN | SPECIALIST) == []


def test_a_preference_needs_a_name_and_a_word_in_one_sentence(tmp_path) -> None:
    page = tmp_path / "page.html"
    page.write_text("Le PETR X est préférable. Le PETR Y existe.", encoding="utf-8")
    assert [one.what for one in preferences(tmp_path, ["PETR X"])] == ["préférable"]
    assert preferences(tmp_path, ["PETR Y"]) == []


def test_notebooks_say_no_forbidden_word() -> None:
    found = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        copy = path.read_text(encoding="utf-8")
        found += [one for one in LIES if one.casefold() in copy.casefold()]
    assert found == []


def test_documentation_says_no_forbidden_word() -> None:
    assert spoken(ROOT / "docs", FORBIDDEN, kinds=[".md"]) == []
