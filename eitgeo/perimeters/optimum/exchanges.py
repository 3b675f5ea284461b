"""The contour by the exchanges: what keeps most of them under a ceiling and rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import Faults, hint, require_columns
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate, Rule
from eitgeo.perimeters.optimum.choice import Choice, Limit
from eitgeo.study.methods import ExchangeContour
from eitgeo.territory.membership import members_of_epci
from eitgeo.words import french_count, french_number

if TYPE_CHECKING:
    from eitgeo.perimeters.optimum.optimum import Optimum

POPULATION, JOBS = "de population", "d'emplois"


def exchange_choice(
    communes: pd.DataFrame,
    contiguity: pd.DataFrame,
    affinity: pd.DataFrame,
    *,
    jobs: pd.Series[float],
    root: str,
    contour: ExchangeContour,
) -> Choice:
    """Lay out what the contour by the exchanges is chosen from.

    ``communes``: table ``communes``; those of the study area are the units. Where EPCI
    are counted as held in part, an EPCI that reaches beyond the area has one unit more,
    which nobody may hold: touched, it is cut. ``contiguity``: table ``contiguity``:
    only borders that a road crosses join communes. ``affinity``: table ``affinity``
    [t/year]; what leaves the study area is not counted. ``jobs``: headcount by
    ``code_insee``; a commune that is absent has none that is known. ``root``: commune
    that is held where the root is fixed. ``contour``: ceiling, floors, EPCI that may be
    cut, communes imposed and excluded. Returns: units sorted by code. Where EPCI are
    counted as held in part, the communes of an EPCI that border each other are joined
    even where no road does: an EPCI that roads leave in pieces may be held whole; its
    certificate says so. Refused when a commune that is named is not in the study area.
    Refused when the floor of population is above the ceiling.
    """
    require_columns(affinity, ["code_a", "code_b", "t_mid"], where="affinity")
    area = communes[communes["in_area"]].sort_values("code_insee", kind="stable")
    is_split = contour.max_split_epci is not None
    beyond = _beyond(area) if is_split else area.iloc[:0]
    area = pd.concat([area, beyond])
    index = pd.Index(area["code_insee"])
    named: dict[str, tuple[str, ...]] = {"territory.root_commune": (root,)}
    named |= {"include": contour.include, "exclude": contour.exclude}
    _require_named(index, named)
    joined = contiguity["road_minutes"].notna()
    if is_split:
        joined |= _same_epci(contiguity, area)
    links, _ = _indexed(index, contiguity[joined])
    pairs, rows = _indexed(index, affinity)
    tonnes = rows["t_mid"].to_numpy(dtype=float)
    inner = pairs[:, 0] == pairs[:, 1]
    people = area["population"].to_numpy(dtype=float)
    limits = [_population(people, contour)]
    if contour.min_jobs:
        work = np.asarray(jobs.reindex(index).fillna(0.0), dtype=np.float64)
        limits.append(Limit(JOBS, work, low=contour.min_jobs))
    # A commune without EPCI is a group by itself.
    label = area["epci_siren"].where(area["epci_siren"] != "", area["code_insee"])
    return Choice(
        units=tuple(index),
        links=links,
        own=np.bincount(pairs[inner, 0], tonnes[inner], minlength=len(index)),
        pairs=pairs[~inner],
        pair_value=tonnes[~inner],
        limits=tuple(limits),
        root=index.get_loc(root) if contour.root == "fixed" else None,
        include=index.get_indexer(pd.Index(contour.include, dtype="str")),
        exclude=index.get_indexer(
            pd.Index([*contour.exclude, *beyond["code_insee"]], dtype="str")
        ),
        groups=pd.factorize(label)[0] if is_split else None,
        max_split=contour.max_split_epci,
    )


def _beyond(area: pd.DataFrame) -> pd.DataFrame:
    """Lay out a unit without anybody for each EPCI with a member outside the area."""
    lists = members_of_epci(area)
    local = set(area["code_insee"])
    away = {
        siren: min(codes - local) for siren, codes in lists.items() if codes - local
    }
    columns = ["code_insee", "epci_siren", "population"]
    rows = [(code, siren, 0) for siren, code in away.items()]
    return pd.DataFrame(rows, columns=columns).astype(area[columns].dtypes)


def _population(people: npt.NDArray[np.float64], contour: ExchangeContour) -> Limit:
    low = contour.min_population or -np.inf
    high = contour.population_share * float(people.sum())
    if low > high:
        message = (
            f"optimum : plancher {POPULATION} {french_count(low)} au-dessus du plafond "
            f"{french_count(high)} → abaisser « min_population » ou relever "
            "« population_share »"
        )
        raise InfeasibleError(message)
    return Limit(POPULATION, people, low=low, high=high)


def _same_epci(contiguity: pd.DataFrame, area: pd.DataFrame) -> pd.Series[bool]:
    epci = area.set_index("code_insee")["epci_siren"]
    a, b = (contiguity[name].map(epci) for name in ("code_a", "code_b"))
    return (a == b) & (a != "")


def _require_named(index: pd.Index, named: dict[str, tuple[str, ...]]) -> None:
    faults = Faults("methods.optimum")
    for key, codes in named.items():
        for code in codes:
            if code not in index:
                fault = f"{key} : commune « {code} » hors du territoire d'étude"
                faults.add(fault, remedy=hint(code, index))
    faults.raise_if_any(StudyError)


def _indexed(index: pd.Index, pairs: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the ends of the pairs inside as indices, and these pairs."""
    inside = pairs[pairs["code_a"].isin(index) & pairs["code_b"].isin(index)]
    ends = [index.get_indexer(pd.Index(inside[name])) for name in ("code_a", "code_b")]
    return np.column_stack(ends).astype(np.int64), inside


