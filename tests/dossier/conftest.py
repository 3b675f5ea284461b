"""The small dossier, made once."""

import pytest

from eitgeo.dossier.desk import Desk
from eitgeo.dossier.model import Dossier
from eitgeo.dossier.typst import dossier_pdf
from eitgeo.dossier.whole import make_dossier
from eitgeo.dossier.word import dossier_docx
from tests.dossier.toy import make_desk
from tests.maps.toy import Toy, make_toy


@pytest.fixture(scope="session")
def toy() -> Toy:
    """Release the tables of the toy study."""
    return make_toy()


@pytest.fixture(scope="session")
def desk(toy: Toy) -> Desk:
    """Gather what the dossier is written from."""
    return make_desk(toy)


@pytest.fixture(scope="session")
def dossier(desk: Desk) -> Dossier:
    """Write its content."""
    return make_dossier(desk)


@pytest.fixture(scope="session")
def word(dossier: Dossier) -> bytes:
    """Lay it out as a Word file."""
    return dossier_docx(dossier)


@pytest.fixture(scope="session")
def pdf(dossier: Dossier) -> bytes:
    """Lay it out as a PDF."""
    return dossier_pdf(dossier)
