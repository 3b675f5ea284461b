"""Section ``governance``: neighbours, context, money, what the verdict stands on."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from eitgeo.study.base import BodyId, Positive, Section

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


CostKey = Literal["population", "emplois", "egales", "mixte"]
"""How members share what is left to pay."""


class VerdictRule(Section):
    """Threshold of the verdict; one that is not the package's says why."""

    min_firms: Annotated[int, Field(ge=1)] = 3
    """Firms met, and firms engaged."""
    reason: str = ""

    @model_validator(mode="after")
    def _a_threshold_has_a_reason(self) -> Self:
        usual = type(self).model_fields["min_firms"].default
        if (self.min_firms != usual) != bool(self.reason.strip()):
            message = "seuil et motif vont ensemble : « min_firms » et « reason »"
            raise ValueError(message)
        return self


class FieldWork(Section):
    """Something done with the firms or the councils of a perimeter, dated."""

    perimeter: BodyId
    kind: Literal["firms_met", "firms_engaged", "workshop", "carrier_agreement"]
    n: Annotated[int, Field(ge=0)] = 1
    """How many firms, or workshops; firms of several lines are told apart. 0: it was
    asked, and none came of it."""
    on_date: dt.date
    source: Annotated[str, Field(min_length=1)]


class Governance(Section):
    """What the study says of who would carry the initiative."""

    neighbours: tuple[Neighbour, ...] = ()
    shareholders: tuple[Siren, ...] = ()
    """EPCI known to hold shares in the agency (P7); none: to be checked for all."""
    neighbour_km: Annotated[float, Field(ge=0)] = 20.0
    context: tuple[ContextFact, ...] = ()
    revenue_lines: Annotated[int, Field(ge=0)] = 0
    posts: Annotated[float, Field(ge=0.01, le=100)] = 1.0
    """Posts of animation [FTE] that the study chooses."""
    meetings: tuple[Positive, Positive] | None = None
    """Firms that a full-time post meets a year, least and most; None: assumed."""
    budget: Budget = Budget()
    cost_key: CostKey = "population"
    mixed_population_pct: Annotated[float, Field(ge=0, le=100)] = 50.0
    """Part of the mixed key that follows the population; the rest, equal parts."""
    verdict: VerdictRule = VerdictRule()
    field: tuple[FieldWork, ...] = ()
    """What desk data do not tell: without it no interest is confirmed."""

    @field_validator("meetings")
    @classmethod
    def _least_then_most(
        cls, meetings: tuple[float, float] | None
    ) -> tuple[float, float] | None:
        if meetings is not None and meetings[0] > meetings[1]:
            message = "borne basse puis borne haute"
            raise ValueError(message)
        return meetings
