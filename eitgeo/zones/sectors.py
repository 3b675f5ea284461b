"""Sectors: sites that count, location quotients, what zones are made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.stats import chi2

from eitgeo.check import Faults, require_columns, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import in_divisions, naf_divisions
from eitgeo.study.zones import Zones
from eitgeo.tables.columns import (
    INSEE_MEASURES,
    INSEE_SECTORS,
    OD_REACHED,
    OD_STATUSES,
    URSSAF_MEASURES,
    URSSAF_SECTORS,
)
from eitgeo.zones.rule_ends import rule_ends, rules_inside, rules_with_partner

type Floats = npt.NDArray[np.float64]

CENTRE_TOLERANCE_M = 25.0
"""A point this close to the town hall or to the centroid is the commune's."""
PLACED = ("exacte", "rue", "synthetique")
"""Qualities of a position that may make a zone."""
REASONS = {
    "activity": "autre activité",
    "siret": "SIRET déjà compté",
    "commune": "position à la commune",
    "centre": "point partagé au centre de la commune",
    "headcount": "effectif inconnu ou nul",
}
"""Why a site is kept out, in the order in which it is said."""
HYPOTHESIS_MAX = 0.2
"""Above this share of working assumptions, a figure is one itself."""


def clusterable(
    sites: gpd.GeoDataFrame,
    *,
    zones: Zones,
    communes: gpd.GeoDataFrame | None = None,
) -> pd.Series[bool]:
    """Say which sites may make a zone.

    Returns: True where nothing keeps the site out.
    """
    return exclusions(sites, zones=zones, communes=communes).eq("")


def exclusions(
    sites: gpd.GeoDataFrame,
    *,
    zones: Zones,
    communes: gpd.GeoDataFrame | None = None,
) -> pd.Series[str]:
    """Say why a site may not make a zone.

    ``sites``: table ``sites``, EPSG:2154. ``zones``: ``naf_divisions`` of the study.
    ``communes``: table ``communes``, EPSG:2154. With it, sites that share one point at
    the town hall or centroid of their commune count as placed at the commune, whatever
    their source says. Returns: one of :data:`REASONS` (French) on the index of
    ``sites``, the first that holds; empty where the site may make a zone. Positions at
    commune precision would cluster the noise of geocoding.
    """
    require_lambert93(sites, where="sites")
    placed = sites["position_quality"].isin(PLACED)
    known = sites["headcount_mid"].gt(0)
    reason = pd.Series("", index=sites.index, dtype="str", name="exclusion")
    reason = reason.mask(~known, REASONS["headcount"])
    if communes is not None:
        at_centre = _at_centre(sites, communes)
        reason = reason.mask(at_centre, REASONS["centre"])
    reason = reason.mask(~placed, REASONS["commune"])
    if "siret" in sites:
        reason = reason.mask(_repeated(sites), REASONS["siret"])
    productive = in_divisions(sites["naf"], zones.naf_divisions)
    return reason.mask(~productive, REASONS["activity"])


