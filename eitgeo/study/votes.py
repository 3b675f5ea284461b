"""What computed contours must keep to, and how they vote for core and fringe."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from eitgeo.study.base import CommuneCode, Positive, Section, Share

Sum = Literal["population", "n_communes", "jobs"]
Amount = Annotated[float, Field(ge=0)]


class Rules(Section):
    """What every computed contour keeps to, whatever the method."""

    include: tuple[CommuneCode, ...] = ()
    exclude: tuple[CommuneCode, ...] = ()
    locked: tuple[tuple[CommuneCode, ...], ...] = ()
    """Sets of communes that are all in, or all out."""
    floors: dict[Sum, Amount] = Field(default_factory=dict)
    ceilings: dict[Sum, Amount] = Field(default_factory=dict)
    max_split_epci: Annotated[int, Field(ge=0)] | None = None
    """EPCI that may be cut, at most; none given: any number."""
    split_price: Amount = 0.0
    """Inhabitants that one is ready to move so as not to cut an EPCI."""
    enclaves: Literal["remplir", "signaler"] = "remplir"


class Affinity(Section):
    """What draws two communes together, each part normalised to a total of 1."""

    exchanges: Share = 0.6
    complementarity: Share = 0.2
    similarity: Share = 0.2
    max_minutes: Positive = 40.0
    """By truck: beyond, sectors do not draw communes together (exchanges may)."""

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if self.exchanges + self.complementarity + self.similarity == 0:
            message = "un poids au moins n'est pas nul"
            raise ValueError(message)
        return self


class Votes(Section):
    """Which runs vote, for a « complet » study; « rapide » takes the first of each."""

    minutes: tuple[Positive, ...] = (30.0, 40.0, 45.0, 50.0, 60.0)
    regions: tuple[Annotated[int, Field(ge=2)], ...] = (4, 5, 6, 7, 8)
    population_shares: tuple[Share, ...] = (0.3, 0.4, 0.5, 0.6)
    resolutions: tuple[Positive, ...] = (0.5, 0.75, 1.0)
    sector_weights: tuple[Share, ...] = (0.0, 0.3, 0.6)
    """Weight of sectors beside minutes of road, for methods of like communes."""
    n_seeds: Annotated[int, Field(ge=1, le=1000)] = 5
    n_draws: Annotated[int, Field(ge=1, le=1000)] = 10
    """Draws of the ratios of waste."""


class Ensemble(Section):
    """Random contours in one piece around the root; a « rapide » study draws none."""

    n_chains: Annotated[int, Field(ge=2, le=64)] = 4
    n_draws: Annotated[int, Field(ge=4, le=100_000)] = 500
    """Draws that each chain keeps."""
    thinning: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    """Steps from a draw to the next."""
    border_weight: Annotated[float, Field(ge=0)] = 0.5
    """The law: exp(−border_weight × road links that the contour cuts); 0: all alike."""
    population_shares: tuple[Share, Share] = (0.25, 0.75)
