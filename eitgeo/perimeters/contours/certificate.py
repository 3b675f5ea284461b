"""A certificate recomputed from polygons and borders, by code no method shares."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eitgeo.check import Faults, require_columns, require_lambert93
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate, Certificate
from eitgeo.words import french_count, french_number, settled

_SLACK = 1e-9


class _Layer(NamedTuple):
    """Communes: the row of each code, then the polygon and the people of each row."""

    row_of: dict[str, int]
    shapes: np.ndarray
    population: np.ndarray


class _Epci(NamedTuple):
    """An EPCI: what the layer holds of it, and how many members its list has."""

    codes: frozenset[str]
    size: int
    is_sure: bool

    def is_whole_in(self, codes: frozenset[str]) -> bool:
        return self.codes <= codes and len(self.codes) == self.size


def certify(
    candidates: Iterable[Candidate],
    communes: gpd.GeoDataFrame,
    *,
    contiguity: pd.DataFrame,
    on_surrogate: bool = True,
    doubtful: Collection[str] = (),
) -> list[Certificate]:
    """Recompute what perimeters are, and refuse a computed one that falls apart.

    ``communes``: table ``communes``, EPSG:2154; ``epci_communes`` counts the members of
    an EPCI that the layer does not hold too: without a list (0), it is never whole.
    ``on_surrogate``: whether the roads are those of the surrogate network: the sentence
    says so. ``doubtful``: SIREN of the EPCI whose list of members is to confirm: the
    sentence says so. Returns: one a candidate, recomputed from the polygons (pieces,
    holes, area) and by spreading over the contiguity table (roads); no solver's answer
    is used. Refused when a perimeter has no commune, or names one that is not at hand.
    Refused when a computed perimeter is in several pieces by its borders, or breaks one
    of its rules (recomputed by plain sums). A commune with an island, or an EPCI that
    is held whole and has an enclave, does not part it: each is one body.
    """
    need = ["code_insee", "epci_siren", "epci_communes", "population"]
    require_columns(communes, need, where="communes")
    require_lambert93(communes, where="communes")
    codes = communes["code_insee"].tolist()
    layer = _Layer(
        {code: row for row, code in enumerate(codes)},
        communes.geometry.to_numpy(),
        communes["population"].to_numpy(),
    )
    epci = [
        _Epci(
            frozenset(rows["code_insee"]),
            int(rows["epci_communes"].max()),
            siren not in doubtful,
        )
        for siren, rows in communes.groupby("epci_siren")
        if siren
    ]
    neighbours: dict[str, set[str]] = {code: set() for code in codes}
    crossed = contiguity[contiguity["road_minutes"].notna()]
    for a, b in zip(crossed["code_a"], crossed["code_b"], strict=True):
        neighbours[a].add(b)
        neighbours[b].add(a)
    return [
        _certify(one, layer, epci, neighbours, on_surrogate=on_surrogate)
        for one in candidates
    ]


def _certify(
    candidate: Candidate,
    layer: _Layer,
    epci: list[_Epci],
    near: dict[str, set[str]],
    *,
    on_surrogate: bool,
) -> Certificate:
    _require_all(candidate, near.keys())
    _require_named(candidate)
    codes = sorted(candidate.codes)
    rows = [layer.row_of[code] for code in codes]
    shapes = layer.shapes[rows]
    pieces = shapely.get_parts(shapely.coverage_union_all(shapes))
    if candidate.must_hold_together:
        _require_together(
            candidate, dict(zip(codes, shapes, strict=True)), pieces, epci
        )
    n_holes = int(shapely.get_num_interior_rings(pieces).sum())
    n_road = _n_road_pieces(candidate.codes, near)
    touched = [one for one in epci if one.codes & candidate.codes]
    whole = sum(1 for one in touched if one.is_whole_in(candidate.codes))
    unsure = sum(1 for one in touched if not one.is_sure)
    rules_kept = _kept_rules(candidate, len(touched) - whole)
    return Certificate(
        n_communes=len(codes),
        population=int(layer.population[rows].sum()),
        area_km2=float(shapely.area(shapes).sum()) / 1e6,
        n_pieces_border=len(pieces),
        n_pieces_road=n_road,
        n_holes=n_holes,
        n_epci_whole=whole,
        n_epci_cut=len(touched) - whole,
        sentence=" ; ".join(
            [
                _sentence(
                    len(pieces),
                    n_road,
                    n_holes,
                    _cut_text(len(touched) - whole, unsure),
                    on_surrogate=on_surrogate,
                ),
                *rules_kept,
                *_more(candidate),
            ]
        ),
    )


def _require_together(
    candidate: Candidate,
    inside: dict[str, Any],
    pieces: np.ndarray,
    epci: list[_Epci],
) -> None:
    """Refuse pieces that neither a commune nor an EPCI held whole has by itself."""
    if len(pieces) <= 1:
        return
    parts, of_commune = shapely.get_parts(list(inside.values()), return_index=True)
    part, piece = shapely.STRtree(pieces).query(
        shapely.point_on_surface(parts), predicate="within"
    )
    rank = {code: place for place, code in enumerate(inside)}
    whole = [one.codes for one in epci if one.is_whole_in(candidate.codes)]
    ties = [(rank[min(codes)], rank[code]) for codes in whole for code in codes]
    start = np.concatenate([of_commune[part], [one for one, _ in ties]]).astype(int)
    end = np.concatenate([piece + len(rank), [other for _, other in ties]]).astype(int)
    n_nodes = len(rank) + len(pieces)
    joined = coo_array((np.ones(len(start)), (start, end)), shape=(n_nodes, n_nodes))
    n_groups, _ = connected_components(joined, directed=False)
    if n_groups > 1:
        message = (
            f"« {candidate.name} » : périmètre calculé en {n_groups} morceaux ; "
            "un périmètre calculé doit être d'un seul tenant"
        )
        raise InfeasibleError(message)


def _require_all(candidate: Candidate, present: AbstractSet[str]) -> None:
    faults = Faults(f"périmètre « {candidate.name} »")
    if not candidate.codes:
        faults.add("aucune commune", remedy="vérifier la liste des membres")
    for code in sorted(candidate.codes - present):
        faults.add(f"commune inconnue « {code} »", remedy="corriger le code INSEE")
    faults.raise_if_any(StudyError)


def _require_named(candidate: Candidate) -> None:
    faults = Faults(f"périmètre « {candidate.name} »")
    for code in sorted(candidate.include - candidate.codes):
        faults.add(f"commune imposée « {code} » absente", remedy="revoir la méthode")
    for code in sorted(candidate.exclude & candidate.codes):
        faults.add(f"commune exclue « {code} » présente", remedy="revoir la méthode")
    faults.raise_if_any(InfeasibleError)


def _kept_rules(candidate: Candidate, n_cut: int) -> list[str]:
    """Check each rule by a plain sum, and tell it with its numbers."""
    sentences = []
    faults = Faults(f"périmètre « {candidate.name} »")
    for rule in candidate.rules:
        total = float(n_cut)
        if rule.weight is not None:
            weight = rule.weight
            total = math.fsum(weight.get(code, 0.0) for code in candidate.codes)
        slack = _SLACK * max(1.0, abs(total))
        text = f"{rule.name} : {french_count(total)}"
        if math.isfinite(rule.low):
            text += f", plancher {french_count(math.ceil(settled(rule.low)))}"
        if math.isfinite(rule.high):
            text += f", plafond {french_count(math.floor(settled(rule.high)))}"
        if not rule.low - slack <= total <= rule.high + slack:
            faults.add(f"règle rompue ({text})", remedy="revoir la méthode")
        sentences.append(text)
    faults.raise_if_any(InfeasibleError)
    return sentences


def _more(candidate: Candidate) -> list[str]:
    """Tell the gap of an optimum, and what the candidate says of itself."""
    sentences = [candidate.remark] if candidate.remark else []
    if math.isfinite(candidate.gap):
        # Rounded up: what is printed stays a bound.
        gap = french_number(math.ceil(1000 * candidate.gap - _SLACK) / 10, decimals=1)
        sentences.append(
            f"aucun contour qui tient ces règles ne garde plus de {gap} % d'échanges "
            "potentiels en plus (borne calculée)"
        )
    return sentences


def _n_road_pieces(codes: frozenset[str], near: dict[str, set[str]]) -> int:
    """Count groups that roads join, by spreading from one commune to the next."""
    left = set(codes)
    count = 0
    while left:
        count += 1
        edge = {min(left)}
        while edge:
            left -= edge
            edge = {other for code in edge for other in near[code]} & left
    return count


def _sentence(
    n_border: int, n_road: int, n_holes: int, cut: str, *, on_surrogate: bool
) -> str:
    border = "d'un seul tenant" if n_border == 1 else f"en {n_border} morceaux"
    if n_road == 1:
        road = "toutes ses communes reliées sans en sortir"
        road += " (réseau de substitution)" if on_surrogate else ""
    else:
        road = f"{n_road} groupes de communes sans liaison intérieure entre eux"
        road += (
            " (réseau de substitution : à vérifier sur les routes réelles)"
            if on_surrogate
            else ""
        )
    holes = "sans enclave" if n_holes == 0 else _plural(n_holes, "enclave")
    return f"{border} ; {road} ; {holes} ; {cut}"


def _cut_text(n_cut: int, n_unsure: int) -> str:
    cut = "aucun EPCI coupé" if n_cut == 0 else f"EPCI coupés : {n_cut}"
    if n_unsure:
        cut += f" (listes de membres à confirmer : {n_unsure})"
    return cut


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"
