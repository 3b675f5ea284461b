"""The comparator: one file that works from a disk and can reach nothing."""

from __future__ import annotations

import pandas as pd

from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.opening import opening_view
from eitgeo.maps.comparator.payload import (
    ComparatorChoices,
    comparator_payload,
)
from eitgeo.maps.pages.page_parts import closed_page, part_of
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.sentences import of_whole_epci
from eitgeo.tables.public import ReleasedTables
from eitgeo.words import NBSP


def comparator_page(
    ground: Ground,
    public: ReleasedTables,
    *,
    catalogue: pd.DataFrame,
    choices: ComparatorChoices,
    sheet: Sheet,
    refusals: str = "",
) -> bytes:
    """Make the page on which perimeters are compared and composed.

    `refusals`: address of the page on refusals, beside this one; empty: none.

    References
    ----------
    W3C, *Content Security Policy Level 3*; DINUM, *RGAA 4.1*.
    """
    payload = comparator_payload(
        ground, public, catalogue=catalogue, choices=choices, sheet=sheet
    )
    if_part = f"Échanges potentiels et leviers{NBSP}: {choices.if_part}."
    return closed_page(
        "comparator/comparator.html.j2",
        style=part_of("comparator", "comparator.css"),
        script=bundle(read_modules(), "main"),
        data=payload_json(payload),
        is_still=True,
        images="data:",
        sheet=sheet,
        network=choices.network,
        of_unions=of_whole_epci(choices.most_epci),
        more=" ".join(filter(None, (choices.supposed, if_part))),
        refusals=refusals,
        opening=opening_view(ground, public, payload, sheet=sheet),
    )
