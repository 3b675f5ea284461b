"""What computes figures, on toys full of ties: run once a processor, compared.

``python -m tests.processors.cores`` prints what each core finds, as JSON.
"""

import json
import sys
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.disclosure.rule import Part, passes
from eitgeo.disclosure.zones import size_class
from eitgeo.exact import largest
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.contours.mesh import make_mesh
from eitgeo.perimeters.contours.unions import connected_unions
from eitgeo.perimeters.ensemble.ensemble import sample_contours
from eitgeo.reference.survey import (
    declared_mass_t,
    has_mass,
    survey_natures,
    survey_units,
)
from eitgeo.reference.tables import sector_mix
from eitgeo.roads.matrix.od_matrix import od_matrix
from eitgeo.roads.network.surrogate import build_surrogate
from eitgeo.scenarios.decision.epci_blocks import block_contributions
from eitgeo.scenarios.decision.ranking import (
    pareto_front,
    rank_acceptability,
    rank_scores,
    weighted_scores,
)
from eitgeo.scenarios.measures.indicators import rank_same_size
from eitgeo.scenarios.measures.matter import draw_levels
from eitgeo.sources.sites.counted_draw import counted_cells, sector_counts, slot_draws
from eitgeo.study.methods import Ensemble, Rules
from eitgeo.words import figure_text, french_number
from eitgeo.zones.clustering import Setting, label_sites
from eitgeo.zones.near import plane_pairs
from tests.perimeters.toy import code_at, make_contiguity, make_grid
from tests.roads.toy import (
    X0,
    Y0,
    make_borders,
    make_communes,
    make_exits,
    make_places,
    make_roads,
)
from tests.sources.counts import ape, insee, known, urssaf

LETTERS = "abcde"
NONE = (float("nan"), float("nan"))


def printed(values: np.ndarray, unit: str = "t/an") -> list[str]:
    """Write numbers in every class of evidence, as pages do."""
    about: dict[str, Any] = {"bounds": NONE, "unit": unit, "decimals": 0}
    return [
        figure_text(float(value), evidence=evidence, **about)
        for value in values
        for evidence in "OSH"
    ]


def blocks() -> dict[str, Any]:
    """Find what each unit adds of an amount that adds up: its own."""
    near = {unit: frozenset(LETTERS) - {unit} for unit in LETTERS}
    unions = connected_unions(near, "a", limit=100)
    found = {}
    for name, amounts in (("whole", (7, 1, 2, 3, 5)), ("half", (7, 1.5, 2.5, 4.5, 35))):
        own = dict(zip(LETTERS, amounts, strict=True))
        values = pd.DataFrame(
            {"v": [float(sum(own[u] for u in one)) for one in unions]}
        )
        mean = block_contributions(unions, values, root="a")["mean"].to_numpy()
        exact = [french_number(one) for one in mean]
        found[name] = {"mean": mean.tolist(), "text": [*exact, *printed(mean)]}
    return found


def masses() -> list[str]:
    """Convert what firms declare: many of their bounds are ties."""
    texts = []
    for nature in survey_natures().index:
        for unit in survey_units().index:
            if has_mass(nature, unit):
                one = declared_mass_t(250.0, unit, nature=nature, period="mois")
                low, mid, high = one.low_t, one.mid_t, one.high_t
                told: dict[str, Any] = {"evidence": one.evidence, "unit": "t/an"}
                texts.append(figure_text(mid, bounds=(low, high), decimals=6, **told))
    return texts


def disclosure() -> dict[str, Any]:
    """Judge three firms of 85, 10 and 5 %, and class sums, at and near the limits."""
    scale = np.exp(np.linspace(-3, 3, 201))
    shares = np.exp(np.log([85.0, 10.0, 5.0]))
    amounts = scale[:, None] * shares
    firms = np.arange(3)
    jobs = np.array([np.full(97, limit / 97) @ np.ones(97) for limit in (50, 100, 250)])
    return {
        "passes": [passes(Part(firms, one[:, None])) for one in amounts],
        "classes": size_class(pd.Series(jobs)).tolist(),
    }


def zones() -> dict[str, Any]:
    """Cluster sites of a lattice: most links have equals."""
    draw = np.random.default_rng(3)
    xy = 50.0 * draw.integers(0, 150, (1500, 2)) + [500_000.0, 6_200_000.0]
    points = gpd.points_from_xy(*xy.T)
    near = plane_pairs(gpd.GeoDataFrame(geometry=points, crs=2154), max_m=350)
    jobs = draw.integers(1, 60, len(xy)).astype(float)
    methods = [Setting(one, 350.0, 3, 30.0) for one in ("dbscan", "hdbscan")]
    return {
        one.method: label_sites(near, jobs, setting=one).tolist() for one in methods
    }


def ensemble() -> dict[str, Any]:
    """Draw contours at random."""
    grid = make_grid("1112", "1122", "3322")
    mesh = make_mesh(grid, make_contiguity(grid), root=code_at(1, 1))
    chain = sample_contours(
        mesh,
        Rules(),
        law=Ensemble(n_draws=40, thinning=10),
        observed={"n": lambda held: float(len(held))},
        rng=np.random.default_rng(5),
    )
    return {"n": chain.values["n"].tolist()}


