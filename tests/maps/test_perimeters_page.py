"""The page of perimeters: one extent, one scale, one legend; all that fits."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.paper.formats import FORMATS, MARGIN_MM
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.prints.print_maps import (
    cells_of,
    page_heading,
    perimeters_page,
)
from eitgeo.maps.words.cards import perimeter_rows
from tests.maps.test_print_maps import words
from tests.maps.toy import HOSTILE, MEMBERS, Toy, released


def drawn_of(toy: Toy, **changes: Any) -> dict[str, bytes]:
    given: dict[str, Any] = {
        "members": toy.members,
        "indicators": toy.indicators,
        "catalogue": toy.catalogue,
    } | changes
    return compose(perimeters_page(toy.ground, toy.perimeters, **given), toy.sheet)


def test_each_compared_perimeter_is_told_once_with_what_it_is(
    printed: Toy, tmp_path
) -> None:
    text = words(drawn_of(printed, left_out="Sauf un contour.")["pdf"], tmp_path)
    for name in ("PETR de l’Aval", "Périmètre anneau", "Périmètre morceaux"):
        assert text.count(name) == 1, name
    assert HOSTILE[:20] in text
    assert "=CC + CA" not in text  # not compared
    assert "12 345 habitants" in text
    assert "Appartenance à confirmer" in text
    assert "la même échelle partout" in text
    assert "Sauf un contour." in text
    assert "DÉMONSTRATION" in text
    rows = perimeter_rows(printed.perimeters)
    assert page_heading(rows).startswith("4 périmètres comparés, de 12")
    assert page_heading(rows.head(1)) == "Les périmètres comparés"


def test_the_same_inputs_give_the_same_bytes(pictured: Toy) -> None:
    assert drawn_of(pictured) == drawn_of(pictured)


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("count", [2, 5, 8, 13])
def test_cells_are_alike_apart_and_on_the_page(toy: Toy, name: str, count: int) -> None:
    with drawing_style():
        page = Page(FORMATS[name])
    cells = np.array(cells_of(page, count, toy.ground, low_mm=24.0))
    assert len(cells) == count
    assert cells[:, 0].min() >= MARGIN_MM - 1e-9
    assert cells[:, 2].max() <= page.width_mm - MARGIN_MM + 1e-9
    assert cells[:, 1].min() >= 24.0 - 1e-9
    assert cells[:, 3].max() <= page.format.map_top_mm
    sizes = cells[:, 2:] - cells[:, :2]
    assert np.allclose(sizes, sizes[0])
    for one in range(count):
        for other in range(one):
            wide, high = np.minimum(cells[one, 2:], cells[other, 2:]) - np.maximum(
                cells[one, :2], cells[other, :2]
            )
            assert min(wide, high) <= 1e-9


def test_tables_that_are_not_released_are_refused(toy: Toy) -> None:
    sure = released(toy.perimeters.table.assign(membership_status="publie"))
    plain = dataclasses.replace(toy, perimeters=sure)
    assert drawn_of(plain)["png"] != drawn_of(toy)["png"]
    assert set(MEMBERS) >= {"aval", "une"}
