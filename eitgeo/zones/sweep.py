"""Clustering again and again: parameters moved, headcounts and positions drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from eitgeo.check import require_lambert93
from eitgeo.study.zones import Zones
from eitgeo.zones.clustering import Setting, label_sites
from eitgeo.zones.near import AS_GIVEN, NOISE

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]
    type Measure = Callable[[gpd.GeoDataFrame], csr_array]


@dataclass(frozen=True)
class Sweep:
    """Runs of a sweep: every setting on every draw.

    ``settings``: the settings, in order. ``setting_of``, ``draw_of``: shape (runs,):
    which setting, and which draw (0: as given). ``labels``: shape (runs, sites):
    cluster of each site, −1 in none. ``site_id``, ``jobs``: shape (sites,): the sites
    by rising identifier, and their headcount as given.
    """

    settings: tuple[Setting, ...]
    setting_of: Ints = field(repr=False)
    draw_of: Ints = field(repr=False)
    labels: Ints = field(repr=False)
    site_id: npt.NDArray[np.str_] = field(repr=False)
    jobs: npt.NDArray[np.float64] = field(repr=False)

    def as_given(self, setting: int) -> Ints:
        """Return the labels of a setting on the sites as given.

        ``setting``: its rank in ``settings``. Returns: shape (sites,).
        """
        run = (self.setting_of == setting) & (self.draw_of == AS_GIVEN)
        return np.asarray(self.labels[run][0])


def settings_of(zones: Zones) -> tuple[Setting, ...]:
    """List the settings of a sweep, those that the study fixes included.

    Returns: every method × radius × minimum, sorted.
    """
    fixed = () if zones.method is None else (zones.method,)
    methods = sorted({*zones.sweep.methods, *fixed})
    swept = ((one.sites, float(one.jobs)) for one in zones.sweep.minima)
    minima = sorted({*swept, (zones.min_sites, float(zones.min_jobs))})
    return tuple(
        Setting(method, radius, sites, jobs)
        for method, radius, (sites, jobs) in product(methods, zones.radii, minima)
    )


def run_sweep(
    sites: gpd.GeoDataFrame,
    *,
    zones: Zones,
    measure: Measure,
    rng: np.random.Generator,
    n_draws: int,
) -> Sweep:
    """Cluster the sites with every setting, as given and drawn again.

    ``sites``: table ``sites``, EPSG:2154: those that may make a zone. ``measure``:
    gives the distances between the rows of a layer of sites, within the largest radius
    (`plane_pairs`). ``rng``: source of randomness; the same state gives the same sweep.
    ``n_draws``: times that headcounts and positions are drawn again. Returns:
    ``settings × (1 + n_draws)`` runs.
    """
    require_lambert93(sites, where="sites")
    ordered = sites.sort_values("site_id", kind="stable")
    settings = settings_of(zones)
    runs = []
    for draw in range(n_draws + 1):
        sites_drawn = (
            ordered if draw == AS_GIVEN else redrawn(ordered, zones=zones, rng=rng)
        )
        runs.append(_labels(sites_drawn, measure(sites_drawn), settings))
    ranks = np.arange(len(settings))
    return Sweep(
        settings=settings,
        setting_of=np.tile(ranks, n_draws + 1),
        draw_of=np.repeat(np.arange(n_draws + 1), len(settings)),
        labels=np.concatenate(runs),
        site_id=ordered["site_id"].to_numpy(dtype=str),
        jobs=ordered["headcount_mid"].to_numpy(dtype=float),
    )


def redrawn(
    sites: gpd.GeoDataFrame, *, zones: Zones, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Draw headcounts within their bounds, and positions about where they are.

    ``sites``: table ``sites``, EPSG:2154. ``zones``: ``sweep.jitter_m`` of the study:
    standard deviation along each axis [m], by quality of position. Returns: A copy.
    ``headcount_mid`` is drawn log-uniform between ``headcount_low`` and
    ``headcount_high`` (its bands are about geometric); a site without both bounds keeps
    its headcount. Points move by a normal deviate along each axis.
    """
    low = sites["headcount_low"].to_numpy(dtype=float)
    high = sites["headcount_high"].to_numpy(dtype=float)
    mid = sites["headcount_mid"].to_numpy(dtype=float)
    share = rng.random(len(sites))
    known = (low > 0) & (high >= low)
    ratio = np.divide(high, low, out=np.ones(len(sites)), where=known)
    headcounts = np.where(known, np.where(known, low, 1.0) * ratio**share, mid)
    spread_m = sites["position_quality"].map(zones.sweep.jitter_m.model_dump())
    spread = spread_m.fillna(0.0).to_numpy(dtype=float)[:, None]
    moved = rng.standard_normal((len(sites), 2)) * spread
    points = gpd.points_from_xy(
        sites.geometry.x + moved[:, 0], sites.geometry.y + moved[:, 1], crs=sites.crs
    )
    return sites.assign(headcount_mid=headcounts).set_geometry(points)


def _labels(
    sites: gpd.GeoDataFrame, pairs: csr_array, settings: Sequence[Setting]
) -> Ints:
    jobs = sites["headcount_mid"].to_numpy(dtype=float)
    labels = [label_sites(pairs, jobs, setting=one) for one in settings]
    return np.array(labels, dtype=np.int64).reshape(len(settings), len(sites))


def setting_table(sweep: Sweep, *, zones: Zones) -> pd.DataFrame:
    """Say what each setting gives on the sites as given.

    Returns: table ``zone_settings`` without its columns ``agreement``,
    ``official_agreement`` and ``chosen``.
    """
    in_minutes = zones.distance == "truck_min"
    rows = []
    for rank, setting in enumerate(sweep.settings):
        label = sweep.as_given(rank)
        inside = label != NOISE
        rows.append(
            {
                "setting_id": setting_id(setting, distance=zones.distance),
                "method": setting.method,
                "distance": zones.distance,
                "radius_m": np.nan if in_minutes else setting.radius,
                "radius_min": setting.radius if in_minutes else np.nan,
                "min_sites": setting.min_sites,
                "min_jobs": setting.min_jobs,
                "n_runs": int((sweep.setting_of == rank).sum()),
                "n_zones": int(label.max(initial=NOISE)) + 1,
                "n_sites": int(inside.sum()),
                "headcount_mid": float(sweep.jobs[inside].sum()),
            }
        )
    return pd.DataFrame(rows)


def setting_id(setting: Setting, *, distance: str) -> str:
    """Name a setting.

    ``setting``: method, radius and minimum. ``distance``: ``plane``, ``truck_m`` or
    ``truck_min``. Returns: ``dbscan_500m_3_30``.

    Examples
    --------
    >>> setting_id(Setting("hdbscan", 1.5, 3, 30.0), distance="truck_min")
    'hdbscan_1.5min_3_30'
    """
    unit = "min" if distance == "truck_min" else "m"
    minimum = f"{setting.min_sites}_{setting.min_jobs:g}"
    return f"{setting.method}_{setting.radius:g}{unit}_{minimum}"
