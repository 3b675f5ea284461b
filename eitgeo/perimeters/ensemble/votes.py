"""The contours that vote for core and fringe: families × seeds × weights × draws.

And how far two cuts of a territory agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.contours.mesh import Mesh, mend, require_sound
from eitgeo.perimeters.ensemble.core_fringe import FAMILIES, FULL_VOICE, Vote
from eitgeo.perimeters.methods.regions import maxp_regions, skater_cuts, ward_cuts
from eitgeo.perimeters.methods.ties import (
    SectorTies,
    Ties,
    commune_features,
    community_regions,
    road_ties,
)
from eitgeo.study.methods import Affinity, Rules, Votes

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

QUICK_SEEDS = 1
QUICK_DRAWS = 2
QUICK_CUTS = FULL_VOICE

_WEIGHTS: dict[str, dict[str, float]] = {
    "etude": {},
    "echanges": {"exchanges": 1.0, "complementarity": 0.0, "similarity": 0.0},
    "secteurs": {"exchanges": 0.0, "complementarity": 0.5, "similarity": 0.5},
}
"""Weights of the study, then exchanges alone, then sectors alone."""


type ProvedContour = tuple[Mapping[str, object], Callable[[], frozenset[str]]]


@dataclass(frozen=True)
class Field:
    """What methods are run on.

    ``mesh``: the communes. ``rules``: what every contour keeps to. ``sectors``: ties of
    sectors. ``exchanges``: one table of exchanges a draw of the ratios (``code_a``,
    ``code_b``, ``t_mid``); the first is the mid value. ``town_minutes``: minutes by car
    to towns. ``jobs``: jobs by division. ``from_root``: ``destination_id``,
    ``profile``, ``time_s`` from the root. ``affinity``: weights of the study.
    ``optima``: parameters of each contour by the exchanges, and what draws it; the
    first is that of the study.
    """

    mesh: Mesh = field(repr=False)
    rules: Rules
    sectors: SectorTies = field(repr=False)
    exchanges: Sequence[pd.DataFrame] = field(repr=False)
    town_minutes: pd.DataFrame = field(repr=False)
    jobs: pd.DataFrame = field(repr=False)
    from_root: pd.DataFrame = field(repr=False)
    affinity: Affinity
    seed: int
    optima: Sequence[ProvedContour] = ()

    def ties(self, weights: Mapping[str, float] | None = None, draw: int = 0) -> Ties:
        """Return the ties of the communes of the mesh under some weights and a draw.

        Draw 0 of the exchanges is the mid value.
        """
        asked = self.affinity.model_dump() | dict(weights or {})
        return self.sectors.with_exchanges(self.exchanges[draw], Affinity(**asked))


def cast_votes(given: Field, votes: Votes, *, quick: bool) -> list[Vote]:
    """Run every method and mend what it draws around the root.

    Returns: in the order of families and parameters; a run that a rule refuses is there
    with its reason and no commune. Refused when the rules themselves are unsound.
    """
    require_sound(given.rules, given.mesh)
    return [
        _vote(f"{family}_{rank:03d}", family, run, given)
        for family, runs in _runs(given, votes, quick=quick)
        for rank, run in enumerate(runs, start=1)
    ]


@dataclass(frozen=True)
class _Drawn:
    """What a method hands to mending."""

    codes: frozenset[str]
    ties: Ties
    regions: pd.Series[int] | None = None
    rules: Rules | None = None


Run = tuple[dict[str, object], "Callable[[], _Drawn]"]


def _vote(run_id: str, family: str, run: Run, given: Field) -> Vote:
    parameters, draw = run
    regions = None
    try:
        contour = draw()
        regions = contour.regions
        mended = mend(
            contour.codes,
            given.mesh,
            contour.rules or given.rules,
            ties=contour.ties,
            method=FAMILIES[family],
        )
    except InfeasibleError as error:
        return Vote(run_id, family, parameters, regions=regions, refusal=str(error))
    # Growth is nothing but mending: only what is mended elsewhere is told.
    parameters_told = {} if contour.rules else mended.told
    return Vote(run_id, family, parameters, mended.codes, regions, parameters_told)


def _runs(
    given: Field, votes: Votes, *, quick: bool
) -> Iterator[tuple[str, list[Run]]]:
    seeds = range(min(votes.n_seeds, QUICK_SEEDS) if quick else votes.n_seeds)
    draws = range(
        min(len(given.exchanges), QUICK_DRAWS) if quick else len(given.exchanges)
    )
    middle = _middle(given)
    yield "temps_de_route", _by_road(given, votes, middle)
    yield "ward", _alike(given, votes, middle, ward_cuts)
    skater = _alike(given, votes, middle, skater_cuts)
    yield "skater", _spread(skater, QUICK_CUTS) if quick else skater
    yield "maxp", [] if quick else _by_floor(given, votes, middle, seeds)
    yield "communautes", _by_community(given, votes, seeds, draws)
    yield "croissance", _by_growth(given, votes, draws)
    yield (
        "optimum",
        [(dict(told), partial(_proved, one, middle)) for told, one in given.optima],
    )


def _spread(runs: list[Run], most: int) -> list[Run]:
    """Take a few runs, from the first to the last: unlike parameters."""
    if len(runs) <= most:
        return runs
    return [runs[rank * (len(runs) - 1) // (most - 1)] for rank in range(most)]


def _proved(draw: Callable[[], frozenset[str]], middle: Ties) -> _Drawn:
    return _Drawn(draw(), middle)


def _middle(given: Field) -> Ties:
    """Return the ties that mend contours; without any, all road links count alike."""
    try:
        return given.ties()
    except InfeasibleError:
        return road_ties(given.mesh)


def _by_road(given: Field, votes: Votes, middle: Ties) -> list[Run]:
    def within(profile: str, minutes: float) -> _Drawn:
        reached = given.from_root[
            given.from_root["profile"].eq(profile)
            & given.from_root["time_s"].le(60 * minutes)
        ]
        return _Drawn(frozenset(reached["destination_id"]), middle)

    return [
        ({"profile": profile, "minutes": minutes}, partial(within, profile, minutes))
        for profile in ("car", "truck")
        for minutes in votes.minutes
    ]


def _alike(
    given: Field,
    votes: Votes,
    middle: Ties,
    method: Callable[[Mesh, Floats], Callable[[int], pd.Series[int]]],
) -> list[Run]:
    @cache
    def cuts(sector_weight: float) -> Callable[[int], pd.Series[int]]:
        return method(given.mesh, _features(given, sector_weight))

    def cut(sector_weight: float, n_regions: int) -> _Drawn:
        return _around_root(cuts(sector_weight)(n_regions), given, middle)

    return [
        ({"sector_weight": weight, "n_regions": n}, partial(cut, weight, n))
        for weight in votes.sector_weights
        for n in votes.regions
    ]


def _by_floor(
    given: Field, votes: Votes, middle: Ties, seeds: Iterable[int]
) -> list[Run]:
    total = given.mesh.total(given.mesh.codes, "population")

    def cut(share: float, seed: int) -> _Drawn:
        features = _features(given, votes.sector_weights[0])
        regions = maxp_regions(
            given.mesh, features, floor=share * total, seed=given.seed + seed
        )
        return _around_root(regions, given, middle)

    return [
        (
            {"population_share": share, "seed": given.seed + seed},
            partial(cut, share, seed),
        )
        for share in votes.population_shares[:1]
        for seed in seeds
    ]


def _by_community(
    given: Field, votes: Votes, seeds: Iterable[int], draws: Iterable[int]
) -> list[Run]:
    def cut(weights: str, resolution: float, seed: int, draw: int) -> _Drawn:
        ties = given.ties(_WEIGHTS[weights], draw)
        regions = community_regions(ties, resolution=resolution, seed=given.seed + seed)
        return _around_root(regions, given, ties)

    return [
        (
            {
                "weights": weights,
                "resolution": resolution,
                "seed": given.seed + seed,
                "draw": draw,
            },
            partial(cut, weights, resolution, seed, draw),
        )
        for resolution in votes.resolutions
        for weights, seed, draw in _varied(seeds, draws)
    ]


def _by_growth(given: Field, votes: Votes, draws: Iterable[int]) -> list[Run]:
    total = given.mesh.total(given.mesh.codes, "population")

    def grow(weights: str, share: float, draw: int) -> _Drawn:
        aim = given.rules.floors.get("population", 0.0)
        floors = dict(given.rules.floors) | {"population": max(aim, share * total)}
        rules = given.rules.model_copy(update={"floors": floors})
        start = frozenset({given.mesh.root})
        return _Drawn(start, given.ties(_WEIGHTS[weights], draw), rules=rules)

    return [
        (
            {"weights": weights, "population_share": share, "draw": draw},
            partial(grow, weights, share, draw),
        )
        for share in votes.population_shares
        for weights, _, draw in _varied((0,), draws)
    ]


def _varied(seeds: Iterable[int], draws: Iterable[int]) -> list[tuple[str, int, int]]:
    """Vary one thing at a time: seeds, then draws, then weights."""
    first, *others = seeds
    _, *kept_draws = draws
    return [
        ("etude", first, 0),
        *(("etude", seed, 0) for seed in others),
        *(("etude", first, draw) for draw in kept_draws),
        *((weights, first, 0) for weights in _WEIGHTS if weights != "etude"),
    ]


def _features(given: Field, sector_weight: float) -> Floats:
    return commune_features(
        given.mesh, given.town_minutes, jobs=given.jobs, sector_weight=sector_weight
    )


def _around_root(regions: pd.Series[int], given: Field, ties: Ties) -> _Drawn:
    codes = regions.index[regions == regions[given.mesh.root]]
    return _Drawn(frozenset(codes), ties, regions)


def match_labels(
    reference: pd.Series[int], labels: pd.Series[int], *, weight: pd.Series[float]
) -> pd.Series[int]:
    """Give regions the numbers of those of another run that they share most with.

    ``labels``: region of each commune in this run, on the same index. Returns:
    ``labels`` renumbered; regions beyond those of the reference get new numbers.

    Notes
    -----
    The assignment that keeps most weight under the same number (H. W. Kuhn, Naval
    Research Logistics Quarterly 2, 1955, p. 83–97), by ``scipy``.

    Examples
    --------
    >>> index = ["a", "b", "c"]
    >>> old = pd.Series([0, 0, 1], index=index)
    >>> new = pd.Series([7, 5, 5], index=index)
    >>> match_labels(old, new, weight=pd.Series(1.0, index=index)).tolist()
    [0, 1, 1]
    """
    shared = pd.crosstab(
        labels, reference, values=weight.loc[labels.index], aggfunc="sum"
    ).fillna(0.0)
    rows, columns = linear_sum_assignment(shared.to_numpy(dtype=float), maximize=True)
    numbers = {
        shared.index[row]: int(shared.columns[column])
        for row, column in zip(rows, columns, strict=True)
    }
    new = [label for label in shared.index if label not in numbers]
    first = int(reference.max()) + 1
    numbers |= {label: first + rank for rank, label in enumerate(new)}
    return labels.map(numbers).astype("int64")


def agreement(votes: Sequence[Vote], weight: pd.Series[float]) -> pd.DataFrame:
    """Say how far each partition agrees with the first of its family.

    Returns: ``adjusted_rand`` (1: the same regions; 0: no more alike than by chance)
    and ``same_region_pct`` (inhabitants of a region with the same number once regions
    are matched [%]), indexed by run; NaN for methods that draw one contour, and for
    refused runs.
    """
    first: dict[str, pd.Series[int]] = {}
    rows = {}
    for vote in votes:
        if vote.regions is None:
            rows[vote.run_id] = (np.nan, np.nan)
            continue
        regions = vote.regions
        like = first.setdefault(vote.family, regions)
        people = weight.loc[regions.index]
        same = match_labels(like, regions, weight=people).eq(like)
        rows[vote.run_id] = (
            float(adjusted_rand_score(like, regions)),
            100 * float(people[same].sum() / people.sum()),
        )
    names = ["adjusted_rand", "same_region_pct"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)
