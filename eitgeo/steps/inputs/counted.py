"""Establishments drawn inside the counts of a study, and again for its intervals."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.flows.arisings.activities import rev2_activities
from eitgeo.flows.arisings.arising_totals import (
    N_REPLICATES,
    Redrawn,
    looked_up,
    redrawn_terms,
)
from eitgeo.reference.tables import sector_mix, waste_ratios
from eitgeo.sources.activity.cells import DRAWN_HEADCOUNT, rests_on_draw
from eitgeo.sources.files.loaded import Audited, Loaded, dropped_rows, note_rows
from eitgeo.sources.sites.counted_redraw import redrawn_rows
from eitgeo.sources.sites.counted_sites import (
    HEADCOUNTS,
    CountedSites,
    Counts,
    Drawing,
    counted_sites,
)
from eitgeo.sources.sites.site_merge import merge_loaded
from eitgeo.study.project import Project
from eitgeo.tables.schema import empty_table
from eitgeo.zones.reference_zones import area_pieces

WHOLE = "territoire"
"""The grain that is the whole area, and its only group."""


def study_drawing(project: Project) -> Drawing | None:
    """Return how the study draws establishments; None: it draws none."""
    for source in project.study.sources.sites:
        if source.reader == "synthetic":
            seed = project.study.identity.seed
            return Drawing(seed, source.n_employers, source.min_headcount_in_buffer)
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
    completed = sites.copy()
    is_drawn = completed["site_id"].isin(headcounts.index)
    values = completed.loc[is_drawn, "site_id"].map(headcounts)
    for name in HEADCOUNTS:
        completed.loc[is_drawn, name] = values
    completed.loc[is_drawn, "source"] += DRAWN_HEADCOUNT
    completed.loc[is_drawn, "evidence"] = "H"
    return completed


def redrawn_sites(
    project: Project,
    communes: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    cells: pd.DataFrame,
    counts: Counts,
    terms: pd.DataFrame,
) -> Redrawn | None:
    """Draw again what the study draws inside its counts; None: it draws nothing so."""
    rows = drawn_again(project, communes, sites=sites, cells=cells, counts=counts)
    if rows.empty:
        return None
    again = redrawn_terms(rows, waste_ratios(), estimated=terms)
    area = communes.loc[communes["in_area"]].set_index("code_insee")
    naf = again["naf"]
    divisions = naf.cat.categories.to_series().astype("str").str[:2]
    places = {
        WHOLE: looked_up(again["code_insee"], pd.Series(WHOLE, index=area.index)),
        "epci": looked_up(again["code_insee"], area["epci_siren"]),
        "division": looked_up(naf, divisions),
    }
    return Redrawn(again, pd.DataFrame(places))


def drawn_again(
    project: Project,
    communes: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    cells: pd.DataFrame,
    counts: Counts,
) -> pd.DataFrame:
    """Draw establishments again, as `redrawn_rows`; no row where none is so drawn."""
    drawing = study_drawing(project)
    if counts.is_empty or drawing is None:
        return pd.DataFrame()
    return redrawn_rows(
        communes,
        sector_mix(),
        counts=counts,
        known=_known(sites, cells),
        drawing=drawing,
        n_replicates=min(N_REPLICATES, project.study.arisings.n_draws),
    )


def shown_terms(
    terms: pd.DataFrame, sites: pd.DataFrame, cells: pd.DataFrame
) -> pd.DataFrame:
    """Keep the terms of sites that are not drawn again."""
    again = sites["site_id"].isin(cells["site_id"]) & rests_on_draw(sites)
    return terms[~terms["site_id"].isin(sites.loc[again, "site_id"])]


def _known(sites: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the known sites of the cells as they were before the draw."""
    known = sites[~sites["synthetic"] & sites["site_id"].isin(cells["site_id"])]
    blank = rests_on_draw(known)
    return known.assign(**{one: known[one].mask(blank, np.nan) for one in HEADCOUNTS})
