"""The sources of a study: which reader takes which file, and with which keys."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from eitgeo.study.asked import Weighings
from eitgeo.study.base import BodyId, Departement, Line, Section, Siren
from eitgeo.study.readers import Keys, PointSource, Source


class CommuneSource(Source):
    """Communes of the study area and of its buffer."""

    keys: ClassVar[dict[str, Keys]] = {
        "geojson": Keys(read_by="territory.communes.read_communes"),
        "cog": Keys(
            ("path", "polygons", "merges"), read_by="territory.cog.read_cog_communes"
        ),
        "admin_express": Keys(
            optional=("departements",),
            read_by="territory.commune_layers.read_admin_express",
        ),
        "geo_api": Keys(
            optional=("departements",),
            read_by="territory.commune_layers.read_geo_api_communes",
        ),
    }
    reader: Literal["geojson", "cog", "admin_express", "geo_api"] = "geojson"
    path: Path
    polygons: Path | None = None
    """Folder of the commune polygons of an older vintage (reader « cog »)."""
    merges: Path | None = None
    """Communes merged since that vintage (reader « cog »)."""
    departements: tuple[Departement, ...] = ()
    """Those that are kept (« admin_express », « geo_api »); none given: all."""


class BodySource(Source):
    """One source of bodies and of their members; the earlier one wins."""

    keys: ClassVar[dict[str, Keys]] = {
        "csv": Keys(optional=("membership",)),
        "banatic": Keys(("path", "siren_codes", "on_date"), ("bodies", "epci")),
        "dgcl": Keys(("path", "on_date")),
        "insee_belonging": Keys(("path", "on_date")),
        "union": Keys(("body_id", "label", "of")),
    }
    reader: Literal["csv", "banatic", "dgcl", "insee_belonging", "union"]
    path: Path | None = None
    membership: Path | None = None
    """Members of the bodies (reader « csv »); by default ``sources.membership``."""
    siren_codes: Path | None = None
    """INSEE code of each commune by its SIREN (reader « banatic »)."""
    on_date: dt.date | None = None
    """Date of the export, or of the geography: memberships start there."""
    bodies: tuple[Siren, ...] = ()
    """SIREN of the groupings that are kept (reader « banatic »); none given: all."""
    epci: Path | None = None
    """``epci.json`` of Etalab: members of the EPCI that the export only names."""
    body_id: BodyId | None = None
    """Identifier of the body that whole EPCI make together (reader « union »)."""
    label: Line | None = None
    """How that body is called (French)."""
    of: Annotated[tuple[Siren, ...], Field(min_length=1)] | None = None
    """SIREN of those EPCI, which a source named before lists."""

    @property
    def file(self) -> Path:
        """Return the file of a reader that needs one."""
        if self.path is None:  # refused when the study is opened
            message = f"« path » est nécessaire au lecteur « {self.reader} »"
            raise ValueError(message)
        return self.path


class SiteSource(Source):
    """One source of establishments; the earlier one wins."""

    keys: ClassVar[dict[str, Keys]] = {
        "anchors": Keys(
            read_by="sites.establishments.read_anchors",
            credit="établissements cités par des sources publiques",
        ),
        "irep": Keys(
            optional=("year",),
            read_by="waste.gerep.read_irep_sites",
            credit="IREP (Géorisques)",
            mute=True,
        ),
        "s3ic": Keys(
            read_by="waste.georisques.read_s3ic_sites",
            credit="installations classées de déchets (Géorisques)",
        ),
        "icpe": Keys(
            read_by="waste.georisques.read_icpe_sites",
            credit="installations classées (Géorisques)",
            mute=True,
        ),
        "gerep": Keys(
            read_by="waste.gerep.read_gerep_sites",
            credit="IREP (Géorisques)",
            mute=True,
        ),
        "cnig": Keys(
            read_by="ground.cnig.read_cnig_sites", credit="sites économiques (CNIG)"
        ),
        "sirene": Keys(
            optional=("legal_units", "geolocation", "vintage", "naf_version"),
            read_by="sites.sirene.read_sirene_sites",
            credit="SIRENE (INSEE)",
        ),
        "synthetic": Keys(
            (),
            ("n_employers", "min_headcount_in_buffer"),
            read_by="sites.synthetic.synthetic_sites",
            credit="établissements synthétiques",
        ),
        "counted": Keys(
            (),
            read_by="activity.cells.cell_rows",
            credit="effectifs salariés par commune et APE (URSSAF)",
        ),
    }
    reader: Literal[
        "anchors",
        "irep",
        "s3ic",
        "icpe",
        "gerep",
        "cnig",
        "sirene",
        "synthetic",
        "counted",
    ]
    path: Path | None = None
    """The file; for « sirene », the stock of establishments."""
    year: int | None = None
    """Declarations of that year (« irep »); by default the last of each site."""
    legal_units: Path | None = None
    """Stock of legal units (« sirene »); without it, every name is withheld."""
    geolocation: Path | None = None
    """Positions of INSEE (« sirene »); without it, sites stand at the town hall."""
    vintage: str = ""
    """Edition of the stock, as it is printed (« septembre 2026 »)."""
    naf_version: Literal["NAFRev2", "NAF2025"] = "NAFRev2"
    """Nomenclature of column ``naf`` (« sirene »); the rules are in NAFRev2."""
    n_employers: Annotated[int, Field(ge=0, le=1_000_000)] = 6000
    min_headcount_in_buffer: Annotated[float, Field(ge=0)] = 10.0


class OutletSource(Source):
    """One source of treatment sites; the earlier one wins."""

    keys: ClassVar[dict[str, Keys]] = {
        "csv": Keys(read_by="waste.outlets.read_outlets"),
        "s3ic": Keys(read_by="waste.georisques.read_s3ic_outlets"),
        "icpe": Keys(read_by="waste.georisques.read_icpe_outlets"),
        "gerep": Keys(read_by="waste.gerep.read_gerep_outlets"),
        "sinoe": Keys(read_by="waste.outlets.read_sinoe"),
        "isdnd": Keys(read_by="waste.landfills.read_isdnd_capacities"),
        "sinoe_isdnd": Keys(read_by="waste.outlets.read_sinoe_landfills"),
    }
    reader: Literal["csv", "s3ic", "icpe", "gerep", "sinoe", "isdnd", "sinoe_isdnd"]
    path: Path
    """The file; for « sinoe », the CSV or the folder of the JSON pages."""


class CountSource(Source):
    """One source of counted activity, and the communes that its file covers."""

    keys: ClassVar[dict[str, Keys]] = {
        "urssaf_sectors": Keys(
            ("path", "covers"),
            read_by="activity.urssaf.read_urssaf_sectors",
            credit="URSSAF",
        ),
        "urssaf_ape": Keys(
            optional=("year",),
            read_by="activity.urssaf.read_urssaf_ape",
            credit="URSSAF",
        ),
        "insee_comparator": Keys(
            read_by="activity.insee_comparator.read_insee_comparator", credit="INSEE"
        ),
    }
    reader: Literal["urssaf_sectors", "urssaf_ape", "insee_comparator"]
    path: Path
    year: int | None = None
    """Figures of that year (« urssaf_ape »); by default the last of the file."""
    covers: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Bodies and départements whose communes the file covers, those without a row
    included (« urssaf_sectors »)."""


