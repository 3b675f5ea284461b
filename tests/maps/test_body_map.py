"""The map of structures: one fill a place, a small map for what overlaps."""

import dataclasses

from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.layout import open_map
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.prints.body_map import body_map
from tests.maps.pictures import bodies, memberships, neighbours
from tests.maps.test_print_maps import words
from tests.maps.toy import Toy, released


def drawn_of(toy: Toy, table=None):
    return body_map(
        toy.ground,
        released(bodies() if table is None else table),
        members=released(memberships()),
        neighbours=released(neighbours()),
    )


def legend_of(drawn) -> list[str]:
    with drawing_style():
        view = open_map(Page(FORMATS["A4"]), drawn.bounds, low_mm=20.0)
        return [item.label for layer in drawn.layers for item in layer.draw(view)]


def test_the_heading_says_whom_the_filled_bodies_bring_together(toy: Toy) -> None:
    heading = drawn_of(toy).heading.replace("\xa0", " ").replace("\u202f", " ")
    # 1 000 + 2 000 + 3 000 in the south, 7 000 + 8 000 + 9 000 in the north.
    assert heading == "2 PETR réunissent 30 000 des 45 000 habitants du territoire"
    assert "Communes du territoire hors PETR" in legend_of(drawn_of(toy))
    none = bodies()[lambda one: one["kind"] != "petr"]
    drawn = drawn_of(toy, none)
    assert drawn.heading == drawn.subject
    # A new study has no PETR yet: nothing is said to be out of any.
    assert "Communes du territoire" in legend_of(drawn)


def test_what_overlaps_has_a_small_map_each_and_no_outline(toy: Toy) -> None:
    """Outlines on outlines cannot be told apart: two bodies make two axes."""
    drawn = drawn_of(toy)
    with drawing_style():
        page = Page(FORMATS["A4"])
        before = len(page.figure.axes)
        drawn.side[1](page, page.side_top)
        small = page.figure.axes[before:]
        view = open_map(page, drawn.bounds, low_mm=20.0)
        drawn.layers[1].draw(view)
    assert len(small) == 2
    hatches = [axes.collections[1].get_hatch() for axes in small]
    # In the order of the list: the contract, then the syndicate « à confirmer ».
    assert [bool(one) for one in hatches] == [False, True]
    right = page.width_mm / 25.4 * page.figure.dpi
    for axes in small:
        assert axes.bbox.x1 <= right
    # A fill and a limit for each of two bodies, whose limits never run together.
    assert len(view.axes.collections) == 4


def test_the_sheet_tells_powers_doubts_and_a_hostile_name(
    printed: Toy, tmp_path
) -> None:
    drawn = drawn_of(printed)
    text = words(compose(drawn, printed.sheet)["pdf"], tmp_path)
    assert "Membres à confirmer." in text
    assert text.count("PETR du Nord") == 2
    assert "Sans personnalité juridique" in text
    assert "<b>du tri</b> $x$" in text


def test_tables_that_are_not_released_are_refused(toy: Toy) -> None:
    bare = dataclasses.replace(toy.ground, tables={})
    made = body_map(
        bare,
        released(bodies()),
        members=released(memberships()),
        neighbours=released(neighbours(none=True)),
    )
    assert len(made.released) == 3
