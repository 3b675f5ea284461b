"""Files that no source of the register holds, spoilt; and files that made a fault.

``tests/sources/test_every_source.py`` spoils those of the sources, and
``tests/test_study_fuzz.py`` the study. ``make fuzz`` tries 10 000 files of each instead
of twenty: hypothesis shrinks one that makes a fault and keeps it (``.hypothesis``).
``found.jsonl`` holds those that made one before they were refused.
"""

import base64
import datetime as dt
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eitgeo.errors import EitgeoError
from eitgeo.sources.ground.land_cover import read_industrial_cover
from eitgeo.sources.ground.osm_areas import read_osm_areas
from eitgeo.sources.ground.osm_roads import read_osm_roads
from eitgeo.sources.territory.perimeter_files import read_perimeter_file
from tests.roads.osm_files import write_osm
from tests.roads.test_network import LADDER
from tests.sources import survey_files as survey
from tests.sources.every_fault import communes
from tests.sources.every_source import SOURCES, cover
from tests.sources.mutate import (
    assert_reads_or_refuses,
    mutated_bytes,
    mutated_csv,
    mutated_json,
)
from tests.sources.source import loaded
from tests.sources.test_land_cover import WHOLE
from tests.sources.test_osm_areas import drawing

FOUND = Path(__file__).with_name("found.jsonl")
SETTINGS = settings(
    max_examples=int(os.environ.get("EITGEO_FUZZ", "20")),
    deadline=dt.timedelta(seconds=20),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
RING = [[0.5, 42.8], [0.7, 42.8], [0.7, 43.0], [0.5, 43.0], [0.5, 42.8]]
LAYER = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code_insee": "09001"},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        }
    ],
}
CODES = b"code_insee;role\n09001;membre\n31002;membre\n31471;membre\n"


class Target(NamedTuple):
    """A reader: name of its file, how to spoil one, and what may then come of it."""

    file: str
    spoilt: st.SearchStrategy[bytes]
    hold: Callable[[Path], object]


def hold_plain(read: Callable[[Path], object], path: Path) -> object:
    """Read a file, or have it refused by its name and what to do."""
    try:
        return read(path)
    except EitgeoError as error:
        said = str(error)
    assert path.name in said
    assert "→" in said
    return None


def hold_survey(path: Path) -> object:
    """Bring an answer: what it says of it is told in its report."""
    return next((one for one in survey.bring(path).report if one.level == "refusé"), 1)


def hold_source(name: str, path: Path) -> object:
    """Hold the reader of a source to its word."""
    source = SOURCES[name]
    return assert_reads_or_refuses(
        lambda at: loaded(source.read(at, communes())), path, table=source.table
    )


PLAIN: dict[str, tuple[str, Callable[[Path], object]]] = {
    "osm_roads": ("a.osm", read_osm_roads),
    "osm_areas": ("a.osm", read_osm_areas),
    "industrial_cover": (
        "clc.tif",
        partial(read_industrial_cover, bounds=WHOLE.bounds),
    ),
    "perimeter": ("p.csv", read_perimeter_file),
}


@pytest.fixture(scope="module")
def targets(tmp_path_factory) -> dict[str, Target]:
    """Write the valid file of each reader once."""
    folder = tmp_path_factory.mktemp("valid")
    form = survey.form()
    csv = survey.write_csv(folder, survey.flat(form)).read_bytes()
    book = survey.write_book(folder, survey.make_book(form)).read_bytes()
    roads = write_osm(folder / "a.osm", LADDER).read_bytes()
    ground, layer = cover(folder).read_bytes(), json.dumps(LAYER).encode()
    plain = {name: partial(hold_plain, read) for name, (_, read) in PLAIN.items()}
    return {
        "survey_json": Target(
            "f.json", mutated_json(json.dumps(form).encode()), hold_survey
        ),
        "survey_csv": Target("f.csv", mutated_csv(csv), hold_survey),
        "survey_xlsx": Target("f.xlsx", mutated_bytes(book), hold_survey),
        "perimeter_csv": Target("p.csv", mutated_csv(CODES), plain["perimeter"]),
        "perimeter_layer": Target("p.geojson", mutated_json(layer), plain["perimeter"]),
        "osm_roads": Target("a.osm", mutated_bytes(roads), plain["osm_roads"]),
        "osm_areas": Target(
            "a.osm", mutated_bytes(drawing().encode()), plain["osm_areas"]
        ),
        "industrial_cover": Target(
            "clc.tif", mutated_bytes(ground), plain["industrial_cover"]
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("survey_json", "survey_csv", "survey_xlsx", "perimeter_csv"),
        *("perimeter_layer", "osm_roads", "osm_areas", "industrial_cover"),
    ],
)
@SETTINGS
@given(data=st.data())
def test_a_spoilt_file_is_read_or_refused(targets, tmp_path, name, data) -> None:
    target = targets[name]
    path = tmp_path / target.file
    path.write_bytes(data.draw(target.spoilt))
    target.hold(path)


@pytest.mark.parametrize(
    "one",
    [json.loads(one) for one in FOUND.read_text("utf-8").splitlines()],
    ids=lambda one: one["reader"],
)
def test_a_file_that_made_a_fault_is_refused(tmp_path, one) -> None:
    name = one["reader"]
    file, read = PLAIN.get(name) or (SOURCES[name].file, partial(hold_source, name))
    path = tmp_path / file
    path.write_bytes(base64.b85decode(one["base85"]))
    held = hold_plain(read, path) if name in PLAIN else read(path)
    assert held is None or one["read"]
