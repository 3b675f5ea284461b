"""Zones of one's own sites, how sure they are, and where sectors gather."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import SchemaError
from eitgeo.library.layers import (
    require_column,
    require_listed,
    require_numbers,
    require_points,
)
from eitgeo.library.roads import TRUCK, Roads, costs_of
from eitgeo.roads.matrix.od_matrix import Limits
from eitgeo.roads.network.profile import Vehicle
from eitgeo.study.zones import Zones, ZoneSweep
from eitgeo.zones import clustering, concentration, footprint
from eitgeo.zones.clustering import AS_GIVEN, plane_pairs, run_sweep
from eitgeo.zones.road_pairs import road_pairs

if TYPE_CHECKING:
    type Method = Literal["dbscan", "hdbscan"]

_METHODS = ("dbscan", "hdbscan")
_NO_JOBS = 1e12
"""Least number of jobs that no zone has: sites alone are counted then."""


def cluster_sites(  # noqa: PLR0913 - options, by name alone
    sites: gpd.GeoDataFrame,
    *,
    radius: float = 500.0,
    jobs: str | None = None,
    min_sites: int = 3,
    min_jobs: float = 30.0,
    isolated_jobs: float = 50.0,
    method: Method = "dbscan",
    roads: Roads | None = None,
    vehicle: str | Vehicle = TRUCK,
    in_minutes: bool = False,
) -> pd.Series[str]:
    """Gather sites into zones, by straight lines or by road.

    Parameters
    ----------
    sites
        Points in any CRS.
    radius
        Two sites this near are neighbours [m; minutes where ``in_minutes``].
    jobs
        Column of headcounts; None: sites are counted alone.
    min_sites, min_jobs
        So many sites, or so many jobs, within the radius make a zone.
    isolated_jobs
        A site of so many jobs outside every zone is a result too.
    method
        ``dbscan`` or ``hdbscan``.
    roads
        Distances are by road then; None: straight lines.
    vehicle
        Which drives them.
    in_minutes
        Distances by road are times.

    Returns
    -------
    pandas.Series of str
        On the index of ``sites``: ``Z001`` …, ``I001`` … for large sites alone, by
        falling headcount; empty where a site is in none.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When it holds other shapes than points, or the column of jobs is absent.
    InfeasibleError
        When the radius takes in more pairs than memory can hold.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> points = gpd.GeoSeries.from_xy([5e5, 5e5 + 200, 5e5 + 400, 6e5], [6.2e6] * 4,
    ...     crs=2154).to_frame("geometry")
    >>> eg.cluster_sites(points).tolist()
    ['Z001', 'Z001', 'Z001', '']
    """
    if method not in _METHODS:
        message = f"method: one of {', '.join(_METHODS)}, got {method!r}"
        raise SchemaError(message)
    if not radius > 0:
        message = f"radius: above 0, got {radius!r}"
        raise SchemaError(message)
    known = _told(sites, jobs)
    distance = "truck_min" if in_minutes else "truck_m" if roads else "plane"
    setting = Zones.model_construct(
        method=method,
        distance=distance,
        radius_m=None if in_minutes else radius,
        radius_min=radius if in_minutes else None,
        min_sites=min_sites,
        min_jobs=min_jobs if jobs else _NO_JOBS,
        isolated_jobs=isolated_jobs if jobs else _NO_JOBS,
    )
    if in_minutes and roads is None:
        message = "in_minutes: minutes are driven on roads=, which is None"
        raise SchemaError(message)
    pairs = None
    if roads is not None:
        pairs = _by_road(known, roads, vehicle, reach=radius, in_minutes=in_minutes)
    return clustering.cluster_sites(known, zones=setting, pairs=pairs)


def _told(sites: Any, jobs: str | None) -> gpd.GeoDataFrame:
    """Lay sites out as clustering reads them: named by their index."""
    points = require_points(sites, name="sites")
    count = np.ones(len(points))
    if jobs is not None:
        count = require_numbers(points, jobs, name="sites")
    names = points.index.map(str)
    if not names.is_unique:  # 1 and "1"
        names = pd.Index([f"{row:09d}" for row in range(len(points))])
    return gpd.GeoDataFrame(
        {"site_id": names.to_numpy(), "headcount_mid": count},
        geometry=points.geometry.to_numpy(),
        index=points.index,
        crs=WORKING_EPSG,
    )


def _by_road(
    told: gpd.GeoDataFrame,
    roads: Roads,
    vehicle: str | Vehicle,
    *,
    reach: float,
    in_minutes: bool,
) -> csr_array:
    network, costs = costs_of(roads, vehicle)
    return road_pairs(
        told,
        network,
        costs,
        limits=Limits(max_snap_m=2_000.0, max_minutes=np.inf, access_kmh=30.0),
        reach=reach,
        in_minutes=in_minutes,
    )


def zone_outlines(
    sites: gpd.GeoDataFrame,
    zone_of: pd.Series[str],
    *,
    buffer_m: float = 100.0,
    hull_ratio: float = 0.4,
) -> gpd.GeoDataFrame:
    """Draw the outline of each zone around its sites.

    Parameters
    ----------
    sites
        Points in any CRS.
    zone_of
        From :func:`cluster_sites`.
    buffer_m
        Width left around the hull of the sites [m].
    hull_ratio
        Concavity: 0 follows the sites closely, 1 is the convex hull.

    Returns
    -------
    geopandas.GeoDataFrame
        By zone, EPSG:2154: ``n_sites``, ``area_ha`` and the outline.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When it holds other shapes than points.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> points = gpd.GeoSeries.from_xy([5e5, 5e5 + 200, 5e5 + 400], [6.2e6] * 3,
    ...     crs=2154).to_frame("geometry")
    >>> eg.zone_outlines(points, eg.cluster_sites(points))["n_sites"].to_dict()
    {'Z001': 3}
    """
    points = require_points(sites, name="sites")
    zone = _zone_of(zone_of, points)
    how = Zones.model_construct(buffer_m=buffer_m, hull_ratio=hull_ratio)
    outlines = footprint.zone_outlines(points, zone, zones=how)
    counts = zone[zone != ""].value_counts()
    columns = {
        "n_sites": counts.reindex(outlines.index),
        "area_ha": outlines.area / 10_000,
    }
    return gpd.GeoDataFrame(columns, geometry=outlines, crs=WORKING_EPSG)


def zone_stability(
    sites: gpd.GeoDataFrame,
    zone_of: pd.Series[str],
    *,
    radii_m: Sequence[float] = (350.0, 420.0, 500.0, 600.0, 700.0),
    jobs: str | None = None,
    minima: Iterable[tuple[int, float]] = ((3, 30.0), (4, 40.0), (5, 50.0)),
    methods: Iterable[Method] = ("dbscan", "hdbscan"),
) -> pd.Series[float]:
    """Measure how well each zone is found again when parameters move.

    Parameters
    ----------
    sites
        Points in any CRS.
    zone_of
        From :func:`cluster_sites`.
    radii_m
        Radii that are tried, straight lines [m].
    jobs
        Column of headcounts; None: each site counts one.
    minima
        Least sites and least jobs that are tried.
    methods
        Methods that are tried.

    Returns
    -------
    pandas.Series of float
        By zone, 0 to 1: mean over the runs of the largest Jaccard index between the
        zone and a cluster of the run. 0.75 and above: stable (Hennig, 2007).

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When it holds other shapes than points.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> points = gpd.GeoSeries.from_xy([5e5, 5e5 + 20, 5e5 + 40], [6.2e6] * 3,
    ...     crs=2154).to_frame("geometry")
    >>> zone = eg.cluster_sites(points)
    >>> eg.zone_stability(points, zone, minima=[(3, 30.0)]).tolist()
    [1.0]
    """
    require_listed(radii_m, name="radii_m")
    known = _told(sites, jobs)
    tried = [{"sites": least, "jobs": work} for least, work in minima]
    swept = ZoneSweep.model_validate(
        {"radii_m": tuple(radii_m), "minima": tried, "methods": tuple(methods)}
    )
    first = swept.minima[0]
    how = Zones.model_construct(
        method=swept.methods[0],
        radius_m=swept.radii_m[0],
        min_sites=first.sites,
        min_jobs=float(first.jobs),
        distance="plane",
        sweep=swept,
    )
    widest = max(swept.radii_m)
    sweep = run_sweep(
        known,
        zones=how,
        measure=lambda layer: plane_pairs(layer, max_m=widest),
        rng=np.random.default_rng(AS_GIVEN),
        n_draws=0,
    )
    names = pd.Series(_zone_of(zone_of, known).to_numpy(dtype=str))
    zone_id = (
        names.set_axis(known["site_id"]).reindex(sweep.site_id).to_numpy(dtype=str)
    )
    return clustering.zone_stability(sweep, zone_id)


def m_function(
    sites: gpd.GeoDataFrame,
    sector: str,
    *,
    radii_m: Sequence[float] = (500.0, 1_000.0, 2_000.0, 5_000.0),
    jobs: str | None = None,
    roads: Roads | None = None,
) -> pd.DataFrame:
    """Measure how far each sector gathers: M of Marcon and Puech.

    Parameters
    ----------
    sites
        Points in any CRS.
    sector
        Column of sectors.
    radii_m
        Radii [m].
    jobs
        Column of headcounts that weigh the sites; None: ones.
    roads
        Distances are by truck on these roads then; None: straight lines.

    Returns
    -------
    pandas.DataFrame
        Sectors × radii: 1 as everywhere, 2 where a sector holds twice its share
        around its own sites; NaN where nothing can be said.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When a column is absent.

    References
    ----------
    Marcon & Puech (2010), *Journal of Economic Geography* 10, 745–762,
    https://doi.org/10.1093/jeg/lbp056.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> points = gpd.GeoDataFrame({"naf": ["25", "25", "10", "10"]},
    ...     geometry=gpd.GeoSeries.from_xy([5e5, 5e5 + 10, 6e5, 6e5 + 10],
    ...     [6.2e6] * 4), crs=2154)
    >>> eg.m_function(points, "naf", radii_m=[100.0]).round(6).to_dict("list")
    {100.0: [3.0, 3.0]}
    """
    known, names = _told(sites, jobs), _sectors(sites, sector)
    require_listed(radii_m, name="radii_m")
    if roads is None:
        neighbours = concentration.plane_rings(known, radii=radii_m)
    else:
        pairs = _by_road(known, roads, TRUCK, reach=max(radii_m), in_minutes=False)
        neighbours = concentration.rings(pairs, radii=radii_m)
    return concentration.marcon_puech_m(
        names.reset_index(drop=True),
        known["headcount_mid"].reset_index(drop=True),
        neighbours=neighbours,
    )


def kd(
    sites: gpd.GeoDataFrame,
    sector: str,
    *,
    at_m: Sequence[float],
    bandwidth_m: float = 1_000.0,
    jobs: str | None = None,
) -> pd.DataFrame:
    """Estimate the density of distances within each sector: Kd of Duranton and Overman.

    Parameters
    ----------
    sites
        Points in any CRS.
    sector
        Column of sectors.
    at_m
        Distances at which the density is wanted [m].
    bandwidth_m
        Standard deviation of the kernel [m].
    jobs
        Column of headcounts whose products weigh the pairs; None: ones.

    Returns
    -------
    pandas.DataFrame
        Distances [m] × sectors, density per metre; the column ``all`` is that of all
        the sites together. A sector of a single site has no column.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When a column is absent.

    References
    ----------
    Duranton & Overman (2005), *Review of Economic Studies* 72, 1077–1106,
    https://doi.org/10.1111/0034-6527.00362.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> points = gpd.GeoDataFrame({"naf": ["25", "25", "10"]},
    ...     geometry=gpd.GeoSeries.from_xy([5e5, 5e5 + 2000, 6e5], [6.2e6] * 3),
    ...     crs=2154)
    >>> found = eg.kd(points, "naf", at_m=[0.0, 2000.0])
    >>> list(found), bool(found["25"].iloc[1] > found["25"].iloc[0])
    (['all', '25'], True)
    """
    known, names = _told(sites, jobs), _sectors(sites, sector).to_numpy()
    xy = known.geometry.get_coordinates().to_numpy()
    weight = known["headcount_mid"].to_numpy()
    require_listed(at_m, name="at_m")
    distances_m = np.asarray(at_m, dtype=float)
    curves = {
        name: _density(xy[kept], weight[kept], at=distances_m, bandwidth=bandwidth_m)
        for name, kept in [
            ("all", np.ones(len(xy), dtype=bool)),
            *((name, names == name) for name in sorted(set(names))),
        ]
        if kept.sum() > 1
    }
    return pd.DataFrame(curves, index=pd.Index(distances_m, name="distance_m"))


def _density(xy: Any, weight: Any, *, at: Any, bandwidth: float) -> Any:
    first, other = np.triu_indices(len(xy), k=1)
    return concentration.duranton_overman_kd(
        np.hypot(*(xy[first] - xy[other]).T),
        at=at,
        bandwidth=bandwidth,
        weights=weight[first] * weight[other],
    )


def _zone_of(zone_of: pd.Series[str], points: gpd.GeoDataFrame) -> pd.Series[str]:
    """Set zones on the index of sites; refuse those of other sites."""
    absent = points.index.difference(zone_of.index, sort=False)
    if len(absent):
        message = f"zone_of: site {absent[0]!r} is not in it: cluster these sites"
        raise SchemaError(message)
    return zone_of.reindex(points.index).fillna("")


def _sectors(sites: gpd.GeoDataFrame, sector: str) -> pd.Series[str]:
    require_column(sites, sector, name="sites")
    silent = sites[sector].isna()
    if silent.any():
        message = f"sites: row {sites.index[silent][0]!r} has no {sector!r}"
        raise SchemaError(message)
    return sites[sector].astype("str")
