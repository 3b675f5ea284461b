"""Every workbook in LibreOffice: sheets, cells, notes and formats come out whole."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl import Workbook

from eitgeo.maps.form.sheets import sign_up_xlsx
from eitgeo.maps.workbooks.table import comparison_xlsx
from tests.maps import test_flow_table, test_governance_table, test_zone_table
from tests.maps.forms import make_form
from tests.maps.toy import Toy
from tests.office import all_saved_again, needs_office

pytestmark = needs_office


def comparison(toy: Toy) -> bytes:
    """Write the comparison of the toy study."""
    return comparison_xlsx(
        toy.indicators, toy.perimeters, catalogue=toy.catalogue, sheet=toy.sheet
    )


BOOKS: dict[str, Callable[[Toy], bytes]] = {
    "comparaison": comparison,
    "gisements_echanges": test_flow_table.made,
    "gouvernance": test_governance_table.make,
    "inscription": lambda toy: sign_up_xlsx(make_form(toy)),
    "zones": test_zone_table.made,
}


def opened(content: bytes) -> Workbook:
    """Read a workbook."""
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(book: Workbook) -> dict[str, list[tuple[str, object]]]:
    """List every cell that says something, sheet by sheet."""
    return {
        sheet.title: [
            (cell.coordinate, cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value not in (None, "")
        ]
        for sheet in book
    }


@pytest.fixture(scope="module")
def books(
    toy: Toy, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[bytes, bytes]]:
    """Write every workbook, and have LibreOffice save each: both contents, by name."""
    folder = tmp_path_factory.mktemp("office")
    written = {name: folder / "in" / f"{name}.xlsx" for name in BOOKS}
    (folder / "in").mkdir()
    for name, path in written.items():
        path.write_bytes(BOOKS[name](toy))
    saved = all_saved_again(list(written.values()), folder, kind="xlsx")
    contents = (
        (path.read_bytes(), again.read_bytes())
        for path, again in zip(written.values(), saved, strict=True)
    )
    return dict(zip(BOOKS, contents, strict=True))


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_opens_whole(
    books: dict[str, tuple[bytes, bytes]], name: str
) -> None:
    written, again = map(opened, books[name])
    before, after = cells(written), cells(again)
    assert list(after) == list(before)
    for title, said in before.items():
        assert after[title] == said, title
    for sheet, back in zip(written, again, strict=True):
        assert back.freeze_panes == sheet.freeze_panes
