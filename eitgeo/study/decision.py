"""How perimeters are put in order, and what puts the order to the test."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from eitgeo.study.base import Section, Siren

CHOICES = ("first_pair", "phased", "ranking", "stress")
"""Keys of « comparison » that move no indicator."""


class Ranking(Section):
    """Weights of the criteria, and when an order is told."""

    weights: dict[str, Annotated[float, Field(ge=0)]] | None = None
    """Of 100 together, by indicator; None: those of the package."""
    estimates: Literal["exclues", "incluses"] = "exclues"
    """Whether working assumptions (class H) weigh."""
    n_weight_draws: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    decided_from_pct: Annotated[float, Field(gt=50, le=100)] = 80.0
    """Share of the draws under which an order is « indécis » [%]."""


class Stress(Section):
    """What the order is put to the test with."""

    without_epci: tuple[Siren, ...] = ()
    """EPCI that leave, one test each."""
