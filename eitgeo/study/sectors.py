"""Section ``sectors``: where a sector is concentrated, and which ones come first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from eitgeo.study.base import Positive, Section

_PERMUTATIONS = {"rapide": 99, "complet": 999}


class Sectors(Section):
    """Concentration of each NAF division, profile of zones, key sectors."""

    radii_m: Annotated[tuple[Positive, ...], Field(min_length=1)] = (
        500.0,
        1000.0,
        2000.0,
        5000.0,
        10_000.0,
    )
    """Radii around a site within which its sector is weighed."""
    min_sites: Annotated[int, Field(ge=2)] = 10
    """Sectors with fewer sites are not tested."""
    permutations: Annotated[int, Field(ge=19, le=99_999)] | None = None
    """Times that activities are dealt out at random; none given: by effort."""
    anchor_jobs: Positive = 50.0
    """Jobs of an anchor of a zone."""
    reference: Path | None = None
    """Sites by NAF division elsewhere (national table); none given: area and buffer."""

    def n_permutations(self, effort: str) -> int:
        """Return how many times activities are dealt out at random."""
        if self.permutations is None:
            return _PERMUTATIONS[effort]
        return self.permutations
