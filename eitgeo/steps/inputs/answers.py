"""What firms declared, as steps read it from the private table."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from eitgeo.sources.survey.answers import survey_sites
from eitgeo.steps.files import survey_files
from eitgeo.steps.inputs.renewal import load_former, renewed_rows
from eitgeo.study.project import Project
from eitgeo.tables.files import read_declarations, read_table


def study_declarations(project: Project) -> pd.DataFrame | None:
    """Read table ``declarations`` of the study."""
    files = survey_files(project)
    return stored_declarations(project, files[0]) if files else None


def stored_declarations(project: Project, path: Path) -> pd.DataFrame:
    """Read what firms declared, each in a commune of the layer of today."""
    former = load_former(project, read_table(project.processed, "communes"))
    rows = read_declarations(path)
    return renewed_rows(rows, former, path=path, columns=["commune"])


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
