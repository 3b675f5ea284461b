"""The sections of a study file, strict: no unknown key, no value out of domain."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
)

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

BodyId = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Divisions = Annotated[str, Field(pattern=r"^\d{2}(-\d{2})?$")]
"""NAF divisions: one (« 38 ») or a range, both ends included (« 05-39 »)."""


class Section(BaseModel):
    """A part of the study: strict, frozen, no unknown key."""

    model_config = ConfigDict(
        allow_inf_nan=False, extra="forbid", frozen=True, strict=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_yes_for_a_number(cls, value: object) -> object:
        # YAML reads « yes » as true, which pydantic would take for 1.
        if isinstance(value, bool):
            message = "ni oui ni non n'est admis ici"
            raise ValueError(message)  # noqa: TRY004
        return value


class Identity(Section):
    """What the study is, who answers for it, and on what date it is edited."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: str
    subtitle: str = ""
    edition: dt.date
    status: Literal["projet", "valide"] = "projet"
    contact: str = ""
    funders: str = ""
    seed: Annotated[int, Field(ge=0)] = 20261124
    effort: Literal["rapide", "complet"] = "rapide"


class CommuneSource(Section):
    """Communes of the study area and of its buffer."""

    reader: Literal["geojson", "cog"] = "geojson"
    path: Path
    polygons: Path | None = None
    """Folder of the commune polygons of an older vintage (reader « cog »)."""
    merges: Path | None = None
    """Communes merged since that vintage (reader « cog »)."""


class SiteSource(Section):
    """One source of establishments; they are read in order."""

    reader: Literal["anchors", "irep", "synthetic"]
    path: Path | None = None
    n_employers: Annotated[int, Field(ge=0)] = 6000
    min_headcount_in_buffer: Annotated[float, Field(ge=0)] = 10.0
    year: int | None = None

    @model_validator(mode="after")
    def _path_where_needed(self) -> SiteSource:
        if self.reader != "synthetic" and self.path is None:
            message = f"« path » est nécessaire au lecteur « {self.reader} »"
            raise ValueError(message)
        return self


class OutletSource(Section):
    """One source of treatment sites."""

    reader: Literal["csv", "s3ic"]
    path: Path


class Credits(Section):
    """What maps print as sources and licences, table by table (French)."""

    communes: str
    bodies: str
    places: str
    outlets: str
    sites: str
    roads: str
    flows: str


class Sources(Section):
    """Files that the study reads."""

    communes: CommuneSource
    bodies: Path
    membership: Path
    elevation: Path
    sites: Annotated[tuple[SiteSource, ...], Field(min_length=1)]
    outlets: Annotated[tuple[OutletSource, ...], Field(min_length=1)]
    places: Path
    motorway_exits: Path
    known_trips: Path
    credits: Credits


class Territory(Section):
    """Which perimeters are declared; their union is the study area."""

    perimeters: Annotated[tuple[BodyId, ...], Field(min_length=1)]
    root_epci: Annotated[str, Field(pattern=r"^\d{9}$")]
    root_commune: Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")]
    on_date: dt.date
    buffer_km: Positive = 40.0
    max_coverage_gap_m2: Annotated[float, Field(ge=0)] = 10_000.0


class RoadProfile(Section):
    """Speeds of one vehicle on the surrogate network."""

    road_kmh: Positive
    """Speed on a flat road [km/h]."""
    motorway_kmh: Positive
    slow_per_relief: Annotated[float, Field(ge=0)]
    """Slow-down: time × (1 + slow_per_relief × relief), relief in m of climb per m."""
    access_kmh: Positive = 30.0


class Roads(Section):
    """Surrogate network: seats joined along borders."""

    tortuosity_flat: Annotated[float, Field(ge=1)]
    """Road length ÷ straight line where there is no relief."""
    tortuosity_per_relief: Annotated[float, Field(ge=0)]
    """Added tortuosity per unit of relief (m of climb and descent per m)."""
    tortuosity_motorway: Annotated[float, Field(ge=1)] = 1.05
    junction_m: Annotated[float, Field(ge=0)] = 500.0
    """Straight line from a seat to the motorway junction of its commune [m]."""
    junction_minutes: Annotated[float, Field(ge=0)] = 3.0
    """Time from a seat to the motorway, streets and ramp included [min]."""
    ridge_m: Positive = 250.0
    """An edge that climbs this much above both ends crosses a ridge [m]."""
    profile_step_m: Annotated[float, Field(ge=50)] = 500.0
    max_snap_m: Positive = 15_000.0
    max_minutes: Positive = 240.0
    truck: RoadProfile
    car: RoadProfile


