"""Chromium as a reader: where it is, and how tests start it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
