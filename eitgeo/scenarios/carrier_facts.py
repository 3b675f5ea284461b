"""What the rules of carriers read: bodies, sites, firms, neighbours, money."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from eitgeo.check import Faults, hint
from eitgeo.errors import StudyError
from eitgeo.scenarios.facts import SYNTHETIC, Fact, Facts, fact_of, unknown
from eitgeo.scenarios.governance import HALF_PERCENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from eitgeo.perimeters import Candidate
    from eitgeo.study import Neighbour

PETR = "petr"
_MOST_SITES = 150.0
_NO_WASTE_BODY = "aucun organisme de traitement déclaré"
_LEAVING = "sans_"
_NO_DEPARTURE = "aucun départ de membre mis à l'essai"
_NO_PETR = "aucun PETR ne touche le périmètre"


class Ground(NamedTuple):
    """Communes and bodies on a date.

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

    communes: pd.DataFrame
    bodies: pd.DataFrame
    of_bodies: Mapping[str, pd.DataFrame]
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
            Municipal population.
        """
        inside = self.communes["code_insee"].isin(codes)
        return float(self.communes.loc[inside, "population"].sum())

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
        return frozenset(self.of_bodies[body_id]["code_insee"])

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
        mine = self.bodies.loc[self.bodies["kind"] == kind, "body_id"]
        return sorted(str(name) for name in mine if name in self.of_bodies)

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
        return str(self.bodies.set_index("body_id").loc[body_id, "name"])


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
    facts |= {"economic_cover_pct": Fact(_economic_cover_pct(codes, ground))}
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
    members = ground.of_bodies[main]
    inside = frozenset(members["code_insee"])
    doubtful = frozenset(members.loc[members["status"] != "publie", "code_insee"])
    left = ground.communes["code_insee"].isin(codes - inside)
    return {
        "outside_waste_pct": Fact(100.0 - _share_pct(inside, codes, ground)),
        "n_epci_outside_waste": Fact(
            float(ground.communes.loc[left, "epci_siren"].nunique())
        ),
        "waste_unconfirmed_pct": Fact(_share_pct(doubtful, codes, ground)),
        "waste_id": Fact(main),
    }


def _economic_cover_pct(codes: frozenset[str], ground: Ground) -> float:
    """Share of the population in the body that may act on economy and holds most."""
    about = ground.bodies
    able = about["economic_competence"] | about["kind"].eq(PETR)
    names = about.loc[able & about["legal_person"], "body_id"]
    shares = [
        _share_pct(ground.codes_of(str(name)), codes, ground)
        for name in names
        if name in ground.of_bodies
    ]
    return max(shares, default=0.0)


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


def site_facts(
    candidate: Candidate,
    targets: pd.DataFrame,
    *,
    communes: pd.DataFrame,
    epci_names: Mapping[str, str],
    demonstration: bool,
) -> Facts:
    """Say which EPCI holds most of the sites to mobilise.

    Parameters
    ----------
    candidate
        The perimeter.
    targets
        Target sites: ``code_insee``, ``synthetic``.
    communes
        ``code_insee``, ``epci_siren``.
    epci_names
        SIREN → name.
    demonstration
        Whether the study is one: synthetic sites then say nothing.

    Returns
    -------
    dict
        ``top_epci`` and ``top_epci_sites_pct``.
    """
    mine = targets[targets["code_insee"].isin(candidate.codes)]
    if demonstration and mine["synthetic"].any():
        return {"top_epci_sites_pct": unknown(SYNTHETIC)}
    siren = mine["code_insee"].map(communes.set_index("code_insee")["epci_siren"])
    counts = siren[siren != ""].value_counts().sort_index()
    if counts.empty:
        return {"top_epci_sites_pct": unknown("aucun établissement à mobiliser connu")}
    first = str(counts.idxmax())
    return {
        "top_epci": Fact(epci_names.get(first, first)),
        "top_epci_sites_pct": Fact(float(100 * counts.max() / len(mine))),
    }


def firm_facts(candidate: Candidate, firm_communes: pd.Series[str] | None) -> Facts:
    """Count the firms that signed up, by tens.

    Parameters
    ----------
    candidate
        The perimeter.
    firm_communes
        Commune of each firm that answered; None: no survey.

    Returns
    -------
    dict
        ``n_firms``: below five it is told as none; above, rounded down to a multiple
        of five, so that two perimeters do not give the answer of one firm.
    """
    if firm_communes is None:
        return {"n_firms": Fact(0.0)}
    count = int(firm_communes.isin(candidate.codes).sum())
    return {"n_firms": Fact(float(count - count % 5))}


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
        names = ("departure_changes", "departure_member_pct")
        return {name: unknown(_NO_DEPARTURE) for name in names}
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


def derived_facts(facts: Facts, *, regions: Sequence[str]) -> Facts:
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


def neighbour_facts(
    candidate: Candidate,
    communes: gpd.GeoDataFrame,
    *,
    neighbours: Sequence[Neighbour],
    within_km: float,
) -> Facts:
    """Name the initiatives of industrial ecology in or near a perimeter.

    Parameters
    ----------
    candidate
        The perimeter.
    communes
        Table ``communes``, EPSG:2154; polygons and seats.
    neighbours
        Initiatives that the study names.
    within_km
        How near, from the town hall of the initiative to the perimeter [km].

    Returns
    -------
    dict
        ``n_neighbours`` and ``neighbours`` (names, « à vérifier » where they are).
    """
    near = [
        f"{one.name}{'' if one.status == 'publie' else ' (à vérifier)'}"
        for one in neighbours
        if _distance_km(one.commune, candidate.codes, communes) <= within_km
    ]
    return {
        "n_neighbours": Fact(float(len(near))),
        "neighbours": Fact(", ".join(near)),
    }


def _distance_km(
    commune: str, codes: frozenset[str], communes: gpd.GeoDataFrame
) -> float:
    if commune in codes:
        return 0.0
    seat = communes.loc[communes["code_insee"] == commune, ["seat_x", "seat_y"]]
    inside = communes[communes["code_insee"].isin(codes)]
    points = inside.geometry.distance(shapely.Point(*seat.iloc[0]))
    return float(np.min(points.to_numpy())) / 1000


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
