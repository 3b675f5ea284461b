"""Section ``zones``: what makes a zone, how far that is swept, which grounds it has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from eitgeo.study.base import Divisions, Positive, Section, Share
from eitgeo.study.readers import Keys, Source

Method = Literal["dbscan", "hdbscan"]
Landuse = Literal["industrial", "commercial", "retail"]
NotNegative = Annotated[float, Field(ge=0)]

OSM_OWNER = "OpenStreetMap"
OSM_READERS = ("osm", "osm_zones")
_DRAWS = {"rapide": 1, "complet": 4}


class OfficialZones(Source):
    """One source of zones drawn before; the earlier one wins where two overlap."""

    keys: ClassVar[dict[str, Keys]] = {
        "cnig": Keys(),
        "bd_topo": Keys(),
        "osm": Keys(optional=("vintage", "landuse")),
        "osm_zones": Keys(("path", "vintage"), ("landuse",)),
    }
    reader: Literal["cnig", "bd_topo", "osm", "osm_zones"]
    path: Path
    vintage: str | None = None
    """When OpenStreetMap was so, as readers are told: « août 2021 »."""
    landuse: Annotated[tuple[Landuse, ...], Field(min_length=1)] = ("industrial",)
    """Uses of OpenStreetMap that the zones found are compared with."""


class Minimum(Section):
    """So many sites, or so many jobs, make a zone."""

    sites: Annotated[int, Field(ge=1)]
    jobs: Positive


class Jitter(Section):
    """Standard deviation of a position along each axis, by its quality [m]."""

    exacte: NotNegative = 15.0
    rue: NotNegative = 100.0
    synthetique: NotNegative = 15.0


class ZoneSweep(Section):
    """Over what the parameters are moved, to say which zones stay."""

    radii_m: Annotated[tuple[Positive, ...], Field(min_length=1)] = (
        350.0,
        420.0,
        500.0,
        600.0,
        700.0,
    )
    """From half to twice the surface swept around a site at 500 m."""
    radii_min: Annotated[tuple[Positive, ...], Field(min_length=1)] = (
        1.0,
        1.25,
        1.5,
        1.75,
        2.0,
    )
    """The same where distances are minutes by truck."""
    minima: Annotated[tuple[Minimum, ...], Field(min_length=1)] = (
        Minimum(sites=3, jobs=30),
        Minimum(sites=4, jobs=40),
        Minimum(sites=5, jobs=50),
    )
    methods: Annotated[tuple[Method, ...], Field(min_length=1)] = ("dbscan", "hdbscan")
    draws: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Times that headcounts and positions are drawn again; none given: by effort."""
    jitter_m: Jitter = Jitter()

    def n_draws(self, effort: str) -> int:
        """Return how many times headcounts and positions are drawn again."""
        return _DRAWS[effort] if self.draws is None else self.draws


class Zones(Section):
    """Clustering of industrial and craft sites; the sweep chooses what is not given."""

    method: Method | None = None
    distance: Literal["plane", "truck_m", "truck_min"] = "plane"
    """Straight line, or metres or minutes by truck (on a real road network)."""
    radius_m: Positive | None = None
    radius_min: Positive | None = None
    """Radius where distances are minutes by truck."""
    min_sites: Annotated[int, Field(ge=1)] = 3
    min_jobs: Positive = 30.0
    isolated_jobs: Positive = 50.0
    buffer_m: Positive = 100.0
    hull_ratio: Share = 0.4
    naf_divisions: Annotated[tuple[Divisions, ...], Field(min_length=1)] = (
        "05-39",
        "41-43",
        "45-46",
        "49-53",
    )
    official: tuple[OfficialZones, ...] = ()
    """Zones drawn before: those of an inventory give ground, those of OSM do not."""
    land_cover: Path | None = None
    """CORINE raster: class 121 trims the outlines that no official zone gives."""
    credit: str = ""
    """What maps print for the zones drawn before and the land cover."""
    sweep: ZoneSweep = ZoneSweep()

    @property
    def radius(self) -> float | None:
        """Return the radius that the study fixes, in the unit of its distances."""
        return self.radius_min if self.distance == "truck_min" else self.radius_m

    @property
    def radii(self) -> tuple[float, ...]:
        """Radii of the sweep, that of the study included."""
        in_minutes = self.distance == "truck_min"
        swept = self.sweep.radii_min if in_minutes else self.sweep.radii_m
        fixed = () if self.radius is None else (self.radius,)
        return tuple(sorted({*swept, *fixed}))

    @property
    def drawn_in_osm(self) -> bool:
        """Whether the zones drawn before are OpenStreetMap's, and no inventory.

        Then (ODbL) they are compared, and no outline of theirs is copied.
        """
        return any(one.reader in OSM_READERS for one in self.official)

    @model_validator(mode="after")
    def _licence_of_the_official_zones(self) -> Self:
        readers = {one.reader for one in self.official}
        if self.drawn_in_osm and not readers <= {*OSM_READERS}:
            message = (
                "« official » : les zones d'OpenStreetMap (ODbL) ne se mêlent pas à "
                "celles d'un autre producteur dans une même base ; garder l'un ou "
                "l'autre"
            )
            raise ValueError(message)
        if self.drawn_in_osm and OSM_OWNER not in self.credit:
            message = f"« credit » doit citer {OSM_OWNER} (licence)"
            raise ValueError(message)
        if (self.official or self.land_cover) and not self.credit:
            message = "« credit » est nécessaire : ce que les cartes impriment"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _one_radius(self) -> Self:
        wrong = "radius_m" if self.distance == "truck_min" else "radius_min"
        if getattr(self, wrong) is not None:
            message = f"« {wrong} » ne sert pas avec la distance « {self.distance} »"
            raise ValueError(message)
        return self
