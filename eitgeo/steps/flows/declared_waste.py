"""What firms told of their waste: the survey first, then what IREP publishes."""

from __future__ import annotations

import logging

import geopandas as gpd
import pandas as pd

from eitgeo.flows.arisings.declared import (
    declared_masses,
    prefer_observed,
    survey_arisings,
)
from eitgeo.sources.waste.gerep import (
    declared_arisings,
    read_gerep_sites,
    read_waste_declarations,
    site_of_declarant,
)
from eitgeo.steps.inputs.answers import study_declarations
from eitgeo.steps.inputs.renewal import load_former
from eitgeo.study.project import Project
from eitgeo.tables.schema import empty_table
from eitgeo.territory.former import with_former

_log = logging.getLogger(__name__)


def observed_waste(
    project: Project, sites: pd.DataFrame, register: pd.DataFrame
) -> pd.DataFrame:
    """Gather what is observed: survey before declaration, category by category."""
    parts = [_survey(project, sites), _declared(register, sites)]
    observed = [part for part in parts if len(part)]
    return (
        prefer_observed(observed) if observed else pd.DataFrame(empty_table("arisings"))
    )


def study_register(
    project: Project, sites: pd.DataFrame, *, communes: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Read the declarations of the study, each with the site that it speaks of."""
    paths = [project.path(one) for one in project.study.arisings.declarations]
    if not paths:
        return pd.DataFrame(empty_table("waste_declarations"))
    places = with_former(communes, load_former(project, communes))
    parts = []
    for path in paths:
        rows = read_waste_declarations(path).table
        own = read_gerep_sites(path, communes=places).table
        parts.append(rows.assign(site_id=site_of_declarant(rows, own, sites)))
    return pd.concat(parts, ignore_index=True)


def _survey(project: Project, sites: pd.DataFrame) -> pd.DataFrame:
    declarations = study_declarations(project)
    if declarations is None:
        return pd.DataFrame()
    return survey_arisings(declarations, declared_masses(declarations), sites=sites)


def _declared(register: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    if register.empty:
        return pd.DataFrame()
    declared = declared_arisings(register, site_ids=sites["site_id"])
    for reason, count in declared.dropped["reason"].value_counts().items():
        _log.info("IREP, %d déclaration(s) laissée(s) de côté : %s", count, reason)
    return declared.table