def exchange_perimeter(
    codes: frozenset[str], found: Optimum | pd.Series, *, contour: ExchangeContour
) -> Candidate:
    """Make the candidate of an optimum.

    Returns: named « Contour par les échanges », with its ceiling in words.
    """
    share = french_number(100 * contour.population_share)
    return Candidate(
        perimeter_id=contour.perimeter_id,
        name=f"Contour par les échanges ({share} % de la population au plus)",
        method="optimum",
        codes=codes,
        parameters=contour.model_dump(mode="json"),
        objective=float(found.value),
        bound=float(found.bound),
        gap=float(found.gap),
    )


def with_rules(
    candidate: Candidate,
    communes: pd.DataFrame,
    *,
    jobs: pd.Series[float],
    root: str,
    contour: ExchangeContour,
) -> Candidate:
    """Tell what the certificate has to check of the contour by the exchanges."""
    area = communes[communes["in_area"]].set_index("code_insee")
    people = area["population"].astype(float)
    work = {str(code): float(value) for code, value in jobs.items()}
    high = contour.population_share * float(people.sum())
    low = contour.min_population or -np.inf
    each = {str(code): float(count) for code, count in people.items()}
    rules = [Rule("population", low=low, high=high, weight=each)]
    if contour.min_jobs:
        rules.append(Rule("emplois", low=contour.min_jobs, weight=work))
    if contour.max_split_epci is not None:
        rules.append(Rule("EPCI coupés", high=float(contour.max_split_epci)))
    roots = (root,) if contour.root == "fixed" else ()
    return replace(
        candidate,
        root=root if root in candidate.codes else "",
        rules=tuple(rules),
        include=frozenset((*roots, *contour.include)),
        exclude=frozenset(contour.exclude),
    )


def kept_exchanges(affinity: pd.DataFrame, codes: frozenset[str]) -> float:
    """Sum the exchanges [t/year] between communes held: no solver has a part in it."""
    both = affinity["code_a"].isin(codes) & affinity["code_b"].isin(codes)
    return float(affinity.loc[both, "t_mid"].sum())
