"""What the rules of carriers read: bodies, sites, firms, neighbours, money."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.scenarios.facts import SYNTHETIC, Fact, Facts, fact_of, unknown
from eitgeo.scenarios.governance import HALF_PERCENT
from eitgeo.territory import members_of_epci

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from eitgeo.perimeters import Candidate
    from eitgeo.study import Neighbour

PETR = "petr"
_MOST_SITES = 150.0
_NO_WASTE_BODY = "aucun organisme de traitement déclaré"
_LEAVING = "sans_"
_NO_DEPARTURE = "aucun départ de membre mis à l'essai"
_DEPARTURE = ("departure_changes", "departure_member_pct")
_FEW_FIRMS = 5
_COMPARED_ALONE = "mesuré pour les seuls périmètres comparés"
_NO_PETR = "aucun PETR ne touche le périmètre"


@dataclass(frozen=True, eq=False)
class Ground:
    """Communes and bodies on a date; what is looked up is laid out once.

    Attributes
    ----------
    communes
        ``code_insee``, ``epci_siren``, ``population``, one row a commune.
    bodies
        Table ``bodies``.
    of_bodies
        Members of each body.
    waste_bodies
        Bodies that treat waste, one hypothesis for each.
    """

    communes: pd.DataFrame = field(repr=False)
    bodies: pd.DataFrame = field(repr=False)
    of_bodies: Mapping[str, pd.DataFrame] = field(repr=False)
    waste_bodies: Sequence[str]

    def people_in(self, codes: frozenset[str]) -> float:
        """Count the inhabitants of some communes.

        Parameters
        ----------
        codes
            INSEE codes.

        Returns
        -------
        float
            Municipal population; nothing for a commune that is not at hand.
        """
        people = self._people
        return float(sum(people.get(code, 0) for code in codes))

    def epci_in(self, codes: frozenset[str]) -> set[str]:
        """Return the EPCI of some communes.

        Parameters
        ----------
        codes
            INSEE codes.

        Returns
        -------
        set of str
            SIREN; empty text for a commune without EPCI.
        """
        epci = self._epci
        return {epci[code] for code in codes if code in epci}

    def codes_of(self, body_id: str) -> frozenset[str]:
        """Return the members of a body.

        Parameters
        ----------
        body_id
            The body.

        Returns
        -------
        frozenset of str
            INSEE codes.
        """
        return self._codes[body_id]

    def doubtful_of(self, body_id: str) -> frozenset[str]:
        """Return the members of a body that are to confirm.

        Parameters
        ----------
        body_id
            The body.

        Returns
        -------
        frozenset of str
            INSEE codes.
        """
        return self._doubtful[body_id]

    def names(self, kind: str) -> list[str]:
        """Return the bodies of a kind that have members.

        Parameters
        ----------
        kind
            Such as ``petr``.

        Returns
        -------
        list of str
            ``body_id``, sorted.
        """
        return self._kinds.get(kind, [])

    def label(self, body_id: str) -> str:
        """Return the name of a body.

        Parameters
        ----------
        body_id
            The body.

        Returns
        -------
        str
            As table ``bodies`` writes it.
        """
        return self._labels[body_id]

    def economic_people_in(self, codes: frozenset[str]) -> float:
        """Count those in the body that may act on economy and holds most of them.

        Parameters
        ----------
        codes
            INSEE codes.

        Returns
        -------
        float
            Municipal population; nothing where no body may.
        """
        place, people = self._place, self._economic
        inside = [place[code] for code in codes if code in place]
        return float(people[:, inside].sum(axis=1).max(initial=0.0))

    @cached_property
    def _economic(self) -> np.ndarray:
        """Inhabitants: bodies that may act on economy × communes."""
        about = self.bodies
        able = about["economic_competence"] | about["kind"].eq(PETR)
        names = about.loc[able & about["legal_person"], "body_id"]
        held = [self._codes[str(name)] for name in names if name in self.of_bodies]
        people = np.array(list(self._people.values()), dtype=float)
        inside = [[code in codes for code in self._people] for codes in held]
        return np.reshape(inside, (len(held), len(people))) * people

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
        found: dict[str, list[str]] = {}
        names, kinds = self.bodies["body_id"], self.bodies["kind"]
        for name, kind in sorted(zip(names, kinds, strict=True)):
            if name in self.of_bodies:
                found.setdefault(str(kind), []).append(str(name))
        return found

    @cached_property
    def _labels(self) -> dict[str, str]:
        names = self.bodies.set_index("body_id")["name"]
        return {str(body): str(name) for body, name in names.items()}


def body_facts(candidate: Candidate, ground: Ground) -> Facts:
    """Measure how a perimeter lies on the syndicate, the PETR and the EPCI.

    Parameters
    ----------
    candidate
        The perimeter.
    ground
        Communes and bodies.

    Returns
    -------
    dict
        Facts that :func:`eitgeo.reference.carrier_rules` names.
    """
    codes = candidate.codes
    petr = [name for name in ground.names(PETR) if ground.codes_of(name) & codes]
    waste = [name for name in ground.waste_bodies if ground.codes_of(name) & codes]
    facts = _petr_facts(codes, petr, ground) | _waste_facts(codes, waste, ground)
    total, most = ground.people_in(codes), ground.economic_people_in(codes)
    cover_pct = 100 * most / total if total > 0 else float("nan")
    facts |= {"economic_cover_pct": Fact(cover_pct)}
    return facts | _parties_facts(codes, [*petr, *waste], ground)


def _share_pct(part: frozenset[str], codes: frozenset[str], ground: Ground) -> float:
    total = ground.people_in(codes)
    return 100 * ground.people_in(part & codes) / total if total > 0 else float("nan")


def _petr_facts(codes: frozenset[str], petr: list[str], ground: Ground) -> Facts:
    if not petr:
        return {"petr_outside_pct": unknown(_NO_PETR)}
    shares = {name: _share_pct(ground.codes_of(name), codes, ground) for name in petr}
    main = max(petr, key=lambda name: shares[name])
    return {
        "petr_outside_pct": Fact(max(0.0, 100.0 - shares[main])),
        "petr_id": Fact(main),
    }


def _waste_facts(codes: frozenset[str], waste: list[str], ground: Ground) -> Facts:
    if not ground.waste_bodies:
        names = ("outside_waste_pct", "n_epci_outside_waste", "waste_unconfirmed_pct")
        return {name: unknown(_NO_WASTE_BODY) for name in names}
    candidates = waste or list(ground.waste_bodies)
    main = max(
        candidates, key=lambda name: ground.people_in(ground.codes_of(name) & codes)
    )
    inside, doubtful = ground.codes_of(main), ground.doubtful_of(main)
    return {
        "outside_waste_pct": Fact(100.0 - _share_pct(inside, codes, ground)),
        "n_epci_outside_waste": Fact(float(len(ground.epci_in(codes - inside)))),
        "waste_unconfirmed_pct": Fact(_share_pct(doubtful, codes, ground)),
        "waste_id": Fact(main),
    }


def _parties_facts(codes: frozenset[str], parties: list[str], ground: Ground) -> Facts:
    covered = frozenset().union(*[ground.codes_of(name) for name in parties])
    known = frozenset().union(*[ground.codes_of(name) for name in ground.waste_bodies])
    blank_pct = 100.0 - _share_pct(known, codes, ground)
    count = Fact(float(len(parties)))
    if blank_pct >= HALF_PERCENT:
        count = unknown(
            "organisme de traitement non renseigné pour une partie de la population"
        )
    return {
        "n_parties": count,
        "parties": Fact(", ".join(ground.label(name) for name in parties)),
        "parties_cover_pct": Fact(_share_pct(covered, codes, ground)),
    }


class SiteCounts(NamedTuple):
    """Sites to mobilise, commune by commune.

    Attributes
    ----------
    n
        How many, by INSEE code.
    synthetic
        Communes with a synthetic one.
    epci
        SIREN of the EPCI of a commune; empty text: none.
    """

    n: Mapping[str, int]
    synthetic: frozenset[str]
    epci: Mapping[str, str]


def site_counts(targets: pd.DataFrame, communes: pd.DataFrame) -> SiteCounts:
    """Count the sites to mobilise in each commune.

    Parameters
    ----------
    targets
        Target sites: ``code_insee``, ``synthetic``.
    communes
        ``code_insee``, ``epci_siren``.

    Returns
    -------
    SiteCounts
        Counts.
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

    Parameters
    ----------
    candidate
        The perimeter.
    counts
        From :func:`site_counts`.
    epci_names
        SIREN → name.
    demonstration
        Whether the study is one: synthetic sites then say nothing.

    Returns
    -------
    dict
        ``top_epci`` and ``top_epci_sites_pct``.
    """
    if demonstration and counts.synthetic & candidate.codes:
        return {"top_epci_sites_pct": unknown(SYNTHETIC)}
    mine = {code: n for code, n in counts.n.items() if code in candidate.codes}
    by_epci: Counter[str] = Counter()
    for code, n in mine.items():
        by_epci[counts.epci.get(code, "")] += n
    del by_epci[""]
    if not by_epci:
        return {"top_epci_sites_pct": unknown("aucun établissement à mobiliser connu")}
    first = max(sorted(by_epci), key=lambda siren: by_epci[siren])
    return {
        "top_epci": Fact(epci_names.get(first, first)),
        "top_epci_sites_pct": Fact(float(100 * by_epci[first] / sum(mine.values()))),
    }


def firm_facts(
    candidate: Candidate,
    communes: pd.DataFrame,
    *,
    signed_up: Mapping[str, int] | None,
) -> Facts:
    """Count the firms that signed up, as it was published.

    Parameters
    ----------
    candidate
        The perimeter.
    communes
        ``code_insee``, ``epci_siren``, ``epci_communes``.
    signed_up
        SIREN of an EPCI → firms published there, three at least; None: nothing was
        published.

    Returns
    -------
    dict
        ``n_firms``: the sum over the EPCI that the perimeter holds whole; at least as
        many signed up, so that below five it is not known. None where nothing was
        published.
    """
    if signed_up is None:
        return {"n_firms": Fact(0.0)}
    lists = members_of_epci(communes)
    held = [siren for siren, codes in lists.items() if codes <= candidate.codes]
    n_firms = sum(signed_up.get(siren, 0) for siren in held)
    if n_firms < _FEW_FIRMS:
        return {"n_firms": unknown("inscriptions publiées en partie seulement")}
    return {"n_firms": Fact(float(n_firms))}


def departure_facts(
    candidate: Candidate, ground: Ground, *, stress_orders: pd.DataFrame
) -> Facts:
    """Say whether the rank of a perimeter stands the departure of a large member.

    Parameters
    ----------
    candidate
        The perimeter.
    ground
        Communes and bodies.
    stress_orders
        Table of the same name: variants ``sans_<SIREN>``.

    Returns
    -------
    dict
        ``departure_changes`` (1 where the rank changes, of the member with most
        people among those that change it), ``departure_epci``, its name, and
        ``departure_member_pct``, its share of the population; not known where no
        departure was tried.
    """
    mine = stress_orders[stress_orders["perimeter_id"] == candidate.perimeter_id]
    tried = mine[mine["stress_id"].str.startswith(_LEAVING)]
    if tried.empty:
        return {name: unknown(_NO_DEPARTURE) for name in _DEPARTURE}
    moved = tried["rank_before"].ne(tried["rank_after"])
    known = tried["rank_before"].notna() & tried["rank_after"].notna()
    sirens = tried.loc[moved & known, "stress_id"].str.removeprefix(_LEAVING)
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
    """Say what is not measured of a perimeter that the study does not compare.

    Returns
    -------
    dict
        ``departure_changes``, ``departure_member_pct``: not known.
    """
    return {name: unknown(_COMPARED_ALONE) for name in _DEPARTURE}


def derived_facts(facts: Facts, *, regions: Collection[str]) -> Facts:
    """Compute what sentences say from what was measured.

    Parameters
    ----------
    facts
        Facts of a perimeter.
    regions
        Region of each of its départements.

    Returns
    -------
    dict
        ``n_other_epci``, ``n_posts``, ``seat_far_pct``, ``same_region``; each is not
        known where what it stands on is not.
    """
    sites, near = (fact_of(facts, n) for n in ("target_sites", "seat_45min_pct"))
    n_epci = fact_of(facts, "n_epci")
    return {
        "n_other_epci": _apply(n_epci, lambda value: value - 1),
        "n_posts": _apply(sites, lambda value: math.ceil(value / _MOST_SITES)),
        "seat_far_pct": _apply(near, lambda value: 100 - value),
        "same_region": Fact("oui" if len(set(regions)) <= 1 else "non"),
    }


def _apply(fact: Fact, change: Callable[[float], float]) -> Fact:
    return fact if fact.missing else Fact(float(change(float(fact.value))))


def neighbour_distances(
    communes: gpd.GeoDataFrame, *, neighbours: Sequence[Neighbour]
) -> dict[str, dict[str, float]]:
    """Measure how far each commune is from the initiatives that the study names.

    Parameters
    ----------
    communes
        Table ``communes``, EPSG:2154; polygons and seats.
    neighbours
        Initiatives that the study names.

    Returns
    -------
    dict
        Commune of an initiative → commune → from its town hall to the nearest point
        of the commune [km]; none from a commune to itself.
    """
    found = {}
    for code in dict.fromkeys(one.commune for one in neighbours):
        seat = communes.loc[communes["code_insee"] == code, ["seat_x", "seat_y"]]
        metres = communes.geometry.distance(shapely.Point(*seat.iloc[0]))
        km = (metres / 1000).tolist()
        found[code] = dict(zip(communes["code_insee"], km, strict=True)) | {code: 0.0}
    return found


def neighbour_facts(
    candidate: Candidate,
    distances_km: Mapping[str, Mapping[str, float]],
    *,
    neighbours: Sequence[Neighbour],
    within_km: float,
) -> Facts:
    """Name the initiatives of industrial ecology in or near a perimeter.

    Parameters
    ----------
    candidate
        The perimeter.
    distances_km
        From :func:`neighbour_distances`.
    neighbours
        Initiatives that the study names.
    within_km
        How near, from the town hall of the initiative to the perimeter [km].

    Returns
    -------
    dict
        ``n_neighbours`` and ``neighbours`` (names, « à vérifier » where they are).
    """
    codes = candidate.codes
    nearest_km = {
        commune: min((km for code, km in far.items() if code in codes), default=np.inf)
        for commune, far in distances_km.items()
    }
    near = [
        f"{one.name}{'' if one.status == 'publie' else ' (à vérifier)'}"
        for one in neighbours
        if nearest_km[one.commune] <= within_km
    ]
    return {
        "n_neighbours": Fact(float(len(near))),
        "neighbours": Fact(", ".join(near)),
    }


def require_neighbours(neighbours: Sequence[Neighbour], communes: pd.DataFrame) -> None:
    """Refuse initiatives in a commune that is not at hand.

    Parameters
    ----------
    neighbours
        Initiatives that the study names.
    communes
        ``code_insee``.

    Raises
    ------
    StudyError
        Naming each one.
    """
    known = set(communes["code_insee"])
    faults = Faults("governance.neighbours")
    for one in neighbours:
        if one.commune not in known:
            met = f"« {one.name} » : commune inconnue « {one.commune} »"
            faults.add(met, remedy=hint(one.commune, known))
    faults.raise_if_any(StudyError)
