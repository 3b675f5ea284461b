"""Every source of the package, its valid file spoilt at random: read or refused.

Rule: a table that satisfies its schema and accounts for each row of the file, or an
error of the package that names the file and what to do; never another exception.
``make fuzz`` tries 10 000 other files of each reader.
"""

import contextlib
import importlib
import inspect
import itertools
import os
import pkgutil
import re
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eitgeo.sources
from eitgeo.errors import EitgeoError, SchemaError
from eitgeo.reference.source_columns import (
    SourceColumn,
    declared_sources,
    source_columns,
)
from eitgeo.sources.files.csv import UNSEEN
from eitgeo.sources.ground import bd_topo, osm_areas
from tests.sources.every_source import (
    CSV_SOURCES,
    ELSEWHERE,
    SOURCES,
    write,
)
from tests.sources.mutate import (
    assert_reads_or_refuses,
    count_rows,
    mutated_bytes,
    mutated_csv,
    mutated_json,
    parse,
    render,
)
from tests.sources.source import Source, loaded

SIRENE = {"sirene", "sirene_units", "sirene_places"}
SCANNED = {*SIRENE, "urssaf_ape"}
"""Spoilt apart, at leisure (test_sirene_mutated): DuckDB takes a second a file."""

OF_CSV = sorted(
    name
    for name, source in SOURCES.items()
    if source.form == "csv" and name not in SCANNED
)
OF_JSON = sorted(name for name, source in SOURCES.items() if source.form == "json")
OTHERS = sorted(set(SOURCES) - set(OF_CSV) - SCANNED)
UNCOUNTED = {
    "banatic": "separator met, not asked: counted in test_banatic",
    "urssaf_ape": "rows told by their number: counted in test_urssaf_ape",
}
"""Sources whose rows are not counted here, and why."""

