"""Chromium as a reader: where it is, and how tests start it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Any

import pytest

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first draws pages as the others do, without the windows that nobody sees."""
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
is_absent = CHROMIUM is None or find_spec("playwright") is None
needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(is_absent, reason="Chromium or playwright is not installed"),
]


@contextmanager
def started() -> Iterator[Any]:
    """Start a browser: a second of processor, and an event loop until it is closed."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not all have it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


_open = ExitStack()


@cache
def _browser() -> Any:
    _open.callback(_browser.cache_clear)
    return _open.enter_context(started())


@pytest.fixture(scope="module")
def chromium() -> Any:
    """Return the browser of all tests of a folder; who asks first starts it."""
    if is_absent:
        pytest.skip("Chromium or playwright is not installed")
    return _browser()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Iterator[None]:
    """Close it after the last test of the folder: nothing else runs in its loop."""
    yield
    if nextitem is None or nextitem.path.parent != item.path.parent:
        _open.close()
