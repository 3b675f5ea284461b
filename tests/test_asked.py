"""Every public function of tables names the table and the column that it lacks."""

import datetime as dt
import importlib
import inspect
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import MagicMock

import geopandas as gpd
import pandas as pd
import pytest

import eitgeo
from eitgeo.asked import explain_missing_column, takes_tables
from eitgeo.errors import EitgeoError, SchemaError
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.study.project import read_study
from eitgeo.tables.schema import TABLES
from tests.perimeters.toy import make_grid

ROOT = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"colonne « ([^»]+) » absente → (?:renommer|ajouter) la colonne")
DRAWN = re.compile(r"(.+) : colonne « ([^»]+) » absente de ce qui en est tiré → vérif")
"""Made of several tables: which of them lacks it is not known."""

BARE = (AttributeError, KeyError, NameError)
LAYERS = {
    *("disclosure", "flows", "perimeters", "reference", "roads"),
    *("scenarios", "sources", "tables", "territory", "zones"),
}
MOST_COLUMNS = 60
EMPTY: dict[tuple[str, ...], Any] = {
    ("dict", "Mapping"): {},
    ("Collection", "Iterable", "Sequence", "set", "frozenset"): [],
}
PLAIN = {
    "bool": True,
    "float": 1.0,
    "int": 1,
    "str": "quelconque",
    "dt.date": dt.date(2026, 11, 26),
}


