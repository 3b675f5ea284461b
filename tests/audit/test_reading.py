"""What no reader should see is found, planted one by one, in each kind of file."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from matplotlib.figure import Figure

from eitgeo.audit.reading.checks import (
    absent_values,
    broken_numbers,
    drawn_in_clear,
    faults_of,
    internal_keys,
    marked_knowledge,
    preferences,
    ranked_bodies,
    stamps,
    unmarked_assumptions,
    unrounded_assumptions,
    wrong_classes,
)
from eitgeo.audit.reading.opened import Opened, open_file
from eitgeo.audit.texts import Piece

needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext (poppler) est absent"
)
BODIES = frozenset({"PETR de l’Aval", "CC du Milieu", "Étape"})
DRAWN = frozenset({"Établissements à mobiliser"})
HEADS = ("Levier", "Ordre de", "Unité", "Fiabilité")


def opened(text: str, name: str = "page.html", **more: Any) -> Opened:
    """Open a file that says one thing."""
    return Opened(name, (Piece("page 1", text),), bodies=BODIES, **more)


def found(check: Any, file: Opened) -> list[str]:
    """Return the words that a check finds."""
    return [one.text for one in check(file)]


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("soit null t/an", True),
        ("de NaN à 3", True),
        ("valeur : None", True),
        ("undefined", True),
        ("−inf", True),
        ("une somme nulle, Nantes, Infini", False),
        ("la nanotechnologie", False),
    ],
)
def test_what_a_program_writes_for_nothing(text: str, met) -> None:
    assert bool(found(absent_values, opened(text))) is met


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("indicateur deposit_t", ["deposit_t"]),
        ("selon petr_aval", ["petr_aval"]),
        ("union_0012 ; carte_zones_A4.pdf ; https://a.fr/b_c ; data/raw/x_y.csv", []),
        ("N 125", []),
    ],
)
def test_internal_keys(text: str, met: list[str]) -> None:
    assert found(internal_keys, opened(text)) == met


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("Établissements ○ 59", ["○ 59"]),
        ("Établissements ○ ≈ 60 (50 à 70)", []),
        ("Recouvrement ○ de 42,9 % à 100 %", []),
        ("Habitants ● 6 961", []),
    ],
)
def test_a_figure_under_the_sign_of_an_assumption_bears_its_mark(
    text: str, met: list[str]
) -> None:
    assert found(unmarked_assumptions, opened(text)) == met


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("97H", ["97H"]),
        ("L’étude en trouve 164H zones", ["164H"]),
        ("soit 246 sites à mobiliserH et 67 % dedans", ["246 sites à mobiliserH"]),
        ("≈ 200 sites à mobiliserH ; 7 de pH", []),
        ("≈ 100H", []),
        ("≈ 40 000 t/an (20 000 à 80 000)H", []),
        ("≈ 6 000 tCO2e/an (2 000 à 10 000)H", []),
        ("de 42,9 % à 100 %H", []),
        ("4O", []),
    ],
)
def test_a_letter_of_an_assumption_in_a_document(text: str, met: list[str]) -> None:
    assert found(unmarked_assumptions, opened(text, "dossier.docx")) == met


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("◐ ≈ 68 min", ["◐ ≈ 68"]),
        ("≈ 30 kmS", ["≈ 30 kmS"]),
        ("≈ 30 kmH", []),
        ("◐ 68 min", []),
    ],
)
def test_what_is_known_is_not_told_as_an_assumption(text: str, met: list[str]) -> None:
    assert found(marked_knowledge, opened(text, "dossier.docx")) == met


def test_a_row_of_class_s_is_not_told_as_an_assumption() -> None:
    rows: list[Any] = [
        ("Repère", "Lecture", "km", "Fiabilité"),
        ("modèle", "≈", 6, "H"),
        ("publié", "≈", 33, "S"),
    ]
    file = Opened("a.xlsx", sheets=(("Distances", rows),))
    assert [one.place for one in marked_knowledge(file)] == ["Distances ligne 3"]


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("≈ 210", True),
        ("≈ 120 000 € (58 000 à 130 000)", False),
        ("≈ 120 000 €/an (58 000 à 130 000)", True),
        ("≈ 200 t/an (150 à 300)", True),
        ("≈ 200 t/an (100 à 300)", False),
        ("≈ 2\u202f000 €", False),
        ("≈ 96 %", False),
        ("≈ 34 %", True),
        ("≈ 95 à 100 %", False),
        ("≈ 50 à 73 %", True),
        ("≈ 95 à 100 emplois", True),
        ("≈ 60 à 45 min du siège", False),
        ("≈ 0,3", False),
        ("210", False),
    ],
)
def test_assumptions_have_one_figure(text: str, met) -> None:
    assert bool(found(unrounded_assumptions, opened(text))) is met


def test_a_cell_of_class_h_is_rounded() -> None:
    rows: list[Any] = [
        HEADS,
        ("Tonnes", 210, "t/an", "H"),
        ("Tonnes", 200, "t/an", "H"),
        ("Communes", 452, "nombre", "O"),
        ("Part", 96, "%", "H"),
        ("Part", 34, "%", "H"),
    ]
    file = Opened("a.xlsx", sheets=(("Leviers", rows),))
    met = [(one.place, one.text) for one in unrounded_assumptions(file)]
    assert met == [("Leviers B2", "210"), ("Leviers B6", "34")]


def test_numbers_under_a_head_of_class_h_are_rounded() -> None:
    rows: list[Any] = [
        ("Stamp",),
        ("N°", "Sites [nombre] – H", "Part [%] – H, bas", "Communes [nombre] – O"),
        ("union_0001", 246, 96, 452),
        ("union_0002", 200, 34, 235),
    ]
    file = Opened("a.xlsx", sheets=(("Unions", rows),))
    met = [(one.place, one.text) for one in unrounded_assumptions(file)]
    assert met == [("Unions B3", "246"), ("Unions C4", "34")]


def test_an_indicator_bears_the_class_that_was_released_for_a_perimeter() -> None:
    """A gap takes the least sure class of both its perimeters."""
    sites, fit = "Établissements à mobiliser", "Recouvrement"
    classes = {
        sites: {"p": "H", "PETR": "H"},
        fit: {"p": "O", "PETR": "O", "q": "H", "Contour": "H"},
    }
    rows: list[Any] = [
        ("Périmètre", "Indicateur", "Valeur", "Fiabilité"),
        ("PETR", sites, 200, "H"),
        ("PETR", sites, 246, "O"),
        ("p", fit, 40, "O (observé)"),
        ("p", fit, 40, "H"),
        ("–", fit, 40, "S"),
        ("–", fit, 40, "H"),
        ("Contour", fit, "PETR", "O"),
        ("PETR", "Communes", 452, "O"),
    ]
    sheets = (("Fiche", rows),)
    for file in (
        Opened("a.xlsx", sheets=sheets, classes=classes),
        Opened("comparateur.html", figures=sheets, classes=classes),
    ):
        met = [one.place for one in wrong_classes(file)]
        assert met == [f"Fiche ligne {rank}" for rank in (3, 5, 6, 8)]
        assert list(wrong_classes(file._replace(classes={}))) == []


def test_a_drawn_figure_stands_on_a_stamped_page_alone() -> None:
    told = "DÉMONSTRATION. Établissements à mobiliser : ≈ 200"
    clear = "En bref : établissements à mobiliser : ≈ 200"
    known = "Salariés de l’industrie : 1 907, ≈ 2 km"
    pages = tuple(Piece(f"page {n}", t) for n, t in enumerate((told, clear, known)))
    file = Opened("DEMO_dossier.pdf", pages, owes=True, drawn=DRAWN)
    assert [one.place for one in drawn_in_clear(file)] == ["page 1"]
    whole = file._replace(name="DEMO_comparateur.html")
    assert list(drawn_in_clear(whole)) == []
    sheet = Opened("carte_sieges_A4.pdf", pages[1:], drawn=DRAWN)
    assert [one.place for one in drawn_in_clear(sheet)] == ["page 1"]
    assert list(drawn_in_clear(sheet._replace(drawn=frozenset()))) == []


def test_no_row_of_class_h_ranks_bodies() -> None:
    rows: list[Any] = [
        ("Rang", "EPCI", "Sites", "Fiabilité"),
        (1, "CC du Milieu", 90, "H"),
        (1, "PETR de l’Aval", 4, "O"),
        (2, "Métallurgie", 80, "H"),
    ]
    file = opened("", "a.xlsx", sheets=(("Zones", rows),), owes=True)
    assert [one.place for one in ranked_bodies(file)] == ["Zones ligne 2"]
    assert list(ranked_bodies(file._replace(owes=False))) == []


def test_a_stamped_sheet_or_map_says_the_class_of_its_figures() -> None:
    rows: list[Any] = [("Zone", "Sites"), ("Z1", 97)]
    bare = Opened("a.xlsx", sheets=(("Zones", rows),), owes=True)
    assert [one.place for one in unmarked_assumptions(bare)] == ["Zones"]
    assert found(unmarked_assumptions, bare._replace(owes=False)) == []
    classed: list[Any] = [("Zone", "Sites", "Fiabilité"), ("Z1", 100, "H")]
    assert found(unmarked_assumptions, bare._replace(sheets=(("Z", classed),))) == []
    said = "Z1 97 sites. Sources : ratios (classe H). Projection Lambert"
    sheet = opened(said, "DEMO_carte_zones_A4.pdf", owes=True)
    assert len(found(unmarked_assumptions, sheet)) == 1
    told = opened("≈ 100 sites", "DEMO_carte_zones_A4.pdf", owes=True)
    assert found(unmarked_assumptions, told) == []


@pytest.mark.parametrize(
    ("name", "text", "met"),
    [
        ("a.html", "capacité de 48 492 t", True),
        ("a.html", "à 45 min", True),
        ("a.docx", "5 %", True),
        ("a.html", "48\u202f492\u00a0t à 45\u00a0min, 3 communes", False),
        ("a.pdf", "une capacité de 48\n492 t ; il ne reste", True),
        ("a.pdf", "Saint-Girons 97\nZ2 Saint-Gaudens 121", False),
        ("a.pdf", "48\u202f492 t", False),
    ],
)
def test_numbers_that_a_line_breaks(name: str, text: str, met) -> None:
    assert bool(found(broken_numbers, opened(text, name))) is met


def test_each_page_and_sheet_bears_the_stamp_that_it_owes() -> None:
    stamp, none = "DÉMONSTRATION – tirage", "Des chiffres"
    pages = (Piece("page 1", stamp), Piece("page 2", none))
    owed = Opened("DEMO_carte_a.pdf", pages, owes=True)
    assert [one.place for one in stamps(owed)] == ["page 2"]
    assert [one.place for one in stamps(owed._replace(owes=False))] == ["nom", "page 1"]
    assert [one.place for one in stamps(owed._replace(name="carte_a.pdf"))] == [
        "nom",
        "page 2",
    ]
    # The writer of the dossier knows which of its pages show what is drawn.
    assert list(stamps(owed._replace(name="DEMO_dossier.pdf"))) == []
    sheets: Any = (("A", [(stamp,)]), ("B", [(none,)]))
    book = Opened("DEMO_a.xlsx", sheets=sheets, owes=True)
    assert [one.place for one in stamps(book)] == ["B"]


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("Le PETR de l'Aval arrive en tête.", True),
        ("La CC du Milieu est la mieux placée.", True),
        ("Exutoires les plus proches du plus de couples", True),
        ("Le PETR de l’Aval couvre tout le périmètre.", False),
        ("Un accueil plus favorable est souhaité.", False),
        ("Aucun ordre ne dit que le PETR de l’Aval est en tête.", False),
        ("Le PETR de l’Aval arrive en tête sans conteste.", True),
        ("Aucun doute, le PETR de l’Aval est en tête.", True),
        ("La CC du Milieu est au premier rang, mieux desservie.", True),
        ("Étape est la ville la mieux placée.", True),
    ],
)
def test_no_sentence_prefers_a_body_on_invented_data(text: str, met) -> None:
    assert bool(found(preferences, opened(text, owes=True))) is met
    assert found(preferences, opened(text)) == []


def write_html(path: Path, text: str) -> None:
    data = f'{{"note":"{text}","id":"deposit_t"}}'
    path.write_text(
        f'<p>Rien.</p><script type="application/json">{data}</script>', "utf-8"
    )


def write_xlsx(path: Path, text: str) -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = text
    book.save(path)


def write_docx(path: Path, text: str) -> None:
    document = docx.Document()
    document.add_paragraph(text)
    document.save(str(path))


def write_pdf(path: Path, text: str) -> None:
    figure = Figure(figsize=(4, 1))
    figure.text(0.1, 0.5, text)
    figure.savefig(path, metadata={"CreationDate": None})


def write_gpkg(path: Path, text: str) -> None:
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
        base.execute("INSERT INTO gpkg_contents VALUES ('gisements')")
        base.execute("CREATE TABLE gisements (tonnes TEXT)")
        base.execute("INSERT INTO gisements VALUES (?)", (text,))


def test_figures_of_layers_are_read(tmp_path: Path) -> None:
    path = tmp_path / "etude.gpkg"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
        base.execute("INSERT INTO gpkg_contents VALUES ('chiffres')")
        base.execute("CREATE TABLE chiffres (fid, value, low, unit, evidence)")
        rows: list[tuple[Any, ...]] = [
            (11, 246.0, 200.0, "t", "H"),
            (12, 246.0, 246.0, "t", "O"),
        ]
        rows += [(13, None, 29.8, "%", "H"), (14, 91.0, 85.0, "%", "H")]
        base.executemany("INSERT INTO chiffres VALUES (?, ?, ?, ?, ?)", rows)
    found_there = [(one.place, one.text) for one in faults_of(open_file(path))]
    assert found_there == [("chiffres A2", "246"), ("chiffres B5", "85")]


def test_shares_of_layers_are_rounded_by_their_smaller_part(tmp_path: Path) -> None:
    path = tmp_path / "etude.gpkg"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
        base.execute("INSERT INTO gpkg_contents VALUES ('zones')")
        base.execute("CREATE TABLE zones (fid, n_sites, stability, share, evidence)")
        rows = [(1, 90, 0.98, 92.0, "H"), (2, 90, 0.88, 74.1, "H")]
        base.executemany("INSERT INTO zones VALUES (?, ?, ?, ?, ?)", rows)
    assert [one.text for one in faults_of(open_file(path))] == ["88", "74.1"]


WRITERS = {
    "html": (write_html, "données.note"),
    "xlsx": (write_xlsx, "Sheet B2"),
    "docx": (write_docx, "word/document.xml § 1"),
    "gpkg": (write_gpkg, "gisements.tonnes"),
    "pdf": (write_pdf, "page 1"),
}


@needs_pdftotext
@pytest.mark.parametrize("kind", WRITERS)
def test_a_fault_is_found_in_each_kind_of_file(tmp_path: Path, kind: str) -> None:
    write, place = WRITERS[kind]
    path = tmp_path / f"fichier.{kind}"
    write(path, "soit ≈ 210 emplois")
    faults = faults_of(open_file(path))
    assert [(one.file, one.place) for one in faults] == [(path.name, place)]
    assert faults[0].text == "≈ 210"
    path.unlink()
    write(path, "soit ≈ 200 emplois")
    assert faults_of(open_file(path)) == []
