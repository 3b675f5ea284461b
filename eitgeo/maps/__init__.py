"""Print maps, the comparison workbook and the offline page, from released tables."""

from eitgeo.maps.cards import card_rows
from eitgeo.maps.figures import french_ticks, stamp_axes
from eitgeo.maps.form import (
    SignUp,
    make_sign_up,
    sign_up_page,
    sign_up_pdf,
    sign_up_xlsx,
)
from eitgeo.maps.ground import Ground, make_ground
from eitgeo.maps.palette import outlet_symbol
from eitgeo.maps.print_maps import perimeter_map, territory_map
from eitgeo.maps.sheet import Sheet, make_sheet
from eitgeo.maps.table import comparison_xlsx
from eitgeo.maps.web import offline_page
from eitgeo.maps.words import figure_text, french_number, typographic

__all__ = [
    "Ground",
    "Sheet",
    "SignUp",
    "card_rows",
    "comparison_xlsx",
    "figure_text",
    "french_number",
    "french_ticks",
    "make_ground",
    "make_sheet",
    "make_sign_up",
    "offline_page",
    "outlet_symbol",
    "perimeter_map",
    "sign_up_page",
    "sign_up_pdf",
    "sign_up_xlsx",
    "stamp_axes",
    "territory_map",
    "typographic",
]
