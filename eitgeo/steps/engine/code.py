"""What a step is made of: its modules, the data beside them, the libraries."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path

import grimp

from eitgeo.extras import OF_A_STUDY

_NOT_DATA = (".py", ".pyc", ".typed")
_INIT = {"__init__.py"}
_EXTRA = re.compile(r"extra == ['\"]([\w-]+)")


def code_digests(modules: Iterable[str]) -> dict[str, str]:
    """Digest, for each module, everything of its package that it may run.

    Notes
    -----
    Imports made for types alone are left out. A folder that is imported itself counts
    for all that it holds (``from eitgeo import roads``); one that is only passed
    through does not: ``eitgeo.steps`` computes nothing.
    """
    names = list(modules)
    graphs = {
        root: grimp.build_graph(
            root, cache_dir=None, exclude_type_checking_imports=True
        )
        for root in {name.partition(".")[0] for name in names}
    }
    sources = _Sources()
    return {
        name: sources.digest({name, *_closure(graphs[name.partition(".")[0]], name)})
        for name in names
    }


def _closure(graph: grimp.ImportGraph, name: str) -> set[str]:
    """List what a module imports, closely or from afar, and folders whole."""
    closure, asked = set[str](), {name}
    while asked:
        module = asked.pop()
        new = {module, *graph.find_upstream_modules(module)} - closure
        closure |= new
        folders = [one for one in new if one != name and one != name.partition(".")[0]]
        asked |= {
            inside for one in folders for inside in graph.find_descendants(one)
        } - closure
    return closure


def libraries() -> dict[str, str]:
    """Return the versions that results may depend on."""
    names = [
        re.split(r"[^\w.-]", line)[0]
        for line in requires("eitgeo") or []
        if not (extra := _EXTRA.search(line)) or extra[1] in OF_A_STUDY
    ]
    versions = {name: _version(name) for name in sorted(names)}
    return {"python": platform.python_version(), **versions}


class _Sources:
    """Sources of modules, and data beside them: each is read once for all steps."""

    def __init__(self) -> None:
        self.of_module = cache(_source)
        self.beside = cache(_beside)
        self.line = cache(_line)

    def digest(self, modules: Iterable[str]) -> str:
        sources = {self.of_module(module) for module in modules}
        folders = {os.path.dirname(source) for source in sources}  # noqa: PTH120 - fast
        found = sources.union(*map(self.beside, folders))
        lines = [self.line(path) for path in sorted(found)]
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def _beside(folder: str) -> tuple[str, ...]:
    """List the data of a folder, and of folders inside it that hold no module."""
    held = _held(folder)
    data = [
        one.path
        for one in held
        if one.is_file() and not one.name.startswith(".")
        if not one.name.endswith(_NOT_DATA)
    ]
    inside = [one.path for one in held if one.is_dir()]
    without = [path for path in inside if _modules_of(path) <= _INIT]
    return (*data, *(path for one in without for path in _beside(one)))


def _modules_of(folder: str) -> set[str]:
    return {one.name for one in _held(folder) if one.name.endswith(".py")}


def _held(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _line(path: str) -> str:
    content = Path(path).read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    *_, folder, name = Path(path).parts
    return f"{folder}/{name}:{len(content)}:{sha256}\n"


def _source(module: str) -> str:
    root, *parts = module.split(".")
    spec = find_spec(root)
    if spec is None or not spec.submodule_search_locations:
        message = f"{root} is not an importable package"
        raise ModuleNotFoundError(message)
    path = Path(spec.submodule_search_locations[0], *parts)
    inside = path / "__init__.py"  # a folder may be left without its sources
    return str(inside if inside.is_file() else path.with_suffix(".py"))


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absente"