class Grown(NamedTuple):
    """How far a function went from tables without a column."""

    named: list[tuple[str, str]]
    end: BaseException | None


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Give every public function of tables of the package."""
    for found in pkgutil.walk_packages(eitgeo.__path__, "eitgeo."):
        if found.name.split(".")[1] in LAYERS and not found.ispkg:
            module = importlib.import_module(found.name)
            for name, value in inspect.getmembers(module, inspect.isfunction):
                own = value.__module__ == found.name and not name.startswith("_")
                if own and takes_tables(value):
                    yield f"{found.name}.{name}", explain_missing_column(value)


FUNCTIONS = dict(public())


def dtypes() -> dict[str, str]:
    """Return the type of every column of every table."""
    specs = [spec.columns for spec in TABLES.values()]
    return {name: one.dtype for columns in specs for name, one in columns.items()}


DTYPES = dtypes()
CELLS = {one: pd.Series([], dtype=one) for one in {*DTYPES.values(), "object"}}
STUDY = read_study(ROOT / "study.yaml")


def stand_in(kind: str) -> Any:
    """Return something of a kind, to be given beside the tables."""
    if kind in PLAIN:
        return PLAIN[kind]
    parts = {type(one).__name__: one for one in (STUDY, *dict(STUDY).values())}
    if kind in parts:
        return parts[kind]
    if kind.startswith("pd.Series"):
        return pd.Series([], dtype=float)
    for start, empty in EMPTY.items():
        if kind.startswith(start):
            return empty
    return Path("absent") if kind == "Path" else MagicMock()


def table(kind: str, columns: list[str]) -> Any:
    """Return a table without a row that has these columns."""
    cells = {c: CELLS[DTYPES.get(c, "object")] for c in columns}
    if "GeoDataFrame" not in kind:
        return pd.DataFrame(cells)
    cells.pop("geometry", None)
    if "geometry" in columns:
        return gpd.GeoDataFrame(cells, geometry=[], crs=2154)
    return pd.DataFrame(cells)


def told(text: str) -> list[tuple[str, str]]:
    """Return the tables and columns that a refusal names."""
    drawn = DRAWN.match(text)
    if drawn:
        return [(where, drawn[2]) for where in drawn[1].split(", ")]
    where = text.partition(" : ")[0]
    return [(where, one) for one in NAMED.findall(text)]


def grown(function: Callable[..., Any]) -> Grown:
    """Call a function on tables without a column, then add those that it names."""
    kinds = {
        name: str(one.annotation)
        for name, one in inspect.signature(function).parameters.items()
        if one.default is inspect.Parameter.empty and one.kind != one.VAR_KEYWORD
    }
    columns: dict[str, list[str]] = {n: [] for n in kinds if "DataFrame" in kinds[n]}
    beside = {n: stand_in(kind) for n, kind in kinds.items() if n not in columns}
    named: list[tuple[str, str]] = []
    while len(named) < MOST_COLUMNS:
        given = beside | {name: table(kinds[name], columns[name]) for name in columns}
        try:
            function(**given)
        except EitgeoError as error:
            met = told(str(error))
            new = [(w, one) for w, one in met if one not in columns.get(w, [one])]
            named += met
            if not new:
                return Grown(named, error)
            for where, one in new:
                columns[where].append(one)
        except Exception as error:  # noqa: BLE001 - beside the point: what stands in
            return Grown(named, error)
        else:
            return Grown(named, None)
    return Grown(named, None)


def test_every_function_names_each_column_that_it_needs(tmp_path, monkeypatch) -> None:
    """From tables without a column to the last that is asked for, one at a time."""
    monkeypatch.chdir(tmp_path)
    bare, n_named, asking = {}, 0, set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # empty tables: no matter here
        for name, function in FUNCTIONS.items():
            found = grown(function)
            n_named += len(found.named)
            asking |= {name} if found.named else set()
            words = set(re.findall(r"'(\w+)'", str(found.end)))
            if isinstance(found.end, BARE) and words & DTYPES.keys():
                bare[name] = repr(found.end)
    assert bare == {}
    assert len(FUNCTIONS) > 270
    assert len(asking) > 200
    assert n_named > 1000


def test_what_an_analyst_is_given_names_columns() -> None:
    given = {name: getattr(eitgeo, name) for name in eitgeo.__all__}
    of_tables = [one for one in given.values() if inspect.isfunction(one)]
    wrapped = [one for one in of_tables if hasattr(one, "__wrapped__")]
    assert [one.__name__ for one in of_tables if takes_tables(one)] == [
        one.__name__ for one in wrapped
    ]
    assert len(wrapped) >= 10
    assert {"certify", "cluster_sites", "read_table"} <= {*dir(eitgeo)}


def test_borders_without_minutes_are_told_as_such() -> None:
    borders = pd.DataFrame({"code_a": ["31000"], "code_b": ["31010"]})
    with pytest.raises(SchemaError, match=r"contiguity : 1 .*\n.*« road_minutes » abs"):
        explain_missing_column(certify)([], make_grid("11"), contiguity=borders)


ASKING: dict[str, Callable[[Any], Any]] = {
    "item": lambda t: t["x"],
    "items": lambda t: t[["a", "x"]],
    "loc": lambda t: t.loc[t["a"] > 0, "x"],
    "loc_list": lambda t: t.loc[:, ["x", "a"]],
    "attribute": lambda t: t.x,
    "row": lambda t: [row.x for row in t.itertuples()],
    "group": lambda t: t.groupby("x"),
    "group_column": lambda t: t.groupby("a")["x"].sum(),
    "index": lambda t: t.set_index("x"),
    "sort": lambda t: t.sort_values("x"),
    "merge": lambda t: t.merge(t, on="x"),
    "drop": lambda t: t.drop(columns="x"),
    "repeats": lambda t: t.duplicated(["x"]),
    "query": lambda t: t.query("x > 1"),
    "type": lambda t: t.astype({"x": float}),
    "part": lambda t: t[t["a"] > 0]["x"],
    "geometry": lambda t: t.geometry,
    "crs": lambda t: t.crs,
}
ROW = {
    "label": lambda t: t.loc["x"],
    "cell": lambda t: t["a"].loc["x"],
    "at": lambda t: t.at["x", "a"],  # noqa: PD008 - the way that is tried
    "dictionary": lambda t: {"a": t}["x"],
    "pivot": lambda t: t.pivot_table(index="a", columns="b", values="c")["x"],
    "other": lambda t: t["a"].nothing_of_the_kind,
}


def lent(ask: Callable[[Any], Any]) -> Callable[[pd.DataFrame], Any]:
    """Make a public function of one question."""

    def asking(table: pd.DataFrame) -> Any:
        return ask(table)

    return explain_missing_column(asking)


@pytest.mark.parametrize("way", ASKING)
def test_a_column_is_named_however_it_is_asked_for(way) -> None:
    name = "geometry" if way in {"geometry", "crs"} else "x"
    given = pd.DataFrame({"a": [1, 2], "b": [1, 2], "c": [1, 2]})
    with pytest.raises(SchemaError, match=f"table : 1 .*\n.*« {name} » absente → ajou"):
        lent(ASKING[way])(given)


@pytest.mark.parametrize("way", ROW)
def test_a_row_that_is_not_there_is_no_column(way) -> None:
    given = pd.DataFrame({"a": [1, 2], "b": [1, 2], "c": [1, 2]})
    with pytest.raises((AttributeError, KeyError)):
        lent(ROW[way])(given)
