"""Valid files, spoilt the ways that real ones are; and what a reader may then do.

``mutated_csv`` and ``mutated_bytes`` are hypothesis strategies; ``MUTATIONS`` names
each way of spoiling a CSV file, for parametrised tests.  A reader may give a table
that satisfies its schema and accounts for each row, or refuse with one of the errors
of the package, naming the file and what to do; nothing else.
"""

import copy
import csv
import io
import json
import random

import pandas as pd
from hypothesis import strategies as st

from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.sources.files.loaded import DROPPED_COLUMNS, Loaded
from eitgeo.tables.schema import validate

FORMULA = "=cmd|' /C calc'!A0"
MARKUP = "<script>alert(1)</script><b>SARL</b>"
BOM = b"\xef\xbb\xbf"


def parse(data, *, separator=";", encoding="utf-8"):
    """Return the cells of a CSV file, header first, blank lines left out."""
    text = data.decode(encoding).removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [cells for cells in reader if any(cells)]


def render(cells, *, separator=";", encoding="utf-8", newline="\n"):
    """Return the bytes of a CSV file."""
    sink = io.StringIO(newline="")
    csv.writer(sink, delimiter=separator, lineterminator=newline).writerows(cells)
    return sink.getvalue().encode(encoding, errors="replace")


def count_rows(path, *, separator=";", encoding="utf-8"):
    """Return how many rows of data a CSV file holds (header not counted)."""
    data = path.read_bytes()
    try:
        return len(parse(data, separator=separator, encoding=encoding)) - 1
    except UnicodeDecodeError:
        return len(parse(data, separator=separator, encoding="cp1252")) - 1


# --- cells -> cells; `dice` is a random.Random, rows are copied before.  Rows may be
# of unequal width (`short_row`, `long_row`): a column is one that every row has.


def _row(cells, dice):
    return dice.randrange(1, len(cells))


def _column(cells, dice):
    return dice.randrange(min(len(row) for row in cells))


def _set(cells, dice, value):
    cells[_row(cells, dice)][_column(cells, dice)] = value
    return cells


def drop_column(cells, dice):
    column = _column(cells, dice)
    return [row[:column] + row[column + 1 :] for row in cells]


def rename_column(cells, dice):
    column = _column(cells, dice)
    cells[0][column] = f"{cells[0][column][:-1]}_x"
    return cells


def change_case(cells, dice):
    column = _column(cells, dice)
    cells[0][column] = f" {cells[0][column].swapcase()} "
    return cells


def duplicate_column(cells, dice):
    column = _column(cells, dice)
    return [[*row, row[column]] for row in cells]


def swap_cells(cells, dice):
    row = _row(cells, dice)
    one, other = _column(cells, dice), _column(cells, dice)
    cells[row][one], cells[row][other] = cells[row][other], cells[row][one]
    return cells


def swap_columns(cells, dice):
    one, other = _column(cells, dice), _column(cells, dice)
    for row in cells[1:]:
        row[one], row[other] = row[other], row[one]
    return cells


def lose_zeros(cells, dice):
    column = _column(cells, dice)
    for row in cells[1:]:
        row[column] = row[column].lstrip("0") or row[column]
    return cells


def decimal_comma(cells, dice):
    column = _column(cells, dice)
    for row in cells[1:]:
        row[column] = row[column].replace(".", ",")
    return cells


def excel_dates(cells, dice):
    return _set(cells, dice, dice.choice(["01/02/2024", "43831", "31/12/9999", "mars"]))


def scientific(cells, dice):
    return _set(cells, dice, "3,47E+13")


def empty_cell(cells, dice):
    return _set(cells, dice, "")


def empty_column(cells, dice):
    column = _column(cells, dice)
    for row in cells[1:]:
        row[column] = ""
    return cells


def formula(cells, dice):
    return _set(cells, dice, FORMULA)


def markup(cells, dice):
    return _set(cells, dice, MARKUP)


def odd_number(cells, dice):
    odd = ["-1", "0", "1e400", "nan", "inf", "9" * 40, "١٢", "1 234", "0x1F"]
    return _set(cells, dice, dice.choice(odd))


def odd_text(cells, dice):
    odd = ['"', "\u202e", "a\nb", "’", "é" * 300, "[ND]", ";", "\t", "{}", "null"]
    return _set(cells, dice, dice.choice(odd))


def repeat_row(cells, dice):
    return [*cells, list(cells[_row(cells, dice)])]


def drop_row(cells, dice):
    del cells[_row(cells, dice)]
    return cells


def short_row(cells, dice):
    cells[_row(cells, dice)].pop()
    return cells


def long_row(cells, dice):
    cells[_row(cells, dice)].append("de trop")
    return cells


def shuffle_rows(cells, dice):
    rest = cells[1:]
    dice.shuffle(rest)
    return [cells[0], *rest]


MUTATIONS = {
    mutation.__name__: mutation
    for mutation in (
        drop_column,
        rename_column,
        change_case,
        duplicate_column,
        swap_cells,
        swap_columns,
        lose_zeros,
        decimal_comma,
        excel_dates,
        scientific,
        empty_cell,
        empty_column,
        formula,
        markup,
        odd_number,
        odd_text,
        repeat_row,
        drop_row,
        short_row,
        long_row,
        shuffle_rows,
    )
}
"""Name -> (cells, dice) -> cells."""

