"""What each zone is made of, and how far it is from the motorway and from outlets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from eitgeo.tables.columns import OD_REACHED, OD_STATUSES
from eitgeo.zones.eligible import evidence_class
from eitgeo.zones.rule_ends import rule_ends, rules_inside

_INDUSTRIAL = "121"
_HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]


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
    ``rules``: as `synergy_rules` returns them. ``anchor_jobs``: jobs of an anchor.
    ``roads``: by ``zone_id`` (index): ``motorway_exit``, ``motorway_min``,
    ``motorway_status``, ``outlet_id``, ``outlet_min``, ``outlet_status``, from
    :func:`nearest_by_road`. ``altitude_m``: by ``zone_id`` (index) [m]; NaN where
    unknown. ``cover``: land cover by ``zone_id``, as `read_land_cover` measures it;
    None: the study names no raster. Returns: table ``zone_profile``, sorted by zone.
    ``shannon``: diversity of NAF divisions by number of sites, ``−Σ p ln p``: 0 for one
    division, ln n for n of equal weight. ``anchors``: sites of at least
    ``anchor_jobs``, largest first. ``rules_inside``: rules of which the zone holds both
    ends, at two sites. Shares of land cover are those of the part that the raster
    knows.

    References
    ----------
    Shannon (1948), *Bell System Technical Journal* 27, 379–423; Jensen (2016),
    *Resources, Conservation and Recycling* 107, 92–103, for richness and evenness as
    measures of the industrial diversity of a place.
    """
    groups = sites.groupby("zone_id", sort=True)
    rows = [_described(str(name), group, anchor_jobs) for name, group in groups]
    # Without a zone, a blank row gives the columns their types.
    table = pd.DataFrame(rows or [_described("", sites, anchor_jobs)])
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

    ``counts``: members by kind. Returns: ``−Σ p ln p``, natural logarithm; 0 without
    members.

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


def _described(zone_id: str, group: pd.DataFrame, anchor_jobs: float) -> dict[str, Any]:
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
