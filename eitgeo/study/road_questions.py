"""What a study asks of its roads, beside distances: each key is a question."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from eitgeo.study.base import Positive, Section

CommuneCode = Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")]

QUESTIONS = ("closures", "criticality", "isochrones", "seats", "second_engines")
"""Keys of section ``roads`` that move neither the network nor its distances."""


class Isochrones(Section):
    """Where one gets from a seat in so many minutes, and the share who live there."""

    seats: tuple[CommuneCode, ...] = ()
    """INSEE codes of the communes left from; none: that of ``methods.reach``."""
    minutes: Annotated[tuple[Positive, ...], Field(min_length=1)] = (30.0, 45.0, 60.0)
    """Bands [min]."""
    profile: Literal["truck", "car"] = "car"


class AnimationSeats(Section):
    """Where an animator would best sit: every town, and every two, tried by car."""

    shown: Literal[1, 2] = 2
    """How many seats the map shows at once."""


class Criticality(Section):
    """Each main road closed in turn, and what the trips of the study lose."""

    classes: Annotated[int, Field(ge=2, le=4)] = 4
    """Classes of cost that the map tells apart."""


class SecondEngines(Section):
    """Routes asked of other engines, which must be installed, to compare."""

    engines: Annotated[tuple[Literal["valhalla", "osrm"], ...], Field(min_length=1)] = (
        "valhalla",
    )
    """``valhalla``: the truck of the study; ``osrm``: the car, its only profile."""
    pairs: Annotated[int, Field(ge=1)] = 1000
    """Pairs drawn by the seed of the study, at most."""
