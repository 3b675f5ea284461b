"""Names that a folder lends, imported when they are asked for.

The ``__init__`` of a folder writes its imports under ``if AT_ONCE:``: readers of
source (mypy, import-linter, the digests of steps) follow them, Python does not. One
name asked for imports its own module, not the whole folder. A function of tables is
lent so that it names a column that it lacks (:mod:`eitgeo.asked`).
"""

from __future__ import annotations

import ast
import inspect
import sys
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from eitgeo.asked import naming_columns, takes_tables

AT_ONCE: bool = False
"""Never true; not a constant for mypy, which then reads what it guards."""


class _Door(ModuleType):
    """A folder: name → module that makes it, and its name there."""

    __all__: list[str]
    _lent: dict[str, tuple[str, str]]

    def __getattr__(self, name: str) -> Any:
        if name in self._lent:
            module, own_name = self._lent[name]
            value = getattr(import_module(module), own_name)
            if isinstance(value, FunctionType) and takes_tables(value):
                value = naming_columns(value)
            setattr(self, name, value)
            return value
        if name in self.__all__:  # one of its own modules
            return import_module(f"{self.__name__}.{name}")
        message = f"module {self.__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=self)

    def __setattr__(self, name: str, value: object) -> None:
        # Importing ``roads.od_matrix`` must not hide its function ``od_matrix``.
        if not (name in self._lent and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._lent})


def lend(name: str) -> None:
    """Let a folder import what it lends when it is asked for."""
    module = sys.modules[name]
    guarded = [
        imported
        for block in ast.parse(inspect.getsource(module)).body
        if isinstance(block, ast.If)
        for imported in block.body
        if isinstance(imported, ast.ImportFrom)
    ]
    lent = {
        one.asname or one.name: (str(imported.module), one.name)
        for imported in guarded
        for one in imported.names
    }
    module.__dict__["_lent"] = lent
    module.__class__ = _Door
