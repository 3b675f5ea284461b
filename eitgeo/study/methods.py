"""How computed contours are drawn, and perimeters that the user brings."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from eitgeo.study.base import Positive, Section
from eitgeo.study.votes import Affinity, Ensemble, Rules, Votes

Commune = Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")]


class Reach(Section):
    """Communes within so many minutes of a seat."""

    seat: Commune
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
    include: tuple[Commune, ...] = ()
    exclude: tuple[Commune, ...] = ()
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
