"""Seeded stand-ins for the establishments whose register is not at hand.

Counts follow the inhabitants, activities follow a stated mix, positions scatter
around each town hall: no cluster is planted. Every row says ``synthetic``.
"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG, Faults, hint, require_columns, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.sources.files.frames import tidy_sites

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

BANDS = np.array(
    [
        (1, 2),
        (3, 5),
        (6, 9),
        (10, 19),
        (20, 49),
        (50, 99),
        (100, 199),
        (200, 499),
        (500, 1999),
    ],
    dtype=float,
)
"""Headcount bands, as INSEE groups them: lowest and highest, one row a band."""

SIZE_PROFILES = {
    "micro": (0.605, 0.255, 0.085, 0.0385, 0.0128, 0.0027, 0.0007, 0.0003, 0.0),
    "small": (0.340, 0.270, 0.170, 0.116, 0.068, 0.021, 0.009, 0.0055, 0.0005),
    "medium": (0.150, 0.190, 0.200, 0.188, 0.150, 0.061, 0.033, 0.024, 0.004),
    "industrial": (0.100, 0.140, 0.160, 0.166, 0.177, 0.110, 0.077, 0.057, 0.013),
}
"""Share of each band, by profile (working assumption).

From 10 employees on, drawn private establishments of 31 communes around Toulouse have
the sizes that INSEE counts there (market activities outside agriculture, end of 2014).
"""

SPREAD = 0.2
"""Scatter along each axis ÷ square root of the commune's area."""

_MAX_HALVINGS = 30


def synthetic_sites(
    communes: gpd.GeoDataFrame,
    sector_mix: pd.DataFrame,
    *,
    rng: np.random.Generator,
    n_employers: int = 6000,
    min_headcount_in_buffer: float = 10.0,
) -> gpd.GeoDataFrame:
    """Draw establishments with staff over the study area and its buffer.

    Notes
    -----
    Communes are drawn in proportion to their population. The offset from the seat is
    normal along each axis, with standard deviation 0.2 √area; a point that falls
    outside its commune is brought half way back to the seat until it is inside.
    """
    _require_inputs(communes, sector_mix)
    ordered = communes.sort_values("code_insee", ignore_index=True, kind="stable")
    in_area = ordered["in_area"].to_numpy()
    population = ordered["population"].to_numpy(dtype=float)
    rate = n_employers / population[in_area].sum()
    inside = _draw(in_area, population, n_employers, rng)
    beyond = _draw(~in_area, population, round(rate * population[~in_area].sum()), rng)
    commune = np.concatenate([inside, beyond])
    activity, band = _draw_activities(sector_mix, len(commune), rng)
    starts = BANDS[band, 0]
    is_shown = in_area[commune] | (starts >= min_headcount_in_buffer)
    commune, activity, band = commune[is_shown], activity[is_shown], band[is_shown]
    place = scattered(ordered, commune, rng.standard_normal((len(commune), 2)))
    naf = np.sort(sector_mix["naf"].to_numpy(dtype=str))[activity]
    sites = _table(ordered["code_insee"].to_numpy(dtype=str)[commune], naf, band)
    placed = gpd.GeoDataFrame(
        sites, geometry=gpd.points_from_xy(*place.T, crs=WORKING_EPSG)
    )
    return tidy_sites(placed, where="sites synthétiques")


def drawn_employers(
    communes: pd.DataFrame,
    sector_mix: pd.DataFrame,
    *,
    rngs: Iterable[np.random.Generator],
    n_employers: int,
) -> pd.DataFrame:
    """Draw the employers of the study area once more a generator, without a place.

    Notes
    -----
    ``draw`` and ``rank`` (from 0), ``code_insee``, ``naf`` and ``headcount``:
    log-uniform in its band.
    """
    ordered = communes.sort_values("code_insee", ignore_index=True, kind="stable")
    population = ordered["population"].to_numpy(dtype=float)
    here = ordered["in_area"].to_numpy()
    naf = sector_mix["naf"].sort_values(ignore_index=True, kind="stable")
    low, high = BANDS.T
    rows = []
    for rng in rngs:
        commune = _draw(here, population, n_employers, rng)
        activity, band = _draw_activities(sector_mix, n_employers, rng)
        size = low[band] * (high[band] / low[band]) ** rng.random(n_employers)
        rows.append((commune, activity, size))
    commune, activity, size = map(np.concatenate, zip(*rows, strict=True))
    return pd.DataFrame(
        {
            "draw": np.repeat(np.arange(len(rows)), n_employers),
            "rank": np.tile(np.arange(n_employers), len(rows)),
            "code_insee": ordered["code_insee"].take(commune).array,
            "naf": naf.take(activity).array,
            "headcount": size,
        }
    )


