"""A candidate perimeter, and the two tables that hold all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

NAN = float("nan")
_ASSUMED = " – contour de classe H"


@dataclass(frozen=True)
class Rule:
    """A floor, a ceiling or both that a computed perimeter has to keep.

    ``name``: what is counted, in French. ``low``, ``high``: bounds, included.
    ``weight``: value by commune, summed over the perimeter; None: EPCI held in part.
    """

    name: str
    low: float = float("-inf")
    high: float = float("inf")
    weight: Mapping[str, float] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Candidate:
    """A set of communes with where it comes from.

    ``perimeter_id``: identifier. ``name``: French name. ``method``: ``structure``,
    ``importe``, ``union_epci``, ``temps_de_route``, ``ward`` or ``optimum``. ``codes``:
    INSEE codes of its communes. ``root``: commune that it is grown from; empty for a
    body. ``compared``: whether maps and tables show it by name. ``membership_status``:
    ``a_confirmer`` when a membership row that it stands on is not published.
    ``parameters``: what it was computed with, JSON-ready. ``objective``, ``bound``,
    ``gap``: of an optimum: what it is worth, what no other exceeds, and the distance.
    ``rules``, ``include``, ``exclude``: what its certificate has to check, beside that
    it holds together. ``remark``: what else is to be said of it, French.
    """

    perimeter_id: str
    name: str
    method: str
    codes: frozenset[str] = field(repr=False)
    root: str = ""
    compared: bool = True
    membership_status: str = "publie"
    parameters: Mapping[str, object] = field(default_factory=dict)
    objective: float = field(default=NAN, compare=False)
    bound: float = field(default=NAN, compare=False)
    gap: float = field(default=NAN, compare=False)
    rules: tuple[Rule, ...] = ()
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    remark: str = ""

    @property
    def label(self) -> str:
        """Its name, and that its contour is assumed where times or exchanges draw it.

        What is counted inside may be observed; the contour is as sure as its inputs.
        """
        is_given = self.method in {"structure", "importe", "union_epci"}
        return self.name if is_given else f"{self.name}{_ASSUMED}"

    @property
    def must_hold_together(self) -> bool:
        """Whether it has to be in one piece: computed ones do, bodies need not.

        Nor need those that the user brings.
        """
        return self.method not in {"structure", "importe"}


@dataclass(frozen=True)
class Certificate:
    """What is true of a perimeter, whatever method drew it.

    ``n_communes``, ``population``: counts. ``area_km2``: area of its polygons [km²].
    ``n_pieces_border``: pieces of its outline; a point of contact does not join.
    ``n_pieces_road``: groups of communes that roads across its inner borders join.
    ``n_holes``: holes in the outline. ``n_epci_whole``, ``n_epci_cut``: EPCI of which
    all members of the list are inside, and the others that it meets. ``sentence``: the
    certificate in words, French.
    """

    n_communes: int
    population: int
    area_km2: float
    n_pieces_border: int
    n_pieces_road: int
    n_holes: int
    n_epci_whole: int
    n_epci_cut: int
    sentence: str


def perimeter_tables(
    certified: Iterable[tuple[Candidate, Certificate]], *, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay certified candidates out: ``perimeters`` and ``perimeter_communes``."""
    pairs = list(certified)
    rows = [_row(candidate, certificate, seed) for candidate, certificate in pairs]
    communes = [
        (one.perimeter_id, code, "racine" if code == one.root else "membre")
        for one, _ in pairs
        for code in sorted(one.codes)
    ]
    names = ["perimeter_id", "code_insee", "role"]
    return pd.DataFrame(rows), pd.DataFrame(communes, columns=names)


def read_candidates(
    perimeters: pd.DataFrame, perimeter_communes: pd.DataFrame
) -> list[Candidate]:
    """Read candidates back from the tables, in the order of ``perimeters``."""
    listed = perimeter_communes["code_insee"].astype(object)
    codes = listed.groupby(perimeter_communes["perimeter_id"]).agg(frozenset)
    is_root = perimeter_communes["role"] == "racine"
    roots = perimeter_communes[is_root].set_index("perimeter_id")["code_insee"]
    return [
        Candidate(
            perimeter_id=row["perimeter_id"],
            name=str(row["name"]).removesuffix(_ASSUMED),
            method=row["method"],
            codes=codes[row["perimeter_id"]],
            root=str(roots.get(row["perimeter_id"], "")),
            compared=row["compared"],
            membership_status=row["membership_status"],
            parameters=json.loads(row["parameters"]),
        )
        for row in perimeters.to_dict("records")
    ]


def _row(
    candidate: Candidate, certificate: Certificate, seed: int
) -> dict[str, object]:
    many = certificate.n_pieces_border > 1
    return {
        "perimeter_id": candidate.perimeter_id,
        "name": candidate.label,
        "method": candidate.method,
        "compared": candidate.compared,
        "seed": seed,
        "parameters": _json(candidate.parameters),
        "objective": candidate.objective,
        "bound": candidate.bound,
        "gap": candidate.gap,
        "membership_status": candidate.membership_status,
        "n_communes": certificate.n_communes,
        "population": certificate.population,
        "area_km2": certificate.area_km2,
        "n_pieces_border": certificate.n_pieces_border,
        "n_pieces_road": certificate.n_pieces_road,
        "n_holes": certificate.n_holes,
        "n_epci_whole": certificate.n_epci_whole,
        "n_epci_cut": certificate.n_epci_cut,
        "certificate": certificate.sentence,
        "status": "certifie_en_plusieurs_morceaux" if many else "certifie",
    }


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True)
