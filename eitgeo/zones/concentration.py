"""Which sectors are concentrated, at what distance, beyond what chance would give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.stats import rankdata

from eitgeo.check import require_columns, require_lambert93
from eitgeo.errors import InfeasibleError
from eitgeo.study.sectors import Sectors
from eitgeo.words import french_number
from eitgeo.zones.eligible import evidence_class
from eitgeo.zones.pair_density import (
    BinnedDistances,
    distance_spread,
    kd_curves,
    plane_bins,
    silverman_bandwidth,
)
from eitgeo.zones.relative_density import (
    marcon_puech_m,
    permuted_m,
    plane_rings,
    rings,
)

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

N_STEPS = 40
"""Kd is told at so many distances beyond 0, up to the median of all distances."""
DIGITS = 9
"""Significant digits kept, so that another library of sums gives the same bytes."""
_COLUMNS: dict[str, Any] = {
    "division": "str",
    "measure": "str",
    "distance_m": float,
    "n_sites": "int64",
    "value": float,
    "low": float,
    "high": float,
    "p_value": float,
    "status": "str",
    "n_permutations": "int64",
    "synthetic_share_pct": float,
    "evidence": "str",
}
_CIRCULAR = (
    "Les sites tirés sont placés dans des zones déjà dessinées : leur concentration "
    "(Marcon-Puech, Duranton-Overman) est celle du tirage, la mesure est circulaire."
)
LEVEL = 0.05
"""Probability that a curve drawn at random leaves its envelope somewhere."""


def concentration(
    sites: gpd.GeoDataFrame,
    *,
    settings: Sectors,
    n_permutations: int,
    rng: np.random.Generator,
    pairs: csr_array | None = None,
    distances: BinnedDistances | None = None,
) -> pd.DataFrame:
    """Measure M and Kd of each NAF division, with global envelopes.

    ``sites``: ``site_id``, ``naf``, ``headcount_mid`` (known, above 0), ``synthetic``,
    ``evidence`` and points, EPSG:2154: sites whose position is good. ``settings``:
    radii of M and least number of sites of a sector. ``n_permutations``: times that
    activities are dealt out at random. ``pairs``: shape (n, n): distances within the
    largest radius between the rows of ``sites`` sorted by ``site_id``, by road; None:
    straight lines. ``distances``: between all of them, in the same order, by road;
    None: straight lines. Returns: table ``concentration``: for each division that has
    enough sites, M (weighted by headcount) within each radius and Kd (each site counts
    one) [per m] at 41 distances from 0 to the median of all distances. ``status`` is
    read at one distance: above or below the envelope; ``p_value`` is that of the whole
    curve. Empty where no sector has enough sites, or where all are on one point.
    Refused: headcounts unknown, fewer than 19 permutations.

    Notes
    -----
    One permutation deals pairs (activity, headcount) out to all the places of sites:
    it serves every sector and both measures. The bandwidth of Kd comes from all
    distances and from the number of pairs of the sector, so that it is the same for
    the sector and for its draws.

    References
    ----------
    Marcon & Puech (2010), https://doi.org/10.1093/jeg/lbp056; Duranton & Overman
    (2005), https://doi.org/10.1111/0034-6527.00362.
    """
    needed = ["site_id", "naf", "headcount_mid", "synthetic", "evidence"]
    require_columns(sites, needed, where="sites")
    require_lambert93(sites, where="sites")
    ordered = sites.sort_values("site_id", ignore_index=True, kind="stable")
    division = ordered["naf"].str[:2]
    size = division[division.ne("")].value_counts()
    tested = sorted(size.index[size >= settings.min_sites])
    if not tested or _on_one_point(ordered):
        return _typed([])
    orders = np.array(
        [rng.permutation(len(ordered)) for _ in range(n_permutations)], dtype=np.int32
    )
    around = (
        plane_rings(ordered, radii=settings.radii_m)
        if pairs is None
        else rings(pairs, radii=settings.radii_m)
    )
    weight = ordered["headcount_mid"]
    value = marcon_puech_m(division, weight, neighbours=around).loc[tested]
    every = sorted(division.unique())
    values_drawn = permuted_m(division, weight, neighbours=around, orders=orders)
    parts = []
    for name in tested:
        curve = value.loc[name].to_numpy(dtype=np.float64)
        part = _tested_curve(curve, values_drawn[:, every.index(name)], neutral=1.0)
        parts.append(part.assign(division=name, measure="M", distance_m=around.radii))
    bins = plane_bins(ordered) if distances is None else distances
    parts += _kd_parts(division, tested, distances=bins, orders=orders)
    return _described(parts, ordered, division, n_permutations=n_permutations)


def concentration_sentence(table: pd.DataFrame, *, drawn_inside: bool = False) -> str:
    """Say in one sentence how many sectors are concentrated, and at what distance.

    ``table``: table ``concentration``. ``drawn_inside``: whether its sites were drawn
    in zones drawn before: no measure then. Returns: French, for a chapter: the figures
    stay in the annex.

    Notes
    -----
    A sector counts where its whole curve Kd leaves the envelope (``p_value`` ≤
    :data:`LEVEL`) upwards somewhere. So many sectors times that level would do so by
    chance.
    """
    curves = table[table["measure"].eq("Kd")]
    n_tested = int(curves["division"].nunique())
    if n_tested == 0:
        return "Aucun secteur n'a assez de sites pour mesurer sa concentration."
    unusual = curves["p_value"].le(LEVEL) & curves["status"].eq("concentre")
    near_m = curves[unusual].groupby("division")["distance_m"].min()
    by_chance = french_number(LEVEL * n_tested, decimals=1)
    counted = {0: "aucun n'est plus regroupé", 1: "un est plus regroupé"}.get(
        len(near_m), f"{len(near_m)} sont plus regroupés"
    )
    counted_text = (
        f"Sur {n_tested} secteurs assez nombreux pour être mesurés, {counted} "
        "que si les activités changeaient de place au hasard "
        f"(courbe entière, seuil de {100 * LEVEL:g} % ; le hasard seul en "
        f"donnerait jusqu'à {by_chance})"
    )
    circular = f" {_CIRCULAR}" if drawn_inside else ""
    if near_m.empty:
        return f"{counted_text}.{circular}"
    distance_km = french_number(near_m.median() / 1000, decimals=1)
    return f"{counted_text} ; l'écart commence à {distance_km} km (médiane).{circular}"


def _kd_parts(
    division: pd.Series[str],
    tested: list[str],
    *,
    distances: BinnedDistances,
    orders: npt.NDArray[np.int32],
) -> list[pd.DataFrame]:
    spread, median = distance_spread(distances)
    steps = np.linspace(0.0, median, N_STEPS + 1)
    names = division.to_numpy(dtype=str)
    parts = []
    for name in tested:
        of_sector = names == name
        n = int(of_sector.sum())
        bandwidth = silverman_bandwidth(spread, n_pairs=n * (n - 1) // 2)
        itself = np.arange(len(names))
        members = (np.flatnonzero(of_sector[order]) for order in (itself, *orders))
        curves = kd_curves(members, distances=distances, at=steps, bandwidth=bandwidth)
        part = _tested_curve(curves[0], curves[1:], neutral=0.0)
        parts.append(part.assign(division=name, measure="Kd", distance_m=steps))
    return parts


def _tested_curve(observed: Floats, drawn: Floats, *, neutral: float) -> pd.DataFrame:
    """Compare a curve with its draws; where it is not defined it tells nothing."""
    known = np.isfinite(observed)
    band = global_envelope(
        np.where(known, observed, neutral),
        np.where(np.isfinite(drawn), drawn, neutral),
        level=LEVEL,
    )
    status = np.select(
        [~known, observed > band.high, observed < band.low],
        ["sans_voisin", "concentre", "disperse"],
        default="aucun_ecart",
    )
    table = {"value": observed, "low": band.low, "high": band.high}
    return pd.DataFrame(table).assign(p_value=band.p_value, status=status)


def _described(
    parts: list[pd.DataFrame],
    sites: pd.DataFrame,
    division: pd.Series[str],
    *,
    n_permutations: int,
) -> pd.DataFrame:
    groups = {str(name): group for name, group in sites.groupby(division.to_numpy())}
    rows = []
    for part in parts:
        group = groups[part["division"].iloc[0]]
        rows.append(
            part.assign(
                n_sites=len(group),
                n_permutations=n_permutations,
                synthetic_share_pct=100 * float(group["synthetic"].mean()),
                evidence=evidence_class(group),
            )
        )
    return _typed(rows)


def _typed(parts: list[pd.DataFrame]) -> pd.DataFrame:
    blank = pd.DataFrame(columns=list(_COLUMNS)).astype(_COLUMNS)
    table = pd.concat(parts, ignore_index=True) if parts else blank
    for name in ("value", "low", "high"):
        table[name] = _rounded(table[name].to_numpy(dtype=np.float64))
    typed = table[list(_COLUMNS)].astype(_COLUMNS)
    return typed.sort_values(["division", "measure", "distance_m"], ignore_index=True)


def _rounded(values: Floats) -> Floats:
    known = np.isfinite(values) & (values != 0)
    size = np.floor(np.log10(np.abs(np.where(known, values, 1.0))))
    scale = 10.0 ** (DIGITS - 1 - size)
    return np.where(known, np.round(values * scale) / scale, values)


def _on_one_point(sites: gpd.GeoDataFrame) -> bool:
    xmin, ymin, xmax, ymax = sites.total_bounds
    return bool(xmin == xmax and ymin == ymax)


@dataclass(frozen=True)
class Envelope:
    """Band that holds whole curves, and how unusual the observed one is.

    ``low``, ``high``: shape (k,): bounds at each distance. ``p_value``: share of the
    curves at least as extreme as the observed one, itself included.
    """

    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    p_value: float


def global_envelope(
    observed: Floats, simulated: Floats, *, level: float = LEVEL
) -> Envelope:
    """Draw the band that curves drawn at random leave with a given probability.

    ``observed``: shape (k,): the curve observed. ``simulated``: shape (s, k): curves
    drawn under the null hypothesis. ``level``: probability for a whole curve, all
    distances together. Returns: hull of the curves, the observed one among them, that
    are not in the most extreme share ``level``. ``p_value`` ≤ ``level`` says that the
    observed curve is in that share. Refused when there are too few curves for the
    level: 19 at least for 5 %.

    Notes
    -----
    Extreme rank lengths: at each distance a curve has a rank, counted from the
    nearer end (ties share the mean); curves are ordered by their ranks from the
    most extreme on, so that of two curves which both come first somewhere, the one
    that does so at more distances is the more extreme. The test is exact for
    exchangeable curves, whatever the number of distances; pointwise bands are not.

    References
    ----------
    Myllymäki, Mocquard, Mrkvička, Hahn & Grabarnik (2017), *J. R. Stat. Soc. B* 79,
    381–404, https://doi.org/10.1111/rssb.12172; Duranton & Overman (2005) for the
    need of a band that is global.

    Examples
    --------
    >>> flat = np.arange(1.0, 20.0)[:, None] * np.ones(3)
    >>> band = global_envelope(np.full(3, 99.0), flat, level=0.1)
    >>> band.p_value, band.low.tolist(), band.high.tolist()
    (0.1, [2.0, 2.0, 2.0], [19.0, 19.0, 19.0])
    """
    curves = np.vstack([observed, simulated])
    if len(curves) * level < 1:
        needed = int(np.ceil(1 / level - 1e-9)) - 1
        message = (
            f"enveloppe : {len(simulated)} permutations pour un seuil de "
            f"{100 * level:g}\N{NARROW NO-BREAK SPACE}% → en demander au moins {needed}"
        )
        raise InfeasibleError(message)
    rising = rankdata(curves, axis=0)
    depth = np.sort(np.minimum(rising, len(curves) + 1 - rising), axis=1)
    # As whole numbers: midranks are halves.
    _, group, size = np.unique(
        np.rint(2 * depth).astype(np.int64),
        axis=0,
        return_inverse=True,
        return_counts=True,
    )
    share = (np.cumsum(size) / len(curves))[group.ravel()]
    usual = curves[share > level]
    return Envelope(usual.min(axis=0), usual.max(axis=0), float(share[0]))
