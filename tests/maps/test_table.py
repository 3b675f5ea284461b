"""The workbook, read back by a second library."""

import io
import math
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from eitgeo.disclosure.door.rules import release_union_figures
from eitgeo.maps.workbooks.table import comparison_xlsx
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.tables.public import Released
from eitgeo.words import typographic
from tests.maps.toy import HOSTILE, Toy, indicator, label_of, released

LISTS = {"Valeurs", "Unions d’EPCI"}
"""Sheets to sort and filter, not to print."""


@pytest.fixture(scope="module")
def content(toy: Toy) -> bytes:
    """Make the workbook of the toy study."""
    return comparison_xlsx(
        toy.indicators, toy.perimeters, catalogue=toy.catalogue, sheet=toy.sheet
    )


@pytest.fixture(scope="module")
def workbook(content: bytes) -> Workbook:
    """Open it with a library that shares nothing with the writer."""
    return openpyxl.load_workbook(io.BytesIO(content))


def column(workbook: Workbook, name: str, head: str) -> list[object]:
    """Return the values under a head: heads come after the band of the stamp."""
    rows = list(workbook[name].iter_rows(min_row=2, values_only=True))
    place = rows[0].index(head)
    return [row[place] for row in rows[1:]]


def widths(page: Worksheet) -> dict[int, float]:
    """Return the width of each column, which the file gives by runs [characters]."""
    return {
        place: one.width
        for one in page.column_dimensions.values()
        for place in range(one.min, one.max + 1)
    }


def print_scale(page: Worksheet) -> float:
    """Return how much paper shrinks a sheet: A4 on its side, 0.4 inch of margins."""
    if not page.sheet_properties.pageSetUpPr.fitToPage:
        return int(page.page_setup.scale) / 100
    pixels = sum(7 * width + 5 for width in widths(page).values())
    return min(1.0, (297 / 25.4 - 0.8) * 96 / pixels)


def test_rows_are_high_enough_for_what_they_say(workbook: Workbook) -> None:
    page = workbook["Comparaison"]
    for row in page.iter_rows(min_row=2):
        shown = page.row_dimensions[row[0].row].height or 15.0
        for cell in row:
            if isinstance(cell.value, str) and cell.value:
                needed = math.ceil(len(cell.value) / (1.1 * widths(page)[cell.column]))
                assert shown >= 13 * needed, cell


def plain(text: object) -> str:
    """Make no-break spaces plain."""
    return " ".join(str(text).split())


def test_sheets(workbook: Workbook) -> None:
    assert workbook.sheetnames == [
        "Lisez-moi",
        "Comparaison",
        "Valeurs",
        "Unions d’EPCI",
        "Certificats",
    ]


