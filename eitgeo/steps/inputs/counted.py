"""Establishments drawn inside the counts of the study, and known ones they complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.flows.arisings.activities import rev2_activities
from eitgeo.reference.tables import sector_mix
from eitgeo.sources.activity.cells import DRAWN_HEADCOUNT
from eitgeo.sources.files.loaded import Audited, dropped_rows, note_rows
from eitgeo.sources.sites.counted_sites import (
    HEADCOUNTS,
    Drawing,
    counted_sites,
)
from eitgeo.sources.sites.site_merge import merge_loaded
from eitgeo.tables.schema import empty_table
from eitgeo.zones.drawn.official import area_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from eitgeo.sources.files.loaded import Loaded
    from eitgeo.sources.sites.counted_sites import CountedSites, Counts
    from eitgeo.study.project import Project


def study_drawing(project: Project) -> Drawing | None:
    """Return how the study draws establishments; None: it draws none."""
    for one in project.study.sources.sites:
        if one.reader == "synthetic":
            seed = project.study.identity.seed
            return Drawing(seed, one.n_employers, one.min_headcount_in_buffer)
    return None


def draw_inside(
    communes: gpd.GeoDataFrame,
    counts: Counts,
    *,
    before: Sequence[Loaded],
    official_zones: gpd.GeoDataFrame,
    drawing: Drawing,
) -> CountedSites:
    """Draw what the sources named before do not know."""
    known = empty_table("sites")
    if before:
        known = merge_loaded(before).table
    return counted_sites(
        communes,
        sector_mix(),
        counts=counts,
        known=known.assign(naf=rev2_activities(known)),
        pieces=area_pieces(official_zones, communes=communes),
        drawing=drawing,
    )


def audited(drawn: CountedSites) -> Audited:
    """Return what is drawn as a reader gives it."""
    return Audited(drawn.table, dropped_rows([]), note_rows(drawn.notes))


def with_drawn_headcounts(
    sites: gpd.GeoDataFrame, headcounts: pd.Series[float]
) -> gpd.GeoDataFrame:
    """Give known sites the headcount that is drawn for them, and say that it is."""
    if headcounts.empty:
        return sites
    found = sites.copy()
    drawn = found["site_id"].isin(headcounts.index)
    values = found.loc[drawn, "site_id"].map(headcounts)
    for name in HEADCOUNTS:
        found.loc[drawn, name] = values
    found.loc[drawn, "source"] += DRAWN_HEADCOUNT
    found.loc[drawn, "evidence"] = "H"
    return found
