"""The comparator: elected members compare and compose perimeters from one file."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.maps.comparator._recipes import ComparatorThresholds
    from eitgeo.maps.comparator.page import comparator_page
    from eitgeo.maps.comparator.payload import ComparatorChoices, ComparatorTables
    from eitgeo.maps.comparator.territory_page import territory_page

__all__ = [
    "ComparatorChoices",
    "ComparatorTables",
    "ComparatorThresholds",
    "comparator_page",
    "territory_page",
]

lend(__name__)
