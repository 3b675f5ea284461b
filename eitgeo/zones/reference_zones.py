"""Zones that others drew before: one table, held against those found, published.

Zones of an inventory are official; those of OpenStreetMap are what contributors drew,
and nothing that a reader sees calls them otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG, require_columns, require_lambert93
from eitgeo.reference.labels import labels_of
from eitgeo.sources.files.loaded import Loaded, dropped_rows
from eitgeo.study.zones import Zones
from eitgeo.tables.schema import TABLES, validate
from eitgeo.words import MISSING, NBSP, french_number
from eitgeo.zones.clustering import NOISE, agreements

type Ints = npt.NDArray[np.int64]

_M2_PER_HA = 10_000
_USE = ["kind", "source"]
SAME_GROUND = 0.5
"""A zone covered this much by those of earlier sources is the same ground."""
CIRCULAR = (
    "Les établissements tirés sont placés dans ces zones : la comparaison est "
    "circulaire et ne vérifie rien."
)


def merge_official(tables: Sequence[gpd.GeoDataFrame]) -> Loaded:
    """Put official zones of several sources together; the earlier source wins.

    ``tables``: tables ``official_zones``, EPSG:2154, in the order of the study.
    Returns: table ``official_zones``, as each source draws it; zones whose identifier,
    or half of whose ground, an earlier source has are left out.
    """
    merged_so_far = [_blank()]
    gone = []
    for table in tables:
        tidy = validate(table, table="official_zones")
        before = pd.concat(merged_so_far, ignore_index=True)
        known = tidy["zone_id"].isin(before["zone_id"])
        covered = _covered_share(tidy, before) >= SAME_GROUND
        reason = np.where(
            known,
            "identifiant d'une source précédente",
            "terrain d'une zone d'une source précédente",
        )
        out = known | covered
        gone += [
            ("", zone_id, zone_id, str(why))
            for zone_id, why in zip(tidy.loc[out, "zone_id"], reason[out], strict=True)
        ]
        merged_so_far.append(tidy[~out])
    merged = gpd.GeoDataFrame(
        pd.concat(merged_so_far, ignore_index=True), crs=WORKING_EPSG
    )
    return Loaded(validate(merged, table="official_zones"), dropped_rows(gone))


def activity_areas(
    zones: gpd.GeoDataFrame, *, communes: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Measure, by commune and use, the ground of activity that others have drawn.

    ``zones``: table ``official_zones``, EPSG:2154. ``communes``: ``code_insee`` and
    polygons, EPSG:2154. Returns: table ``activity_areas``, sorted: one row a commune, a
    use and a source, where there is some. ``area_ha`` is the ground within the commune,
    once where areas of one use overlap; ``n_areas`` counts the areas of which the
    commune has the most, so that both add up over communes. What is drawn is observed
    (class O).
    """
    for layer, where in ((zones, "zones"), (communes, "communes")):
        require_lambert93(layer, where=where)
    pieces = area_pieces(zones, communes=communes)
    ground = pieces.groupby(["code_insee", *_USE])["piece"].agg(
        lambda found: shapely.area(shapely.union_all(found.to_numpy())) / _M2_PER_HA
    )
    counted = zones.groupby(["code_insee", *_USE]).size()
    table = ground[ground.gt(0)].astype(float).rename("area_ha").reset_index()
    keys = pd.MultiIndex.from_frame(table[["code_insee", *_USE]])
    return validate(
        table.assign(
            n_areas=counted.reindex(keys, fill_value=0).to_numpy(dtype="int64"),
            evidence="O",
        ),
        table="activity_areas",
    )


