"""Draw the contour by the exchanges: what keeps most of them under the rules."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.errors import InfeasibleError
from eitgeo.ledger import Place, plain
from eitgeo.perimeters.optimum.exchanges import exchange_choice
from eitgeo.perimeters.optimum.optimum import best_set, clash_text
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table

_QUICK_NODES = 30


@step(
    "Contour par les échanges",
    writes=("optimum",),
)
def run(
    sites: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame,
    contiguity: pd.DataFrame,
    affinity: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``optimum``: the communes held, the value and its bound."""
    folder, study = project.processed, project.study
    contour = study.methods.optimum
    if contour is None:
        write_table(folder, empty_table("optimum"), table="optimum")
        return {"contour": "non demandé"}
    choice = exchange_choice(
        communes,
        contiguity,
        affinity,
        jobs=sites.groupby("code_insee")["headcount_mid"].sum(),
        root=study.territory.root_commune,
        contour=contour,
    )
    quick = study.identity.effort == "rapide"
    max_nodes = min(_QUICK_NODES, contour.max_nodes) if quick else contour.max_nodes
    try:
        best = best_set(choice, gap=contour.gap, max_nodes=max_nodes)
    except InfeasibleError as error:
        message = f"{error}\n  {clash_text(choice)}"
        raise InfeasibleError(message) from error
    units = np.array(choice.units)[best.held]
    table = pd.DataFrame({"code_insee": units}).assign(
        perimeter_id=contour.perimeter_id,
        value=best.value,
        bound=best.bound,
        gap=best.gap,
        n_nodes=best.n_nodes,
        n_cuts=best.n_cuts,
        proved=best.proved,
    )
    write_table(folder, table, table="optimum")
    return {
        "communes": len(units),
        "écart au plus (%)": plain(
            100 * best.gap, Place("optimum", "gap", "gap"), decimals=2
        ),
        "nœuds": best.n_nodes,
        "nœuds permis": f"{max_nodes} (calcul rapide)" if quick else max_nodes,
    }