SETTINGS = settings(
    max_examples=int(os.environ.get("EITGEO_FUZZ", "20")),
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


def public_readers() -> Iterator[str]:
    """Name the functions that read a file, told as those that an analyst calls."""
    for found in pkgutil.walk_packages(eitgeo.sources.__path__, "eitgeo.sources."):
        if not found.ispkg and found.name.split(".")[2] not in {"fetch", "files"}:
            module = importlib.import_module(found.name)
            for name, value in inspect.getmembers(module, inspect.isfunction):
                own = value.__module__ == module.__name__
                told = "Parameters\n---" in (inspect.getdoc(value) or "")
                if own and told and name.startswith("read_"):
                    yield name


def test_every_reader_of_the_package_has_a_source():
    readers = set(public_readers())
    named = {reader for source in SOURCES.values() for reader in source.readers}
    assert readers == named | set(ELSEWHERE)


def test_every_declaration_has_its_reader():
    apart = {bd_topo.ZONES.name, bd_topo.ROADS.name, osm_areas.SOURCE.name, *SIRENE}
    assert set(CSV_SOURCES) | apart == set(declared_sources())


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_valid_file_is_read(tmp_path, communes, name):
    found = loaded(SOURCES[name].read(write(name, tmp_path), communes))
    assert len(found.table) > 0


@pytest.mark.parametrize("name", sorted(set(CSV_SOURCES) & set(SOURCES)))
def test_each_needed_column_is_asked_for(tmp_path, communes, name):
    source = SOURCES[name]
    as_is = {"separator": source.separator, "encoding": source.encoding}
    path = tmp_path / source.file
    for column in source_columns(name):
        cells = parse(source.data, **as_is)
        at = [one.strip() for one in cells[0]].index(column.column)
        path.write_bytes(render([row[:at] + row[at + 1 :] for row in cells], **as_is))
        if column.is_needed:
            with pytest.raises(
                SchemaError, match=re.escape(f"« {column.column} » abs")
            ):
                source.read(path, communes)
        else:
            assert len(loaded(source.read(path, communes)).table) > 0


WRONG = {
    "choice": "§",
    "commune": "9001",
    "commune_zero": "9001",
    "postcode": "9001",
    "naf": "99.99Z",
    "date_or_none": "2025-02-30",
    "flag": "oui",
    "count": "1.5",
    "number": "1,5x",
    "amount": "douze",
}
"""What no column of a kind may hold."""


def fits(column: SourceColumn, text: str) -> bool:
    """Say whether a text has the form of a column."""
    return re.fullmatch(column.domain, text, flags=re.DOTALL) is not None


@pytest.mark.parametrize("name", sorted(set(CSV_SOURCES) & set(OF_CSV)))
def test_each_column_is_held_to_its_kind(tmp_path, communes, name):
    source = SOURCES[name]
    as_is = {"separator": source.separator, "encoding": source.encoding}
    cells = parse(source.data, **as_is)
    header = [one.strip() for one in cells[0]]
    path = tmp_path / source.file
    for column in source_columns(name):
        wrong = [WRONG[column.kind]] if column.kind in WRONG else []
        if column.kind == "form":
            refused = (one for one in ("§", "1,5", "") if not fits(column, one))
            wrong = [next(refused)]
        for text in [*wrong, *([""] if column.empty else [])]:
            spoilt = [list(row) for row in cells]
            spoilt[1][header.index(column.column)] = text
            path.write_bytes(render(spoilt, **as_is))
            told = re.escape(f"{path.name} : ") + rf"(?s:.*)ligne 2\b.*{text}.*→"
            with pytest.raises(SchemaError, match=told):
                source.read(path, communes)


@pytest.mark.parametrize("name", OF_CSV)
@SETTINGS
@given(data=st.data())
def test_a_spoilt_file_is_read_or_refused(tmp_path, communes, name, data):
    source = SOURCES[name]
    path = tmp_path / source.file
    assert source.data is not None
    path.write_bytes(
        data.draw(
            mutated_csv(
                source.data, separator=source.separator, encoding=source.encoding
            )
        )
    )
    hold(source, path, communes, counted=name not in UNCOUNTED)


def hold(source: Source, path, communes, *, counted):
    """Hold the reader of a source to its word, rows counted or not."""
    entered = source.entered
    assert_reads_or_refuses(
        lambda at: loaded(source.read(at, communes)),
        path,
        table=source.table,
        rows_in=partial(count_rows, separator=source.separator) if counted else None,
        entered=None if entered is None else lambda found: entered(found, path.name),
    )


@pytest.mark.parametrize("name", OTHERS)
def test_a_damaged_file_is_read_or_refused(tmp_path, communes, name):
    # Written once: workbooks and layers hold the time at which they are written.
    path = write(name, tmp_path)

    @SETTINGS
    @given(data=mutated_bytes(path.read_bytes()))
    def damaged(data):
        path.write_bytes(data)
        hold(SOURCES[name], path, communes, counted=False)

    damaged()


@pytest.mark.parametrize("name", OF_JSON)
@SETTINGS
@given(data=st.data())
def test_a_spoilt_answer_is_read_or_refused(tmp_path, communes, name, data):
    source = SOURCES[name]
    assert source.data is not None
    path = tmp_path / source.file
    path.write_bytes(data.draw(mutated_json(source.data)))
    hold(source, path, communes, counted=False)


HOSTILE = ("9" * 300, "-7", "a\x1b\u202eb")
"""Numbers without end, negative ones, signs that turn what a reader sees."""

NUMBERS = {"number", "amount", "count"}


@pytest.mark.parametrize("name", OF_CSV)
def test_a_hostile_cell_is_refused_or_its_unseen_signs_erased(tmp_path, communes, name):
    source = SOURCES[name]
    as_is = {"separator": source.separator, "encoding": source.encoding}
    cells = parse(source.data, **as_is)
    path = tmp_path / source.file
    declared = source_columns(name) if name in CSV_SOURCES else ()
    kinds = {one.column.casefold(): one.kind for one in declared}
    header = [kinds.get(one.strip().casefold(), "") for one in cells[0]]
    for column, text in itertools.product(range(len(cells[1])), HOSTILE):
        if declared and (header[column] in NUMBERS) != text.lstrip("-").isdigit():
            continue
        spoilt = [list(row) for row in cells]
        spoilt[1][column] = text
        path.write_bytes(render(spoilt, **as_is))
        with contextlib.suppress(EitgeoError):
            assert_seen(loaded(source.read(path, communes)))


@pytest.mark.parametrize("name", OF_JSON)
def test_the_unseen_signs_of_a_json_file_are_erased(tmp_path, communes, name):
    source = SOURCES[name]
    path, whole = tmp_path / source.file, source.data or b""
    for key in sorted(set(re.findall(rb'"(\w+)": ?"', whole))):
        spoilt = re.sub(rb'("' + key + rb'": ?")', rb"\\1\\u202e\\u0000", whole)
        path.write_bytes(spoilt)
        with contextlib.suppress(EitgeoError):
            assert_seen(loaded(source.read(path, communes)))


def assert_seen(found):
    """Check that no text of what was read holds a sign that no reader sees."""
    for table in (found.table, found.dropped):
        for name, texts in table.select_dtypes(["object", "str"]).items():
            assert not texts.dropna().astype(str).str.contains(UNSEEN).any(), name
