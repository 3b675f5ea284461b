"""Zones that the study compares its own with: which, and what readers are told of them.

Zones of an inventory are official; those of OpenStreetMap are what contributors drew,
and nothing that a reader sees calls them otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from eitgeo.check import require_lambert93
from eitgeo.reference.labels import labels_of
from eitgeo.words import MISSING, NBSP, french_number

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from eitgeo.study.zones import Zones


class ComparedWords(NamedTuple):
    """How readers are told of the zones drawn before, French.

    Attributes
    ----------
    one, many
        One of them, at the head of a column; all of them, within a sentence.
    sheet
        Title of their sheet.
    name
        What their name is.
    agreement
        With what the zones found agree more or less.
    compared
        Those of them that the zones found are compared with.
    circular
        What the comparison is worth where sites were drawn in them; else empty.
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

    Attributes
    ----------
    sites_pct, jobs_pct
        Share of the sites, and of the jobs, of the zones found that stand in a zone
        drawn before [%]; NaN where there is none.
    n_met, n_empty
        Zones drawn before that share ground or a site with a zone found, and others.
    """

    sites_pct: float
    jobs_pct: float
    n_met: int
    n_empty: int


CIRCULAR = (
    "Les établissements tirés sont placés dans ces zones : la comparaison est "
    "circulaire et ne vérifie rien."
)


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
    kept = official
    if zones.drawn_in_osm:
        kept = official[official["kind"].isin(_uses(zones))]
    tree = shapely.STRtree(kept.geometry.to_numpy())
    _, met = tree.query(area.geometry.to_numpy(), predicate="intersects")
    return kept.iloc[np.unique(met)].reset_index(drop=True)


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
    found = pairs[pairs["zone_id"].ne("")]
    known = pairs[pairs["official_id"].ne("")]
    met = known.loc[known["zone_id"].ne(""), "official_id"].nunique()
    return Overlap(
        _share_pct(found, "n_in", "n_out"),
        _share_pct(found, "headcount_in", "headcount_out"),
        met,
        known["official_id"].nunique() - met,
    )


def compared_sentence(
    areas: pd.DataFrame, pairs: pd.DataFrame, words: ComparedWords
) -> str:
    """Say how much ground was drawn before, and how far the zones found are there.

    Parameters
    ----------
    areas
        Table ``activity_areas`` of the territory.
    pairs
        Table ``zone_concordance``.
    words
        What the zones drawn before are called.

    Returns
    -------
    str
        French; empty where none was drawn.
    """
    if areas.empty or pairs.empty:
        return ""
    met = overlap(pairs)
    n_areas, area_ha = int(areas["n_areas"].sum()), float(areas["area_ha"].sum())
    told = (
        f"Pour comparaison, le territoire a {french_number(n_areas)} {words.many}, "
        f"sur {french_number(area_ha, decimals=0)}{NBSP}ha. "
        f"Sans zone trouvée : {met.n_empty} des {met.n_met + met.n_empty} "
        f"{words.compared}."
    )
    return f"{told} {sites_sentence(met)} {words.circular}".rstrip()


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
