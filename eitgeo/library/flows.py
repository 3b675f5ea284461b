"""Waste of one's own sites, and who could take it within reach by truck."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.arising_draws import (
    HEADCOUNTS,
    MASS_COLUMNS,
    DrawLaw,
    arising_terms,
    draw_intervals,
    estimate_arisings,
    group_draws,
)
from eitgeo.library.layers import require_column, require_numbers, require_points
from eitgeo.library.roads import TRUCK, Roads, od_matrix
from eitgeo.reference.naf import naf_subclasses
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.tables import waste_ratios
from eitgeo.roads.network.profile import Vehicle
from eitgeo.zones.rule_ends import rule_matches

_MATCHES = [
    "donor",
    "taker",
    "rule_id",
    "family",
    "byproduct",
    "use",
    "length_m",
    "time_s",
    "evidence",
]


def arisings(  # noqa: PLR0913 - options, by name alone
    sites: pd.DataFrame,
    *,
    naf: str = "naf",
    jobs: str | tuple[str, str, str] = "jobs",
    ratios: pd.DataFrame | None = None,
    by: str | None = None,
    common_error_share: float = 0.5,
    n_draws: int = 1_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Estimate potential waste, of each site or of groups: ratio × headcount.

    Parameters
    ----------
    sites
        Any table with an activity and a headcount.
    naf
        Column of NAF rév. 2 sub-classes (``16.10A``).
    jobs
        Column of headcounts, or three where only a band is known: lowest, middle,
        highest. A site without has no row.
    ratios
        As `eitgeo.reference.tables.waste_ratios` returns them; None: those of the
        package, hypotheses for the most part.
    by
        Column of groups (an activity, a commune); a site without belongs to none.
        None: each site.
    common_error_share
        Share of the variance of a ratio that all its sites have in common (0–1); sums
        of groups alone hang on it.
    n_draws, seed
        Draws that sums of groups are made of.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``site`` and ``ewc_stat``: ``stream``, then ``t_low``, ``t_mid`` and
        ``t_high`` (P10, P50, P90) [t/year]. With ``by``, indexed by group and
        ``stream``: those of the draws of the sum, as errors in part make up for each
        other; the sum of the bounds of sites is too wide.

    Raises
    ------
    SchemaError
        When a column is absent, an index repeated, or an activity no sub-class.

    Examples
    --------
    >>> import pandas as pd
    >>> import eitgeo as eg
    >>> sites = pd.DataFrame({"naf": ["16.10A"], "jobs": [20]}, index=["sawmill"])
    >>> found = eg.arisings(sites).loc["sawmill"]
    >>> bool((found["t_low"] <= found["t_high"]).all()), "W075" in found.index
    (True, True)
    >>> sums = eg.arisings(sites.assign(town="A"), by="town", n_draws=50)
    >>> sums.index.tolist()
    [('A', 'NDNI')]
    """
    table = _with_jobs(sites, naf=naf, jobs=jobs)
    known = waste_ratios() if ratios is None else ratios
    if by is not None:
        require_column(sites, by, name="sites")
        law = DrawLaw(seed, n_draws, common_error_share)
        return _grouped(table, sites[by], known, law=law)
    estimates = estimate_arisings(table, known)
    site = labels_of(sites, estimates["site_id"])
    index = pd.MultiIndex.from_arrays(
        [site, estimates["ewc_stat"]], names=["site", "ewc_stat"]
    )
    return estimates[["stream", *MASS_COLUMNS]].set_index(index)


def _with_jobs(
    sites: pd.DataFrame, *, naf: str, jobs: str | tuple[str, str, str]
) -> pd.DataFrame:
    """Lay sites out as estimates read them, with the band of each headcount."""
    table = active_sites(sites, naf=naf)
    columns = (jobs,) * len(HEADCOUNTS) if isinstance(jobs, str) else jobs
    for name, column in zip(HEADCOUNTS, columns, strict=True):
        table[name] = require_numbers(sites, column, name="sites", may_lack=True)
    return table


