"""Gather establishments from the sources of the study."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from eitgeo.sources import merge_sites
from eitgeo.steps._inputs import load_movements, load_sites
from eitgeo.steps._inventory import tell_changed_files
from eitgeo.steps._losses import write_losses
from eitgeo.steps._renewal import renewed
from eitgeo.steps._study_files import site_files
from eitgeo.steps._survey import study_declarations, with_survey_sites
from eitgeo.tables import read_table, write_table
from eitgeo.territory import former_communes, with_former

if TYPE_CHECKING:
    from eitgeo.study import Project

_log = logging.getLogger(__name__)


def run(project: Project) -> dict[str, object]:
    """Write ``sites``, ``sites_dropped`` and ``sites_remarks``.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    tell_changed_files(project, site_files(project))
    communes = read_table(project.processed, "communes")
    former = former_communes(communes, load_movements(project))
    places = with_former(communes, former)
    parts = []
    for source in project.study.sources.sites:
        here = communes if source.reader == "synthetic" else places
        loaded = load_sites(project, source, communes=here)
        parts.append((source.reader, renewed(loaded, former, path=source.path)))
    merged = merge_sites([loaded.table for _, loaded in parts])
    sites = with_survey_sites(
        merged.table, study_declarations(project), communes=communes
    )
    write_table(project.processed, sites, table="sites")
    losses = write_losses(
        project.processed, "sites", [*parts, ("réunion des sources", merged)]
    )
    other = int((sites["naf_version"] != "NAFRev2").sum())
    if other:
        told = "%d établissements en NAF 2025 : ratios et règles sont en NAF rév. 2"
        _log.warning(told, other)
    return {
        "établissements": len(sites),
        "dont synthétiques": int(sites["synthetic"].sum()),
        "connus de la seule enquête": len(sites) - len(merged.table),
        "effectif inconnu": int(sites["headcount_mid"].isna().sum()),
        "position à la commune": int(sites["position_quality"].eq("commune").sum()),
        **losses,
    }
