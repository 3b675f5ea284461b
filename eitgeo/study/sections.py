"""The sections of a study file, strict: no unknown key, no value out of domain."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import (
    Annotated,
    Any,
    Literal,
    Self,
)

from pydantic import (
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

from eitgeo.study.arisings import Arisings
from eitgeo.study.asked import PRIVATE_STAMP, Ask, Form, Survey
from eitgeo.study.base import BodyId, Divisions, Line, Positive, Section, Share
from eitgeo.study.decision import Ranking, Stress
from eitgeo.study.governance import Governance
from eitgeo.study.methods import Methods, UserPerimeter
from eitgeo.study.prints import DRAWN, DRAWN_IN_COUNTS, NAMING, Basis, Prints, basis_of
from eitgeo.study.roads import ROAD_OWNERS, UNDATED, Roads
from eitgeo.study.sectors import Sectors
from eitgeo.study.sources import Sources
from eitgeo.study.zones import Zones

Kilometres = Annotated[float, Field(gt=0, le=500)]
Amount = Annotated[float, Field(ge=0)]
PartOfAll = Annotated[float, Field(gt=0, le=1)]
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ROAD_CREDIT = re.compile("OpenStreetMap|contributeurs|BD TOPO", re.IGNORECASE)
"""Words of the credits that real networks want."""


class Identity(Section):
    """What the study is, who answers for it, and on what date it is edited."""

    name: BodyId
    title: Line
    subtitle: Line = ""
    edition: dt.date
    status: Literal["projet", "valide"] = "projet"
    contact: Line = ""
    funders: Line = ""
    seed: Annotated[int, Field(ge=0)] = 20261124
    effort: Literal["rapide", "complet"] = "rapide"
    _private: bool = PrivateAttr(default=False)

    @property
    def private(self) -> bool:
        """Say whether answers of firms are inside: no study file says it."""
        return self._private

    @property
    def stamped_title(self) -> str:
        """Return the title as files bear it: of a private study, after its stamp."""
        return f"{PRIVATE_STAMP} – {self.title}" if self.private else self.title

    def with_answers(self) -> Self:
        """Return what a study with answers of firms inside is."""
        private = self.model_copy()
        private._private = True  # noqa: SLF001 - of the same class
        return private


class Territory(Section):
    """Which perimeters are declared; their union is the study area."""

    perimeters: Annotated[tuple[BodyId, ...], Field(min_length=1)]
    root_epci: Annotated[str, Field(pattern=r"^\d{9}$")]
    root_commune: Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")]
    on_date: dt.date
    buffer_km: Kilometres = 40.0
    """Ring around the area where takers are sought."""
    far_buffer_km: Kilometres | None = None
    """Ring where takers of baled and hazardous streams are sought, the wider of the
    two counts; None: the same."""
    max_coverage_gap_m2: Annotated[float, Field(ge=0)] = 10_000.0


class Sourced(Section):
    """What is told with its source, its date and whether it is published."""

    source: Annotated[str, Field(min_length=1)]
    on_date: dt.date
    status: Literal["publie", "a_confirmer"] = "a_confirmer"


class PublicService(Sourced):
    """Waste of firms that the public service collects and buries."""

    ewc_stats: Annotated[tuple[str, ...], Field(min_length=1)]
    """Categories of waste that it takes (« W072 »)."""
    share: Share
    """Part of the exchanged tonnes of those categories that it takes today."""
    fee_eur_per_t: Amount
    """What firms pay it, tax included [€/t]."""
    cost_eur_per_t: Amount
    """What collection and treatment cost it, tax aside [€/t]."""


class PlantCosts(Sourced):
    """What the syndicate spends on a tonne, and spares when it does not come."""

    eur_per_t: dict[str, Amount]
    """Outlet → what a tonne costs there, tax and sales of materials aside [€/t]."""


class LandfillEnd(Sourced):
    """Until when the landfill of the syndicate may run."""

    years: tuple[int, int]
    """First and last year that sources give."""


class Syndicate(Sourced):
    """The outlets that the waste syndicate runs."""

    outlets: Annotated[tuple[str, ...], Field(min_length=1)]
    costs: PlantCosts | None = None
    """None: nobody tells what a tonne costs, and the account has no result."""
    public_collection: PublicService | None = None
    landfill_end: LandfillEnd | None = None
    """None: nobody tells it, and no space is told in years."""

    @model_validator(mode="after")
    def _costs_are_of_its_outlets(self) -> Self:
        if others := {*(self.costs.eur_per_t if self.costs else ())} - {*self.outlets}:
            raise ValueError("« costs » : absent de « outlets » : " + min(others))
        return self


class Participation(Section):
    """Which part of the donors and of the receivers within reach takes part."""

    share: tuple[PartOfAll, PartOfAll] | None = None
    """Bounds between which it is drawn; None: the working assumption of the package."""
    n_draws: Annotated[int, Field(ge=1, le=200)] = 100
    """Draws of the share and of who takes part: one allocation each."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.share is not None and self.share[0] > self.share[1]:
            message = "« share » : borne basse puis borne haute"
            raise ValueError(message)
        return self


