"""Planted zones: tight groups of sites far apart, and lone sites between."""

import numpy as np

from tests.zones.toy import make_sites

N_ZONES, SIDE_M = 12, 4_000


def planted_sites(seed=0, *, zone_sd_m=90.0, n_lone=60):
    """Draw a dozen zones of 8 to 25 sites on a grid of 4 km, and lone sites."""
    rng = np.random.default_rng(seed)
    spots = []
    for rank in range(N_ZONES):
        centre = SIDE_M * np.array(divmod(rank, 4))
        for _ in range(int(rng.integers(8, 26))):
            x, y = centre + rng.normal(0, zone_sd_m, 2)
            spots.append((x, y, float(rng.choice([1.4, 3.9, 7.3, 14.0, 31.0, 70.0]))))
    for _ in range(n_lone):
        # Between the zones: 1.2 km from the centres at least.
        x, y = SIDE_M * rng.integers(0, 3, 2) + rng.uniform(1_200, 2_800, 2)
        spots.append((float(x), float(y), 3.9))
    return make_sites(*spots).sort_values("site_id", ignore_index=True)