def unions() -> dict[str, Any]:
    """Sum unequal parts to equal wholes, in unions that are then ranked as equals."""
    draw = np.random.default_rng(7)
    amounts = draw.uniform(0.1, 9.0, 300)
    held = np.zeros((24, 300 * 24))
    columns = np.empty(300 * 24)
    for row in range(24):
        at = slice(300 * row, 300 * (row + 1))
        held[row, at] = 1.0
        columns[at] = draw.permutation(amounts)
    totals = held @ columns
    members = [f"e{row}" for row in range(24)]
    of_two = {"epci": ["a", "b"]}
    candidates = [
        Candidate(one, one, "union_epci", frozenset({one}), parameters=of_two)
        for one in members
    ]
    some = (draw.random((60, 300)) < 0.5).astype(float)
    levels = draw_levels(some @ np.exp(draw.normal(size=(300, 40))))
    return {
        "rank": rank_same_size(totals, direction="up", candidates=candidates).tolist(),
        "total": totals.tolist(),
        "levels": levels.to_numpy().tolist(),
        "text": printed(totals) + printed(levels["value"].to_numpy()),
    }


def ranking() -> dict[str, Any]:
    """Rank perimeters of which some are equals by other scores."""
    draw = np.random.default_rng(11)
    scores = pd.DataFrame(draw.integers(0, 5, (14, 6)) / 4).set_axis(
        list("uvwxyz"), axis=1
    )
    weights = pd.Series(100 / 6, index=scores.columns)
    totals = weighted_scores(scores, weights)
    shares, pairs = rank_acceptability(
        scores, weights, n_draws=300, rng=np.random.default_rng(2)
    )
    return {
        "rank": rank_scores(totals).tolist(),
        "front": pareto_front(scores, weights).tolist(),
        "text": printed(shares.to_numpy().ravel(), "%") + printed(pairs.to_numpy()[0]),
    }


def roads() -> dict[str, Any]:
    """Lay out a network whose ridges have three heights, and its distances."""
    side = 20
    code = {(r, c): f"31{r:02}{c:02}" for r in range(side) for c in range(side)}
    seats = {name: (5000.0 * c, 5000.0 * r) for (r, c), name in code.items()}
    sides = [
        (name, code[near])
        for (r, c), name in code.items()
        for near in ((r, c + 1), (r + 1, c))
        if near in code
    ]
    network = build_surrogate(
        make_communes(seats),
        make_borders(*sides),
        heights=_ridges,
        motorway_exits=make_exits(),
        roads=make_roads(ridge_m=300.0),
    )
    places = make_places(*((name, name, 0.0, 1000.0) for name in seats))
    ends: dict[str, Any] = {"origins": places, "destinations": places}
    table = od_matrix(network, **ends, profile="truck", roads=make_roads())
    edges = network.edges[["u", "v", "class"]].astype(str)
    return {
        "edges": edges.agg(" ".join, axis=1).tolist(),
        "time_s": table["time_s"].tolist(),
        "length_m": table["length_m"].tolist(),
    }


def _ridges(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Put a wall of 400, 500 or 600 m half-way between any two seats."""
    east, north = (np.asarray(away) / 5000.0 for away in (x - X0, y - Y0))
    is_wall = (abs(east % 1 - 0.5) < 0.02) | (abs(north % 1 - 0.5) < 0.02)
    level = (np.rint(2 * east) * 7 + np.rint(2 * north) * 5) % 3
    return np.where(is_wall, 400.0 + 100.0 * level, 0.0)


def market() -> list[list[int]]:
    """Find the largest of many equals."""
    values = np.random.default_rng(0).integers(0, 9, (40, 300)).astype(float)
    return largest(values, 6).tolist()


def draw() -> dict[str, Any]:
    """Draw inside counts: many cells, some with fewer employees than employers."""
    cells = [
        (f"31{rank:03d}", sector, 1 + rank % 9, rank * 7 % 60)
        for rank in range(1, 80)
        for sector in ("industry", "trade", "construction")
    ]
    counts = sector_counts(
        urssaf(*cells), ape(), insee("31001", public=4, employee_jobs=99)
    )
    left = counted_cells(counts, ape(), sites=known([("A", "31005", "17.11Z", None)]))
    drawn = slot_draws(left, sector_mix(), seed=1, source="essai", n_draws=5)
    return {
        "naf": drawn.naf[drawn.activity].tolist(),
        "headcount": drawn.headcount.tolist(),
    }


CORES = (
    *(blocks, masses, disclosure, zones, ensemble, unions),
    *(ranking, roads, market, draw),
)


def all_found() -> dict[str, Any]:
    """Run every core."""
    return {core.__name__: core() for core in CORES}


if __name__ == "__main__":
    json.dump(all_found(), sys.stdout)
