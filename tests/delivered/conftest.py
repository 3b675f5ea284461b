"""The browser that opens the pages of the delivered study."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import close_after, shared_browser

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def chromium() -> Any:
    """Return the browser of all these tests; who asks first starts it."""
    return shared_browser()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Close the browser after the last of them."""
    yield
    close_after(HERE, nextitem)