def area_pieces(zones: gpd.GeoDataFrame, *, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Cut zones along the communes: ``code_insee``, ``kind``, ``source``, ``piece``."""
    shapes, polygons = zones.geometry.to_numpy(), communes.geometry.to_numpy()
    commune, zone = shapely.STRtree(shapes).query(polygons, predicate="intersects")
    return pd.DataFrame(
        {
            "code_insee": communes["code_insee"].to_numpy(dtype=str)[commune],
            **{name: zones[name].to_numpy(dtype=str)[zone] for name in _USE},
            "piece": shapely.intersection(shapes[zone], polygons[commune]),
        }
    )


def _blank() -> gpd.GeoDataFrame:
    names = TABLES["official_zones"].column_names
    columns = {name: pd.Series(dtype="str") for name in names if name != "geometry"}
    return gpd.GeoDataFrame(columns, geometry=[], crs=WORKING_EPSG)


def _covered_share(zones: gpd.GeoDataFrame, before: gpd.GeoDataFrame) -> pd.Series:
    shapes = zones.geometry.to_numpy()
    ground = shapely.union_all(before.geometry.to_numpy())
    shared_m2 = shapely.area(shapely.intersection(shapes, ground))
    share = shared_m2 / np.maximum(shapely.area(shapes), np.finfo(float).tiny)
    return pd.Series(share, index=zones.index)


def official_of(sites: gpd.GeoDataFrame, official: gpd.GeoDataFrame) -> pd.Series[str]:
    """Say in which official zone each site stands.

    ``official``: table ``official_zones``, EPSG:2154. Returns: ``official_id`` on the
    index of ``sites``; of zones that overlap, the one of lowest identifier; empty where
    a site is in none (a border is inside).
    """
    require_columns(official, ["zone_id"], where="zones officielles")
    for layer, where in ((sites, "sites"), (official, "zones officielles")):
        require_lambert93(layer, where=where)
    ordered = official.sort_values("zone_id", kind="stable")
    names = ordered["zone_id"].to_numpy(dtype=object)
    tree = shapely.STRtree(ordered.geometry.to_numpy())
    site, zone = tree.query(sites.geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((zone, site))
    placed, first = np.unique(site[order], return_index=True)
    zone_names = np.full(len(sites), "", dtype=object)
    zone_names[placed] = names[zone[order][first]]
    return pd.Series(zone_names, index=sites.index, dtype="str", name="official_id")


def concordance(
    sites: gpd.GeoDataFrame,
    zone_of: pd.Series[str],
    *,
    outlines: gpd.GeoSeries,
    official: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Compare each zone found with each official zone that it meets.

    ``sites``: ``headcount_mid`` and points, EPSG:2154: those that may make a zone.
    ``zone_of``: ``zone_id`` on the index of ``sites``, empty where none. ``outlines``:
    outline of each zone by ``zone_id``, EPSG:2154, drawn from the sites alone.
    ``official``: table ``official_zones``, EPSG:2154. Returns: table
    ``zone_concordance``, sorted: ``iou``, shared ÷ joint surface of outline and
    official zone (0 to 1); sites of the zone in and out of the official one; other
    sites in the official one; headcounts in and out. A zone that meets none has one row
    without ``official_id``, and the reverse. No row where no official zone is at hand.
    """
    require_lambert93(outlines, where="contours des zones")
    jobs = sites["headcount_mid"].to_numpy(dtype=float)
    seen = pd.DataFrame(
        {
            "zone_id": zone_of.to_numpy(dtype=str),
            "official_id": official_of(sites, official).to_numpy(dtype=str),
            "jobs": jobs,
        }
    )
    known = official.sort_values("zone_id", kind="stable")
    rows = _meeting(outlines, known)
    both = seen[seen["zone_id"].ne("") & seen["official_id"].ne("")]
    pairs = {(zone, one) for zone, one in both[["zone_id", "official_id"]].to_numpy()}
    for pair in sorted(pairs - set(rows)):
        rows[pair] = 0.0
    alone = set(outlines.index) - {zone for zone, _ in rows} if len(known) else set()
    rows |= {(str(one), ""): 0.0 for one in alone}
    rows |= {
        ("", str(one)): 0.0 for one in set(known["zone_id"]) - {o for _, o in rows}
    }
    table = pd.DataFrame(
        [(*pair, iou) for pair, iou in sorted(rows.items())],
        columns=["zone_id", "official_id", "iou"],
    ).astype({"zone_id": "str", "official_id": "str", "iou": float})
    names = known.set_index("zone_id")["name"]
    table["official_name"] = table["official_id"].map(names).fillna("").astype("str")
    return _with_sites(table, seen)


def official_agreement(label: Ints, official_id: pd.Series[str]) -> float:
    """Measure how far a clustering agrees with the official zones.

    ``label``: shape (sites,): cluster of each site, −1 in none. Returns: adjusted Rand
    index; NaN where no site is in an official zone.
    """
    named = official_id.to_numpy(dtype=str)
    if not (named != "").any():
        return float("nan")
    _, place = np.unique(named, return_inverse=True)
    ranks = place - 1 if (named == "").any() else place
    return float(
        agreements(np.array([label, np.where(named == "", NOISE, ranks)]))[0, 1]
    )


def _meeting(
    outlines: gpd.GeoSeries, official: gpd.GeoDataFrame
) -> dict[tuple[str, str], float]:
    """Intersection over union of the pairs that share ground."""
    shapes, known = outlines.to_numpy(), official.geometry.to_numpy()
    zone, official_rank = shapely.STRtree(known).query(shapes, predicate="intersects")
    shared_m2 = shapely.area(shapely.intersection(shapes[zone], known[official_rank]))
    joint_m2 = (
        shapely.area(shapes[zone]) + shapely.area(known[official_rank]) - shared_m2
    )
    names = official["zone_id"].to_numpy(dtype=object)
    return {
        (str(outlines.index[z]), str(names[o])): min(1.0, float(shared / joint))
        for z, o, shared, joint in zip(
            zone, official_rank, shared_m2, joint_m2, strict=True
        )
        if shared > 0
    }


def _with_sites(table: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Count sites and jobs of each pair, in and out."""
    both = seen.groupby(["zone_id", "official_id"])["jobs"].agg(["size", "sum"])
    of_zone = seen.groupby("zone_id")["jobs"].agg(["size", "sum"])
    of_official = seen.groupby("official_id")["jobs"].agg(["size", "sum"])
    pair = pd.MultiIndex.from_frame(table[["zone_id", "official_id"]])
    paired = table["zone_id"].ne("") & table["official_id"].ne("")
    inside = both.reindex(pair, fill_value=0).reset_index(drop=True).where(paired, 0)
    zone = of_zone.reindex(table["zone_id"], fill_value=0).reset_index(drop=True)
    zone = zone.where(table["zone_id"].ne(""), 0)
    known = of_official.reindex(table["official_id"], fill_value=0)
    known = known.reset_index(drop=True).where(table["official_id"].ne(""), 0)
    return table.assign(
        n_in=inside["size"].astype("int64"),
        n_out=(zone["size"] - inside["size"]).astype("int64"),
        n_others=(known["size"] - inside["size"]).astype("int64"),
        headcount_in=inside["sum"].astype(float),
        headcount_out=(zone["sum"] - inside["sum"]).clip(lower=0.0).astype(float),
    )


class ComparedWords(NamedTuple):
    """How readers are told of the zones drawn before, French.

    ``one``, ``many``: one of them, at the head of a column; all of them, within a
    sentence. ``sheet``: title of their sheet. ``name``: what their name is.
    ``agreement``: with what the zones found agree more or less. ``compared``: those of
    them that the zones found are compared with. ``circular``: what the comparison is
    worth where sites were drawn in them; else empty.
    """

    one: str = "Zone officielle"
    many: str = "zones officielles"
    sheet: str = "Zones officielles"
    name: str = "Nom officiel"
    agreement: str = "avec l'officiel"
    compared: str = "comparées"
    circular: str = ""


class Overlap(NamedTuple):
    """How far the zones found and the zones drawn before are the same places.

    ``sites_pct``, ``jobs_pct``: share of the sites, and of the jobs, of the zones found
    that stand in a zone drawn before [%]; NaN where there is none. ``n_met``,
    ``n_empty``: zones drawn before that share ground or a site with a zone found, and
    others.
    """

    sites_pct: float
    jobs_pct: float
    n_met: int
    n_empty: int


def compared_words(zones: Zones, *, drawn_inside: bool = False) -> ComparedWords:
    """Say what the zones drawn before are called, and if sites were drawn in them.

    Examples
    --------
    >>> from eitgeo.study.zones import Zones
    >>> compared_words(Zones()).many
    'zones officielles'
    >>> areas = {"reader": "osm_zones", "path": "a.geojson", "vintage": "août 2021"}
    >>> drawn = Zones(official=[areas], credit="© OpenStreetMap, ODbL")
    >>> compared_words(drawn).many
    "zones d'activités dessinées dans OpenStreetMap (août 2021), pas un inventaire"
    """
    circular = CIRCULAR if drawn_inside else ""
    if not zones.drawn_in_osm:
        return ComparedWords(circular=circular)
    dates = dict.fromkeys(one.vintage for one in zones.official if one.vintage)
    uses = [name for use, name in labels_of("landuse").items() if use in _uses(zones)]
    dated = f"OpenStreetMap ({', '.join(dates)})" if dates else "OpenStreetMap"
    return ComparedWords(
        one=f"Zone dessinée dans {dated}",
        many=f"zones d'activités dessinées dans {dated}, pas un inventaire",
        sheet="Zones d'OpenStreetMap",
        name="Nom",
        agreement="avec OpenStreetMap",
        compared=f"comparées ({', '.join(uses)})",
        circular=circular,
    )


def compared_zones(
    official: gpd.GeoDataFrame, *, zones: Zones, area: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Keep the zones drawn before that the zones found may be compared with.

    Those of OpenStreetMap count by their use; a zone without ground in the territory
    has no zone found to be compared with.
    """
    for layer, where in ((official, "official_zones"), (area, "communes")):
        require_lambert93(layer, where=where)
    candidates = official
    if zones.drawn_in_osm:
        candidates = official[official["kind"].isin(_uses(zones))]
    tree = shapely.STRtree(candidates.geometry.to_numpy())
    _, meeting = tree.query(area.geometry.to_numpy(), predicate="intersects")
    return candidates.iloc[np.unique(meeting)].reset_index(drop=True)


def _uses(zones: Zones) -> set[str]:
    return {use for one in zones.official for use in one.landuse}


def overlap(pairs: pd.DataFrame) -> Overlap:
    """Sum up table ``zone_concordance``; without jobs, as it is released, NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"zone_id": ["Z1", "Z1", ""],
    ...     "official_id": ["a", "b", "c"], "n_in": [2, 1, 0], "n_out": [3, 4, 0]})
    >>> found = overlap(pairs)
    >>> found.sites_pct, found.n_met, found.n_empty
    (60.0, 2, 1)
    """
    of_zones = pairs[pairs["zone_id"].ne("")]
    known = pairs[pairs["official_id"].ne("")]
    n_met = known.loc[known["zone_id"].ne(""), "official_id"].nunique()
    return Overlap(
        _share_pct(of_zones, "n_in", "n_out"),
        _share_pct(of_zones, "headcount_in", "headcount_out"),
        n_met,
        known["official_id"].nunique() - n_met,
    )


def compared_sentence(
    areas: pd.DataFrame, pairs: pd.DataFrame, words: ComparedWords
) -> str:
    """Say how much ground was drawn before, and how far the zones found are there.

    ``areas``: table ``activity_areas`` of the territory. Returns: French; empty where
    none was drawn.
    """
    if areas.empty or pairs.empty:
        return ""
    overlaps = overlap(pairs)
    n_areas, area_ha = int(areas["n_areas"].sum()), float(areas["area_ha"].sum())
    sentence = (
        f"Pour comparaison, le territoire a {french_number(n_areas)} {words.many}, "
        f"sur {french_number(area_ha, decimals=0)}{NBSP}ha. "
        f"Sans zone trouvée : {overlaps.n_empty} des "
        f"{overlaps.n_met + overlaps.n_empty} {words.compared}."
    )
    return f"{sentence} {sites_sentence(overlaps)} {words.circular}".rstrip()


def sites_sentence(met: Overlap) -> str:
    """Say which share of the sites of the zones found stands in one drawn before.

    Examples
    --------
    >>> sites_sentence(Overlap(37.5, 25.0, 2, 1)).replace(NBSP, " ")
    'Sites des zones trouvées qui y sont : 38 %.'
    """
    share = (
        f"{french_number(met.sites_pct, decimals=0)}{NBSP}%"
        if np.isfinite(met.sites_pct)
        else MISSING
    )
    return f"Sites des zones trouvées qui y sont : {share}."


def _share_pct(pairs: pd.DataFrame, inside: str, outside: str) -> float:
    """Share of what zones hold that is inside; each row tells the whole of its zone."""
    if inside not in pairs or pairs.empty:
        return float("nan")
    whole = (pairs[inside] + pairs[outside]).groupby(pairs["zone_id"]).first().sum()
    return float(100 * pairs[inside].sum() / whole) if whole else float("nan")
