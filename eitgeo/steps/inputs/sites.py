"""Gather establishments from the sources of the study."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from eitgeo.flows.arisings.activities import rev2_activities, unbridged_share_pct
from eitgeo.sources.activity.cells import (
    CELLS,
    NO_SITES,
    counted_cells,
    uncovered,
    without_respondents,
)
from eitgeo.sources.sites.site_merge import merge_sites
from eitgeo.sources.survey.answers import SURVEY_SOURCE
from eitgeo.steps.files import site_files
from eitgeo.steps.inputs.answers import study_declarations, with_survey_sites
from eitgeo.steps.inputs.inventory import tell_changed_files
from eitgeo.steps.inputs.losses import write_losses
from eitgeo.steps.inputs.readers import load_sites
from eitgeo.steps.inputs.renewal import load_former
from eitgeo.steps.step import step
from eitgeo.tables.files import write_table

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from eitgeo.study.project import Project

_REV2 = "NAFRev2"
_log = logging.getLogger(__name__)


@step(
    "Établissements",
    writes=("sites", "site_cells", "sites_dropped", "sites_remarks"),
    settings=(
        "identity.edition",
        "identity.seed",
        "sources.movements",
        "sources.sites",
        "survey",
    ),
    files="site_and_survey_files",
)
def run(
    communes: gpd.GeoDataFrame, activity_ape: pd.DataFrame, *, project: Project
) -> dict[str, object]:
    """Write ``sites``, ``site_cells``, ``sites_dropped`` and ``sites_remarks``."""
    tell_changed_files(project, site_files(project))
    counts = activity_ape if not project.study.has_sites else activity_ape.iloc[:0]
    former = load_former(project, communes)
    parts = [
        (one.reader, load_sites(project, one, communes=communes, former=former))
        for one in project.study.sources.sites
    ]
    merged = merge_sites([loaded.table for _, loaded in parts])
    sites = with_survey_sites(
        merged.table, study_declarations(project), communes=communes
    )
    sites = sites.assign(naf=_in_rev2(sites))
    answers = sites[sites["source"] == SURVEY_SOURCE]
    cells = counted_cells(counts)
    sites = without_respondents(sites, cells, answers)
    write_table(project.processed, sites, table="sites")
    write_table(project.processed, cells, table="site_cells")
    losses = write_losses(
        project.processed, "sites", [*parts, ("réunion des sources", merged)]
    )
    if len(cells):
        return _counted(cells, communes) | losses
    return {
        "établissements": len(sites),
        "dont synthétiques": int(sites["synthetic"].sum()),
        "connus de la seule enquête": len(sites) - len(merged.table),
        "effectif inconnu": int(sites["headcount_mid"].isna().sum()),
        "position à la commune": int(sites["position_quality"].eq("commune").sum()),
        **_bridged(sites),
        **losses,
    }


def _counted(cells: pd.DataFrame, communes: pd.DataFrame) -> dict[str, object]:
    """Tell what cells hold, and which départements around have none."""
    around = uncovered(cells, communes["code_insee"])
    return {
        "établissements nommés": NO_SITES,
        CELLS: len(cells),
        "établissements employeurs comptés": int(cells["n_establishments"].sum()),
        "salariés comptés": int(cells["employees"].sum()),
        "départements sans effectif compté": ", ".join(around) or "aucun",
    }


def _in_rev2(sites: pd.DataFrame) -> pd.Series[str]:
    """Write activities in the nomenclature of ratios and rules; empty: none is sure.

    A code of NAF 2025 may look like another of rév. 2: left as it is, it would meet
    the rules of an activity that is not its own.
    """
    newer = sites["naf_version"] != _REV2
    return sites["naf"].mask(newer, rev2_activities(sites))


def _bridged(sites: pd.DataFrame) -> dict[str, object]:
    """Tell how many activities were bridged, and the share that could not be."""
    newer = int((sites["naf_version"] != _REV2).sum())
    if not newer:
        return {}
    lost_pct = unbridged_share_pct(sites)
    _log.warning(
        "%d établissements en NAF 2025 : ratios et règles sont en NAF rév. 2 ; "
        "sans équivalent sûr : %.0f %%, qui ne sont d’aucune activité",
        newer,
        lost_pct,
    )
    return {
        "en NAF 2025, lus en NAF rév. 2": newer,
        "NAF 2025 sans équivalent sûr (%)": round(lost_pct, 1),
    }
