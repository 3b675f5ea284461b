"""The map of potential waste by zone: words, classes, same bytes, refusals."""

from pathlib import Path

import pytest

from eitgeo.disclosure.door.rules import Released
from eitgeo.errors import SchemaError
from eitgeo.maps.prints.zone_potential_map import zone_potential_map
from tests.maps.test_print_maps import words
from tests.maps.toy import Toy, released
from tests.maps.zone_toy import zone_rows

CLASSES = {"Z001": "300 à 1 000", "Z002": "secret", "I001": "secret"}


def rows() -> Released:
    """Release the zones of the toy study with their class."""
    table = zone_rows().table
    return released(table.assign(potential_class=table["zone_id"].map(CLASSES)))


def draw(toy: Toy) -> dict[str, bytes]:
    """Draw the map of the toy study."""
    return zone_potential_map(toy.ground, rows(), sheet=toy.sheet)


def test_the_same_inputs_give_the_same_bytes(toy: Toy) -> None:
    assert draw(toy) == draw(toy)


def test_classes_secrecy_and_method_are_told(printed: Toy, tmp_path: Path) -> None:
    text = words(draw(printed)["pdf"], tmp_path)
    for expected in (
        "Gisement potentiel de déchets par zone d’activités",
        "300 à 1 000 t/an",
        "Zone au tonnage tenu secret",
        "Z1 Commune 31001",
        "Méthode déductive et sa faiblesse",
        "DÉMONSTRATION",
    ):
        assert expected in text, expected
    assert "I1" not in text


def test_zones_without_class_or_bare_are_refused(toy: Toy) -> None:
    with pytest.raises(SchemaError, match="potential_class"):
        zone_potential_map(toy.ground, zone_rows(), sheet=toy.sheet)
    with pytest.raises(SchemaError, match="table non diffusable"):
        zone_potential_map(toy.ground, rows().table, sheet=toy.sheet)  # type: ignore[arg-type]
