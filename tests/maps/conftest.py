"""The toy study, made once, and the browser that opens its pages."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, override

import pytest

from eitgeo.maps.paper.sheet import Sheet
from tests.chromium import close_after, shared_browser
from tests.maps.toy import Toy, make_toy


@dataclass(frozen=True)
class SheetOfOneKind(Sheet):
    """A sheet that is drawn as a PDF, or as a PNG, alone."""

    kind: str = "pdf"

    @property
    @override
    def files(self) -> tuple[str, ...]:
        return (self.kind,)


def drawn_as(toy: Toy, kind: str) -> Toy:
    """Return the toy study whose maps are drawn in one kind of file."""
    told = {one.name: getattr(toy.sheet, one.name) for one in fields(toy.sheet)}
    return replace(toy, sheet=SheetOfOneKind(**told, kind=kind))


@pytest.fixture(scope="session")
def toy() -> Toy:
    """Release the tables of the toy study."""
    return make_toy()


@pytest.fixture(scope="session")
def printed(toy: Toy) -> Toy:
    """Return the toy study for tests that read the PDF alone."""
    return drawn_as(toy, "pdf")


@pytest.fixture(scope="session")
def pictured(toy: Toy) -> Toy:
    """Return the toy study for tests that look at the PNG alone."""
    return drawn_as(toy, "png")


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
