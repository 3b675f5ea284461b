"""What pages and notebooks draw with: Leaflet from its wheel, light outlines."""

import pytest

from eitgeo.maps.comparator.ground import simplified_area
from eitgeo.maps.pages.page_parts import leaflet_script, leaflet_style
from tests.maps.toy import Toy


def test_shared_borders_stay_shared(toy: Toy) -> None:
    shapes = simplified_area(toy.ground)
    assert shapes.union_all().area == pytest.approx(shapes.area.sum())


def test_leaflet_keeps_its_notice_and_inlines_its_images() -> None:
    assert "Vladimir Agafonkin" in leaflet_script()
    assert "sourceMappingURL" not in leaflet_script()
    assert "url(images" not in leaflet_style()
    assert "url(data:image/png;base64," in leaflet_style()
