"""What the rules of carriers read: bodies, sites, firms, neighbours, money, dates.

And what two carriers depend on: landfill, the syndicate's gain, shares in an agency.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.exact import at_most
from eitgeo.flows.exchanges.syndicate_account import BALANCE
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.exchange_terms import LANDFILL
from eitgeo.scenarios.measures.access import SEAT_NOTE
from eitgeo.scenarios.measures.figures import (
    LIST_TO_CONFIRM,
    TO_CONFIRM,
    certain_members,
    unconfirmed_bodies,
)
from eitgeo.scenarios.measures.governance import HALF_PERCENT
from eitgeo.study.governance import Neighbour
from eitgeo.territory.membership import members_of_epci

NOT_MEASURED = "non mesuré"
SYNTHETIC = "données synthétiques"
ASSUMED = "hypothèse de travail (classe H)"


class Fact(NamedTuple):
    """A number or a text; `missing` says, in French, why there is none.

    `bounds` are those of a number that a list to confirm leaves open: what holds for
    both holds for it. `evidence` is the class of a published figure.
    """

    value: float | str
    missing: str = ""
    bounds: tuple[float, float] | None = None
    evidence: str = ""


_SEAT_SHARE = "seat_45min_pct"
Facts = dict[str, Fact]
"""Fact by name; a name that ends in ``_pct`` is a percentage."""


def unknown(reason: str, *, bounds: tuple[float, float] | None = None) -> Fact:
    """Make a fact that is not known."""
    return Fact(float("nan"), reason, bounds)


def fact_between(least: float, most: float) -> Fact:
    """Make a fact that hangs on lists to confirm."""
    if least < most and not at_most(most, least):
        return unknown(LIST_TO_CONFIRM, bounds=(least, most))
    return Fact(least)


def fact_of(facts: Mapping[str, Fact], name: str) -> Fact:
    """Return a fact; one that nobody measured is not known."""
    return facts.get(name, unknown(NOT_MEASURED))


def indicator_facts(
    indicators: pd.DataFrame, *, demonstration: bool
) -> dict[str, Facts]:
    """Read released indicators as facts of each perimeter.

    ``demonstration``: whether an input of the study is synthetic or surrogate: a figure
    of class H then is no fact. Returns: perimeter → facts by ``indicator_id``, and
    ``seat_town``.
    """
    facts_of: dict[str, Facts] = {}
    for row in indicators.to_dict("records"):
        facts = facts_of.setdefault(str(row["perimeter_id"]), {})
        name, fact = str(row["indicator_id"]), _read(row, demonstration=demonstration)
        facts[name] = fact
        if name == _SEAT_SHARE:
            facts["seat_town"] = _seat_town(str(row["note"]), fact)
    return facts_of


def _seat_town(note: str, fact: Fact) -> Fact:
    if fact.missing or not note.startswith(SEAT_NOTE):
        return unknown(fact.missing or NOT_MEASURED)
    return Fact(note.removeprefix(SEAT_NOTE))


def _read(row: Mapping[Hashable, Any], *, demonstration: bool) -> Fact:
    value = float(row["value"])
    if math.isnan(value) and TO_CONFIRM in str(row["note"]):
        return unknown(LIST_TO_CONFIRM, bounds=(float(row["low"]), float(row["high"])))
    evidence = str(row["evidence"])
    if demonstration and evidence == "H":
        share = float(row["synthetic_share_pct"])
        why = SYNTHETIC if share > 0 or math.isnan(share) else ASSUMED
        return Fact(math.nan, why, evidence=evidence)
    if math.isnan(value):
        return unknown(str(row["note"]) or NOT_MEASURED)
    return Fact(value, evidence=evidence)


PETR = "petr"


@dataclass(frozen=True, eq=False)
class Ground:
    """Communes and bodies on a date; what is looked up is laid out once.

    ``communes``: ``code_insee``, ``epci_siren``, ``population``, one row a commune.
    ``of_bodies``: members of each body. ``waste_bodies``: bodies that treat waste, one
    hypothesis for each.
    """

    communes: pd.DataFrame = field(repr=False)
    bodies: pd.DataFrame = field(repr=False)
    of_bodies: Mapping[str, pd.DataFrame] = field(repr=False)
    waste_bodies: Sequence[str]

    def people_in(self, codes: frozenset[str]) -> float:
        """Count the inhabitants of some communes; one that is not at hand has none."""
        return float(sum(map(self._people.get, codes, repeat(0))))

    def epci_in(self, codes: frozenset[str]) -> set[str]:
        """Return the SIREN of the EPCI of some communes; empty text for none."""
        epci = self._epci
        return {epci[code] for code in codes if code in epci}

    def codes_of(self, body_id: str) -> frozenset[str]:
        """Return the members of a body."""
        return self._codes[body_id]

    def doubtful_of(self, body_id: str) -> frozenset[str]:
        """Return the members of a body that are to confirm."""
        return self._doubtful[body_id]

    def names(self, kind: str) -> list[str]:
        """Return the bodies of a kind, such as ``petr``, that have members."""
        return self._kinds.get(kind, [])

    def label(self, body_id: str) -> str:
        """Return the name of a body, as table ``bodies`` writes it."""
        return self._labels[body_id]

    def told_name(self, body_id: str) -> str:
        """Return the name of a body, « à confirmer » once where its list is."""
        name = self.label(body_id)
        doubt = self.is_unconfirmed(body_id) and "confirmer" not in name
        return f"{name} ({TO_CONFIRM})" if doubt else name

    def economic_people_in(self, codes: frozenset[str]) -> tuple[float, float]:
        """Count those in the body that may act on economy and holds most of them.

        Returns: municipal population, nothing where no body may: by published members
        alone, then by lists to confirm too.
        """
        place = self._place
        inside = [place[code] for code in codes if code in place]
        least, most = (
            float(people[:, inside].sum(axis=1).max(initial=0.0))
            for people in self._economic
        )
        return least, most

    def certain_of(self, body_id: str) -> frozenset[str]:
        """Return the published members of a body; none where it is to confirm."""
        return self._certain[body_id]

    def is_unconfirmed(self, *body_ids: str) -> bool:
        """Say whether one of some bodies has a list of members to confirm.

        Returns: what hangs on their members is then not known: neither those of the
        list nor the others are sure.
        """
        return not self._unconfirmed.isdisjoint(body_ids)

    @cached_property
    def _unconfirmed(self) -> frozenset[str]:
        return unconfirmed_bodies(self.bodies, self.of_bodies)

    @cached_property
    def _certain(self) -> dict[str, frozenset[str]]:
        return certain_members(self.bodies, self.of_bodies)

    @cached_property
    def _economic(self) -> tuple[np.ndarray, np.ndarray]:
        """Inhabitants: bodies that may act on economy × communes, sure and listed."""
        bodies = self.bodies
        able = bodies["economic_competence"] | bodies["kind"].eq(PETR)
        names = [
            str(name)
            for name in bodies.loc[able & bodies["legal_person"], "body_id"]
            if name in self.of_bodies
        ]
        people = np.array(list(self._people.values()), dtype=float)
        shape = (len(names), len(people))
        sure, listed = (
            np.reshape([[code in of[n] for code in self._people] for n in names], shape)
            for of in (self._certain, self._codes)
        )
        return sure * people, listed * people

    @cached_property
    def _people(self) -> dict[str, float]:
        codes, people = self.communes["code_insee"], self.communes["population"]
        return dict(zip(codes, people.tolist(), strict=True))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self._people)}

    @cached_property
    def _epci(self) -> dict[str, str]:
        codes, epci = self.communes["code_insee"], self.communes["epci_siren"]
        return dict(zip(codes, epci, strict=True))

    @cached_property
    def _codes(self) -> dict[str, frozenset[str]]:
        return {
            body: frozenset(members["code_insee"])
            for body, members in self.of_bodies.items()
        }

    @cached_property
    def _doubtful(self) -> dict[str, frozenset[str]]:
        return {
            body: frozenset(members.loc[members["status"] != "publie", "code_insee"])
            for body, members in self.of_bodies.items()
        }

    @cached_property
    def _kinds(self) -> dict[str, list[str]]:
        names_of: dict[str, list[str]] = {}
        names, kinds = self.bodies["body_id"], self.bodies["kind"]
        for name, kind in sorted(zip(names, kinds, strict=True)):
            if name in self.of_bodies:
                names_of.setdefault(str(kind), []).append(str(name))
        return names_of

    @cached_property
    def _labels(self) -> dict[str, str]:
        names = self.bodies.set_index("body_id")["name"]
        return {str(body): str(name) for body, name in names.items()}


_NO_WASTE_BODY = "aucun organisme de traitement déclaré"
_LEAVING = "sans_"
_NO_DEPARTURE = "aucun départ de membre mis à l'essai, ou aucun ordre publié"
_DEPARTURE = ("departure_changes", "departure_member_pct")
_FEW_FIRMS = 5
_COMPARED_ALONE = "mesuré pour les seuls périmètres comparés"
_NO_PETR = "aucun PETR ne touche le périmètre"
_WASTE_LIST = f"liste des membres du syndicat {TO_CONFIRM}"

_NO_EXCHANGE = "aucun échange affecté : aucun levier à ranger"
_NOT_TOLD = {
    "secret": "bilan du syndicat : secret statistique",
    "non_chiffre": "bilan du syndicat non chiffré",
}
_GAIN = ("syndicate_least_eur", "syndicate_most_eur")


def body_facts(candidate: Candidate, ground: Ground) -> Facts:
    """Measure how a perimeter lies on the syndicate, the PETR and the EPCI."""
    codes = candidate.codes
    petr = [name for name in ground.names(PETR) if ground.codes_of(name) & codes]
    waste = [name for name in ground.waste_bodies if ground.codes_of(name) & codes]
    facts = _petr_facts(codes, petr, ground) | _waste_facts(codes, waste, ground)
    facts |= {"economic_cover_pct": _economic_cover(codes, ground)}
    return facts | _parties_facts(codes, [*petr, *waste], ground)


def _economic_cover(codes: frozenset[str], ground: Ground) -> Fact:
    total = ground.people_in(codes)
    if total <= 0:
        return Fact(float("nan"))
    least, most = (100 * one / total for one in ground.economic_people_in(codes))
    return fact_between(least, most)


def _share_pct(part: frozenset[str], codes: frozenset[str], ground: Ground) -> float:
    total = ground.people_in(codes)
    return 100 * ground.people_in(part & codes) / total if total > 0 else float("nan")


def _petr_facts(codes: frozenset[str], petr: list[str], ground: Ground) -> Facts:
    if not petr:
        return {"petr_outside_pct": unknown(_NO_PETR)}
    shares = {name: _share_pct(ground.codes_of(name), codes, ground) for name in petr}
    main = max(petr, key=lambda name: shares[name])
    sure = max(_share_pct(ground.certain_of(name), codes, ground) for name in petr)
    outside = fact_between(max(0.0, 100.0 - shares[main]), max(0.0, 100.0 - sure))
    return {"petr_outside_pct": outside, "petr_id": Fact(main)}


def _waste_facts(codes: frozenset[str], waste: list[str], ground: Ground) -> Facts:
    if not ground.waste_bodies:
        names = ("outside_waste_pct", "n_epci_outside_waste", "waste_unconfirmed_pct")
        return {name: unknown(_NO_WASTE_BODY) for name in names}
    candidates = waste or list(ground.waste_bodies)
    main = max(
        candidates, key=lambda name: ground.people_in(ground.codes_of(name) & codes)
    )
    inside, doubtful = ground.codes_of(main), ground.doubtful_of(main)
    outside = {
        "outside_waste_pct": Fact(100.0 - _share_pct(inside, codes, ground)),
        "n_epci_outside_waste": Fact(float(len(ground.epci_in(codes - inside)))),
    }
    if ground.is_unconfirmed(*ground.waste_bodies):
        # Neither who is inside nor who is outside is known.
        outside = {name: unknown(_WASTE_LIST) for name in outside}
    return {
        **outside,
        "waste_unconfirmed_pct": Fact(_share_pct(doubtful, codes, ground)),
        "waste_id": Fact(main),
    }


def _parties_facts(codes: frozenset[str], parties: list[str], ground: Ground) -> Facts:
    covered, sure = (
        frozenset().union(*[codes_of(name) for name in parties])
        for codes_of in (ground.codes_of, ground.certain_of)
    )
    known = frozenset().union(*[ground.codes_of(name) for name in ground.waste_bodies])
    blank_pct = 100.0 - _share_pct(known, codes, ground)
    least = sum(bool(ground.certain_of(name) & codes) for name in {*parties})
    # A list to confirm may leave out whom it should hold.
    more = {name for name in ground.waste_bodies if ground.is_unconfirmed(name)}
    count = fact_between(float(least), float(len({*parties, *more})))
    if blank_pct >= HALF_PERCENT:
        count = unknown(
            "organisme de traitement non renseigné pour une partie de la population"
        )
    return {
        "n_parties": count,
        "parties": Fact(", ".join(ground.told_name(name) for name in parties)),
        "parties_cover_pct": fact_between(
            _share_pct(sure, codes, ground), _share_pct(covered, codes, ground)
        ),
    }


class SiteCounts(NamedTuple):
    """Sites to mobilise, commune by commune.

    ``n``: how many, by INSEE code. ``synthetic``: communes with a synthetic one.
    ``epci``: SIREN of the EPCI of a commune; empty text: none.
    """

    n: Mapping[str, int]
    synthetic: frozenset[str]
    epci: Mapping[str, str]


def site_counts(targets: pd.DataFrame, communes: pd.DataFrame) -> SiteCounts:
    """Count the sites to mobilise in each commune.

    ``targets``: ``code_insee``, ``synthetic``. ``communes``: ``code_insee``,
    ``epci_siren``.
    """
    made_up = targets.loc[targets["synthetic"].astype(bool), "code_insee"]
    epci = zip(communes["code_insee"], communes["epci_siren"], strict=True)
    return SiteCounts(Counter(targets["code_insee"]), frozenset(made_up), dict(epci))


def site_facts(
    candidate: Candidate,
    counts: SiteCounts,
    *,
    epci_names: Mapping[str, str],
    demonstration: bool,
) -> Facts:
    """Say which EPCI holds most of the sites to mobilise.

    ``epci_names``: SIREN → name. ``demonstration``: whether the study is one: synthetic
    sites then say nothing. Returns: ``top_epci`` and ``top_epci_sites_pct``.
    """
    if demonstration and counts.synthetic & candidate.codes:
        return {"top_epci_sites_pct": unknown(SYNTHETIC)}
    own = {code: n for code, n in counts.n.items() if code in candidate.codes}
    by_epci: Counter[str] = Counter()
    for code, n in own.items():
        by_epci[counts.epci.get(code, "")] += n
    del by_epci[""]
    if not by_epci:
        return {"top_epci_sites_pct": unknown("aucun établissement à mobiliser connu")}
    first = max(sorted(by_epci), key=lambda siren: by_epci[siren])
    return {
        "top_epci": Fact(epci_names.get(first, first)),
        "top_epci_sites_pct": Fact(float(100 * by_epci[first] / sum(own.values()))),
    }


def firm_facts(
    candidate: Candidate,
    communes: pd.DataFrame,
    *,
    signed_up: Mapping[str, int] | None,
) -> Facts:
    """Count the firms that signed up, as it was published.

    ``communes``: ``code_insee``, ``epci_siren``, ``epci_communes``. ``signed_up``:
    SIREN of an EPCI → firms published there, three at least; None: nothing was
    published. Returns: ``n_firms``: the sum over the EPCI that the perimeter holds
    whole; at least as many signed up, so that below five it is not known. None where
    nothing was published.
    """
    if signed_up is None:
        return {"n_firms": Fact(0.0)}
    lists = members_of_epci(communes)
    wholly_in = [siren for siren, codes in lists.items() if codes <= candidate.codes]
    n_firms = sum(signed_up.get(siren, 0) for siren in wholly_in)
    if n_firms < _FEW_FIRMS:
        return {"n_firms": unknown("inscriptions publiées en partie seulement")}
    return {"n_firms": Fact(float(n_firms))}


def departure_facts(
    candidate: Candidate, ground: Ground, *, stress_orders: pd.DataFrame
) -> Facts:
    """Say whether the rank of a perimeter stands the departure of a large member.

    ``stress_orders``: table of the same name: variants ``sans_<SIREN>``. Returns:
    ``departure_changes`` (1 where the rank falls, by the member with most people among
    those whose departure lowers it), ``departure_epci``, its name, and
    ``departure_member_pct``, its share of the population; not known where no departure
    was tried.
    """
    orders = stress_orders[stress_orders["perimeter_id"] == candidate.perimeter_id]
    tried = orders[orders["stress_id"].str.startswith(_LEAVING)]
    if tried.empty:
        return {name: unknown(_NO_DEPARTURE) for name in _DEPARTURE}
    falls = tried["rank_after"] > tried["rank_before"]
    sirens = tried.loc[falls, "stress_id"].str.removeprefix(_LEAVING)
    members = {
        siren: _share_pct(ground.codes_of(f"epci_{siren}"), candidate.codes, ground)
        for siren in sorted(sirens)
    }
    if not members:
        return {"departure_changes": Fact(0.0), "departure_member_pct": Fact(0.0)}
    first = max(members, key=lambda siren: members[siren])
    return {
        "departure_changes": Fact(1.0),
        "departure_member_pct": Fact(members[first]),
        "departure_epci": Fact(ground.label(f"epci_{first}")),
    }


def compared_alone_facts() -> Facts:
    """Say what is not measured of a perimeter that the study does not compare."""
    return {name: unknown(_COMPARED_ALONE) for name in _DEPARTURE}


def derived_facts(facts: Facts, *, regions: Collection[str]) -> Facts:
    """Compute what sentences say from what was measured.

    Returns: ``n_other_epci``, ``seat_far_pct``, ``same_region``; each is not known
    where what it stands on is not.
    """
    in_45min, n_epci = (fact_of(facts, n) for n in ("seat_45min_pct", "n_epci"))
    return {
        "n_other_epci": _apply(n_epci, lambda value: value - 1),
        "seat_far_pct": _apply(in_45min, lambda value: 100 - value),
        "same_region": Fact("oui" if len(set(regions)) <= 1 else "non"),
    }


def _apply(fact: Fact, change: Callable[[float], float]) -> Fact:
    return fact if fact.missing else Fact(float(change(float(fact.value))))


def neighbour_distances(
    communes: gpd.GeoDataFrame, *, neighbours: Sequence[Neighbour]
) -> dict[str, dict[str, float]]:
    """Measure how far each commune is from the initiatives that the study names.

    ``communes``: table ``communes``, EPSG:2154; polygons and seats. Returns: commune of
    an initiative → commune → from its town hall to the nearest point of the commune
    [km]; none from a commune to itself.
    """
    km_from = {}
    for code in dict.fromkeys(one.commune for one in neighbours):
        seat = communes.loc[communes["code_insee"] == code, ["seat_x", "seat_y"]]
        metres = communes.geometry.distance(shapely.Point(*seat.iloc[0]))
        km = (metres / 1000).tolist()
        km_from[code] = dict(zip(communes["code_insee"], km, strict=True)) | {code: 0.0}
    return km_from


def neighbour_facts(
    candidate: Candidate,
    distances_km: Mapping[str, Mapping[str, float]],
    *,
    neighbours: Sequence[Neighbour],
    within_km: float,
) -> Facts:
    """Name the initiatives of industrial ecology in or near a perimeter.

    ``within_km``: how near, from the town hall of the initiative to the perimeter [km].
    Returns: ``n_neighbours`` and ``neighbours`` (names, « à vérifier » where they are).
    """
    codes = candidate.codes
    nearest_km = {
        commune: min((km for code, km in far.items() if code in codes), default=np.inf)
        for commune, far in distances_km.items()
    }
    touching = [
        f"{one.name}{'' if one.status == 'publie' else ' (à vérifier)'}"
        for one in neighbours
        if nearest_km[one.commune] <= within_km
    ]
    return {
        "n_neighbours": Fact(float(len(touching))),
        "neighbours": Fact(", ".join(touching)),
    }


def require_neighbours(neighbours: Sequence[Neighbour], communes: pd.DataFrame) -> None:
    """Refuse initiatives in a commune that is not at hand, each by its name."""
    known = set(communes["code_insee"])
    faults = Faults("governance.neighbours")
    for neighbour in neighbours:
        if neighbour.commune not in known:
            fault = f"« {neighbour.name} » : commune inconnue « {neighbour.commune} »"
            faults.add(fault, remedy=hint(neighbour.commune, known))
    faults.raise_if_any(StudyError)


def landfill_facts(ranks: pd.Series[float], *, demonstration: Collection[str]) -> Facts:
    """Say how high landfill stands among what exchanges spare.

    ``ranks``: as `disposal_ranks` returns them, for the whole study: by perimeter a
    rank would tell of few firms. ``demonstration``: why the study is a demonstration;
    empty: it is not. Returns: ``landfill_lever_rank`` (1: exchanges save most on what
    is landfilled today). Not known in a demonstration, nor without an exchange; behind
    the last where nothing is landfilled.
    """
    name = "landfill_lever_rank"
    if demonstration:
        return {name: unknown(", ".join(sorted(demonstration)))}
    if ranks.empty:
        return {name: unknown(_NO_EXCHANGE)}
    return {name: Fact(float(ranks.get(LANDFILL, len(ranks) + 1)))}


def syndicate_facts(account: pd.DataFrame, *, demonstration: Collection[str]) -> Facts:
    """Say between what and what the syndicate that treats waste would gain or lose.

    ``account``: table ``syndicate_account``, as it is told. ``demonstration``: why the
    study is a demonstration; empty: it is not. Returns: ``syndicate_least_eur`` and
    ``syndicate_most_eur`` [€/year], both of one sign where the sign is known. Not known
    in a demonstration, nor where the gain is withheld or has no figure.
    """
    if demonstration:
        return dict.fromkeys(_GAIN, unknown(", ".join(sorted(demonstration))))
    whole = account["outlet_id"].eq("") & account["member"].eq("")
    row = account[whole & account["line"].eq(BALANCE)].iloc[0]
    if str(row["status"]) in _NOT_TOLD:
        return dict.fromkeys(_GAIN, unknown(_NOT_TOLD[str(row["status"])]))
    bounds = (float(row["low"]), float(row["high"]))
    return {name: Fact(one) for name, one in zip(_GAIN, bounds, strict=True)}


def share_facts(
    candidate: Candidate,
    ground: Ground,
    *,
    shareholders: Collection[str],
) -> Facts:
    """Count the EPCI of a perimeter that are not known to hold shares in an agency.

    ``shareholders``: SIREN of the EPCI that the study names as shareholders. Returns:
    ``n_unsure_shareholders``: all EPCI where no shareholder is named.
    """
    sirens = ground.epci_in(candidate.codes) - {"", *shareholders}
    return {"n_unsure_shareholders": Fact(float(len(sirens)))}