class Flows(Section):
    """Arisings and synergies at mid value."""

    max_km: Positive = 150.0
    families_min_donors: Annotated[int, Field(ge=1)] = 3
    rules_excluded: tuple[str, ...] = ()
    participation: Participation = Participation()
    syndicate: Syndicate | None = None
    """None: nobody knows what it gains or loses, and no total is told."""


class Phase(Section):
    """A perimeter that holds from a year on."""

    perimeter: str
    year: Annotated[int, Field(ge=1)]


class Comparison(Section):
    """How perimeters are measured and compared."""

    min_headcount: Annotated[float, Field(ge=0)] = 10.0
    target_naf: Annotated[tuple[Divisions, ...], Field(min_length=1)] = (
        "01-02",
        "05-39",
        "41-47",
        "49-56",
        "86-88",
    )
    seat_minutes: Positive = 45.0
    seat_min_population: Annotated[int, Field(ge=0)] = 2500
    diversity_min_sites: Annotated[int, Field(ge=1)] = 3
    waste_bodies: tuple[BodyId, ...] = ()
    """Bodies that treat waste: one hypothesis for each body."""
    first_pair: tuple[BodyId, BodyId] | None = None
    """Perimeters whose difference is printed; None: the first two."""
    ranking: Ranking = Ranking()
    stress: Stress = Stress()
    phased: tuple[Phase, ...] = ()
    """A perimeter that widens: the core first."""

    @field_validator("phased")
    @classmethod
    def _years_rise(cls, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
        years = [phase.year for phase in phases]
        if years != sorted(set(years)):
            message = "années croissantes requises, chacune une fois"
            raise ValueError(message)
        return phases


class Study(Section):
    """A whole study, as read from ``study.yaml``."""

    identity: Identity
    sources: Sources
    territory: Territory
    roads: Roads
    zones: Zones = Zones()
    sectors: Sectors = Sectors()
    arisings: Arisings = Arisings()
    flows: Flows = Flows()
    methods: Methods
    perimeters: tuple[UserPerimeter, ...] = ()
    comparison: Comparison = Comparison()
    governance: Governance = Governance()
    prints: Prints = Prints()
    form: Form | None = None
    survey: Survey | None = None
    ask: Ask = Ask()

    @model_validator(mode="after")
    def _licence_of_the_roads(self) -> Self:
        owner = ROAD_OWNERS.get(self.roads.network.reader, "")
        if owner not in self.sources.credits.roads:
            message = f"« sources.credits.roads » doit citer {owner} (licence)"
            raise ValueError(message)
        cited = _ROAD_CREDIT.search(self.sources.credits.roads)
        if self.roads.network.is_surrogate and cited:
            message = (
                f"« sources.credits.roads » cite « {cited[0]} », et les distances sont "
                "celles du réseau de substitution → l'ôter du crédit, ou nommer "
                "l'extrait (roads.network)"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _one_date_of_the_roads(self) -> Self:
        network, text = self.roads.network, self.sources.credits.roads
        year = _YEAR.search(text)
        is_told = network.vintage != "" and network.vintage in text
        if year and not network.is_surrogate and not is_told:
            message = (
                f"« sources.credits.roads » date les routes de {year[0]}, et "
                f"« roads.network.vintage » dit « {network.vintage or UNDATED} » "
                "→ écrire la date dans « vintage » seul : le crédit la reçoit"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        ids = self.compared_ids
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            message = f"périmètres de même identifiant : {', '.join(twice)}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _roads_of_the_zones(self) -> Self:
        if self.zones.distance != "plane" and self.roads.network.is_surrogate:
            message = (
                f"« zones.distance » = « {self.zones.distance} » demande un réseau "
                "réel (roads.network) : le réseau de substitution n'a pas de rues"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _pair_of_compared_perimeters(self) -> Self:
        for name in self.comparison.first_pair or ():
            if name not in self.compared_ids:
                known = ", ".join(self.compared_ids)
                message = (
                    f"« comparison.first_pair » : périmètre inconnu « {name} » "
                    f"(périmètres comparés : {known})"
                )
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _field_work_of_compared_perimeters(self) -> Self:
        last = self.identity.edition
        for rank, one in enumerate(self.governance.field):
            where = f"« governance.field.{rank} »"
            if one.perimeter not in self.compared_ids:
                known = ", ".join(self.compared_ids)
                message = (
                    f"{where} : périmètre inconnu « {one.perimeter} » "
                    f"(périmètres comparés : {known})"
                )
                raise ValueError(message)
            if one.on_date > last:
                message = (
                    f"{where} : {one.on_date} est après l'édition ({last}) : seul ce "
                    "qui a eu lieu compte"
                )
                raise ValueError(message)
        return self

    @property
    def first_pair(self) -> tuple[str, str]:
        """Return the two perimeters whose difference is printed."""
        first, second = self.comparison.first_pair or self.compared_ids[:2]
        return first, second

    @property
    def has_synthetic_sites(self) -> bool:
        """Say whether an establishment may be made up."""
        return any(item.reader == "synthetic" for item in self.sources.sites)

    def given(self, key: str) -> Iterator[Any]:
        """Yield what a study gives under a key, of some readers where they are named.

        `key`: dotted; ``:`` and readers, ``|`` between them, where only those count.
        """
        place, _, readers = key.partition(":")
        value: Any = self
        for name in place.split("."):
            value = None if value is None else getattr(value, name)
        for one in value if isinstance(value, tuple) else (value,):
            if one is None or (readers and one.reader not in readers.split("|")):
                continue
            yield one

    @property
    def draws_in_areas(self) -> bool:
        """Say whether made-up establishments stand in the zones drawn before."""
        is_counted = bool(self.sources.counts)
        return self.has_synthetic_sites and is_counted and bool(self.zones.official)

    @property
    def has_sites(self) -> bool:
        """Say whether establishments are at hand, and not counts in their place."""
        return all(item.reader != "counted" for item in self.sources.sites)

    @property
    def compared_ids(self) -> tuple[str, ...]:
        """Return the perimeters that maps and tables show by name, in order."""
        methods = self.methods
        drawn = (methods.reach, methods.optimum)
        computed = (one.perimeter_id for one in drawn if one is not None)
        brought = (one.perimeter_id for one in self.perimeters)
        return (*self.territory.perimeters, *brought, *computed)

    @property
    def demonstration_reasons(self) -> tuple[str, ...]:
        """Return why what is published is a demonstration; empty when it is not."""
        return self.reasons("all")

    @property
    def road_reasons(self) -> tuple[str, ...]:
        """Return why what rests on roads alone is a demonstration."""
        return self.reasons("roads")

    def credit(self, name: str) -> str:
        """Return what is printed of a source; roads with the date of their extract."""
        if name == "zones":
            return self.zones.credit
        text = str(getattr(self.sources.credits, name))
        if name != "roads" or self.roads.network.is_surrogate:
            return text
        vintage = self.roads.network.vintage
        is_dated = vintage in text if vintage else _YEAR.search(text)
        return text if is_dated else f"{text} ({vintage or UNDATED})"

    @property
    def drawn_ids(self) -> tuple[str, ...]:
        """Return the compared contours that drawn establishments made."""
        contour = self.methods.optimum
        is_drawn = contour is not None and self.has_synthetic_sites
        return (contour.perimeter_id,) if contour and is_drawn else ()

    def reasons_of(self, stem: str) -> tuple[str, ...]:
        """Return why a published file is a demonstration, from its name."""
        # Only those who name perimeters declare that they read how contours are made.
        is_drawn = stem.startswith(NAMING) and any(
            f"_{one}_" in f"{stem}_" for one in self.drawn_ids
        )
        return self.reasons("all" if is_drawn else basis_of(stem))

    def reasons(self, basis: Basis) -> tuple[str, ...]:
        """Return why what rests on some inputs is a demonstration."""
        if basis == "zones":
            basis = "sites" if self.zones.distance == "plane" else "all"
        found = []
        if basis in {"sites", "all"} and self.has_synthetic_sites:
            found.append(DRAWN_IN_COUNTS if self.sources.counts else DRAWN)
        if basis in {"roads", "all"} and self.roads.network.is_surrogate:
            found.append(self.roads.network.label)
        return tuple(found)

    def section(self, name: str) -> dict[str, Any]:
        """Return one section as JSON-ready values, for sidecars and digests."""
        part = getattr(self, name)
        if isinstance(part, tuple):
            return {str(n): one.model_dump(mode="json") for n, one in enumerate(part)}
        values: dict[str, Any] = {} if part is None else part.model_dump(mode="json")
        return values
