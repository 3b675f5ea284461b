"""The toy study, made once."""

from dataclasses import dataclass, fields, replace
from typing import override

import pytest

from eitgeo.maps.paper.sheet import Sheet
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