class Credits(Section):
    """What maps print as sources and licences, table by table (French)."""

    communes: str
    bodies: str
    places: str
    outlets: str
    sites: str
    roads: str
    flows: str
    elevation: str = ""
    counts: str = ""
    points: str = ""
    postcodes: str = ""


def _one_file(value: Any) -> Any:
    """Take the path of a CSV for the list of that one source."""
    if isinstance(value, str | Path):
        return ({"reader": "csv", "path": value},)
    if not isinstance(value, list | tuple):
        message = "chemin de fichier requis, ou liste de sources"
        raise ValueError(message)  # noqa: TRY004 - told as a fault of the study
    return value


class Sources(Section):
    """Files that the study reads."""

    communes: CommuneSource
    bodies: Annotated[
        tuple[BodySource, ...], Field(min_length=1), BeforeValidator(_one_file)
    ]
    """Path of a CSV, or list of sources."""
    membership: Path | None = None
    """Members of the bodies of the CSV sources that name no file of their own."""
    member_names: Path | None = None
    """Names of the members that the layer does not hold, for messages."""
    postcodes: Path | None = None
    """Postcodes of communes (``code_insee``, ``postcode``), several rows a commune."""
    movements: Path | None = None
    """``v_mvtcommune`` of INSEE; by default the movements that the package holds."""
    elevation: Path
    """Raster of altitudes, or folder of tiles on one grid."""
    sites: Annotated[tuple[SiteSource, ...], Field(min_length=1)]
    counts: tuple[CountSource, ...] = ()
    """Registers that count activity commune by commune; none: nothing is counted."""
    points: tuple[PointSource, ...] = ()
    """Points that indicators count, a file a kind; without one, no count."""
    outlets: Annotated[tuple[OutletSource, ...], Field(min_length=1)]
    outlet_aliases: Path | None = None
    """Numbers that name one and the same treatment site (``site``, ``alias``)."""
    ceilings: Path | None = None
    """Ceilings that sources give to treatment sites, side by side, with a question."""
    pesees: Weighings | None = None
    """Tickets of the weighbridges of the syndicate, kept in ``private/``."""
    places: Path | None = None
    """Towns for the labels of maps; none: the most populated communes of the layer."""
    motorway_exits: Path | None = None
    """Junctions of motorways in order: those of the surrogate network, and of maps."""
    known_trips: Path | None = None
    """Trips that the network is held against; none: it is held against nothing."""
    credits: Credits

    @property
    def body_sources(self) -> tuple[BodySource, ...]:
        """Return the sources of bodies, each CSV with the file of its members."""
        return tuple(
            source.model_copy(update={"membership": self.membership})
            if source.reader == "csv" and source.membership is None
            else source
            for source in self.bodies
        )

    @model_validator(mode="after")
    def _owner_of_the_counts(self) -> Self:
        owners = {one.declared.credit for one in self.counts}
        absent = [one for one in sorted(owners) if one not in self.credits.counts]
        if absent:
            message = f"« credits.counts » doit citer {', '.join(absent)}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _owner_of_the_points(self) -> Self:
        if self.points and not self.credits.points:
            message = "« credits.points » doit citer la source des points"
            raise ValueError(message)
        kinds = [one.reader for one in self.points]
        twice = sorted({one for one in kinds if kinds.count(one) > 1})
        if twice:
            message = f"« points » : un fichier par sorte (deux : {', '.join(twice)})"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _members_of_each_body(self) -> Self:
        bare = [
            one for one in self.bodies if one.reader == "csv" and not one.membership
        ]
        if bare and self.membership is None:
            message = "« membership » est nécessaire aux structures lues dans un CSV"
            raise ValueError(message)
        if self.membership is not None and len(bare) != 1:
            message = (
                "« membership » donne les membres d'une source « csv » et une seule : "
                "l'écrire dans chaque source de « bodies »"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _counted_alone(self) -> Self:
        if "counted" not in {one.reader for one in self.sites}:
            return self
        if len(self.sites) > 1:
            message = (
                "« sites » : le lecteur « counted » est seul : un établissement lu "
                "ailleurs serait compté deux fois"
            )
            raise ValueError(message)
        if "urssaf_ape" not in {one.reader for one in self.counts}:
            message = (
                "« sites » : le lecteur « counted » demande une source « urssaf_ape » "
                "dans « counts »"
            )
            raise ValueError(message)
        if CountSource.keys["urssaf_ape"].credit not in self.credits.sites:
            message = "« credits.sites » doit citer URSSAF (ODbL)"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _one_selection_of_groupings(self) -> Self:
        chosen: dict[Any, set[str]] = {}
        for one in self.bodies:
            if one.reader == "banatic":
                chosen.setdefault(one.on_date, set()).update(one.bodies)
        if len({frozenset(sirens) for sirens in chosen.values()}) > 1:
            message = (
                "exports BANATIC de plusieurs dates : la même liste « bodies » est "
                "nécessaire à chacune"
            )
            raise ValueError(message)
        return self
