"""Files that take minutes start first: two workers then end at nearly the same time.

Each file stays with one worker (``--dist loadfile``): what it computes once for all of
its tests is computed once indeed. Run alone, in this order, nothing else changes.

No test reaches the network, but those marked ``network`` or ``registry``.
"""

import gc
import os
import socket
import sys
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import grimp
import pytest
import yaml
from filelock import FileLock
from hypothesis import settings
from typer.main import get_command

from eitgeo.frames import call_with_large_stack_chunk
from tests.chromium import (  # noqa: F401 - a browser, and what closes it
    chromium,
    pytest_runtest_teardown,
)
from tests.costs import (  # noqa: F401 - hooks
    pytest_collection_finish,
    pytest_runtest_makereport,
    pytest_terminal_summary,
)

# Studies that tests write bear no alias, which a study may not have.
yaml.SafeDumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]
yaml.CSafeDumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]

if TYPE_CHECKING:
    from eitgeo.study.project import Project
    from tests.producer.study import Real
    from tests.studies.couserans import Ran

# Grammars of addresses, which jsonschema builds for seconds as soon as nbformat is
# imported; it does without them, and no notebook has an address to be checked.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

# A machine that has other work is no fault of a test.
settings.register_profile("loaded", parent=settings(), deadline=None)
settings.load_profile("loaded")

LOOPBACK = ("127.", "::1", "localhost")
LONGEST_FIRST = (
    "tests/test_run_default.py",
    "tests/producer/",
    "tests/studies/",
    "tests/delivered/",
    "tests/notebooks/",
    "tests/disclosure/",
    "tests/maps/",
    "tests/dossier/",
    "tests/faults/",
    "tests/sources/",
    "tests/perimeters/",
    "tests/steps/",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect in one worker after the other: the first compiles what all import.

    Beside it the static checks have a processor of their own. Thousands of functions
    and modules are made, and none is garbage: no collector looks for any.
    """
    is_worker = hasattr(session.config, "workerinput")
    place = session.config.getoption("basetemp")
    gate = FileLock(Path(place).with_name("collecte.lock")) if is_worker else None
    gc.disable()
    try:
        with gate or nullcontext():
            return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_sessionfinish() -> None:
    """Look for garbage once: pytest does ten times at its end, over all that lives."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _imports_are_read_once() -> Iterator[None]:
    """Each run of steps asks which module imports which: a fourth of a second.

    The answer stays while tests run, but for packages that they write themselves; what
    the modules hold is read again each time.
    """
    read = grimp.build_graph
    once = cache(read)

    def graph(root: str, **options: Any) -> grimp.ImportGraph:
        return (once if root in {"eitgeo", "tests"} else read)(root, **options)

    with mock.patch.object(grimp, "build_graph", graph):
        yield


@pytest.fixture(scope="session", autouse=True)
def _commands_are_made_once() -> Iterator[None]:
    """A call makes commands out of functions; those of an app stay the same."""
    with mock.patch("typer.testing._get_command", cache(get_command)):
        yield


@pytest.fixture(scope="session", autouse=True)
def _what_is_frozen_stays_so() -> Iterator[None]:
    """Keep the collector from the tests themselves: more than a second at each walk.

    A step freezes what is there while it runs, then thaws it: functions of the tests
    too, 1.5 million objects, which the next walk would go through.
    ``test_step_memory.py`` holds that it does thaw.
    """
    with mock.patch.object(gc, "unfreeze", return_value=None):
        yield


@pytest.fixture(scope="session", autouse=True)
def _disk_is_not_waited_for() -> Iterator[None]:
    """No test pulls the plug: 4 ms a file, 500 files for the least of studies.

    ``test_store.py`` holds that what is written is sent to the disk first.
    """
    with mock.patch.object(os, "fsync", return_value=None):
        yield


@pytest.fixture(scope="session", autouse=True)
def _who_reads_a_table_writes_into_none() -> Iterator[None]:
    """At the end of all tests, what is held of tables is what their files hold."""
    yield
    files = sys.modules.get("eitgeo.tables.files")
    if files is not None:
        from tests.tables.held import changed_tables  # noqa: PLC0415 - loads pandas

        assert changed_tables(files.HELD) == []


@pytest.fixture(scope="session")
def delivered(tmp_path_factory) -> "Project":
    """The delivered study, whole, read by many and written by none."""
    from tests.lent import delivered_study  # noqa: PLC0415 - loads the whole package

    return delivered_study(tmp_path_factory)


@pytest.fixture(scope="session")
def couserans(tmp_path_factory) -> "Ran":
    """A new territory with hidden names, whole, read by many and written by none."""
    from tests.lent import couserans_study  # noqa: PLC0415 - loads the whole package

    return couserans_study(tmp_path_factory)


@pytest.fixture(scope="session")
def real(tmp_path_factory) -> "Real":
    """A study on official files alone, fetched and whole, written by none."""
    from tests.lent import real_study  # noqa: PLC0415 - loads the whole package

    return real_study(tmp_path_factory)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Any:
    """Run all tests where what they call has room for its frames."""
    plugins = config.pluginmanager
    mine = plugins.get_plugin(__file__)
    rest = plugins.subset_hook_caller("pytest_cmdline_main", [mine])
    return call_with_large_stack_chunk(rest, config=config)


def _rank(item: pytest.Item) -> int:
    found = (
        n for n, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start)
    )
    return next(found, len(LONGEST_FIRST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by rank, then as collected."""
    items.sort(key=_rank)


_joined = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}
_state = {"open": False}


class NetworkReachedError(Exception):
    """A test opened a connection to another machine."""


def _guarded(name: str) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        is_far = (
            self.family in {socket.AF_INET, socket.AF_INET6}
            and self.type == socket.SOCK_STREAM
            and not str(address[0]).startswith(LOOPBACK)
        )
        if is_far and not _state["open"]:
            raise NetworkReachedError(address)
        return _joined[name](self, address)

    return connect


for _name in _joined:
    setattr(socket.socket, _name, _guarded(_name))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open the network to the tests that say that they need it."""
    marks = {mark.name for mark in item.iter_markers()}
    _state["open"] = bool({"network", "registry"} & marks)