def _repeated(sites: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Find sites whose SIRET a larger site of the same commune bears.

    The SIRET of a head office may stand for sites in several communes: those are kept.
    """
    falling = sites.assign(jobs=-sites["headcount_mid"].fillna(0.0))
    keys = ["siret", "code_insee"]
    again = falling.sort_values([*keys, "jobs", "site_id"]).duplicated(keys)
    return again.reindex(sites.index) & sites["siret"].ne("")


def _at_centre(sites: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Find sites on a point that others share, at the centre of their commune."""
    require_columns(communes, ["code_insee", "seat_x", "seat_y"], where="communes")
    require_lambert93(communes, where="communes")
    xy = np.rint(np.column_stack([sites.geometry.x, sites.geometry.y]))
    spots = pd.DataFrame(xy, index=sites.index)
    shared = spots.duplicated(keep=False).to_numpy()
    row = pd.Index(communes["code_insee"]).get_indexer(sites["code_insee"])
    centroid = shapely.get_coordinates(shapely.centroid(communes.geometry.to_numpy()))
    seat = communes[["seat_x", "seat_y"]].to_numpy(dtype=float)
    is_near = np.zeros(len(sites), dtype=bool)
    for centre in (seat, centroid):
        away_m = np.hypot(*(xy - centre[row]).T)
        is_near |= away_m <= CENTRE_TOLERANCE_M
    return pd.Series(is_near & shared & (row >= 0), index=sites.index)


def evidence_class(sites: pd.DataFrame) -> str:
    """Class a count of sites by the sites that it is made of."""
    if sites.empty:
        return "O"
    assumed = sites["synthetic"] | sites["evidence"].eq("H")
    if assumed.mean() > HYPOTHESIS_MAX:
        return "H"
    return "O" if sites["evidence"].eq("O").all() else "S"


CONFIDENCE = 0.95
"""Of the intervals."""


def location_quotients(
    counts: pd.Series[int], reference: pd.Series[int], *, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Compare the sectors of a place with those of a reference.

    Parameters
    ----------
    counts
        Number of sites by sector (index) in the place.
    reference
        Number of sites by sector in the reference: the study area and its buffer, or
        a country. Sites of the same least size as in ``counts``.
    confidence
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        Sectors of the reference (index, sorted): ``n_sites``, ``expected`` (sites of
        the place × share of the sector in the reference), ``quotient`` = n_sites ÷
        expected, ``quotient_low``, ``quotient_high``. 1: as in the reference. Where
        the place has no site at all: no row.

    Raises
    ------
    SchemaError
        When a sector of the place is unknown to the reference, or a count is
        negative.

    Notes
    -----
    The interval is the exact one of a Poisson count (Garwood): half chi-square
    quantiles with 2n and 2n + 2 degrees of freedom, ÷ expected. It takes the
    reference as known, holds for counts of a few sites, 0 included, and is on the
    wide side where a sector makes most of the place.

    References
    ----------
    Garwood (1936), *Biometrika* 28, 437–442,
    https://doi.org/10.1093/biomet/28.3-4.437.

    Examples
    --------
    Four sites of ten where the reference has one of ten: four times the share, but
    four sites leave room from once to ten times.

    >>> here = pd.Series({"10": 4, "25": 6})
    >>> there = pd.Series({"10": 100, "25": 900})
    >>> location_quotients(here, there).loc["10"].round(2).tolist()
    [4.0, 1.0, 4.0, 1.09, 10.24]
    """
    _require_known(counts, reference)
    known = reference[reference > 0].sort_index()
    n = counts.reindex(known.index, fill_value=0).astype("int64")
    if n.sum() == 0:
        known, n = known.iloc[:0], n.iloc[:0]
    expected = float(n.sum()) * known / float(known.sum())
    low, high = poisson_interval(np.asarray(n, dtype=np.int64), confidence=confidence)
    return pd.DataFrame(
        {
            "n_sites": n,
            "expected": expected,
            "quotient": n / expected,
            "quotient_low": low / expected,
            "quotient_high": high / expected,
        }
    )


def poisson_interval(
    counts: npt.NDArray[np.int64], *, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """Bound the mean of Poisson counts.

    Returns: lower bounds (0 for a count of 0) and upper bounds, shape (n,).

    Examples
    --------
    >>> low, high = poisson_interval(np.array([0, 4]))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 1.09], [3.69, 10.24])
    """
    tail = (1 - confidence) / 2
    low = np.where(counts > 0, chi2.ppf(tail, 2 * np.maximum(counts, 1)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * counts + 2) / 2


def _require_known(counts: pd.Series[int], reference: pd.Series[int]) -> None:
    faults = Faults("quotients de localisation")
    for name in sorted(reference.index[reference < 0].union(counts.index[counts < 0])):
        faults.add(f"secteur « {name} » : nombre négatif", remedy="le corriger")
    present = counts.index[counts > 0]
    absent = present.difference(reference.index[reference > 0])
    for name in sorted(absent):
        fault = f"secteur « {name} » absent de la référence"
        faults.add(fault, remedy="compléter la référence (sectors.reference)")
    faults.raise_if_any(SchemaError)


OWN_REFERENCE = "territoire et couronne"
NATIONAL_REFERENCE = "table donnée"

_HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]
_TWO = 2
_CRITERIA = ["n_sites", "quotient", "n_rules"]


def key_sectors(
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    area: pd.Series[bool],
    target_naf: Sequence[str],
    min_headcount: float,
    reference: pd.Series[int] | None = None,
) -> pd.DataFrame:
    """Rank the NAF divisions of the study area.

    ``sites``: table ``sites``: the study area and its buffer, registers alone.
    ``area``: whether each site is in the study area, on the index of ``sites``.
    ``target_naf``: divisions that the approach is meant for (``"05-39"``).
    ``min_headcount``: jobs of a site that can be reached: smaller ones have nobody to
    send. ``reference``: sites by division elsewhere, of the same least size; None: the
    study area and its buffer. Returns: table ``key_sectors``, sorted by rank: one row a
    division of ``target_naf`` with at least one site to reach. Refused when the
    reference lacks a division of the area.

    Notes
    -----
    Rank: more sites to reach first; at equal number, higher location quotient; then
    more rules of which the sector holds an end and another site, in the area or its
    buffer, the other. Sectors alike on all three share a rank. Tonnes play no part:
    at this stage they are assumptions, and a sector is met through its firms. Rules
    are working assumptions (class H) whatever ``evidence`` says, which is that of the
    count and of the quotient.
    """
    large = sites["headcount_mid"] >= min_headcount
    wanted = in_divisions(sites["naf"], target_naf)
    named = sites.assign(division=sites["naf"].str[:2])
    reachable = named[large & wanted & area]
    everywhere = named[large & wanted]
    described = _described(reachable)
    counts = reachable["division"].value_counts()
    against = everywhere["division"].value_counts() if reference is None else reference
    quotients = location_quotients(counts, against).reindex(described.index)
    table = described.join(quotients.drop(columns=["n_sites", "expected"]))
    table = table.join(_rule_counts(named[area & wanted], named, rules))
    count_names = ["n_rules_given", "n_rules_taken", "n_rules"]
    table[count_names] = table[count_names].fillna(0).astype("int64")
    table["reference"] = OWN_REFERENCE if reference is None else NATIONAL_REFERENCE
    return _ranked(table.reset_index())


def _described(here: pd.DataFrame) -> pd.DataFrame:
    labels = naf_divisions()["label"]
    rows = {
        str(name): {
            "label": str(labels[name]),
            "n_sites": len(group),
            **{column: float(group[column].sum()) for column in _HEADCOUNTS},
            "synthetic_share_pct": 100 * float(group["synthetic"].mean()),
            "evidence": evidence_class(group),
        }
        for name, group in here.groupby("division")
    }
    columns = ["label", "n_sites", *_HEADCOUNTS, "synthetic_share_pct", "evidence"]
    index = pd.Index(list(rows), dtype="str", name="division")
    kinds = dict.fromkeys([*_HEADCOUNTS, "synthetic_share_pct"], "float64")
    table = pd.DataFrame(list(rows.values()), index=index, columns=columns)
    return table.astype({"label": "str", "n_sites": "int64", "evidence": "str"} | kinds)


def _rule_counts(
    here: pd.DataFrame, everywhere: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    own = rule_ends(_two_of_each(here), rules)
    partners = rule_ends(_two_of_each(everywhere), rules)
    giving, taken = (
        rules_with_partner(own, partners, end=end, group="division")
        for end in ("donor", "taker")
    )
    either = pd.concat([giving, taken]).drop_duplicates()
    parts = {"n_rules_given": giving, "n_rules_taken": taken, "n_rules": either}
    sizes = {name: part.groupby("division").size() for name, part in parts.items()}
    return pd.DataFrame(sizes)


def _two_of_each(sites: pd.DataFrame) -> pd.DataFrame:
    """Keep two sites of each activity: whether one stands alone is all that counts."""
    ordered = sites[["site_id", "naf", "division"]].sort_values(
        "site_id", kind="stable"
    )
    return ordered.groupby("naf", sort=False).head(_TWO)


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values(
        [*_CRITERIA, "division"], ascending=[False, False, False, True]
    ).reset_index(drop=True)
    place = np.arange(1, len(ordered) + 1)
    alike = ordered[_CRITERIA].eq(ordered[_CRITERIA].shift()).all(axis=1).to_numpy()
    rank = np.maximum.accumulate(np.where(alike, 0, place))
    return ordered.assign(rank=rank.astype(np.int64))


_INDUSTRIAL = "121"


def zone_profile(
    sites: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    anchor_jobs: float,
    roads: pd.DataFrame,
    altitude_m: pd.Series[float] | None = None,
    cover: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Describe each zone and isolated large site.

    ``sites``: table ``sites`` with ``zone_id``: the sites of zones, no other.
    ``roads``: by ``zone_id`` (index): ``motorway_exit``, ``motorway_min``,
    ``motorway_status``, ``outlet_id``, ``outlet_min``, ``outlet_status``, from
    :func:`nearest_by_road`. ``altitude_m``: by ``zone_id`` (index) [m]; NaN where
    unknown. ``cover``: land cover by ``zone_id``, as `read_land_cover` measures it;
    None: the study names no raster. ``shannon``: diversity of NAF divisions by number
    of sites, ``−Σ p ln p``: 0 for one division, ln n for n of equal weight.
    ``anchors``: sites of at least ``anchor_jobs``, largest first. ``rules_inside``:
    rules of which the zone holds both ends, at two sites. Shares of land cover are
    those of the part that the raster knows.

    References
    ----------
    Shannon (1948), *Bell System Technical Journal* 27, 379–423; Jensen (2016),
    *Resources, Conservation and Recycling* 107, 92–103, for richness and evenness as
    measures of the industrial diversity of a place.
    """
    groups = sites.groupby("zone_id", sort=True)
    rows = [_zone_row(str(name), group, anchor_jobs) for name, group in groups]
    # Without a zone, a blank row gives the columns their types.
    table = pd.DataFrame(rows or [_zone_row("", sites, anchor_jobs)])
    table = table.iloc[: len(rows)].set_index("zone_id")
    ends = rule_ends(sites[["site_id", "naf", "zone_id"]], rules)
    inside = rules_inside(ends, group="zone_id", order=rules["rule_id"].tolist())
    inside = inside.reindex(table.index)
    table["rules_inside"] = inside.fillna("").astype("str")
    table["n_rules_inside"] = inside.str.count(";").add(1).fillna(0).astype("int64")
    table = table.join(_covered(table.index, cover)).join(roads)
    if altitude_m is None:
        return table.assign(altitude_m=np.nan).reset_index()
    return table.assign(altitude_m=altitude_m.reindex(table.index)).reset_index()