class Zones(Section):
    """Clustering of industrial and craft sites, planar metres."""

    radius_m: Positive = 500.0
    min_sites: Annotated[int, Field(ge=1)] = 3
    min_jobs: Positive = 30.0
    isolated_jobs: Positive = 50.0
    buffer_m: Positive = 100.0
    hull_ratio: Share = 0.4
    naf_divisions: tuple[Divisions, ...] = ("05-39", "41-43", "45-46", "49-53")


class Flows(Section):
    """Arisings and synergies at mid value."""

    max_km: Positive = 150.0
    families_min_donors: Annotated[int, Field(ge=1)] = 3
    rules_excluded: tuple[str, ...] = ()


class Reach(Section):
    """Communes within so many minutes of a seat."""

    seat: Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")]
    minutes: Positive = 45.0
    profile: Literal["truck", "car"] = "truck"

    @property
    def perimeter_id(self) -> str:
        """Identifier of the perimeter that it gives.

        Returns
        -------
        str
            ``route_45min``.
        """
        return f"route_{self.minutes:g}min".replace(".", "_")


class Ward(Section):
    """Contiguity-constrained Ward regions; the one that holds the root is kept."""

    n_regions: Annotated[int, Field(ge=2)] = 6
    perimeter_id: ClassVar[str] = "bassin_ward"


class Methods(Section):
    """Computed candidate perimeters."""

    reach: Reach
    ward: Ward = Ward()
    max_unions: Annotated[int, Field(ge=1)] = 20_000
    """Above this count the enumeration is refused rather than truncated."""


class Comparison(Section):
    """How perimeters are measured and compared."""

    min_headcount: Annotated[float, Field(ge=0)] = 10.0
    target_naf: tuple[Divisions, ...] = ("01-02", "05-39", "41-47", "49-56", "86-88")
    animator_fte: Positive = 1.0
    seat_minutes: Positive = 45.0
    seat_min_population: Annotated[int, Field(ge=0)] = 2500
    diversity_min_sites: Annotated[int, Field(ge=1)] = 3
    sites_per_animator_band: tuple[float, float] = (80.0, 150.0)
    waste_bodies: tuple[BodyId, ...] = ()
    """Bodies that treat waste: one hypothesis for each body."""

    @field_validator("sites_per_animator_band")
    @classmethod
    def _low_then_high(cls, band: tuple[float, float]) -> tuple[float, float]:
        if band[0] > band[1]:
            message = "borne basse puis borne haute"
            raise ValueError(message)
        return band


class Study(Section):
    """A whole study, as read from ``study.yaml``."""

    identity: Identity
    sources: Sources
    territory: Territory
    roads: Roads
    zones: Zones = Zones()
    flows: Flows = Flows()
    methods: Methods
    comparison: Comparison = Comparison()

    @property
    def compared_ids(self) -> tuple[str, ...]:
        """Return the perimeters that maps and tables show by name, in order.

        Returns
        -------
        tuple of str
            The declared bodies, then the computed contours.
        """
        computed = (self.methods.reach.perimeter_id, self.methods.ward.perimeter_id)
        return (*self.territory.perimeters, *computed)

    @property
    def demonstration_reasons(self) -> tuple[str, ...]:
        """Return why what is published is a demonstration; empty when it is not.

        Returns
        -------
        tuple of str
            Inputs that are not real, in French.
        """
        synthetic = any(item.reader == "synthetic" for item in self.sources.sites)
        reasons = ["établissements synthétiques"] if synthetic else []
        # No reader of a road extract yet: every network is the surrogate.
        return (*reasons, "réseau de substitution")

    def section(self, name: str) -> dict[str, Any]:
        """Return one section as JSON-ready values, for sidecars and digests.

        Parameters
        ----------
        name
            Name of the section.

        Returns
        -------
        dict
            The parameters in force, defaults included.
        """
        values: dict[str, Any] = getattr(self, name).model_dump(mode="json")
        return values
