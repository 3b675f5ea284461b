"""Section ``governance``: neighbours, context, money and thresholds of the verdict."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from eitgeo.study._base import Positive, Section

Siren = Annotated[str, Field(pattern=r"^\d{9}$")]


class Neighbour(Section):
    """An initiative of industrial ecology that exists in or near the territory."""

    name: Annotated[str, Field(min_length=1)]
    commune: Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")]
    source: Annotated[str, Field(min_length=1)]
    status: Literal["publie", "a_verifier"] = "a_verifier"


class ContextFact(Section):
    """A fact of the territory for the grid of strengths and weaknesses."""

    side: Literal["atout", "faiblesse", "opportunite", "menace"]
    elipse_axis: Annotated[str, Field(min_length=1)]
    statement: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    on_date: dt.date


class Budget(Section):
    """What animation costs; what is left out keeps the working assumption."""

    fte_cost_eur: Positive | None = None
    other_cost_eur: Annotated[float, Field(ge=0)] | None = None
    aid_pct: Annotated[float, Field(ge=0, le=100)] | None = None
    years: Annotated[int, Field(ge=1, le=5)] = 3


class VerdictRule(Section):
    """Thresholds under which interest is not said to be confirmed."""

    min_sites: Annotated[int, Field(ge=1)] = 80
    min_families: Annotated[int, Field(ge=1)] = 5
    min_groups: Annotated[int, Field(ge=1)] = 3


class Governance(Section):
    """What the study says of who would carry the initiative."""

    neighbours: tuple[Neighbour, ...] = ()
    shareholders: tuple[Siren, ...] = ()
    """EPCI known to hold shares in the agency (P7); none: to be checked for all."""
    neighbour_km: Annotated[float, Field(ge=0)] = 20.0
    context: tuple[ContextFact, ...] = ()
    revenue_lines: Annotated[int, Field(ge=0)] = 0
    budget: Budget = Budget()
    verdict: VerdictRule = VerdictRule()
