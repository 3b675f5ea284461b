"""Files that are no form, or are built to harm: refused whole, the others come in."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from eitgeo.sources.survey import files
from eitgeo.sources.survey.raw import MAX_ROWS
from tests.sources.survey_files import (
    OTHER_SIRET,
    SIRET,
    bring,
    columns,
    flat,
    form,
    make_book,
    told,
    write_book,
    write_csv,
    write_json,
)

GOOD = json.dumps(form())


def refused(path: Path) -> str:
    """Import a file; return why it is refused as a whole."""
    done = bring(path)
    assert done.declarations.empty
    (line,) = [one for one in done.report if one.level == "refusé"]
    assert (line.file, line.row, line.field) == (path.name, "fichier", "")
    assert line.remedy
    return line.met


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("", "fichier vide"),
        ("{", r"JSON illisible (ligne 1)"),
        (GOOD.replace('"quantite": 3', '"quantite": NaN'), "« NaN » n'est pas"),
        (GOOD.replace('"quantite": 3', '"quantite": -Infinity'), "« -Infinity »"),
        (
            GOOD.replace('"quantite": 3', '"quantite": 3, "quantite": 4'),
            "clé JSON répétée",
        ),
        (GOOD.replace('"quantite": 3', f'"quantite": {"9" * 5000}'), "JSON illisible"),
        ("[" * 200_000, "imbriqué trop profondément"),
        ('{"a":' * 200_000, "imbriqué trop profondément"),
        ("[]", "0 fiches"),
        (json.dumps([form()] * 2001), "2001 fiches"),
        ("[1]", "fiche : pas une fiche"),
        ('{"format": "autre/1"}', "fiche : pas au format"),
        (json.dumps(form() | {"reponses": []}), "mal formées"),
        (json.dumps(form() | {"ressources": {}}), "mal formées"),
        (json.dumps(form() | {"ressources": [1]}), "ressource 1 : mal formée"),
        (json.dumps(form() | {"ressources": [{}] * 51}), "51 ressources"),
    ],
)
def test_a_json_file_that_is_no_form(tmp_path, text, met) -> None:
    assert met in refused(write_json(tmp_path, text))


def test_a_number_without_end_is_no_quantity(tmp_path) -> None:
    text = GOOD.replace('"quantite": 3', '"quantite": 1e999')
    done = bring(write_json(tmp_path, text))
    assert told(done, "refusé") == [("ressource 1", "quantite", "pas un nombre")]


def test_json_in_another_encoding(tmp_path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps(form(), ensure_ascii=False).encode("utf-16"))
    assert "UTF-8" in refused(path)
    path.write_bytes(GOOD.encode("utf-8-sig"))
    assert bring(path).n_refused == 0


def test_several_forms_in_one_file_are_told_apart(tmp_path) -> None:
    done = bring(write_json(tmp_path, [form(), form(siret="1")]))
    assert len(done.declarations) == 1
    assert [row for row, _, _ in told(done, "refusé")] == [
        "fiche 2",
        "fiche 2, ressource 1",
    ]


def test_an_unknown_key_is_told_and_left(tmp_path) -> None:
    done = bring(write_json(tmp_path, form({"couleur": "bleu"})))
    assert len(done.declarations) == 1
    assert told(done, "averti")[0] == (
        "ressource 1",
        "",
        "clé inconnue, laissée de côté",
    )


def test_a_file_above_ten_megabytes_is_not_opened(tmp_path) -> None:
    for name in ("a.json", "a.csv", "a.xlsx"):
        path = tmp_path / name
        with path.open("wb") as handle:
            handle.truncate(10_000_001)
        assert refused(path) == "fichier de 10,0 Mo"


def test_a_bad_file_does_not_stop_the_others(tmp_path) -> None:
    absent, odd = tmp_path / "absent.csv", tmp_path / "fiche.docx"
    odd.write_bytes(b"x")
    done = bring(absent, odd, write_json(tmp_path, form()))
    assert [met for _, _, met in told(done, "refusé")] == [
        "fichier absent",
        "format de fichier inconnu",
    ]
    assert len(done.declarations) == 1


def test_lines_of_a_csv_are_refused_one_by_one(tmp_path) -> None:
    rows = flat(form({}, {"nature": "cartons", "quantite": -1}, {"nature": "papiers"}))
    done = bring(write_csv(tmp_path, rows))
    assert told(done, "refusé") == [("ligne 3", "quantite", "nombre négatif")]
    assert done.declarations["nature"].tolist() == ["palettes", "papiers"]


def test_a_shielded_formula_is_a_formula_still(tmp_path) -> None:
    rows = flat(form({"qualite": "'=1+1"}, {"nature": "cartons", "qualite": "'-5 °C"}))
    done = bring(write_csv(tmp_path, rows))
    assert told(done, "refusé") == [("ligne 2", "qualite", "formule de tableur")]
    assert done.declarations["qualite"].tolist() == ["-5 °C"]


def test_a_csv_that_is_no_form(tmp_path) -> None:
    path = tmp_path / "a.csv"
    for content, met in (
        (b"siret;nom\n1;2\n", "colonne(s) absente(s) ou répétée(s) : format, sens"),
        (";".join(columns()).encode(), "0 lignes sous l'en-tête"),
        ((";".join([*columns(), "siret"]) + "\n1").encode(), "répétée(s) : format"),
        ((";".join(columns()) + "\n" + "x\n" * 2001).encode(), "2001 lignes"),
        ((";".join(columns()) + '\n"' + "x" * 140_000).encode(), "CSV illisible"),
        (";".join(columns()).encode("utf-16"), "encodage illisible"),
        (";".join(columns()).encode() + b"\n\xe9", "encodage illisible"),
    ):
        path.write_bytes(content)
        assert met in refused(path)


def test_cells_of_a_workbook_are_placed(tmp_path) -> None:
    book = make_book(form({}, {"nature": "cartons", "quantite": "=1+1"}))
    book["Ressources"]["A6"] = "disponible"
    book["Ressources"]["C6"] = ArrayFormula("C6:C6", "=SUM(A1)")
    done = bring(write_book(tmp_path, book))
    places = [(row, field) for row, field, _ in told(done, "refusé")]
    assert ("« Ressources », ligne 4", "quantite") in places
    assert ("« Ressources », ligne 6", "nature") in places
    assert len(done.declarations) == 1


def test_a_formula_of_a_workbook_is_text_not_its_result(tmp_path) -> None:
    book = make_book(form(raison_sociale='="Scierie"'))
    done = bring(write_book(tmp_path, book))
    assert "formule de tableur" in [met for _, _, met in told(done, "refusé")]


def test_hidden_sheets_and_merged_cells(tmp_path) -> None:
    book = make_book(form())
    book["Consentements"].sheet_state = "veryHidden"
    assert refused(write_book(tmp_path, book)) == "feuille « Consentements » masquée"
    merged = make_book(form({}, {"nature": "cartons"}))
    merged["Ressources"].merge_cells("A3:A4")
    met = refused(write_book(tmp_path, merged))
    assert met == "cellules fusionnées (A3:A4)"


def test_a_workbook_without_its_sheets(tmp_path) -> None:
    book = make_book(form())
    del book["Consentements"]
    assert "« Consentements » absente" in refused(write_book(tmp_path, book))
    book = make_book(form())
    book["Ressources"].delete_rows(1)
    assert "sans ses codes" in refused(write_book(tmp_path, book))
    path = tmp_path / "faux.xlsx"
    path.write_bytes(b"PK\x03\x04 pas un classeur")
    assert "classeur illisible" in refused(path)


def rewritten(path: Path, name: str, change) -> Path:
    """Change one part of a workbook."""
    with zipfile.ZipFile(path) as parts:
        held = {info.filename: parts.read(info) for info in parts.infolist()}
    held[name] = change(held[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in held.items():
            archive.writestr(part, content)
    return path


def test_a_zip_bomb_is_not_unfolded(tmp_path, monkeypatch) -> None:
    path = write_book(tmp_path, make_book(form()))
    rewritten(path, "xl/styles.xml", lambda one: one + b" " * 60_000_000)
    assert path.stat().st_size < 1_000_000
    read: list[object] = []
    monkeypatch.setattr(
        zipfile.ZipFile, "read", lambda _, *names, **__: read.append(names)
    )
    assert refused(path) == "classeur de 60 Mo une fois décompressé"
    assert read == []


def test_entities_of_xml_are_refused(tmp_path) -> None:
    path = write_book(tmp_path, make_book(form()))
    laughs = b'<!DOCTYPE x [<!ENTITY a "b">]>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda one: laughs + one)
    assert refused(path) == "classeur au contenu XML inhabituel"


def test_a_sheet_that_claims_a_million_rows_is_read_to_a_limit(
    tmp_path, monkeypatch
) -> None:
    path = write_book(tmp_path, make_book(form()))

    def stretch(part: bytes) -> bytes:
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        return part.replace(b"</sheetData>", far)

    rewritten(path, "xl/worksheets/sheet2.xml", stretch)
    read: list[object] = []
    text = files._text  # noqa: SLF001 - each cell read goes through it

    def counted(value: object) -> str:
        read.append(value)
        return text(value)

    monkeypatch.setattr(files, "_text", counted)
    assert len(bring(path).declarations) == 1
    rows = MAX_ROWS + 2 * files.MAX_QUESTIONS
    assert len(read) <= rows * files.MAX_COLUMNS


@pytest.mark.parametrize(
    "part",
    ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.bin"],
)
def test_a_workbook_with_macros_is_not_opened(tmp_path, part) -> None:
    path = write_book(tmp_path, make_book(form()))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(part, b"\xd0\xcf\x11\xe0")
    assert refused(path) == "classeur qui contient des macros"
    other = path.rename(path.with_suffix(".xlsm"))
    assert refused(other) == "format de fichier inconnu"


def test_a_link_to_another_workbook_is_not_followed(tmp_path) -> None:
    book = make_book(form())
    book["Ressources"]["C3"] = "='[file:///etc/passwd]x'!A1"
    path = write_book(tmp_path, book)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    done = bring(path)
    assert done.declarations.empty
    assert [line.level for line in done.report] == ["refusé"]


def test_a_missing_answer_of_a_workbook_is_placed_where_it_is_asked(tmp_path) -> None:
    content = form(siret=None, consent_traitement=False)
    book = make_book(content)
    book["Établissement"].append(["siret", "", None])
    rows = {
        name: row for row, name, _ in told(bring(write_book(tmp_path, book)), "refusé")
    }
    assert rows["siret"].startswith("« Établissement », ligne")
    assert rows["consent_traitement"].startswith("« Consentements », ligne")


def test_a_spreadsheet_that_rounded_a_siret_is_named(tmp_path) -> None:
    rows = [row | {"siret": "3,99318E+13"} for row in flat(form())]
    done = bring(write_csv(tmp_path, rows))
    assert told(done, "refusé") == [
        ("ligne 2", "siret", "SIRET arrondi par un tableur")
    ]


def test_a_form_of_a_list_is_refused_alone(tmp_path) -> None:
    bad = form() | {"format": "eitgeo-inscription/2"}
    content = [form(), bad, "x", form(siret=OTHER_SIRET)]
    done = bring(write_json(tmp_path, content))
    assert sorted(done.declarations["siret"]) == sorted([SIRET, OTHER_SIRET])
    assert told(done, "refusé") == [
        ("fiche 2", "", "pas au format « eitgeo-inscription/1 »"),
        ("fiche 3", "", "pas une fiche"),
    ]


def test_a_file_of_keys_or_columns_without_end_is_no_form(tmp_path) -> None:
    content = form(**{f"k{rank}": "x" for rank in range(2_000)})
    assert refused(write_json(tmp_path, content)) == "fiche : 2000 clés inconnues"
    path = write_csv(tmp_path, flat(form()))
    head, rest = path.read_bytes().split(b"\r\n", 1)
    path.write_bytes(head + b";x" * 100_000 + b"\r\n" + rest)
    assert f"{100_000 + len(columns())} colonnes" in refused(path)


FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


SPOTS = st.lists(
    st.tuples(st.integers(0, 999_999), st.integers(0, 255)), min_size=1, max_size=4
)


@FUZZ
@given(SPOTS, st.sampled_from(["json", "csv", "xlsx"]))
def test_a_spoilt_file_is_read_or_refused(tmp_path, spots, suffix) -> None:
    path = {
        "json": lambda: write_json(tmp_path, form()),
        "csv": lambda: write_csv(tmp_path, flat(form())),
        "xlsx": lambda: write_book(tmp_path, make_book(form())),
    }[suffix]()
    content = bytearray(path.read_bytes())
    for spot, byte in spots:
        content[spot * len(content) // 1_000_000] = byte
    path.write_bytes(bytes(content))
    done = bring(path)
    assert done.report
    assert done.declarations.empty or done.declarations["siret"].str.len().eq(14).all()


@FUZZ
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=9), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    st.sampled_from(["siret", "interet", "consent_traitement", "date", "ressources"]),
)
def test_any_json_value_is_read_or_refused(tmp_path, value, name) -> None:
    content = form()
    target = content if name in {"date", "ressources"} else content["reponses"]
    target[name] = value
    assert bring(write_json(tmp_path, content)).report
