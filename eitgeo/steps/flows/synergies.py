"""Tell the allocation between communes, and who could give under which family."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from eitgeo.flows.exchanges.lever_terms import paying_rules
from eitgeo.flows.exchanges.synergies import (
    affinity,
    allocated_ends,
    commune_exchanges,
    near_codes,
    reachable_givers,
    unquantified_rules,
)
from eitgeo.reference.rules import synergy_rules
from eitgeo.sources.activity.cells import told_establishments
from eitgeo.sources.survey.answers import SURVEY_SOURCE
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.columns import OD_WAYS
from eitgeo.tables.files import read_table, write_table


@step(
    "Échanges potentiels entre communes",
    writes=("synergies", "exchange_ends", "givers", "affinity"),
)
def run(
    communes: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    site_cells: pd.DataFrame,
    arisings: pd.DataFrame,
    allocation: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``synergies``, ``exchange_ends``, ``givers`` and ``affinity``."""
    flows = project.study.flows
    pairs = read_table(project.processed, "od_matrix", columns=OD_WAYS)
    by_truck = pairs[pairs["profile"].eq("truck")]
    area = communes.loc[communes["in_area"], "code_insee"]
    rules = synergy_rules()
    exchanges = commune_exchanges(allocation, rules)
    # Families are counted on registers: who answered the survey stays uncounted; and
    # under rules that weigh a ratio, or every territory would have them all.
    registered = sites[sites["source"] != SURVEY_SOURCE]
    registered = told_establishments(registered, site_cells, least=1.0)
    paying = paying_rules(rules, roads=project.study.roads)
    weighed = paying[paying["weighs_ratio"].eq("oui")]
    givers = reachable_givers(
        registered,
        weighed,
        od_matrix=by_truck,
        donor_communes=area,
        flows=flows,
        near=near_codes(communes, project.study.territory),
    )
    write_table(project.processed, exchanges, table="synergies")
    allocated = allocated_ends(allocation)
    write_table(project.processed, allocated, table="exchange_ends")
    write_table(project.processed, givers, table="givers")
    write_table(project.processed, affinity(exchanges), table="affinity")
    silent = unquantified_rules(sites, arisings, rules)
    return {
        "échanges potentiels entre communes": len(exchanges),
        "familles à portée": givers["family"].nunique(),
        "règles non chiffrées": len(silent),
    }