def _require_inputs(communes: gpd.GeoDataFrame, sector_mix: pd.DataFrame) -> None:
    needed = ["code_insee", "population", "area_km2", "seat_x", "seat_y", "in_area"]
    require_columns(communes, needed, where="communes")
    require_lambert93(communes, where="communes")
    mix_columns = ["naf", "per_1000_employers", "size_profile"]
    require_columns(sector_mix, mix_columns, where="sector_mix.csv")
    faults = Faults("sites synthétiques")
    for profile in sorted(set(sector_mix["size_profile"]) - set(SIZE_PROFILES)):
        met = f"profil de taille inconnu « {profile} »"
        faults.add(met, remedy=hint(profile, SIZE_PROFILES))
    weights = sector_mix["per_1000_employers"]
    if not (weights >= 0).all() or weights.sum() <= 0:
        remedy = "donner des poids positifs, dont un au moins n'est pas nul"
        faults.add("poids des activités négatifs, absents ou tous nuls", remedy=remedy)
    if communes.loc[communes["in_area"], "population"].sum() <= 0:
        met = "aucun habitant dans le territoire d'étude"
        faults.add(met, remedy="vérifier les périmètres déclarés")
    faults.raise_if_any(SchemaError)


def _draw(
    here: npt.NDArray[np.bool_],
    population: Floats,
    count: int,
    rng: np.random.Generator,
) -> Indices:
    rows = np.flatnonzero(here)
    if count == 0:
        return rows[:0]
    weights = population[rows] / population[rows].sum()
    return np.sort(rng.choice(rows, size=count, p=weights))


def _draw_activities(
    sector_mix: pd.DataFrame, count: int, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    mix = sector_mix.sort_values("naf", ignore_index=True, kind="stable")
    weights = mix["per_1000_employers"].to_numpy(dtype=float)
    activity = rng.choice(len(mix), size=count, p=weights / weights.sum())
    profiles = np.array([SIZE_PROFILES[name] for name in mix["size_profile"]])
    up_to = np.cumsum(profiles, axis=1)[activity]
    # The last band takes what rounding leaves above the cumulated shares.
    band = (rng.random(count)[:, None] >= up_to[:, :-1]).sum(axis=1)
    return activity, band


def scattered(communes: gpd.GeoDataFrame, commune: Indices, scores: Floats) -> Floats:
    """Place rows around the seat of their commune: normal scores along each axis.

    A point that falls outside its commune is brought half way back until it is inside.
    """
    shapes = communes.geometry.to_numpy()
    shapely.prepare(shapes)
    scale_m = SPREAD * np.sqrt(communes["area_km2"].to_numpy() * 1e6)
    offset = scores * scale_m[commune][:, None]
    seat = communes[["seat_x", "seat_y"]].to_numpy(dtype=float)[commune]
    away = np.arange(len(commune))
    for _ in range(_MAX_HALVINGS):
        point = seat[away] + offset[away]
        is_inside = shapely.contains_xy(shapes[commune[away]], point[:, 0], point[:, 1])
        away = away[~is_inside]
        offset[away] /= 2
    # What is left sits at a seat on the very border of its commune.
    offset[away] = 0.0
    return seat + offset


def _table(
    code_insee: npt.NDArray[np.str_], naf: npt.NDArray[np.str_], band: Indices
) -> pd.DataFrame:
    low, high = BANDS[band].T
    site_id = [f"SYN{rank:06d}" for rank in range(1, len(band) + 1)]
    return drawn_table(
        pd.DataFrame(
            {
                "site_id": pd.Series(site_id, dtype=str),
                "naf": naf,
                "headcount_low": low,
                "headcount_mid": np.sqrt(low * high),
                "headcount_high": high,
                "code_insee": code_insee,
            }
        )
    )


def drawn_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Say of drawn establishments that they are."""
    return rows.assign(
        name="",
        position_quality="synthetique",
        source="synthetique",
        evidence="H",
        synthetic=True,
    )
