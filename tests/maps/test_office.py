"""Every workbook in LibreOffice: sheets, cells, notes and formats come out whole."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from eitgeo.maps import comparison_xlsx, sign_up_xlsx
from tests.maps import test_flow_table, test_governance_table, test_zone_table
from tests.maps.forms import make_form
from tests.maps.toy import Toy
from tests.office import needs_office, saved_again

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


def cells(content: bytes) -> dict[str, list[tuple[str, object]]]:
    """Read every cell that says something, sheet by sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: [
            (cell.coordinate, cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value not in (None, "")
        ]
        for sheet in book
    }


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_opens_whole(toy: Toy, name: str, tmp_path: Path) -> None:
    content = BOOKS[name](toy)
    path = tmp_path / "in" / f"{name}.xlsx"
    path.parent.mkdir()
    path.write_bytes(content)
    again = saved_again(path, tmp_path, kind="xlsx").read_bytes()
    before, after = cells(content), cells(again)
    assert list(after) == list(before)
    for title, said in before.items():
        assert after[title] == said, title
    frozen = [openpyxl.load_workbook(io.BytesIO(one)) for one in (content, again)]
    for sheet, back in zip(*frozen, strict=True):
        assert back.freeze_panes == sheet.freeze_panes