def shannon(counts: pd.Series[int]) -> float:
    """Measure the diversity of a group.

    Returns: ``−Σ p ln p``, natural logarithm; 0 without members.

    Examples
    --------
    >>> round(shannon(pd.Series([5, 5])), 6), shannon(pd.Series([7, 0]))
    (0.693147, 0.0)
    """
    present = counts[counts > 0].to_numpy(dtype=float)
    if len(present) == 0:
        return 0.0
    share = present / present.sum()
    return float(-(share * np.log(share)).sum()) + 0.0


def nearest_by_road(
    origins: pd.Series[str], od_matrix: pd.DataFrame, *, destinations: pd.Series[str]
) -> pd.DataFrame:
    """Find the destination that a truck reaches first.

    ``origins``: place of each zone (its commune) by ``zone_id`` (index). ``od_matrix``:
    table ``od_matrix``; only the profile ``truck`` on open roads is read.
    ``destinations``: name of each destination by place (index): of several with one
    place, the first is told. Returns: on the index of ``origins``: ``name`` (empty
    where none is reached), ``minutes`` [min] (NaN then) and ``status``: that of the
    pair, or of the pairs where none is reached (``outside_extract`` where there is no
    pair at all). Equal times: first place in order.
    """
    named = destinations[~destinations.index.duplicated()]
    to_them = od_matrix[od_matrix["destination_id"].isin(named.index)]
    chosen = (
        to_them["profile"].eq("truck")
        & to_them["closure_id"].eq("")
        & to_them["origin_id"].isin(origins.unique())
    )
    pairs = to_them.loc[chosen, ["origin_id", "destination_id", "time_s", "status"]]
    rank = pairs["status"].map({name: i for i, name in enumerate(OD_STATUSES)})
    reached = pairs["status"].isin(OD_REACHED)
    ordered = pairs.assign(
        failed=np.where(reached, -1, rank), minutes=pairs["time_s"].where(reached) / 60
    ).sort_values(["origin_id", "failed", "minutes", "destination_id"])
    first = ordered.drop_duplicates("origin_id").set_index("origin_id")
    first["name"] = first["destination_id"].map(named).where(first["failed"] < 0, "")
    nearest = first[["name", "minutes", "status"]].reindex(origins.to_numpy(dtype=str))
    nearest.index = origins.index
    return nearest.assign(
        name=nearest["name"].fillna("").astype("str"),
        status=nearest["status"].fillna("outside_extract").astype("str"),
    )


