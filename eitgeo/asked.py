"""A function of tables says which column it lacks, and of which table.

Put around the functions of tables that ``eitgeo`` gives to an analyst: what pandas
raises for a column that is not there is told again as a fault of the table, with its
remedy.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, NamedTuple

from eitgeo.check import require_columns
from eitgeo.errors import EitgeoError, SchemaError

_QUOTED = re.compile(r"'([^']+)'")
_NOT_FOUND = re.compile(r"Columns? not found: (.+)")
_TYPE = re.compile(r"dtype='[^']*'")
_NO_GEOMETRY = "active geometry column"


class _Asked(NamedTuple):
    """Names that something was asked for, and its columns as far as they are known."""

    names: list[str]
    of: Any
    columns: frozenset[str]


def takes_tables(function: Callable[..., Any]) -> bool:
    """Say whether a function is given tables.

    Examples
    --------
    >>> takes_tables(takes_tables)
    False
    """
    told = function.__annotations__.items()
    return any("DataFrame" in str(kind) for name, kind in told if name != "return")


def explain_missing_column[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Let a function of tables name the column that it lacks."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except EitgeoError:
            raise
        except (AttributeError, KeyError, NameError, ValueError) as error:
            given = inspect.signature(function).bind(*args, **kwargs).arguments
            told = _told(_asked(error), given)
            if told is None:
                raise
            raise told from error

    return call


def _told(asked: _Asked, given: dict[str, Any]) -> EitgeoError | None:
    """Say which table lacks what was asked, where a column was asked for."""
    tables = {name: one for name, one in given.items() if _is_table(one)}
    if not (asked.names and tables):
        return None
    own = {
        name: {*map(str, one.columns), *map(str, one.index.names)}
        for name, one in tables.items()
    }
    # What was asked may be made of a table: that of which it has most columns.
    near = {
        name: len(columns & asked.columns) + 1000 * (tables[name] is asked.of)
        for name, columns in own.items()
    }
    for name, columns in own.items():
        names = [one for one in asked.names if one not in columns]
        if names and near[name] == max(near.values()):
            try:
                require_columns(tables[name], names, where=name)
            except EitgeoError as told:
                return told
    several = ", ".join(tables)
    message = (
        f"{several} : colonne « {asked.names[0]} » absente de ce qui en est tiré "
        "→ vérifier les colonnes de ces tables"
    )
    return SchemaError(message)


def _asked(error: Exception) -> _Asked:
    if isinstance(error, AttributeError):
        return _of_attribute(error)
    if isinstance(error, NameError):  # DataFrame.query
        return _Asked(_QUOTED.findall(str(error)), None, frozenset())
    first = error.args[0] if error.args else ""
    is_key = isinstance(error, KeyError) and isinstance(first, str)
    text = _TYPE.sub("", str(first))
    names = _QUOTED.findall(text) or ([first] if is_key else [])
    if met := _NOT_FOUND.fullmatch(str(first)):  # of a groupby
        names = [name.strip(" '") for name in met[1].split(",")]
    return _of_lookup(names, _pandas_frame(error.__traceback__))


def _of_attribute(error: AttributeError) -> _Asked:
    of: Any = error.obj
    name = error.name or ""
    if _NO_GEOMETRY in str(error):
        return _Asked(["geometry"], of, frozenset())
    if hasattr(of, "_fields"):  # a row of itertuples
        return _Asked([name], of, frozenset(of._fields))
    if not (_is_table(of) and "has no attribute" in str(error)):
        return _Asked([], of, frozenset())
    import geopandas as gpd  # noqa: PLC0415 - a fault is told: time is no matter

    names = ["geometry"] if hasattr(gpd.GeoDataFrame, name) else [name]
    return _Asked(names, of, frozenset(map(str, of.columns)))


def _of_lookup(names: list[str], frame: FrameType | None) -> _Asked:
    """Keep what was asked of columns: a row that is not there is another fault."""
    nothing = _Asked([], None, frozenset())
    if frame is None:  # a dictionary
        return nothing
    of: Any = frame.f_locals.get("self")
    key = frame.f_locals.get("key")
    if type(of).__name__.endswith("Indexer"):  # .loc, .at
        of = of.obj
        if not (_is_table(of) and isinstance(key, tuple)):
            return nothing
        names = [one for one in names if one in _words(key[-1])]
    if not _is_table(of):
        # A decorator of pandas holds what it passes on in « args ».
        held = [*frame.f_locals.values(), *frame.f_locals.get("args", ())]
        held += [getattr(one, "obj", None) for one in held]
        of = next((one for one in held if _is_table(one)), None)
    # The columns of a pivot are data, whose absence is no fault of a table.
    if of is None or of.columns.name is not None:
        return nothing
    return _Asked(names, of, frozenset(map(str, of.columns)))


def _words(key: Any) -> list[str]:
    return [key] if isinstance(key, str) else [str(one) for one in key]


def _pandas_frame(trace: TracebackType | None) -> FrameType | None:
    """Return the frame by which pandas was entered last."""
    found = None
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in {"pandas", "geopandas"}:
            found = None
        elif found is None:
            found = trace.tb_frame
        trace = trace.tb_next
    return found


def _is_table(one: Any) -> bool:
    return hasattr(one, "columns") and hasattr(one, "iloc")
