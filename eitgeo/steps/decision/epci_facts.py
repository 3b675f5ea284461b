"""Tell what each EPCI holds, and what could be begun with in the study area."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from eitgeo.disclosure.guard import Guarded
from eitgeo.disclosure.levers import guarded_savings
from eitgeo.disclosure.published import sum_blocks
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.rules import mutualisation_rules, process_sheets
from eitgeo.scenarios.carriers.plan import (
    epci_counts,
    epci_facts,
    epci_groups,
    plan_options,
)
from eitgeo.scenarios.measures.governance import body_overlaps, members_of
from eitgeo.steps.decision.activity import study_activity
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table

_SUMS = ("industry_jobs", "deposit_t")


@step(
    "Ce que chaque EPCI réunit, pistes du plan d'action",
    reads=("block_draws_public",),
    writes=("epci_facts", "epci_bodies", "plan_options"),
)
def run(
    communes: gpd.GeoDataFrame,
    bodies: pd.DataFrame,
    outlets: gpd.GeoDataFrame,
    membership: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``epci_facts``, ``epci_bodies`` and ``plan_options``."""
    folder, study = project.processed, project.study
    groups, activity = epci_groups(communes), study_activity(project)
    facts = epci_facts(
        groups,
        communes,
        activity=activity,
        sums=_sums(project, groups),
        outlets=outlets,
        root_commune=study.territory.root_commune,
    )
    counts = epci_counts(
        groups, communes, activity.counted, edition=study.identity.edition
    )
    overlaps = body_overlaps(
        groups,
        communes,
        of_bodies=members_of(bodies, membership, study.territory.on_date),
    )
    options = plan_options(
        activity,
        mutualisations=mutualisation_rules(),
        sheets=process_sheets(),
        saved_eur=guarded_savings(
            read_table(folder, "allocation"),
            read_table(folder, "sites"),
            families=process_sheets()["rule_families"],
        ),
    )
    all_facts = pd.concat(
        [one for one in (facts, counts) if len(one)], ignore_index=True
    )
    write_table(folder, all_facts, table="epci_facts")
    write_table(folder, overlaps, table="epci_bodies")
    write_table(folder, options, table="plan_options")
    return {"EPCI": len(groups), "pistes": len(options)}


def _sums(
    project: Project, groups: Mapping[str, frozenset[str]]
) -> dict[str, pd.DataFrame]:
    """Sum what may be published of each EPCI."""
    folder = project.processed
    guarded = Guarded(
        communes=read_table(folder, "communes_public"),
        blocks=read_table(folder, "blocks_public"),
        exchanges=read_table(folder, "exchanges_public"),
        draws=read_table(folder, "block_draws_public"),
    )
    candidates = [
        Candidate(perimeter_id=siren, name=siren, method="union_epci", codes=codes)
        for siren, codes in groups.items()
    ]
    index = pd.Index(list(groups))
    return {
        name: sum_blocks(name, guarded, candidates).set_index(index) for name in _SUMS
    }
