"""Zones of the default study withstand the noise of positions.

Its sites are drawn in built-up ground, without clusters: an unfavourable case.
"""

from functools import partial

import numpy as np
import pytest

from eitgeo.tables.files import read_table
from eitgeo.zones.clustering import (
    STABLE,
    choose_setting,
    label_sites,
    mean_agreement,
    name_zones,
    plane_pairs,
    redrawn,
    run_sweep,
    zone_stability,
)
from eitgeo.zones.sectors import clusterable
from tests.rerun import run_step
from tests.zones.test_stability import moved_share

N_DRAWS = 10
MAX_MEAN_MOVED = 0.06
"""Of the headcount of stable zones, when positions move by their stated quality.

One stable zone, of 7 % of that headcount, is cut in seven draws of ten.
"""

MAX_MOVED = 0.08
"""The same, in any single draw: 7.6 % at most was met in ten draws."""

MIN_HELD = 0.5
"""Of the headcount in zones, in the stable ones."""


@pytest.mark.results
def test_stable_zones_hold_half_of_the_headcount_and_withstand_noise(project) -> None:
    run_step("sites", project)
    zones, seed = project.study.zones, project.study.identity.seed
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]]
    sites = read_table(project.processed, "sites")
    here = sites[sites["code_insee"].isin(area["code_insee"])]
    usable = here[clusterable(here, zones=zones, communes=area)]
    usable = usable.sort_values("site_id")
    measure = partial(plane_pairs, max_m=max(zones.radii))
    sweep = run_sweep(
        usable,
        zones=zones,
        measure=measure,
        rng=np.random.default_rng(seed),
        n_draws=zones.sweep.n_draws("rapide"),
    )
    chosen = choose_setting(sweep, mean_agreement(sweep), zones=zones)
    zone = name_zones(
        sweep.as_given(chosen),
        sweep.jobs,
        sweep.site_id,
        isolated_jobs=zones.isolated_jobs,
    )
    found = zone_stability(sweep, zone)
    named = found[found.index.str.startswith("Z")]
    stable = named.index[named >= STABLE].to_numpy(dtype=str)
    clustered = sweep.jobs[np.char.startswith(zone, "Z")].sum()
    assert sweep.jobs[np.isin(zone, stable)].sum() / clustered >= MIN_HELD
    moved = []
    for draw in range(N_DRAWS):
        again = redrawn(usable, zones=zones, rng=np.random.default_rng(draw))
        label = label_sites(measure(again), sweep.jobs, setting=sweep.settings[chosen])
        moved.append(moved_share(zone, sweep.jobs, stable, label))
    assert np.mean(moved) < MAX_MEAN_MOVED
    assert max(moved) < MAX_MOVED
