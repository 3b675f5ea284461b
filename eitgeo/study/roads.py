"""Section ``roads``: which network, which vehicles, within what limits.

What a study asks of its roads beside distances: each key is a question. Roads that it
closes, to see what depends on them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from eitgeo.study.base import BodyId, CommuneCode, Positive, Section, Share
from eitgeo.study.readers import Keys, Source

VehicleName = Literal["hooklift_26t", "rigid_19t", "artic_44t", "tanker_44t", "car"]
"""Vehicles of the package (``eitgeo/reference/vehicles.csv``)."""

TruckName = Literal["hooklift_26t", "rigid_19t", "artic_44t", "tanker_44t"]

RoadClass = Literal[
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "track",
]
"""Classes of road that have a speed: values of ``highway`` in OpenStreetMap."""

ROAD_OWNERS = {"osm": "OpenStreetMap", "osmnx": "OpenStreetMap", "bd_topo": "IGN"}
"""Whom the licence of a network wants named where it is used."""

NotNegative = Annotated[float, Field(ge=0)]
Speed = Annotated[float, Field(ge=1, le=140)]
Weight = Annotated[float, Field(gt=0, le=100)]
Size = Annotated[float, Field(gt=0, le=30)]
SecondsPerMetre = Annotated[float, Field(ge=0, le=20)]
SecondsPerJunction = Annotated[float, Field(ge=0, le=120)]
TerminalMinutes = Annotated[float, Field(ge=0, le=30)]
LimitShare = Annotated[float, Field(ge=0.5, le=1)]
EurosPerKm = Annotated[float, Field(ge=0, le=20)]
EurosPerHour = Annotated[float, Field(ge=0, le=500)]
EurosPerDay = Annotated[float, Field(ge=0, le=5_000)]
"""Far above any vehicle of the package: beyond, a unit was mistaken."""

QUESTIONS = ("closures", "criticality", "isochrones", "seats")
"""Keys of section ``roads`` that move neither the network nor its distances."""

WayId = Annotated[int, Field(gt=0)]
LonLat = tuple[
    Annotated[float, Field(ge=-6, le=10)], Annotated[float, Field(ge=41, le=52)]
]
"""Longitude, then latitude, of a point of mainland France or next to it [degrees]."""

_LINE_POINTS, _AREA_POINTS = 2, 3


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
        """Say whether the closure is named, not described."""
        criteria = (
            self.ways,
            self.ref,
            self.name,
            self.line_lon_lat,
            self.area_lon_lat,
        )
        return not any(criteria)

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


class RoadProfile(Section):
    """Speeds of one vehicle on the surrogate network: by default, those of a truck."""

    road_kmh: Speed = 51.4
    """Speed on a flat road [km/h]."""
    motorway_kmh: Speed = 82.0
    slow_per_relief: NotNegative = 0.744
    """Slow-down: time × (1 + slow_per_relief × relief), relief in m of climb per m."""
    access_kmh: Speed = 30.0
    """Speed between a place and its road, whatever the network [km/h]."""
    terminal_minutes: TerminalMinutes = 2.0
    """Time at each end of a trip, whatever the network: to get in and leave, to find
    where to stop [min]. Working assumption (class H)."""


class CarProfile(RoadProfile):
    """Speeds of a car on the surrogate network."""

    road_kmh: Speed = 56.3
    motorway_kmh: Speed = 117.0
    slow_per_relief: NotNegative = 1.27
    access_kmh: Speed = 40.0


TIMES_EVIDENCE = "H"
"""Class of times on any network: speeds are hypotheses. Lengths are published."""

SURROGATE = "réseau de substitution"
_NAMES = {
    "surrogate": SURROGATE,
    "osm": "routes d'OpenStreetMap",
    "osmnx": "routes d'OpenStreetMap",
    "bd_topo": "routes de la BD TOPO",
}


UNDATED = "millésime non indiqué"


class RoadNetwork(Source):
    """Where the roads come from."""

    keys: ClassVar[dict[str, Keys]] = {
        "surrogate": Keys(()),
        "osm": Keys(("path",), ("vintage", "elevation", "margin_km", "smooth_m")),
        "osmnx": Keys(("path",), ("vintage", "elevation", "smooth_m")),
        "bd_topo": Keys(("path",), ("vintage", "elevation", "margin_km", "smooth_m")),
    }
    reader: Literal["surrogate", "osm", "osmnx", "bd_topo"] = "surrogate"
    path: Path | None = None
    """``.osm.pbf`` extract or a folder of several, a graph of osmnx (``.graphml``), or
    BD TOPO."""
    vintage: str = ""
    """Date of the extract, as it is printed beside distances (« août 2021 »)."""
    elevation: tuple[Path, ...] = ()
    """Tiles of relief (SRTM, RGE ALTI …); none: no climb is computed."""
    margin_km: NotNegative = 10.0
    """Roads that are read beyond the communes [km]."""
    smooth_m: Positive = 200.0
    """Length over which altitudes are smoothed along the roads [m]."""

    @field_validator("vintage")
    @classmethod
    def _trimmed(cls, value: str) -> str:
        return value.strip()

    @field_validator("elevation", mode="before")
    @classmethod
    def _a_path_is_a_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str | Path) else value

    @property
    def is_surrogate(self) -> bool:
        """Say whether the network stands in for a real one."""
        return self.reader == "surrogate"

    @property
    def dated(self) -> str:
        """Say whose roads these are, and of when."""
        name = _NAMES[self.reader]
        return name if self.is_surrogate else f"{name}, {self.vintage or UNDATED}"

    @property
    def label(self) -> str:
        """Say what distances rest on."""
        return self.dated if self.is_surrogate else f"{self.dated} (vitesses estimées)"


class VehicleChange(Section):
    """What the study gives a vehicle in place of the values of the package."""

    weight_t: Weight | None = None
    height_m: Size | None = None
    width_m: Size | None = None
    length_m: Size | None = None
    kmh: dict[RoadClass, Speed] = {}  # noqa: RUF012 - pydantic copies it
    """Free speed by class of road [km/h]."""
    up_s_per_m: SecondsPerMetre | None = None
    down_s_per_m: SecondsPerMetre | None = None
    turn_s_per_rad: SecondsPerMetre | None = None
    limit_share: LimitShare | None = None
    """Share of the speed allowed that is driven."""
    junction_s: SecondsPerJunction | None = None
    yield_s: SecondsPerJunction | None = None
    """Seconds at a junction with a larger road."""
    cost_eur_per_km: EurosPerKm | None = None
    cost_eur_per_h: EurosPerHour | None = None
    cost_eur_per_day: EurosPerDay | None = None
    empty_return_share: Share | None = None
    """Share of the way back that is driven empty."""


class Roads(Section):
    """Road network, vehicles and limits; the surrogate: seats joined along borders."""

    network: RoadNetwork = RoadNetwork()
    waste_vehicle: TruckName = "hooklift_26t"
    """The truck whose times are computed between all places."""
    vehicles: dict[VehicleName, VehicleChange] = {}  # noqa: RUF012 - pydantic copies it
    closures: Closures = ()
    """Roads closed one at a time, to see what depends on them."""
    criticality: Criticality | None = None
    """Every main road closed in turn."""
    isochrones: Isochrones | None = None
    """Where one gets from a seat in so many minutes."""
    seats: AnimationSeats | None = None
    """Map of the best seats of an animator (``comparison.seat_minutes``)."""
    """Other engines that routes are compared with."""
    matrix_gb: Positive = 1.0
    """Above this size the table of distances is computed block by block [GB]."""
    tortuosity_flat: Annotated[float, Field(ge=1)] = 1.16
    """Road length ÷ straight line where there is no relief.

    Fitted to real roads, as other defaults of the surrogate are
    (``benchmarks/calibrate_surrogate.py``).
    """
    tortuosity_per_relief: NotNegative = 0.0
    """Added tortuosity per unit of relief (m of climb and descent per m)."""
    tortuosity_motorway: Annotated[float, Field(ge=1)] = 1.05
    junction_m: NotNegative = 500.0
    """Straight line from a seat to the motorway junction of its commune [m]."""
    junction_minutes: NotNegative = 1.0
    """Time from a seat to the motorway, streets and ramp included [min]."""
    street_m: NotNegative = 188.0
    """Streets between a town hall and the road, at each end of a trip [m]."""
    street_minutes: NotNegative = 0.776
    """Time in these streets, besides ``terminal_minutes`` [min]."""
    ridge_detour: NotNegative = 20.0
    """Road added per metre of climb above both ends (20: a slope of 5 %) [m/m]."""
    ridge_m: Positive = 400.0
    """An edge that climbs this much above both ends is not driven [m]."""
    profile_step_m: Annotated[float, Field(ge=50)] = 500.0
    max_snap_m: Positive = 15_000.0
    max_minutes: Positive = 240.0
    truck: RoadProfile = RoadProfile()
    car: CarProfile = CarProfile()

    @model_validator(mode="after")
    def _no_truck_before_the_car(self) -> Self:
        for name in ("road_kmh", "motorway_kmh", "access_kmh"):
            truck, car = getattr(self.truck, name), getattr(self.car, name)
            if truck > car:
                message = (
                    f"« roads.truck.{name} » = {truck:g} : plus vite que la voiture "
                    f"→ au plus {car:g} km/h, ou relever roads.car.{name}"
                )
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _roads_to_close(self) -> Self:
        asked = {
            "closures": bool(self.closures),
            "criticality": self.criticality is not None,
        }
        named = [name for name, is_asked in asked.items() if is_asked]
        if named and self.network.is_surrogate:
            message = (
                f"« roads.{named[0]} » demande un réseau réel (roads.network) : "
                "le réseau de substitution n'a pas de routes à fermer ni à comparer"
            )
            raise ValueError(message)
        return self