def test_no_cell_is_a_formula_and_names_are_intact(workbook: Workbook) -> None:
    cells = [cell for page in workbook for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    assert column(workbook, "Certificats", "Périmètre")[3] == HOSTILE
    assert column(workbook, "Unions d’EPCI", "Composition") == ["=CC + CA"]


def test_the_same_inputs_give_the_same_bytes(toy: Toy, content: bytes) -> None:
    again = comparison_xlsx(
        toy.indicators, toy.perimeters, catalogue=toy.catalogue, sheet=toy.sheet
    )
    assert again == content


def test_it_is_dated_by_its_edition(workbook: Workbook) -> None:
    assert f"{workbook.properties.created:%Y-%m-%d %H:%M}" == "2026-11-24 00:00"


def test_read_me(workbook: Workbook) -> None:
    text = plain(
        " ".join(
            str(value)
            for row in workbook["Lisez-moi"].iter_rows(values_only=True)
            for value in row
            if value is not None
        )
    )
    for expected in (
        "DÉMONSTRATION – établissements synthétiques, réseau de substitution.",
        "Document de travail",
        "24/11/2026",
        "source : Licence Ouverte 2.0",
        "liste des membres",
        "H : hypothèse de travail",
    ):
        assert expected in text, expected


def test_each_sheet_bears_stamp_status_and_date_on_screen_and_on_paper(
    workbook: Workbook,
) -> None:
    for page in workbook:
        band = plain(page["A1"].value)
        assert band.startswith("DÉMONSTRATION – établissements synthétiques"), page
        assert "Document de travail, édition du 24/11/2026" in band, page
        assert page.print_title_rows == "$1:$2", page
        footer = page.oddFooter
        assert footer.left.text == "Document de travail, édition du 24/11/2026"
        assert footer.center.text == "&A"
        assert page.title in LISTS or print_scale(page) >= 0.68, page
        # The default of both is 1: one page wide, as long as it takes.
        if page.sheet_properties.pageSetUpPr.fitToPage:
            assert page.page_setup.fitToWidth in (None, 1)
            assert page.page_setup.fitToHeight == 0
        else:
            assert page.print_title_cols == "$A:$A"
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize == 9


def test_a_validated_study_has_no_stamp_of_demonstration(toy: Toy) -> None:
    sheet = replace(toy.sheet, demonstration=(), status="valide", effort="complet")
    content = comparison_xlsx(
        toy.indicators, toy.perimeters, catalogue=toy.catalogue, sheet=sheet
    )
    for page in openpyxl.load_workbook(io.BytesIO(content)):
        assert plain(page["A1"].value) == (
            "Document validé, édition du 24/11/2026 · calcul complet"
        )


def test_comparison_says_what_each_figure_rests_on(workbook: Workbook) -> None:
    rows = {row[0]: row for row in workbook["Comparaison"].iter_rows(values_only=True)}
    assert rows["Habitants"][5] == 12_345
    assert rows["Densité"][5] == 165
    assert rows[label_of("epci_whole_pct")][5] == 66.7
    deposit = rows[label_of("deposit_t")]
    assert plain(deposit[5]) == "≈ 40 000 t/an (20 000 à 80 000)"
    withheld = rows[label_of("captured_pct")]
    assert withheld[5] == "–\nsecret statistique"
    assert rows["Appartenances"][8] == "à confirmer"


def test_head_of_a_doubtful_perimeter_says_so(workbook: Workbook) -> None:
    heads = [cell.value for cell in workbook["Comparaison"][2]]
    assert heads[5] == "PETR de l’Aval"
    assert heads[8] == f"{HOSTILE} (à confirmer)"


def test_values_are_rounded_numbers(workbook: Workbook) -> None:
    names = column(workbook, "Valeurs", "Indicateur")
    at = names.index(label_of("deposit_t"))
    triple = [
        column(workbook, "Valeurs", name)[at] for name in ("Bas", "Valeur", "Haut")
    ]
    assert triple == [20_000, 40_000, 80_000]
    assert "–" in column(workbook, "Valeurs", "Valeur")


def test_unions_give_bounds_of_what_is_not_exact(workbook: Workbook) -> None:
    head = f"{label_of('deposit_t')} [t/an] – H"
    assert column(workbook, "Unions d’EPCI", head) == [40_000]
    assert column(workbook, "Unions d’EPCI", f"{head}, haut") == [80_000]


def test_a_figure_that_hangs_on_a_list_is_between_its_bounds(toy: Toy) -> None:
    """Counted on a list to confirm: its bounds keep their decimals, it has no value."""
    table = toy.indicators.table.copy()
    whole = table["indicator_id"] == "epci_whole_pct"
    some = whole & table["perimeter_id"].isin(["aval", "union_0001"])
    names = ["value", "low", "high", "evidence", "note"]
    table.loc[some, names] = math.nan, 42.853506, 100.0, "H", "selon sa liste"
    exact = table[whole & ~some].iloc[[0]].assign(perimeter_id="union_0002")
    other = toy.perimeters.table.query("perimeter_id == 'union_0001'")
    book = openpyxl.load_workbook(
        io.BytesIO(
            comparison_xlsx(
                released(pd.concat([table, exact])),
                released(
                    pd.concat(
                        [toy.perimeters.table, other.assign(perimeter_id="union_0002")]
                    )
                ),
                catalogue=toy.catalogue,
                sheet=toy.sheet,
            )
        )
    )
    rows = {row[0]: row for row in book["Comparaison"].iter_rows(values_only=True)}
    told = rows[label_of("epci_whole_pct")]
    assert plain(told[5]) == "de 42,9 % à 100 % selon sa liste"
    assert told[6] == 66.7
    at = column(book, "Valeurs", "Indicateur").index(label_of("epci_whole_pct"))
    cells = [column(book, "Valeurs", one)[at] for one in ("Valeur", "Bas", "Haut")]
    assert cells == ["–", 42.9, 100]
    said = "[%] – O, ou H : bas et haut selon une liste à confirmer"
    head = typographic(f"{label_of('epci_whole_pct')} {said}")
    assert column(book, "Unions d’EPCI", head) == ["–", 66.7]
    assert column(book, "Unions d’EPCI", f"{head}, bas") == [42.9, 66.7]


@pytest.mark.parametrize(
    ("drawn_pct", "counted", "times"),
    [(76.0, 3761.0, 1), (0.0, 3761.0, 0), (76.0, float("nan"), 0)],
)
def test_drawn_jobs_send_to_those_that_a_register_counts(
    toy: Toy, drawn_pct: float, counted: float, times: int
) -> None:
    rows = [
        indicator("aval", "industry_jobs", 2331.0, synthetic_share_pct=drawn_pct),
        indicator("aval", "counted_industry_employees", counted, evidence="O"),
        indicator("anneau", "industry_jobs", 900.0),
    ]
    table = pd.concat([toy.indicators.table, pd.DataFrame(rows)], ignore_index=True)
    content = comparison_xlsx(
        released(table),
        toy.perimeters,
        catalogue=indicator_catalogue(),
        sheet=toy.sheet,
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    names, notes = (column(book, "Valeurs", one) for one in ("Indicateur", "Note"))
    told = [
        notes[at] for at, name in enumerate(names) if name == label_of("industry_jobs")
    ]
    see = plain(f"voir « {label_of('counted_industry_employees')} »")
    assert sum(see in plain(one) for one in told) == times


def derived_from(toy: Toy) -> dict[str, Released]:
    """Release what two EPCI add, one rank, no front, and two phases."""

    def release(**columns: object) -> Released:
        return release_union_figures(pd.DataFrame(columns), indicators=toy.indicators)

    blocks = release(
        epci_siren=["200000001", "200000002"] * 2,
        name=[HOSTILE, "CC du Milieu"] * 2,
        indicator_id=["epci_whole_pct"] * 2 + ["deposit_t"] * 2,
        alone=[1.0, float("nan"), 12_345.0, 1_234.0],
        last=[2.0, 3.0, 12_345.0, 1_234.0],
        low=[0.0, 0.0, 12_345.0, 1_234.0],
        high=[2.0, 3.0, 12_345.0, 1_234.0],
        mean=[1.25, 2.0, 12_345.0, 1_234.0],
        mean_per_deliberation=[1.25, 2.0, 12_345.0, 1_234.0],
        unit=["points"] * 2 + ["t/an"] * 2,
        evidence=["O"] * 2 + ["H"] * 2,
    )
    ranks = release(
        perimeter_id=["aval"],
        indicator_id=["epci_whole_pct"],
        n_epci=[1],
        value=[66.666],
        rank=[3],
        n_peers=[9],
        evidence=["O"],
    )
    front = release(perimeter_id=[], on_front=[], criteria=[])
    phases = release(
        phase=[1, 2],
        year=[1, 3],
        perimeter_id=["aval", "anneau"],
        name=["PETR de l'Aval", "Périmètre anneau"],
        indicator_id=["epci_whole_pct"] * 2,
        value=[66.666, 66.666],
        added=[float("nan"), 0.0],
        unit=["%"] * 2,
        evidence=["O"] * 2,
    )
    return {
        "epci_blocks": blocks,
        "union_ranks": ranks,
        "union_front": front,
        "phases": phases,
    }


def test_sheets_on_unions_of_whole_epci(toy: Toy) -> None:
    content = comparison_xlsx(
        toy.indicators,
        toy.perimeters,
        catalogue=toy.catalogue,
        sheet=toy.sheet,
        derived=derived_from(toy),
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[4:] == [
        "Ce qu’apporte chaque EPCI",
        "Rangs",
        "Élargissement",
        "Certificats",
    ]
    blocks = book.sheetnames[4]
    assert column(book, blocks, "EPCI")[:4] == [HOSTILE, "CC du Milieu"] * 2
    assert column(book, blocks, "Seul avec le socle")[:4] == [1, "–", 10_000, 1_000]
    assert column(book, blocks, "En moyenne")[:2] == [1.25, 2]
    assert column(book, "Rangs", "Rang")[0] == 3
    assert column(book, "Rangs", "Unions d’autant d’EPCI")[0] == 9
    assert column(book, "Élargissement", "Ajouté")[0] == 0
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


@pytest.mark.parametrize(
    ("first", "second", "printed", "added"),
    [
        (34_000.0, 66_000.0, [30_000, 70_000], 40_000),
        (26_000.0, 34_000.0, [30_000, 30_000], 0),
    ],
)
def test_what_a_phase_adds_is_the_gap_of_the_printed_figures(
    toy: Toy, first: float, second: float, printed: list[int], added: int
) -> None:
    held = {"aval": first, "anneau": second}
    table = toy.indicators.table
    mine = table["indicator_id"].eq("deposit_t") & table["perimeter_id"].isin(held)
    value = table["perimeter_id"].map(held).where(mine, table["value"])
    figures = released(table.assign(value=value))
    phases = pd.DataFrame(
        {
            "phase": [1, 2],
            "year": [1, 3],
            "perimeter_id": list(held),
            "name": ["PETR de l'Aval", "Périmètre anneau"],
            "indicator_id": "deposit_t",
            "value": [first, second],
            "added": [float("nan"), second - first],
            "unit": "t/an",
            "evidence": "H",
        }
    )
    content = comparison_xlsx(
        figures,
        toy.perimeters,
        catalogue=toy.catalogue,
        sheet=toy.sheet,
        derived=derived_from(toy)
        | {"phases": release_union_figures(phases, indicators=figures)},
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    heads = ["Année 1 : PETR de l'Aval", "Année 3 : Périmètre anneau", "Ajouté"]
    first_cell, second_cell, gap = (
        column(book, "Élargissement", typographic(head))[0] for head in heads
    )
    assert [first_cell, second_cell] == printed
    assert gap == added
