"""Labels never overlap."""

import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from eitgeo.maps.paper.canvas import clip_lines, text_width_mm, wrap
from eitgeo.maps.paper.labels import (
    Box,
    Lettering,
    MapFrame,
    Placer,
    around,
    beside_point,
    place_point_label,
)

FRAME = Box(0, 0, 100, 100)


def overlap(a: Box, b: Box) -> bool:
    """Say whether two boxes share an inner point."""
    return a.xmin < b.xmax and b.xmin < a.xmax and a.ymin < b.ymax and b.ymin < a.ymax


def test_the_first_free_place_is_taken() -> None:
    placer = Placer(FRAME)
    first, second = Box(0, 0, 10, 10), Box(10, 0, 20, 10)
    assert placer.place([first, second]) == first
    assert placer.place([first, second]) == second  # they touch, they do not overlap
    assert placer.place([first, second]) is None


def test_nothing_leaves_the_frame() -> None:
    placer = Placer(FRAME)
    assert placer.place([Box(95, 0, 105, 10), Box(-1, 0, 5, 5)]) is None


@given(
    st.lists(
        st.tuples(
            st.floats(0, 100), st.floats(0, 100), st.floats(1, 30), st.floats(1, 10)
        ),
        max_size=25,
    )
)
def test_placed_boxes_never_overlap(labels: list[tuple[float, ...]]) -> None:
    placer = Placer(FRAME)
    placed = []
    for x, y, width, height in labels:
        box = placer.place(beside_point(x, y, (width, height), 1.0))
        if box is not None:
            placed.append(box)
    assert not any(overlap(a, b) for i, a in enumerate(placed) for b in placed[i + 1 :])


def test_a_box_is_centred() -> None:
    assert around(10, 20, 4, 2) == Box(8, 19, 12, 21)


def test_lines_fit_their_width() -> None:
    lines = wrap("un deux trois quatre cinq six sept", 20.0, size_pt=8)
    assert len(lines) > 1
    assert " ".join(lines) == "un deux trois quatre cinq six sept"
    assert all(text_width_mm(line, 8) <= 20.0 for line in lines)


def test_no_break_spaces_hold() -> None:
    tied = "12\N{NO-BREAK SPACE}345\N{NO-BREAK SPACE}habitants"
    assert wrap(f"soit {tied}", 12.0, size_pt=8) == ["soit", tied]


def test_what_is_cut_is_said() -> None:
    assert clip_lines(["a", "b", "c"], 2) == ["a", "b …"]
    assert clip_lines(["a", "b"], 2) == ["a", "b"]


def written_beside(text: str, *walls_x: float) -> tuple[list[str], Box]:
    """Name a point in the middle of the frame, between limits from south to north."""
    axes, placer = Figure().subplots(), Placer(FRAME)
    for x in walls_x:
        placer.leave_clear(shapely.LineString([(x, 0), (x, 100)]))
    view, middle = MapFrame(axes, 1.0, placer), shapely.Point(50, 50)
    assert place_point_label(view, middle, text, lettering=Lettering(8.0), gap_mm=1.0)
    return axes.texts[-1].get_text().split("\n"), placer.taken[-1]


def test_a_name_crosses_a_limit_only_where_no_other_place_is_near() -> None:
    name = "Montesquieu-Volvestre"
    width = text_width_mm(name, 8.0)
    lines, free = written_beside(name)
    assert lines == [name]
    assert round(free.xmin) == 51  # to the right of its point, its first place
    # As wide as the name: there is a place right over the point, partly beside it.
    lines, box = written_beside(name, 50 - 0.3 * width, 50 + 0.9 * width)
    assert lines == [name]
    assert 50 - 0.3 * width < box.xmin < box.xmax < 50 + 0.9 * width
    # Narrower: on two lines, within the limits.
    lines, box = written_beside(name, 50 - 0.4 * width, 50 + 0.4 * width)
    assert lines == ["Montesquieu-", "Volvestre"]
    assert 50 - 0.4 * width < box.xmin < box.xmax < 50 + 0.4 * width
    # Limits everywhere: on one line again, across.
    lines, box = written_beside(name, *range(2, 100, 4))
    assert lines == [name]
    assert box == free
