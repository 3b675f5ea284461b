"""What a road map is made of: its ground, its layers and its sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.maps.road_maps import RoadLayer
from eitgeo.words import NBSP, figure_text, french_number, typographic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.disclosure.released import Released

_NO_BOUNDS = (math.nan, math.nan)


class Picture(NamedTuple):
    """What a road map is made of.

    Attributes
    ----------
    heading
        Subject, French.
    layers
        What is drawn.
    statements
        Titles and sentences, French.
    """

    heading: str
    layers: tuple[RoadLayer, ...]
    statements: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RoadGround:
    """What every road map is drawn over.

    Attributes
    ----------
    roads
        Released lines: main roads or, on the surrogate, limits of communes.
    roads_label
        What they are, French.
    seats
        Released points: the town hall of each commune, ``code_insee``, ``name``.
    limits
        Released lines: limits of the EPCI.
    network
        What distances rest on, French.
    evidence
        Class of times and shares: ``H`` on the surrogate, ``S`` on real roads with
        assumed speeds.
    """

    roads: Released = field(repr=False)
    roads_label: str
    seats: Released = field(repr=False)
    limits: Released = field(repr=False)
    network: str
    evidence: str = "S"

    def figure(self, value: float, unit: str) -> str:
        """Write a time or a share as sure as the network is."""
        return figure_text(
            value, bounds=_NO_BOUNDS, evidence=self.evidence, unit=unit, decimals=0
        )

    @property
    def layer(self) -> RoadLayer:
        """Layer of the roads."""
        return RoadLayer("roads", self.roads, self.roads_label)

    @property
    def limits_layer(self) -> RoadLayer:
        """Layer of the limits of the EPCI."""
        return RoadLayer("limits", self.limits, "limite d’EPCI")

    def points(self, role: Any, codes: Sequence[str], label: str) -> RoadLayer:
        """Make a layer of some seats."""
        table = self.seats.table
        return RoadLayer(
            role, self.seats, label, table[table["code_insee"].isin(codes)]
        )

    def name(self, code: str) -> str:
        """Name a commune."""
        table = self.seats.table
        found = table.loc[table["code_insee"] == code, "name"]
        return str(found.iloc[0]) if len(found) else code


def count_text(value: float, word: str) -> str:
    """Write a count and what it counts.

    Examples
    --------
    >>> count_text(2, "ville").replace(NBSP, " ")
    '2 villes'
    """
    whole = int(value)
    return f"{french_number(whole)}{NBSP}{word}{'s' if whole > 1 else ''}"


def set_statements(
    statements: Sequence[tuple[str, str]],
) -> tuple[tuple[str, str], ...]:
    """Set titles and sentences as a printer does."""
    return tuple((typographic(a), typographic(b)) for a, b in statements)
