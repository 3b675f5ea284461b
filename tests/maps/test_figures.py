"""The stamp and the ticks of an analyst's figures."""

import pytest
from matplotlib.figure import Figure

from eitgeo.maps.paper.canvas import french_ticks, stamp_axes


def words(figure: Figure) -> list[str]:
    """Return the texts drawn inside the first axes."""
    return [text.get_text() for text in figure.axes[0].texts]


def test_nothing_is_stamped_without_a_reason() -> None:
    figure = Figure()
    stamp_axes(figure.subplots(), ())
    assert words(figure) == []


def test_the_stamp_names_each_reason() -> None:
    figure = Figure()
    stamp_axes(figure.subplots(), iter(["un", "deux"]))
    assert words(figure) == ["DÉMONSTRATION", "un\ndeux"]


@pytest.mark.parametrize("size_inch", [(3, 2), (12, 2), (2, 9), (12, 8)])
@pytest.mark.parametrize("reason", ["bref", "une raison nettement plus longue"])
def test_the_stamp_stays_inside_its_axes(size_inch, reason) -> None:
    figure = Figure(figsize=size_inch)
    axes = figure.subplots()
    stamp_axes(axes, [reason])
    figure.draw_without_rendering()
    box = axes.get_window_extent()
    for text in axes.texts:
        drawn = text.get_window_extent()
        assert box.x0 <= drawn.x0
        assert drawn.x1 <= box.x1
        assert box.y0 <= drawn.y0
        assert drawn.y1 <= box.y1


def test_the_stamp_takes_no_room_in_the_layout() -> None:
    figure = Figure()
    axes = figure.subplots()
    before = axes.get_tightbbox()
    stamp_axes(axes, ["raison"])
    after = axes.get_tightbbox()
    assert before is not None
    assert after is not None
    assert after.bounds == before.bounds


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1250.0, "1\N{NARROW NO-BREAK SPACE}250"),
        (0.1 + 0.2, "0,3"),
        (-2.5, "−2,5"),
        (0.0, "0"),
    ],
)
def test_ticks_are_written_in_french(value, expected) -> None:
    axes = Figure().subplots()
    french_ticks(axes.xaxis, axes.yaxis)
    for axis in (axes.xaxis, axes.yaxis):
        assert axis.get_major_formatter()(value, None) == expected
