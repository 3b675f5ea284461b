"""The toy study, made once."""

import pytest

from tests.maps.toy import Toy, make_toy


@pytest.fixture(scope="session")
def toy() -> Toy:
    """Release the tables of the toy study."""
    return make_toy()
