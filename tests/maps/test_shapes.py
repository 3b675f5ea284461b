"""Shapes are drawn many at a time, and look as if each were drawn alone."""

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from eitgeo.maps.paper.shapes import add_lines, add_polygons

RING = shapely.difference(shapely.box(0, 0, 40, 40), shapely.box(10, 10, 30, 30))
APART = shapely.MultiPolygon([shapely.box(50, 0, 60, 10), shapely.box(70, 0, 80, 10)])


def canvas():
    figure = Figure(figsize=(2, 2))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-5, 95), ylim=(-5, 95))
    axes.axis("off")
    return axes


def dots(axes):
    drawn = FigureCanvasAgg(axes.figure)
    drawn.draw()
    return np.asarray(drawn.buffer_rgba())


def test_polygons_together_are_those_alone_holes_and_pieces_included():
    shapes = [RING, APART, shapely.box(0, 60, 90, 90)]
    together, alone = canvas(), canvas()
    add_polygons(together, shapes, facecolor="black", linewidth=0)
    for shape in shapes:
        add_polygons(alone, [shape], facecolor="black", linewidth=0)
    assert (dots(together) == dots(alone)).all()
    assert (dots(together)[..., 0] == 0).mean() > 0.3
    assert len(together.collections[0].get_paths()) == 1


def test_many_lines_are_a_few_paths_that_hold_every_point_and_never_join():
    x = np.arange(5_000.0)
    ends = np.stack([np.column_stack([x, x]), np.column_stack([x, x + 1])], axis=1)
    lines = shapely.multilinestrings([*shapely.linestrings(ends), shapely.LineString()])
    axes = canvas()
    add_lines(axes, lines, color="black", linewidth=1)
    paths = axes.collections[0].get_paths()
    assert 1 < len(paths) < 10
    assert sum(len(path.vertices) for path in paths) == 10_000
    assert all((path.codes[::2] == path.MOVETO).all() for path in paths)
    add_lines(axes, shapely.MultiLineString(), color="black")
    assert len(axes.collections) == 1
