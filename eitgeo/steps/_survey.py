"""What firms declared, as steps read it from the private table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from eitgeo.sources.survey import survey_sites
from eitgeo.steps._study_files import survey_files
from eitgeo.tables.private import read_declarations

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def study_declarations(project: Project) -> pd.DataFrame | None:
    """Read table ``declarations`` of the study."""
    files = survey_files(project)
    return read_declarations(files[0]) if files else None


def with_survey_sites(
    sites: gpd.GeoDataFrame,
    declarations: pd.DataFrame | None,
    *,
    communes: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Add the firms that the survey alone knows."""
    if declarations is None:
        return sites
    added = survey_sites(declarations, sites, communes=communes)
    if added.empty:
        return sites
    return gpd.GeoDataFrame(pd.concat([sites, added], ignore_index=True), crs=sites.crs)
