"""The study file: one strict YAML per study, checked before anything runs.

An unknown key is refused with the nearest valid one. Paths are relative to the
folder of the file. Membership, perimeters, seats and weights live here or in the
tables that it names, never in code.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    get_args,
    get_origin,
)

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from yaml.constructor import ConstructorError

from eitgeo.check import Faults, hint
from eitgeo.errors import SourceError, StudyError

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    sites: tuple[SiteSource, ...]
    outlets: tuple[OutletSource, ...]
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
    profile_step_m: Positive = 500.0
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


@dataclass(frozen=True)
class Project:
    """A study with the folder it reads from and the folder it writes to.

    Attributes
    ----------
    study
        The parameters.
    base
        Folder of ``study.yaml``: the paths of the study start here.
    out
        Folder under which ``data/processed`` and ``maps`` are written.
    """

    study: Study
    base: Path
    out: Path

    @property
    def processed(self) -> Path:
        """Folder of the tables.

        Returns
        -------
        pathlib.Path
            ``<out>/data/processed``.
        """
        return self.out / "data" / "processed"

    @property
    def maps(self) -> Path:
        """Folder of what is published.

        Returns
        -------
        pathlib.Path
            ``<out>/maps``.
        """
        return self.out / "maps"

    def published(self, stem: str, suffix: str) -> Path:
        """Name a published file; a demonstration says so in its name.

        Parameters
        ----------
        stem
            Name without prefix or suffix.
        suffix
            With its dot.

        Returns
        -------
        pathlib.Path
            ``maps/DEMO_<stem><suffix>`` while an input is synthetic or surrogate.
        """
        prefix = "DEMO_" if self.study.demonstration_reasons else ""
        return self.maps / f"{prefix}{stem}{suffix}"

    def path(self, written: Path) -> Path:
        """Resolve a path of the study.

        Parameters
        ----------
        written
            The path as it stands in the study file.

        Returns
        -------
        pathlib.Path
            The absolute path.
        """
        return (self.base / written).resolve()


def open_project(path: Path, *, out: Path | None = None) -> Project:
    """Read a study and say where it reads and writes.

    Parameters
    ----------
    path
        The study file.
    out
        Where to write; by default the folder of the study file.

    Returns
    -------
    Project
        The study with its folders.
    """
    base = path.resolve().parent
    return Project(read_study(path), base, (out or base).resolve())


def read_study(path: Path) -> Study:
    """Read and check a study file.

    Parameters
    ----------
    path
        The YAML file.

    Returns
    -------
    Study
        The study; its paths are as written, relative to the folder of the file.

    Raises
    ------
    SourceError
        When the file is absent.
    StudyError
        When the file is empty or not YAML, a key is repeated or unknown (the nearest
        one is named) or a value is out of its domain; all faults are told at once.

    Examples
    --------
    >>> read_study(Path("absent.yaml"))
    Traceback (most recent call last):
    eitgeo.errors.SourceError: absent.yaml : fichier absent
    """
    raw = _load_yaml(path)
    try:
        study = Study.model_validate(raw)
    except ValidationError as error:
        faults = Faults(path.name)
        for item in error.errors():
            met, remedy = _explain(item)
            faults.add(met, remedy=remedy)
        faults.raise_if_any(StudyError)
        raise
    return study


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML; a repeated key or an impossible date is a fault with its line."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                problem = f"clé « {key.value} » répétée"
                raise ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: Any) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            problem = f"date impossible « {node.value} »"
            raise ConstructorError(None, None, problem, node.start_mark) from error


_StrictLoader.add_constructor(
    "tag:yaml.org,2002:timestamp", _StrictLoader.construct_yaml_timestamp
)


def _load_yaml(path: Path) -> Any:
    if not path.is_file():
        message = f"{path} : fichier absent"
        raise SourceError(message)
    try:
        # Derived from SafeLoader: no object is made of what the file says.
        raw = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)  # noqa: S506
    except UnicodeDecodeError as error:
        message = f"{path.name} : encodage illisible → enregistrer en UTF-8"
        raise StudyError(message) from error
    except yaml.YAMLError as error:
        message = f"{path.name} : {_yaml_fault(error)}"
        raise StudyError(message) from error
    if not isinstance(raw, dict):
        message = f"{path.name} : fichier vide ou sans sections → partir de l'exemple"
        raise StudyError(message)
    return raw


def _yaml_fault(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f"ligne {mark.line + 1} : " if mark is not None else ""
    problem = getattr(error, "problem", None) or "structure illisible"
    if "\\t" in problem:
        return f"{line}tabulation → décaler avec des espaces"
    return f"{line}YAML invalide ({problem}) → corriger cette ligne"


def _explain(item: Any) -> tuple[str, str]:
    place = ".".join(str(part) for part in item["loc"])
    if item["type"] in {"extra_forbidden", "invalid_key"}:
        *parents, key = item["loc"]
        return f"clé inconnue « {place} »", hint(str(key), _field_names(parents))
    if item["type"] == "missing":
        return f"clé « {place} » absente", "l'ajouter"
    met = f"« {place} » = {item['input']!r}"
    context = item.get("ctx", {})
    if item["type"] == "literal_error":
        admitted = re.findall("'([^']+)'", context["expected"])
        return f"{met} : valeur inconnue", hint(str(item["input"]), admitted)
    known = _FRENCH.get(item["type"])
    reason = item["msg"] if known is None else known.format(**context)
    return f"{met} : {reason}", "corriger la valeur"


_FRENCH = {
    "date_from_datetime_parsing": "date requise (AAAA-MM-JJ)",
    "date_from_datetime_inexact": "date requise (AAAA-MM-JJ)",
    "date_type": "date requise (AAAA-MM-JJ)",
    "finite_number": "nombre fini requis",
    "float_parsing": "nombre requis",
    "float_type": "nombre requis",
    "greater_than": "doit être supérieur à {gt:g}",
    "greater_than_equal": "doit être au moins {ge:g}",
    "int_from_float": "nombre entier requis",
    "int_parsing": "nombre entier requis",
    "int_type": "nombre entier requis",
    "less_than_equal": "doit être au plus {le:g}",
    "model_type": "section de clés requise",
    "path_type": "chemin de fichier requis",
    "string_pattern_mismatch": "forme requise : {pattern}",
    "string_type": "texte requis (mettre la valeur entre guillemets)",
    "too_long": "au plus {max_length} valeurs",
    "too_short": "au moins {min_length} valeur",
    "tuple_type": "liste requise",
    "value_error": "{error}",
}


def _field_names(location: Iterable[int | str]) -> list[str]:
    model: Any = Study
    for part in location:
        if isinstance(part, int):
            continue
        model = _model_of(model.model_fields[part].annotation)
    return list(model.model_fields)


def _model_of(annotation: Any) -> Any:
    if get_origin(annotation) is None:
        return annotation
    return next(
        argument
        for argument in get_args(annotation)
        if isinstance(argument, type) and issubclass(argument, BaseModel)
    )
