"""Section ``arisings``: how the potential waste of sites is drawn and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from eitgeo.study.base import Positive, Section, Share


class Arisings(Section):
    """Draws of headcounts and ratios, control totals, band of plausibility."""

    n_draws: Annotated[int, Field(ge=100, le=10_000)] = 1000
    """Draws of each site."""
    common_error_share: Share = 0.5
    """Share of the variance of a ratio that its sites have in common."""
    declarations: tuple[Path, ...] = ()
    """Archives of IREP (``AAAA.zip``, one a year): their waste is observed."""
    control_totals: Path | None = None
    """Published totals that estimates are scaled to; none given: no scaling."""
    plausible_t_per_inhabitant: tuple[Positive, Positive] = (0.22, 1.11)
    """Waste neither hazardous nor inert of the area: warned of outside [t/year]."""

    @model_validator(mode="after")
    def _low_then_high(self) -> Self:
        low, high = self.plausible_t_per_inhabitant
        if low > high:
            message = "« plausible_t_per_inhabitant » : borne basse puis borne haute"
            raise ValueError(message)
        return self