def _grouped(
    table: pd.DataFrame, groups: pd.Series[Any], ratios: pd.DataFrame, *, law: DrawLaw
) -> pd.DataFrame:
    """Add up the draws of the sites of each group, stream by stream."""
    names = groups.set_axis(table["site_id"]).dropna()
    sums = {}
    for stream, terms in arising_terms(table, ratios).groupby("stream"):
        own = terms[terms["site_id"].isin(names.index)]
        draws = group_draws(own, own["site_id"].map(names), law=law)
        sums[stream] = draw_intervals(draws)
    levels = pd.concat(sums, names=["stream", groups.name])
    return levels.swaplevel().sort_index()


def matches(
    sites: gpd.GeoDataFrame,
    roads: Roads,
    *,
    naf: str = "naf",
    vehicle: str | Vehicle = TRUCK,
    rules: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List who could give what to whom, within the longest distance of each rule.

    Parameters
    ----------
    sites
        Points in any CRS, with their activity.
    roads
        Roads that the matter takes.
    naf
        Column of NAF rév. 2 sub-classes.
    vehicle
        ``truck``, ``car``, or from :func:`eitgeo.vehicle`.
    rules
        As `eitgeo.reference.rules.synergy_rules` returns them; None: those of the
        package.

    Returns
    -------
    pandas.DataFrame
        One row a donor, taker and rule, nearest first: labels of the sites,
        ``rule_id``, ``family``, ``byproduct``, ``use``, ``length_m``, ``time_s``,
        ``evidence``. Activities that could, not firms that would.

    Raises
    ------
    CrsError
        When the layer has no CRS.
    SchemaError
        When a column is absent, or an activity is no sub-class.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> sites = gpd.GeoDataFrame({"naf": ["16.10A", "17.11Z"]},
    ...     geometry=gpd.GeoSeries.from_xy([0.7, 0.706], [43.1, 43.05]), crs=4326)
    >>> found = eg.matches(sites, roads)
    >>> bool((found["donor"].eq(0) & found["taker"].eq(1)).any())
    True
    """
    points = require_points(sites, name="sites")
    known = synergy_rules() if rules is None else rules
    table = active_sites(points, naf=naf)
    sides = [
        rule_matches(table, known, end=end)[["rule_id", "site_id"]]
        for end in ("source_naf", "target_naf")
    ]
    pairs = sides[0].merge(sides[1], on="rule_id", suffixes=("_out", "_in"))
    pairs = pairs[pairs["site_id_out"] != pairs["site_id_in"]]
    pairs = pairs.assign(
        donor=labels_of(points, pairs["site_id_out"]),
        taker=labels_of(points, pairs["site_id_in"]),
    )
    used = points[points.index.isin({*pairs["donor"], *pairs["taker"]})]
    trips = od_matrix(roads, used, vehicle=vehicle)[["length_m", "time_s"]]
    columns = ["rule_id", "family", "byproduct", "use", "evidence", "dist_max_km"]
    pairs_known = pairs.merge(known[columns], on="rule_id").merge(
        trips.reset_index(names=["donor", "taker"]), on=["donor", "taker"]
    )
    in_reach = pairs_known["length_m"] <= 1000 * pairs_known["dist_max_km"]
    return pairs_known.loc[in_reach, _MATCHES].sort_values(
        ["length_m", "donor", "taker", "rule_id"], kind="stable", ignore_index=True
    )


def labels_of(sites: pd.DataFrame, site_id: pd.Series[str]) -> Any:
    """Give back the labels of sites that go by their rank."""
    return sites.index[site_id.astype("int64").to_numpy()].to_numpy()


def active_sites(sites: Any, *, naf: str) -> pd.DataFrame:
    """Name sites by their rank, with an activity that is one."""
    require_column(sites, naf, name="sites")
    if not sites.index.is_unique:
        repeated = sites.index[sites.index.duplicated()][0]
        message = f"sites: index repeated: {repeated!r}"
        raise SchemaError(message)
    code = sites[naf].astype("str").to_numpy()
    unknown = [one for one in code if one not in naf_subclasses()]
    if unknown:
        message = f"sites: {unknown[0]!r} is no sub-class of NAF rév. 2, as '16.10A'"
        raise SchemaError(message)
    names = pd.Series([f"{row:09d}" for row in range(len(code))], dtype="str")
    return pd.DataFrame({"site_id": names, "naf": pd.Series(code, dtype="str")})
