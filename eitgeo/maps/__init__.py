"""Print maps, the comparison workbook and the offline page, from released tables."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.maps._block_sheets import UnionSheets
    from eitgeo.maps._decision_sheets import DecisionTables
    from eitgeo.maps._governance_words import (
        ANSWER_WORDS,
        CONDITION_WORDS,
        COST_CLASSES,
        COST_WORDS,
        EASE_WORDS,
        KIND_WORDS,
        OUTCOME_WORDS,
        SIDE_WORDS,
        STATE_WORDS,
        deliberations_text,
        share_text,
        unsure_lists,
    )
    from eitgeo.maps._plan_sheets import verdict_text
    from eitgeo.maps._road_words import Picture, RoadGround
    from eitgeo.maps.body_map import body_map
    from eitgeo.maps.cards import CardRow, card_rows, identity_lines, perimeter_rows
    from eitgeo.maps.comparator import (
        ComparatorChoices,
        ComparatorTables,
        ComparatorThresholds,
        comparator_page,
        territory_page,
    )
    from eitgeo.maps.core_map import Poll, core_map
    from eitgeo.maps.difference_map import DifferenceTables, difference_map
    from eitgeo.maps.difference_words import GapRow, gap_rows
    from eitgeo.maps.epci_cards import EpciTables, epci_cards_pdf, perimeter_lines
    from eitgeo.maps.figures import french_ticks, stamp_axes
    from eitgeo.maps.flow_maps import arisings_map, exchanges_map
    from eitgeo.maps.flow_table import FlowTables, FlowTerms, flows_xlsx
    from eitgeo.maps.form import (
        SignUp,
        make_sign_up,
        sign_up_page,
        sign_up_pdf,
        sign_up_xlsx,
    )
    from eitgeo.maps.governance_table import (
        GovernanceReference,
        GovernanceTables,
        governance_xlsx,
    )
    from eitgeo.maps.ground import Ground, Relief, make_ground
    from eitgeo.maps.national_map import national_map
    from eitgeo.maps.notebook_page import notebook_page
    from eitgeo.maps.outlet_map import outlets_map
    from eitgeo.maps.palette import outlet_symbol
    from eitgeo.maps.print_maps import perimeter_map, territory_map
    from eitgeo.maps.qgis import QgisTables, geopackage, qgis_project, study_layers
    from eitgeo.maps.reach_pictures import isochrone_picture, seat_picture
    from eitgeo.maps.road_maps import RoadLayer, road_map
    from eitgeo.maps.road_pictures import (
        closure_picture,
        criticality_picture,
        outlier_picture,
    )
    from eitgeo.maps.sentences import counted, perimeter_sentences, reason_sentence
    from eitgeo.maps.sheet import Sheet, make_sheet, require_released
    from eitgeo.maps.small_maps import (
        difference_sketch,
        light_picture,
        territory_sketch,
    )
    from eitgeo.maps.table import comparison_xlsx
    from eitgeo.maps.told import told_changes, told_facts
    from eitgeo.maps.web import offline_page
    from eitgeo.maps.zone_maps import stability_map, zones_map
    from eitgeo.maps.zone_potential_map import zone_potential_map
    from eitgeo.maps.zone_table import ZoneTables, zones_xlsx
    from eitgeo.words import (
        EVIDENCE_NAMES,
        MISSING,
        figure_text,
        french_number,
        typographic,
        with_unit,
    )

__all__ = [
    "ANSWER_WORDS",
    "CONDITION_WORDS",
    "COST_CLASSES",
    "COST_WORDS",
    "EASE_WORDS",
    "EVIDENCE_NAMES",
    "KIND_WORDS",
    "MISSING",
    "OUTCOME_WORDS",
    "SIDE_WORDS",
    "STATE_WORDS",
    "CardRow",
    "ComparatorChoices",
    "ComparatorTables",
    "ComparatorThresholds",
    "DecisionTables",
    "DifferenceTables",
    "EpciTables",
    "FlowTables",
    "FlowTerms",
    "GapRow",
    "GovernanceReference",
    "GovernanceTables",
    "Ground",
    "Picture",
    "Poll",
    "QgisTables",
    "Relief",
    "RoadGround",
    "RoadLayer",
    "Sheet",
    "SignUp",
    "UnionSheets",
    "ZoneTables",
    "arisings_map",
    "body_map",
    "card_rows",
    "closure_picture",
    "comparator_page",
    "comparison_xlsx",
    "core_map",
    "counted",
    "criticality_picture",
    "deliberations_text",
    "difference_map",
    "difference_sketch",
    "epci_cards_pdf",
    "exchanges_map",
    "figure_text",
    "flows_xlsx",
    "french_number",
    "french_ticks",
    "gap_rows",
    "geopackage",
    "governance_xlsx",
    "identity_lines",
    "isochrone_picture",
    "light_picture",
    "make_ground",
    "make_sheet",
    "make_sign_up",
    "national_map",
    "notebook_page",
    "offline_page",
    "outlet_symbol",
    "outlets_map",
    "outlier_picture",
    "perimeter_lines",
    "perimeter_map",
    "perimeter_rows",
    "perimeter_sentences",
    "private_stamp",  # a module, imported when it is asked for
    "qgis_project",
    "reason_sentence",
    "require_released",
    "road_map",
    "seat_picture",
    "share_text",
    "sign_up_page",
    "sign_up_pdf",
    "sign_up_xlsx",
    "stability_map",
    "stamp_axes",
    "study_layers",
    "territory_map",
    "territory_page",
    "territory_sketch",
    "told_changes",
    "told_facts",
    "typographic",
    "unsure_lists",
    "verdict_text",
    "with_unit",
    "zone_potential_map",
    "zones_map",
    "zones_xlsx",
]

lend(__name__)