def _zone_row(zone_id: str, group: pd.DataFrame, anchor_jobs: float) -> dict[str, Any]:
    jobs = group["headcount_mid"]
    large = group[jobs >= anchor_jobs]
    anchors = large.sort_values(["headcount_mid", "site_id"], ascending=[False, True])
    total = float(jobs.sum())
    by_division = group["naf"].str[:2].value_counts()
    return {
        "zone_id": zone_id,
        "n_sites": len(group),
        **{name: float(group[name].sum()) for name in _HEADCOUNTS},
        "n_divisions": int(by_division.size),
        # A division told alone is no sub-class of its own.
        "n_subclasses": int(group.loc[group["naf"].str.len() != 2, "naf"].nunique()),  # noqa: PLR2004
        "shannon": shannon(by_division),
        "n_anchors": len(anchors),
        "anchors": ";".join(anchors["site_id"]),
        # The last bit of the quotient may pass 100.
        "largest_share_pct": min(100.0, 100 * jobs.max() / total) if total else 0.0,
        "synthetic_share_pct": 100 * float(group["synthetic"].mean()) if total else 0.0,
        "evidence": evidence_class(group),
    }


def _covered(zone_ids: pd.Index[str], cover: pd.DataFrame | None) -> pd.DataFrame:
    if cover is None:
        unknown = {
            "industrial_pct": np.nan,
            "main_cover": "",
            "cover_status": "sans_raster",
        }
        kinds = {"main_cover": "str", "cover_status": "str"}
        return pd.DataFrame(unknown, index=zone_ids).astype(kinds)
    shares = cover.sort_values(
        ["zone_id", "share_pct", "class_code"], ascending=[True, False, True]
    )
    main = shares.drop_duplicates("zone_id").set_index("zone_id")["label"]
    industrial = shares[shares["class_code"].eq(_INDUSTRIAL)].set_index("zone_id")
    known = pd.Series(zone_ids.isin(main.index), zone_ids)
    return pd.DataFrame(
        {
            "industrial_pct": industrial["share_pct"].reindex(zone_ids),
            "main_cover": main.reindex(zone_ids).fillna("").astype("str"),
            "cover_status": known.map({True: "mesure", False: "hors_raster"}),
        },
        index=zone_ids,
    )


