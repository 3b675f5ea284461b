"""Print maps, the comparison workbook and the offline page, from released tables."""

from eitgeo.maps.ground import Ground, make_ground
from eitgeo.maps.print_maps import perimeter_map, territory_map
from eitgeo.maps.sheet import Sheet, file_name, make_sheet
from eitgeo.maps.table import comparison_xlsx
from eitgeo.maps.web import offline_page

__all__ = [
    "Ground",
    "Sheet",
    "comparison_xlsx",
    "file_name",
    "make_ground",
    "make_sheet",
    "offline_page",
    "perimeter_map",
    "territory_map",
]
