"""The writer of workbooks: texts stay texts, figures are rounded, filters end."""

import io
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import eitgeo
from eitgeo.ledger import LEDGER, Place, read_ledger
from eitgeo.maps.workbooks import workbook
from eitgeo.maps.workbooks.workbook import (
    Book,
    Column,
    Figure,
    Group,
    Printed,
    Row,
    Text,
    sourced,
)
from eitgeo.reference.labels import labels_of
from tests.maps.toy import Toy

AT = Place("zones", "z1", "n")
HOSTILE = ("=1+1", "+33 5 61", "-1", "@cmd", "https://exemple.invalid", "007")


def written(toy: Toy, columns: list[Column], *rows: Any, **more: Any) -> Worksheet:
    """Write a sheet alone and read it back by a library that shares nothing."""
    about = replace(toy.sheet, demonstration=())
    book = Book(about)
    book.sheet("Essai", columns, list(rows) if rows else None, **more)
    return openpyxl.load_workbook(io.BytesIO(book.content()))["Essai"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_a_link_or_a_number(toy: Toy, text: str) -> None:
    rows: list[Row] = [(text, Text(text, "bold")), Group(text)]
    for page in (
        written(toy, [Column(text, 20), Column("B", 9)], *rows, note=text),
        written(toy, [Column(text, 20, pd.Series([text]))], note=Text(text, "note")),
    ):
        cells = [cell for row in page.iter_rows(min_row=2) for cell in row]
        said = [cell for cell in cells if cell.value not in (None, "B")]
        assert len(said) >= 3
        assert {cell.value for cell in said} == {text}
        assert {cell.data_type for cell in said} == {"s"}
        assert all(cell.hyperlink is None for cell in said)


def test_one_module_opens_workbooks() -> None:
    package = Path(eitgeo.__file__).parent
    named = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "xlsxwriter.Workbook(" in path.read_text(encoding="utf-8")
    }
    assert named == {"maps/workbooks/workbook.py"}


def test_a_table_is_its_columns(toy: Toy) -> None:
    columns = [
        Column("Zone", 20, pd.Series(["a", None])),
        Column("Part", 9, pd.Series([66.666, 98.6]), 1, pd.Series(["O", "H"]), "%"),
        Column("Masse", 9, pd.Series([1234.0, math.nan]), 0, "S", "t"),
    ]
    told = sourced(columns, "zones", pd.Series(["z1", "z2"]))
    page = written(toy, told, note="Deux zones.")
    values = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert values == [
        ["Zone", "Part (%)", "Masse (t)"],
        ["a", 66.7, 1200],
        ["", 99, "–"],
        [None, None, None],
        ["Deux zones.", None, None],
    ]
    assert page["B3"].number_format == "#,##0.0"
    assert page.auto_filter.ref == "A2:C4"
    assert page.freeze_panes == "B3"
    assert page.column_dimensions["A"].width == pytest.approx(20, abs=1)


def test_rows_hold_figures_with_their_own_class(toy: Toy) -> None:
    rows: list[Row] = [
        (Figure(1234, "H", unit="t", place=AT), Figure(6.666, decimals=1, place=AT)),
        (Printed(12.25, None), Printed(12.25, 1), Printed(math.inf, 0)),
        (),
        ("hors du filtre",),
    ]
    page = written(toy, [Column(name, 12) for name in "ABC"], *rows)
    values = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
    assert values[0] == [1000, 6.7, None]
    assert values[1] == [12.25, 12.25, "–"]
    assert [cell.number_format for cell in page[4]][:2] == ["#,##0.00", "#,##0.0"]
    assert page.auto_filter.ref == "A2:C4"


def test_figures_without_a_place_are_refused(toy: Toy) -> None:
    with pytest.raises(ValueError, match="Part: a figure without its place"):
        written(toy, [Column("Part", 9, pd.Series([1.0]), 0)])
    with pytest.raises(ValueError, match="12: a figure without its place"):
        written(toy, [Column("Part", 9)], (Figure(12),))


def test_the_ledger_knows_each_number_of_a_sheet(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LEDGER, str(tmp_path))
    rows = pd.DataFrame({"zone_id": ["z1", "z2"], "n": [246.0, math.nan]})
    columns = [
        Column("Sites", 9, rows["n"], 0, "H"),
        Column("Part", 9, 100 * rows["n"], 0, source=("other", rows["zone_id"], "s")),
    ]
    written(toy, sourced(columns, "zones_public", rows["zone_id"]))
    told = {one.place: one.number for one in read_ledger(tmp_path)}
    assert told == {
        Place("zones_public", "z1", "n"): 200.0,
        Place("zones_public", "z2", "n"): None,
        Place("other", "z1", "s"): 24_600.0,
        Place("other", "z2", "s"): None,
    }


def test_a_sheet_without_labels_starts_under_the_band(toy: Toy) -> None:
    page = written(toy, [Column("", 20)], ("dit",), layout="page")
    assert page["A2"].value == "dit"
    assert page.freeze_panes is None
    assert page.auto_filter.ref is None


@pytest.mark.parametrize(("width", "paper"), [(20, 9), (300, 8)])
def test_a_wide_grid_prints_on_a3(toy: Toy, width: float, paper: int) -> None:
    page = written(toy, [Column("A", width)], ("x",), layout="grid")
    assert page.page_setup.paperSize == paper
    assert page["A3"].font.bold
    assert page["A3"].border.bottom.style == "dotted"


def test_every_sheet_that_is_declared_is_written_in_words_that_exist() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(Path(workbook.__file__).parent.glob("*.py"))
    )
    sheets = workbook.declared_sheets()
    assert [name for name in sheets if f'"{name}"' not in code] == []
    rows = [row for sheet in sheets.values() for row in sheet]
    assert [row for row in rows if row["words"] and not labels_of(row["words"])] == []
    figures = [row for row in rows if row["unit"] or row["evidence"]]
    assert [row for row in figures if not row["decimals"]] == []
