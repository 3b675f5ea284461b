"""How computed contours are drawn and vote, and perimeters that the user brings."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

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


class Reach(Section):
    """Communes within so many minutes of a seat."""

    seat: CommuneCode
    minutes: Positive = 45.0
    profile: Literal["truck", "car"] = "truck"

    @property
    def perimeter_id(self) -> str:
        """Identifier of the perimeter that it gives."""
        return f"route_{self.minutes:g}min".replace(".", "_")


class Ward(Section):
    """Contiguity-constrained Ward regions; the one that holds the root is kept."""

    n_regions: Annotated[int, Field(ge=2, le=1000)] = 6
    perimeter_id: ClassVar[str] = "bassin_ward"


class ExchangeContour(Section):
    """The contour that keeps most potential exchanges under a ceiling and rules."""

    perimeter_id: ClassVar[str] = "contour_echanges"
    population_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Ceiling, as a share of the population of the study area."""
    root: Literal["fixed", "free"] = "fixed"
    """Whether ``territory.root_commune`` is held in any case."""
    max_split_epci: Annotated[int, Field(ge=0)] | None = None
    """EPCI that may be held in part; 0: whole EPCI only; absent: any number."""
    min_population: Annotated[float, Field(ge=0)] = 0.0
    min_jobs: Annotated[float, Field(ge=0)] = 0.0
    include: tuple[CommuneCode, ...] = ()
    exclude: tuple[CommuneCode, ...] = ()
    gap: Annotated[float, Field(ge=0)] = 0.01
    max_nodes: Annotated[int, Field(ge=1)] = 60


class Methods(Section):
    """Computed candidate perimeters."""

    reach: Reach
    ward: Ward = Ward()
    optimum: ExchangeContour | None = ExchangeContour()
    """Absent (``null``): no contour by the exchanges."""
    max_unions: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    """Above this count the enumeration is refused rather than truncated."""
    max_union_epci: Annotated[int, Field(ge=1)] | None = None
    """EPCI of an enumerated union at most; absent: any number."""
    rules: Rules = Rules()
    affinity: Affinity = Affinity()
    votes: Votes = Votes()
    ensemble: Ensemble = Ensemble()


class UserPerimeter(Section):
    """A perimeter that the user brings: a list of communes, or an outline."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    path: Path

    @property
    def perimeter_id(self) -> str:
        """Identifier: the name without accents, blanks or signs."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore")
        return "apporte_" + re.sub(r"[^a-z0-9]+", "_", plain.decode().lower()).strip(
            "_"
        )
