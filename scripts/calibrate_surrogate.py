"""Fit the surrogate network of a study to its known trips, and print the settings.

Usage: ``python scripts/calibrate_surrogate.py [study.yaml]`` after ``eitgeo run``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from eitgeo.roads.network.surrogate import build_surrogate
from eitgeo.roads.questions.calibration import calibrate, fit_summary, trip_fit
from eitgeo.sources.ground.elevation import heights, read_elevation
from eitgeo.sources.ground.motorways import read_known_trips, read_motorway_exits
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table


def main() -> None:
    """Calibrate, then print the parameters and the fit they give."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path, nargs="?", default=Path("study.yaml"))
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    project = open_project(options.study, out=options.out)
    sources = project.study.sources
    communes = read_table(project.processed, "communes")
    borders = read_table(project.processed, "borders")
    ground = heights(read_elevation(project.path(sources.elevation)))
    exits = read_motorway_exits(project.path(sources.motorway_exits))
    trips = read_known_trips(project.path(sources.known_trips))
    roads = calibrate(
        trips,
        communes=communes,
        borders=borders,
        heights=ground,
        motorway_exits=exits,
        roads=project.study.roads,
    )
    network = build_surrogate(
        communes, borders, heights=ground, motorway_exits=exits, roads=roads
    )
    fit = trip_fit(trips, network, communes=communes, roads=roads)
    for name, value in roads.model_dump().items():
        print(f"{name}: {value}")
    print(fit.drop(columns="status").round(1).to_string(index=False))
    for name, value in fit_summary(fit).items():
        print(f"{name}: {value:+.1f}")


if __name__ == "__main__":
    main()
