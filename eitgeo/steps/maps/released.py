"""The ground of maps, and views of released tables that several outputs show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from eitgeo.maps.paper.ground import Ground, Relief, at_seats, make_ground, on_roads
from eitgeo.maps.paper.sheet import Sheet, make_sheet
from eitgeo.maps.words.sentences import arisings_as
from eitgeo.perimeters.contours.stamps import contour_stamps
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables, Released
from eitgeo.territory.borders import relief_bounds

_LEFT_OUT = (
    "Aucun chiffre d’ici ne repose sur des {} : ceux qui le font sont dans le "
    "comparateur et dans comparaison.xlsx, tamponnés."
)


def known_sheet(project: Project, tables: list[Released]) -> Sheet:
    """Say what a sheet without drawn establishments is, and where they stand."""
    sheet = make_sheet(project.study.identity, tables)
    elsewhere = [
        reason
        for reason in project.study.reasons("sites")
        if reason not in sheet.demonstration
    ]
    left_out = _LEFT_OUT.format(elsewhere[0]) if elsewhere else ""
    return replace(sheet, left_out=left_out)


def study_ground(project: Project, public: PublicTables) -> Ground:
    """Prepare what all maps of the study share."""
    relief = public["relief"]
    frame = relief_bounds(public["communes"].table)
    heights = relief.table.pivot_table("altitude_m", "row", "column", dropna=False)
    ground = make_ground(
        public["communes"],
        public["bodies"],
        places=public["places"],
        outlets=public["outlets"],
        motorways=public["motorway_exits"],
        root_commune=project.study.territory.root_commune,
        relief=Relief(heights.to_numpy(), frame, relief) if len(heights) else None,
    )
    return at_seats(ground, public["body_seats"])


def printed_ground(project: Project, public: PublicTables) -> Ground:
    """Put what all maps share on the roads that prints draw, where they are real."""
    ground = study_ground(project, public)
    if project.study.roads.network.is_surrogate:
        return ground
    return on_roads(ground, public["drawn_roads"])


def arising_evidence(public: PublicTables) -> str:
    """Return the class of the estimates of arisings, the least sure: ``S`` or ``H``."""
    return arisings_as(public["indicators_public"].table)


def shown_perimeters(
    project: Project, public: PublicTables, names: Sequence[str]
) -> Released:
    """Choose perimeters by name, in this order, with what they alone carry along."""
    order = {name: rank for rank, name in enumerate(names)}
    table = public["perimeters"].table
    table = table[table["perimeter_id"].isin(names)].assign(compared=True)
    table = table.sort_values(
        "perimeter_id", key=lambda ids: ids.map(order), kind="stable"
    )
    return _with_stamps(project, public, table)


def undrawn_perimeters(project: Project, public: PublicTables) -> Released:
    """Leave out the contours that drawn establishments made."""
    table = public["perimeters"].table
    is_drawn = table["perimeter_id"].isin(project.study.drawn_ids)
    return _with_stamps(project, public, table[~is_drawn])


def _with_stamps(
    project: Project, public: PublicTables, table: pd.DataFrame
) -> Released:
    drawn_by, doubtful = contour_stamps(project.study, table)
    return replace(
        public["perimeters"], table=table, demonstration=drawn_by, to_confirm=doubtful
    )
