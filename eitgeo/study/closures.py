"""Roads that a study closes, to see what depends on them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from eitgeo.study.base import BodyId, Section

WayId = Annotated[int, Field(gt=0)]
LonLat = tuple[
    Annotated[float, Field(ge=-6, le=10)], Annotated[float, Field(ge=41, le=52)]
]
"""Longitude, then latitude, of a point of mainland France or next to it [degrees]."""

_LINE_POINTS, _AREA_POINTS = 2, 3


class RoadClosure(Section):
    """A closure: the roads that meet every criterion that it gives.

    One that gives an identifier only is the ready case of that name
    (``eitgeo/reference/closures.csv``).
    """

    id: BodyId
    label: str = ""
    ways: tuple[WayId, ...] = ()
    """Identifiers of ways of OpenStreetMap."""
    ref: str = ""
    """Number of the road: « N 125 »; spaces and hyphens do not count."""
    name: str = ""
    """Words that the name of the road holds; case and accents do not count."""
    line_lon_lat: tuple[LonLat, ...] = ()
    """A line drawn across the roads [degrees]."""
    area_lon_lat: tuple[LonLat, ...] = ()
    """Outline of an area that the roads touch [degrees]."""

    @property
    def is_ready_case(self) -> bool:
        """Say whether the closure is named, not described.

        Returns
        -------
        bool
            True without any criterion.
        """
        given = (self.ways, self.ref, self.name, self.line_lon_lat, self.area_lon_lat)
        return not any(given)

    @model_validator(mode="after")
    def _drawn(self) -> RoadClosure:
        if 0 < len(self.line_lon_lat) < _LINE_POINTS:
            message = "line_lon_lat : deux points au moins (longitude, latitude)"
            raise ValueError(message)
        if 0 < len(self.area_lon_lat) < _AREA_POINTS:
            message = "area_lon_lat : trois points au moins (longitude, latitude)"
            raise ValueError(message)
        return self


def _distinct(closures: tuple[RoadClosure, ...]) -> tuple[RoadClosure, ...]:
    names = [closure.id for closure in closures]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        message = f"fermeture « {repeated[0]} » donnée deux fois"
        raise ValueError(message)
    return closures


Closures = Annotated[tuple[RoadClosure, ...], AfterValidator(_distinct)]
"""Closures of distinct identifiers."""
