"""Time the whole set of print maps, and one fill beside geopandas' own.

Run a study first, then: python -m benchmarks.bench_maps
"""

from __future__ import annotations

import io
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from eitgeo.maps.paper.shapes import add_polygons
from eitgeo.steps import declared
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

ROOT = Path(__file__).resolve().parents[1]
STEPS = (
    "territory_map",
    "body_map",
    "perimeter_maps",
    "core_map",
    "flow_maps",
    "zone_maps",
    "difference_sheet",
    "road_maps",
)
ROUNDS = 5


def seconds(work: Callable[[], object]) -> float:
    """Time a piece of work [s]."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def fill(draw: Callable[[Axes], object]) -> None:
    """Draw polygons on an A4 page at 150 dpi."""
    figure = Figure(figsize=(11.7, 8.3))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    draw(axes)
    axes.autoscale_view()
    figure.savefig(io.BytesIO(), format="png", dpi=150)


def main() -> None:
    """Print the time of each step, the total, and the ratio with the peer."""
    project = open_project(ROOT / "study.yaml")
    total = 0.0
    for step in (one for one in declared.STEPS if one.name in STEPS):
        name = step.name
        spent = seconds(partial(step.run, project))
        total += spent
        print(f"{name:18} {spent:6.1f} s")
    print(f"{'ensemble':18} {total:6.1f} s")
    communes = read_table(project.processed, "communes")
    ours = [seconds(lambda: fill(lambda axes: add_polygons(axes, communes.geometry)))]
    peer = [seconds(lambda: fill(lambda axes: communes.plot(ax=axes)))]
    for _ in range(ROUNDS - 1):
        ours.append(
            seconds(lambda: fill(lambda axes: add_polygons(axes, communes.geometry)))
        )
        peer.append(seconds(lambda: fill(lambda axes: communes.plot(ax=axes))))
    print(f"remplir {len(communes)} communes : {min(ours):.2f} s", end=" ; ")
    print(f"geopandas {min(peer):.2f} s ; rapport {min(ours) / min(peer):.2f}")


if __name__ == "__main__":
    main()