_ALL = "all"
_QUOTIENT_OF = "establishments"
_KEPT = ["producer", "sector", "measure"]


def counted_sectors(
    employers: pd.DataFrame, insee: pd.DataFrame, *, area: Collection[str]
) -> pd.DataFrame:
    """Sum each sector over the study area, with its location quotient where it has one.

    ``employers``: table ``activity_urssaf``, or ``activity_ape``. ``insee``: table
    ``activity_insee``: its communes, beyond the area too, are the reference.
    ``quotient``: share of the sector among the establishments of INSEE, over its share
    in ``reference``. ``n_missed``: communes of the area that the source does not cover,
    left out.
    """
    parts = [
        _summed(
            employers,
            area=area,
            producer="URSSAF",
            sectors=URSSAF_SECTORS,
            measures=URSSAF_MEASURES,
        ),
        _summed(
            insee,
            area=area,
            producer="INSEE",
            sectors=INSEE_SECTORS[1:],
            measures=INSEE_MEASURES,
        ),
    ]
    return pd.concat(parts, ignore_index=True)


def _summed(
    table: pd.DataFrame,
    *,
    area: Collection[str],
    producer: str,
    sectors: Sequence[str],
    measures: Sequence[str],
) -> pd.DataFrame:
    in_area = table[table["code_insee"].isin(list(area))]
    n_missed = len(set(area) - set(in_area["code_insee"]))
    rows = []
    for measure in measures:
        own, every = (one[one["measure"].eq(measure)] for one in (in_area, table))
        if own.empty:
            continue
        sums, beyond = _by_sector(own, sectors), _by_sector(every, sectors)
        is_compared = producer == "INSEE" and measure == _QUOTIENT_OF
        for sector in sums.index:
            share, there = _part_pct(sums, sector), _part_pct(beyond, sector)
            can_tell = is_compared and sector != _ALL and there > 0
            rows.append(
                {
                    "producer": producer,
                    "sector": sector,
                    "measure": measure,
                    "value": float(sums[sector]),
                    "part_pct": share,
                    "quotient": share / there if can_tell else float("nan"),
                    "reference": _reference(every) if can_tell else "",
                    "n_missed": n_missed,
                    "vintage": str(own["vintage"].max()),
                    "evidence": str(own["evidence"].iloc[0]),
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


COLUMNS = {
    **dict.fromkeys(_KEPT, "str"),
    **dict.fromkeys(("value", "part_pct", "quotient"), "float64"),
    "reference": "str",
    "n_missed": "int64",
    "vintage": "str",
    "evidence": "str",
}


def _by_sector(rows: pd.DataFrame, sectors: Sequence[str]) -> pd.Series[float]:
    """Sum by sector, in their order, then all of them."""
    sums = rows.groupby("sector")["value"].sum()
    known = [one for one in sectors if one in sums.index]
    every = sums[_ALL] if _ALL in sums.index else sums.sum()
    return pd.concat([sums.reindex(known), pd.Series({_ALL: every})])


def _part_pct(sums: pd.Series[float], sector: str) -> float:
    every = float(sums[_ALL])
    return 100 * (float(sums[sector]) / every) if every > 0 else float("nan")


def _reference(every: pd.DataFrame) -> str:
    """Name the départements whose communes the file tells."""
    overseas = every["code_insee"].str.startswith("97")
    length = overseas.map({True: 3, False: 2})
    codes = {c[:n] for c, n in zip(every["code_insee"], length, strict=True)}
    return ", ".join(sorted(codes))