# --- bytes -> bytes.

WRITINGS = ("same", "same", "bom", "crlf", "cp1252", "utf-16", "comma", "tab", "excel")


def write_as(cells, how, *, separator, encoding):
    """Return the bytes of the cells, written one of the ``WRITINGS``."""
    if how == "excel":
        zeros = [[cell.lstrip("0") or cell for cell in row] for row in cells[1:]]
        points = [[cell.replace(".", ",") for cell in row] for row in zeros]
        return render([cells[0], *points], encoding="cp1252", newline="\r\n")
    other = {"comma": ",", "tab": "\t"}.get(how, separator)
    code = how if how in {"cp1252", "utf-16"} else encoding
    newline = "\r\n" if how == "crlf" else "\n"
    data = render(cells, separator=other, encoding=code, newline=newline)
    return BOM + data if how == "bom" else data


def spoil(data, names, dice, *, separator=";", encoding="utf-8", how="same"):
    """Return a CSV file spoilt by the mutations named, then written as asked."""
    cells = [list(row) for row in parse(data, separator=separator, encoding=encoding)]
    for name in names:
        if len(cells) > 1 and min(len(row) for row in cells) > 1:
            cells = MUTATIONS[name]([list(row) for row in cells], dice)
    return write_as(cells, how, separator=separator, encoding=encoding)


@st.composite
def mutated_csv(draw, data, *, separator=";", encoding="utf-8"):
    """Draw the bytes of a valid CSV file, spoilt one to three times, maybe cut."""
    names = draw(st.lists(st.sampled_from(sorted(MUTATIONS)), max_size=3))
    dice = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - not a secret
    how = draw(st.sampled_from(WRITINGS))
    spoilt = spoil(data, names, dice, separator=separator, encoding=encoding, how=how)
    cut = draw(st.one_of(st.none(), st.none(), st.integers(0, len(spoilt))))
    return spoilt if cut is None else spoilt[:cut]


@st.composite
def mutated_bytes(draw, data):
    """Draw the bytes of a binary file (archive, layer, raster), cut or overwritten."""
    kind = draw(st.sampled_from(["cut", "empty", "flip", "zeros", "text"]))
    if kind == "empty":
        return b""
    if kind == "text":
        return b"<html><body>404 Not Found</body></html>"
    at = draw(st.integers(0, len(data) - 1))
    if kind == "cut":
        return data[:at]
    size = draw(st.integers(1, 64))
    patch = bytes(size) if kind == "zeros" else draw(st.binary(min_size=1, max_size=64))
    return data[:at] + patch + data[at + len(patch) :]


ODD_VALUES: tuple[object, ...] = (
    None, True, 0, -1, 2.5, 10**40, 1e308, "", "9001", "2,5", "é" * 300, FORMULA,
    MARKUP, [], {}, [[1, 2]], {"type": "Point", "coordinates": [43.0, 1.0]},
)  # fmt: skip


@st.composite
def mutated_json(draw, data):
    """Draw the bytes of a valid JSON file, one to three of its values spoilt."""
    content = json.loads(data)
    for _ in range(draw(st.integers(1, 3))):
        dice = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - not a secret
        spoil_value(content, dice)
    return json.dumps(content, ensure_ascii=False).encode()


def spoil_value(content, dice):
    holder, key = content, None
    while isinstance(holder, dict | list) and holder:
        inner = holder if key is None else holder[key]
        if not isinstance(inner, dict | list) or not inner or dice.random() < 0.2:
            break
        holder = inner
        key = dice.choice(list(holder) if isinstance(holder, dict) else [0, -1])
    if key is None:
        return
    if dice.random() < 0.25:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(dice.choice(ODD_VALUES))


def assert_reads_or_refuses(reader, path, *, table=None, rows_in=None, entered=None):
    """Hold a reader to its word on any file.

    ``table``: name of a table of the package that the result must satisfy.
    ``rows_in``: rows of the file, or a function of the path that counts them
    (called only if the file is read).  ``entered``: rows of the file that the table
    stands for, a function of ``Loaded``; by default one a row of the table.
    Returns the ``Loaded``, or None where the file was refused.
    """
    try:
        loaded = reader(path)
    except (SchemaError, SourceError, CrsError) as error:
        message = str(error)
        assert path.name in message, message
        assert "→" in message, message
        return None
    assert isinstance(loaded, Loaded)
    assert isinstance(loaded.table, pd.DataFrame)
    assert list(loaded.dropped.columns) == list(DROPPED_COLUMNS)
    assert (loaded.dropped["reason"] != "").all()
    if table is not None:
        validate(loaded.table, table=table, where=path.name)
    if rows_in is not None:
        expected = rows_in(path) if callable(rows_in) else rows_in
        kept = len(loaded.table) if entered is None else entered(loaded)
        assert kept + len(loaded.dropped) == expected
    return loaded
