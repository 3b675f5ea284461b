"""What the page on refusals is made of: released tables, and choices of the study."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from eitgeo.maps.paper.sheet import require_released

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released


@dataclass(frozen=True)
class RefusalTables:
    """Released tables that the page reads.

    Attributes
    ----------
    bodies
        Table ``bodies``.
    perimeters
        Those that are shown by name.
    refusals
        Table ``refusals``.
    budget
        Table ``animation_budget``.
    contiguity
        Table ``contiguity``.
    union_seats
        Each EPCI of each union of whole EPCI, and how far it is from its seat.
    union_carrier_states, union_carrier_reasons
        Who could carry each union of whole EPCI.
    """

    bodies: Released = field(repr=False)
    perimeters: Released = field(repr=False)
    refusals: Released = field(repr=False)
    budget: Released = field(repr=False)
    contiguity: Released = field(repr=False)
    union_seats: Released = field(repr=False)
    union_carrier_states: Released = field(repr=False)
    union_carrier_reasons: Released = field(repr=False)

    @property
    def all(self) -> list[Released]:
        """Return them all, for what a page says of its sources."""
        return [getattr(self, one.name) for one in fields(self)]

    def frame(self, name: str) -> pd.DataFrame:
        """Return the rows of a table."""
        return require_released(getattr(self, name), name).table


@dataclass(frozen=True)
class RefusalChoices:
    """What the study says.

    Attributes
    ----------
    first
        Perimeter shown at first; the first of the page where it is not there.
    root_epci
        SIREN of the EPCI that all unions hold.
    road_evidence
        Class of what rests on roads: ``S`` where they are real, ``H`` otherwise.
    most_epci
        Of how many EPCI unions are listed at most; None: of any number.
    """

    first: str
    root_epci: str
    road_evidence: str
    most_epci: int | None = None
