"""Gather establishments from the sources of the study."""

from __future__ import annotations

import logging

import geopandas as gpd
import pandas as pd

from eitgeo.flows.arisings.activities import rev2_activities, unbridged_share_pct
from eitgeo.sources.activity.cells import (
    CELLS,
    NO_SITES,
    counted_cells,
    uncovered,
    without_respondents,
)
from eitgeo.sources.files.loaded import Loaded
from eitgeo.sources.sites.counted_sites import CountedSites, Counts, nothing_drawn
from eitgeo.sources.sites.site_merge import Merged, merge_loaded
from eitgeo.sources.survey.answers import SURVEY_SOURCE
from eitgeo.steps.files import site_files
from eitgeo.steps.inputs.answers import study_declarations, with_survey_sites
from eitgeo.steps.inputs.counted import (
    audited,
    draw_inside,
    study_drawing,
    with_drawn_headcounts,
)
from eitgeo.steps.inputs.losses import tell_changed_files, write_losses
from eitgeo.steps.inputs.readers import SIRENE, company_sirens, load_sites
from eitgeo.steps.inputs.renewal import load_former
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import validate

_REV2 = "NAFRev2"
_log = logging.getLogger(__name__)


@step(
    "Établissements",
    writes=(
        "sites",
        "site_cells",
        "site_sectors",
        "sites_dropped",
        "sites_remarks",
        "withheld_sites",
    ),
    files="site_and_survey_files",
)
def run(
    communes: gpd.GeoDataFrame,
    activity_ape: pd.DataFrame,
    activity_insee: pd.DataFrame,
    activity_urssaf: pd.DataFrame,
    official_zones: gpd.GeoDataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``sites``, their cells in the counts, what was dropped or is doubtful."""
    tell_changed_files(project, site_files(project))
    counts = Counts(activity_urssaf, activity_insee, activity_ape).of(communes)
    parts, drawn_sites = _parts(project, communes, counts, official_zones)
    merged = merge_loaded([loaded for _, loaded in parts])
    sites = with_survey_sites(
        with_drawn_headcounts(merged.table, drawn_sites.headcounts),
        study_declarations(project),
        communes=communes,
    )
    sites = sites.assign(naf=_in_rev2(sites))
    answers = sites[sites["source"] == SURVEY_SOURCE]
    in_cells = not project.study.has_sites
    cells = counted_cells(activity_ape if in_cells else activity_ape.iloc[:0])
    sites = without_respondents(sites, cells, answers)
    write_table(project.processed, sites, table="sites")
    write_table(project.processed, drawn_sites.cells, table="site_sectors")
    write_table(project.processed, cells, table="site_cells")
    write_table(project.processed, _withheld(merged), table="withheld_sites")
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
        **drawn_sites.facts,
        **_bridged(sites),
        **losses,
    }


def _withheld(merged: Merged) -> pd.DataFrame:
    rows = pd.DataFrame({"site_id": pd.Series(merged.withheld, dtype="str")})
    return validate(rows, table="withheld_sites")


def _parts(
    project: Project,
    communes: gpd.GeoDataFrame,
    counts: Counts,
    official_zones: gpd.GeoDataFrame,
) -> tuple[list[tuple[str, Loaded]], CountedSites]:
    """Read each source in its order; what is drawn inside counts comes after others."""
    drawing = None if counts.is_empty else study_drawing(project)
    read = _registers(project, communes, is_drawn_here=drawing is None)
    parts: list[tuple[str, Loaded]] = []
    drawn_sites = nothing_drawn()
    for rank, source in enumerate(project.study.sources.sites):
        if source.reader == "synthetic" and drawing is not None:
            drawn_sites = draw_inside(
                communes,
                counts,
                before=[loaded for _, loaded in parts],
                official_zones=official_zones,
                drawing=drawing,
            )
            parts.append((source.reader, audited(drawn_sites)))
        else:
            parts.append((source.reader, read[rank]))
    return parts, drawn_sites


def _registers(
    project: Project, communes: gpd.GeoDataFrame, *, is_drawn_here: bool
) -> dict[int, Loaded]:
    """Read what is not drawn inside counts, SIRENE first: it tells the companies."""
    former = load_former(project, communes)
    sources = list(enumerate(project.study.sources.sites))
    companies: frozenset[str] = frozenset()
    read: dict[int, Loaded] = {}
    for rank, source in sorted(sources, key=lambda source: source[1].reader != SIRENE):
        if source.reader != "synthetic" or is_drawn_here:
            read[rank] = load_sites(
                project, source, communes=communes, former=former, companies=companies
            )
        if source.reader == SIRENE:
            companies |= company_sirens(read[rank].table)
    return read


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
