"""What is spoilt: every reader of the package, the survey's files, and the study."""

import json
import random
import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pandas as pd

from eitgeo.errors import EitgeoError
from eitgeo.sources.ground.land_cover import read_industrial_cover
from eitgeo.sources.ground.osm_areas import read_osm_areas
from eitgeo.sources.ground.osm_roads import read_osm_roads
from eitgeo.sources.territory.perimeter_files import read_perimeter_file
from eitgeo.tables.schema import validate
from tests.fuzz.spoilers import spoilt_bytes, spoilt_csv, spoilt_json, spoilt_study
from tests.roads.osm_files import write_osm
from tests.roads.test_network import LADDER
from tests.sources import survey_files as survey
from tests.sources.every_fault import communes
from tests.sources.every_source import SOURCES, cover, write
from tests.sources.mutate import assert_reads_or_refuses, count_rows
from tests.sources.source import Source, loaded
from tests.sources.test_every_source import UNCOUNTED
from tests.sources.test_land_cover import WHOLE
from tests.sources.test_osm_areas import drawing
from tests.test_study_fuzz import TEXT
from tests.test_study_fuzz import hold as hold_study

READ = "lu"
LONG = (
    *("cnig_layer", "bd_topo_roads", "survey_json", "survey_csv", "survey_xlsx"),
    *("sirene_units", "sirene", "sirene_places", "urssaf_ape"),
)
"""A tenth of a second a file, or near: the last to be tried."""

_EMPTY: dict[str, pd.DataFrame] = {}
_WITHOUT = re.compile(r"«[^»]*»|\([^)]*\)|[\d.,:/'\"]+")
RING = [[0.5, 42.8], [0.7, 42.8], [0.7, 43.0], [0.5, 43.0], [0.5, 42.8]]
LAYER = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code_insee": "09001"},
                "geometry": {"type": "Polygon", "coordinates": [RING]},
            }
        ],
    }
).encode()
CODES = b"code_insee;role\n09001;membre\n31002;membre\n31471;membre\n"


class Target(NamedTuple):
    """A reader, a valid file, how to spoil it, and what may then come of it.

    ``hold`` reads a file: it gives ``READ`` or what the refusal says, and raises on
    anything else. ``kept``: its spoilt files are text, small enough to keep.
    """

    name: str
    file: str
    valid: bytes
    spoil: Callable[[bytes, random.Random], bytes]
    hold: Callable[[Path], str]
    kept: bool = True


def reduced(message: str) -> str:
    """Reduce a refusal to what does not depend on the values met."""
    lines = message.split("\n")
    line = lines[1] if len(lines) > 1 else lines[0].partition(" : ")[2]
    return " ".join(_WITHOUT.sub("·", line).split())[:120]


def _hold_source(source: Source, path: Path, *, counted: bool) -> str:
    told: list[str] = []

    def reader(at: Path) -> Any:
        try:
            return loaded(source.read(at, communes()))
        except EitgeoError as error:
            told.append(reduced(str(error)))
            raise

    entered = source.entered
    assert_reads_or_refuses(
        reader,
        path,
        table=source.table,
        rows_in=partial(count_rows, separator=source.separator) if counted else None,
        entered=None if entered is None else lambda found: entered(found, path.name),
    )
    return told[0] if told else READ


def _hold_plain(read: Callable[[Path], object], path: Path) -> str:
    try:
        read(path)
    except EitgeoError as error:
        message = str(error)
    else:
        return READ
    assert path.name in message
    assert "→" in message
    return reduced(message)


def _tidy_once(typed: pd.DataFrame, *, table: str) -> Any:
    """Validate declarations; no rows at all are as valid as the first time."""
    if not typed.empty:
        return validate(typed, table=table)
    if table not in _EMPTY:
        _EMPTY[table] = validate(typed, table=table)
    return _EMPTY[table].copy()


def _hold_survey(path: Path) -> str:
    # Most spoilt forms are refused, and pandera takes a tenth of a second.
    with mock.patch("eitgeo.sources.survey.answers.validate", _tidy_once):
        done = survey.bring(path)
    faults = sorted({one.met for one in done.report if one.level == "refusé"})
    return " ".join(_WITHOUT.sub("·", faults[0]).split())[:120] if faults else READ


def _hold_study(path: Path) -> str:
    return reduced(hold_study(path)) or READ


def _of_source(name: str, folder: Path) -> Target:
    source = SOURCES[name]
    valid = write(name, folder).read_bytes()
    is_csv, is_json = source.form == "csv", source.form == "json"
    spoil: Callable[[bytes, random.Random], bytes] = spoilt_bytes
    if is_csv:
        spoil = partial(
            spoilt_csv, separator=source.separator, encoding=source.encoding
        )
    elif is_json:
        spoil = spoilt_json
    counted = is_csv and name not in UNCOUNTED and not name.startswith("sirene")
    hold = partial(_hold_source, source, counted=counted)
    return Target(name, source.file, valid, spoil, hold, kept=is_csv or is_json)


def _others(folder: Path) -> list[Target]:
    form = survey.form()
    table = survey.write_csv(folder, survey.flat(form)).read_bytes()
    book = survey.write_book(folder, survey.make_book(form)).read_bytes()
    roads = write_osm(folder / "a.osm", LADDER).read_bytes()
    areas, ground = drawing().encode(), cover(folder)
    cells = partial(read_industrial_cover, bounds=WHOLE.bounds)
    of_codes = partial(spoilt_csv, separator=";", encoding="utf-8")
    perimeter = partial(_hold_plain, read_perimeter_file)
    return [
        Target("study", "study.yaml", TEXT, spoilt_study, _hold_study),
        Target(
            "survey_json",
            "f.json",
            json.dumps(form).encode(),
            spoilt_json,
            _hold_survey,
        ),
        Target("survey_csv", "f.csv", table, of_codes, _hold_survey),
        Target("survey_xlsx", "f.xlsx", book, spoilt_bytes, _hold_survey, kept=False),
        Target("perimeter_csv", "p.csv", CODES, of_codes, perimeter),
        Target("perimeter_layer", "p.geojson", LAYER, spoilt_json, perimeter),
        Target(
            "osm_roads",
            "a.osm",
            roads,
            spoilt_bytes,
            partial(_hold_plain, read_osm_roads),
        ),
        Target(
            "osm_areas",
            "a.osm",
            areas,
            spoilt_bytes,
            partial(_hold_plain, read_osm_areas),
        ),
        Target(
            "industrial_cover",
            ground.name,
            ground.read_bytes(),
            spoilt_bytes,
            partial(_hold_plain, cells),
            kept=False,
        ),
    ]


def _order(name: str) -> tuple[int, str]:
    return (LONG.index(name) if name in LONG else -1, name)


def targets() -> dict[str, Target]:
    """Return every target by its name."""
    found = {}
    with tempfile.TemporaryDirectory() as written:
        for name in sorted(SOURCES):
            folder = Path(written) / name
            folder.mkdir()
            found[name] = _of_source(name, folder)
        for one in _others(Path(written)):
            found[one.name] = one
    return {name: found[name] for name in sorted(found, key=_order)}
